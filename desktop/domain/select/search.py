"""What the desk itself knows of what is typed: contacts of mine, colleagues, queues; no request is made for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Interaction, QueueStats
from desktop.domain.entities.person import Person
from desktop.domain.entities.words import Phase
from desktop.domain.select.contacts import mine
from desktop.domain.select.customer import customer_of
from desktop.domain.select.experts import RankedExpert, rank_experts
from desktop.domain.state.events import Change
from desktop.domain.state.state import AppState
from desktop.domain.text.folding import fold, nearness

MOST: Final = 6
"""Hits of one kind."""
_NUMBER_SIGNS: Final = 3
"""Digits from which a part of a number is looked for."""


@dataclass(frozen=True, slots=True)
class FoundHere:
    """What the desk knows. `over` are contacts of mine that have ended, the latest first."""

    contacts: tuple[Interaction, ...] = ()
    over: tuple[Interaction, ...] = ()
    people: tuple[RankedExpert, ...] = ()
    queues: tuple[QueueStats, ...] = ()


def search_here(state: AppState, text: str, now: float) -> FoundHere:
    """Everything that fits every word typed, the best first; nothing for an empty text."""
    words = fold(text).split()
    if not words:
        return FoundHere()
    contacts = [one for one in _present(state) if fits(words, *_of_contact(state, one))]
    over = [one for one in ended_contacts(state) if fits(words, *_of_contact(state, one))]
    queues = [one for one in state.queues.values() if fits(words, one.name)]
    queues.sort(key=lambda one: (-nearness(" ".join(words), fold(one.name)), one.name))
    return FoundHere(
        tuple(contacts[:MOST]),
        tuple(over[:MOST]),
        tuple(one for one in rank_experts(state, text, now) if _is_named(one.person, words))[:MOST],
        tuple(queues[:MOST]),
    )


def ended_contacts(state: AppState) -> tuple[Interaction, ...]:
    """Contacts of mine that have ended and left my desk, the latest first."""
    present = {one.id for one in _present(state)}
    ended = {
        ending.interaction.id: ending.interaction
        for ending in state.endings
        if ending.change in (Change.CLOSED, Change.WRAP_UP) and ending.interaction.id not in present
    }
    return tuple(reversed(ended.values()))


def _present(state: AppState) -> tuple[Interaction, ...]:
    return (*mine(state), *state.unfinished.values())


def _is_named(person: Person, words: Sequence[str]) -> bool:
    """Whether somebody is meant as typed; whoever a typing mistake may mean would stand before the customer meant."""
    return fits(words, person.name, person.title, person.team, *person.skills)


def fits(words: Sequence[str], *texts: str) -> bool:
    """Whether every folded word begins a word of one of the texts, or, as digits, is a part of a number."""
    folded = [fold(text) for text in texts if text]
    numbers = [digits for text in texts if len(digits := _digits(text)) > _NUMBER_SIGNS]
    typed = _digits("".join(words)) if all(_is_number(word) for word in words) else ""
    if len(typed) >= _NUMBER_SIGNS and any(typed in one or typed.lstrip("0") in one for one in numbers):
        return True
    return all(any(nearness(word, text) > 1 for text in folded) for word in words)


def fits_customer(words: Sequence[str], customer: Customer) -> bool:
    """Whether a customer is meant by every folded word: name, company, place, id, number or address."""
    about = (customer.name, customer.company, customer.place, customer.id)
    return fits(words, *about, *(one.value for one in customer.addresses if not one.withheld))


def _of_contact(state: AppState, interaction: Interaction) -> Iterable[str]:
    customer = customer_of(state, interaction.id)
    yield customer.name if customer is not None else interaction.customer_name
    yield customer.company if customer is not None else ""
    yield "" if interaction.customer.withheld else interaction.customer.value
    yield interaction.queue
    yield interaction.subject
    yield "" if interaction.phase is Phase.CLOSED else interaction.id


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal() and sign.isascii())


def _is_number(word: str) -> bool:
    return all(sign in "+0123456789()-/." for sign in word)
