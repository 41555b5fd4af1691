"""Marks sentences of tables for the catalogue; they are translated where they are shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence in singular and plural, chosen by its fact `n`."""

    one: str
    several: str


def mark(sentence: str) -> str:
    """A sentence of a table that is made before the language is known."""
    return sentence


def plural(one: str, several: str) -> Plural:
    """A sentence of such a table in singular and plural, by its fact `n`."""
    return Plural(one, several)


def pmark(context: str, word: str) -> str:
    """A short word of such a table that `ptr` says with this context."""
    return word
