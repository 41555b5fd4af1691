"""What to tell a person, as a value: which sentence of the catalogue, and the facts in it.

Below the screens and the command line nothing writes for people. `desktop.words` has the sentences, in every language.
"""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, TypeAlias, Union

Fact: TypeAlias = Union[str, int, float, "Sentence", tuple["Fact", ...], None]
"""What a sentence says of its case: text from outside, a figure, a time (seconds since 1970), or other sentences."""

VERBATIM: Final = "verbatim"
"""The sentence that is nothing but its fact `text`: the words of a plug-in or of a person, which nobody translates."""


class Sentence:
    """One sentence, or several said one after the other. Two with the same name and facts are equal.

    Args:
        id: its name in the catalogue, `room.what`.
        facts: what stands in for the catalogue's placeholders.
    """

    __slots__ = ("facts", "id", "then")

    def __init__(self, id: str, /, **facts: Fact) -> None:  # noqa: A002 (what it is called everywhere)
        self.id = id
        self.facts: Mapping[str, Fact] = facts
        self.then: tuple[Sentence, ...] = ()

    def __add__(self, other: "Sentence") -> "Sentence":
        """Both, this one first."""
        if not other:
            return self
        if not self:
            return other
        both = Sentence(self.id, **self.facts)
        both.then = (*self.then, *other.each())
        return both

    def each(self) -> "tuple[Sentence, ...]":
        """The sentences one by one."""
        if not self.then:
            return (self,) if self else ()
        first = Sentence(self.id, **self.facts)
        return (first, *self.then)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sentence):
            return NotImplemented
        return self.id == other.id and self.facts == other.facts and self.then == other.then

    def __hash__(self) -> int:
        return hash((self.id, frozenset(self.facts.items()), self.then))

    def __repr__(self) -> str:
        """As the log has it: names and facts, in no language."""
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return " ".join([f"{self.id}({facts})" if facts else self.id, *map(repr, self.then)])


NOTHING: Final = Sentence("")
"""Nothing to say."""


Words: TypeAlias = str | Sentence
"""What is told to a person: a sentence, or text from outside as it is."""


def verbatim(text: str) -> Sentence:
    """The words of a plug-in or of a person, or those of a screen, as they are; nothing where there are none."""
    return Sentence(VERBATIM, text=text) if text else NOTHING


def worded(words: Words) -> Sentence:
    """A sentence as it is, text as `verbatim`."""
    return words if isinstance(words, Sentence) else verbatim(words)


def sentences(*several: Sentence) -> Sentence:
    """Several, one after the other; those that say nothing are left out."""
    said = NOTHING
    for one in several:
        said = said + one
    return said


def to_json(sentence: Sentence) -> str:
    """As it is kept on disk; "" for nothing."""
    return json.dumps([_plain(one) for one in sentence.each()], ensure_ascii=False) if sentence else ""


def from_json(text: str) -> Sentence:
    """What `to_json` made; any other text, as older files have it, is taken as it is."""
    if not text.startswith("[{"):
        return verbatim(text)
    try:
        return sentences(*(_whole(one) for one in json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return verbatim(text)


def _plain(sentence: Sentence) -> dict[str, Any]:
    return {"id": sentence.id, "facts": {name: _plain_fact(fact) for name, fact in sentence.facts.items()}}


def _plain_fact(fact: Fact) -> Any:
    if isinstance(fact, Sentence):
        return [_plain(one) for one in fact.each()]
    if isinstance(fact, tuple):
        return {"all": [_plain_fact(one) for one in fact]}
    return fact.value if isinstance(fact, Enum) else fact


def _whole(kept: Mapping[str, Any]) -> Sentence:
    return Sentence(str(kept["id"]), **{name: _whole_fact(fact) for name, fact in kept["facts"].items()})


def _whole_fact(fact: Any) -> Fact:
    if isinstance(fact, list):
        return sentences(*(_whole(one) for one in fact))
    if isinstance(fact, dict):
        return tuple(_whole_fact(one) for one in fact["all"])
    if fact is None or isinstance(fact, str | int | float):
        return fact
    raise TypeError(fact)
