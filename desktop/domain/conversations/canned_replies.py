"""Canned replies: prepared texts for customers, which of them fit a contact, and what is put into their gaps."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from desktop.domain.entities.words import Channel
from desktop.domain.text.folding import fold


class Placeholder(StrEnum):
    """What a canned reply may leave to the contact, as it is written in its file, in braces."""

    CUSTOMER_NAME = "customer.name"
    CUSTOMER_COMPANY = "customer.company"
    CASE_ID = "case.id"
    CASE_SUBJECT = "case.subject"
    AGENT_NAME = "agent.name"
    QUEUE_NAME = "queue.name"


_PLACEHOLDER = re.compile(r"\{([a-z]+\.[a-z_.]+)\}")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A prepared text. Without channels, queues or a language it fits every one of them."""

    name: str
    text: str
    channels: frozenset[Channel] = frozenset()
    queues: frozenset[str] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands below an e-mail. Without queues it is for every one that no other names."""

    text: str
    queues: frozenset[str] = frozenset()


IN_SIGNATURES = frozenset({Placeholder.AGENT_NAME, Placeholder.QUEUE_NAME})


def signature_of(signatures: Sequence[Signature], queue: str) -> str:
    """The text for a queue; "" where there is none."""
    own = next((one for one in signatures if fold(queue) in {fold(name) for name in one.queues}), None)
    found = own or next((one for one in signatures if not one.queues), None)
    return found.text if found is not None else ""


def placeholders(text: str) -> tuple[str, ...]:
    """What a text leaves to the contact, as it is written there, each once; it may not exist."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def filled(text: str, values: Mapping[Placeholder, str], gap: Callable[[Placeholder], str]) -> str:
    """A canned text with what is known put in; nothing in a value is taken for a placeholder again.

    Args:
        values: what is known; "" is not.
        gap: what stands where nothing is known.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in {one.value for one in Placeholder}:
            return found[0]
        return values.get(Placeholder(name), "") or gap(Placeholder(name))

    return _PLACEHOLDER.sub(value, text)


def first_gap(text: str, gaps: Collection[str]) -> tuple[int, int] | None:
    """Where the first gap that nobody has filled in begins and ends; None where there is none.

    Args:
        gaps: every gap as it may stand in the text.
    """
    found = [(text.index(one), len(one)) for one in gaps if one in text]
    at, length = min(found, default=(-1, 0))
    return (at, at + length) if length else None


def fitting(
    replies: Sequence[CannedReply], channel: Channel, queue: str | None, language: str
) -> tuple[CannedReply, ...]:
    """Those for a contact, in the customer's language first.

    Args:
        queue: None outside of a contact, where those of every queue fit.
        language: of the customer; "" where it is not known.
    """
    fit = [
        one
        for one in replies
        if (not one.channels or channel in one.channels)
        and (queue is None or not one.queues or fold(queue) in {fold(name) for name in one.queues})
    ]
    theirs = _primary(language)
    rank = {theirs: 0, "": 1} if theirs else {}
    return tuple(sorted(fit, key=lambda one: rank.get(_primary(one.language), 2)))


def matching(replies: Sequence[CannedReply], typed: str) -> tuple[CannedReply, ...]:
    """Those in which every word that was typed begins a word of the name or the text; by their names first."""
    wanted = _words(typed)
    ranked = []
    for one in replies:
        name, text = _words(one.name), _words(one.text)
        if all(any(word.startswith(part) for word in (*name, *text)) for part in wanted):
            in_name = sum(any(word.startswith(part) for word in name) for part in wanted)
            ranked.append((-in_name, one))
    return tuple(one for _, one in sorted(ranked, key=lambda each: each[0]))


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _primary(language: str) -> str:
    """`de` of `de-AT`."""
    return re.split(r"[-_]", language.casefold(), maxsplit=1)[0]
