"""The catalogues of the other languages are whole, and say of each thing what the English does."""

from string import Formatter

import pytest
from babel.messages.catalog import Message

from tests.words.catalogues import (
    OTHERS,
    collected,
    kept,
    missing,
    mo_bytes,
    mo_file,
    po_bytes,
    po_file,
    updated,
)


def translated(code: str) -> list[Message]:
    """The sentences of a language that are translated."""
    return [message for message in kept(code) if message.id and all(forms(message.string))]


def forms(texts: "str | tuple[str, ...] | list[str]") -> tuple[str, ...]:
    """A sentence in its forms, of which most have one."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def placeholders(text: str) -> set[tuple[str, str]]:
    """What stands in for facts and keys, with its format."""
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_the_code_is_translated(code: str) -> None:
    assert list(missing(updated(code, collected()))) == []


@pytest.mark.parametrize("code", OTHERS)
def test_the_files_are_what_the_code_has(code: str) -> None:
    again = "run `python -m tests.words`"
    assert po_file(code).read_bytes() == po_bytes(updated(code, collected())), again
    assert mo_file(code).read_bytes() == mo_bytes(kept(code)), again


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_names_the_same_facts(code: str) -> None:
    wrong = [message.string for message in translated(code) if not _same_facts(message)]
    assert wrong == []


def _same_facts(message: Message) -> bool:
    english, others = forms(message.id), forms(message.string)
    every = set().union(*map(placeholders, english))
    if not all(placeholders(one) <= every for one in others):  # "one agent" need not say how many
        return False
    return placeholders(others[-1]) == placeholders(english[-1])


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_edges_of_the_english(code: str) -> None:
    """A blank or an end of line that a sentence is glued with."""
    wrong = [message.string for message in translated(code) if _edges(message.string) != _edges(message.id)]
    assert wrong == []


def _edges(texts: "str | tuple[str, ...] | list[str]") -> set[tuple[bool, bool, int]]:
    return {(one[:1].isspace(), one[-1:].isspace(), one.count("\n")) for one in forms(texts)}


@pytest.mark.parametrize("code", OTHERS)
def test_every_plural_has_its_forms(code: str) -> None:
    plurals = [message for message in translated(code) if not isinstance(message.id, str)]
    assert [one.id for one in plurals if len(forms(one.string)) != kept(code).num_plurals] == []
