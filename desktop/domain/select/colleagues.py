"""One colleague out of the people of several directories: who is the same, and which word of their presence counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from desktop.domain.entities.identity import PERSON, IdentityLink, Known, grouped
from desktop.domain.entities.model import Instant
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Health, PresenceState
from desktop.domain.select.centres import offered_at
from desktop.domain.state.freshness import STALE_AFTER, known_at
from desktop.domain.state.state import AppState
from desktop.domain.text.folding import fold
from desktop.domain.text.sentence import Sentence

_BUSIEST = {
    PresenceState.DO_NOT_DISTURB: 4,
    PresenceState.BUSY: 3,
    PresenceState.AVAILABLE: 2,
    PresenceState.AWAY: 1,
    PresenceState.OFFLINE: 0,
}
_IN_CALL, _IN_MEETING = 5, 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one directory says of a person. `seen_at` is when that was last known to be so."""

    source: str
    presence: Presence
    seen_at: Instant


class Colleague(NamedTuple):
    """Somebody as all directories together know them. `records` has precedence first; `person` is their sum."""

    person: Person
    records: tuple[Person, ...]


def same_people(
    people: Iterable[Person], links: Iterable[IdentityLink], precedence: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """By person id, the ids of all records of those whom several directories know; nobody else is in it."""
    known = [Known(person.id, person.source, _keys(person)) for person in people]
    links = (link for link in links if link.kind == PERSON)
    return {one: group.ids for group in grouped(known, links, precedence) if len(group.ids) > 1 for one in group.ids}


def why_same(state: AppState, person_id: str) -> Mapping[str, Sentence]:
    """For each record of a person but the first, what ties it to the others."""
    people = [state.people[one] for one in state.same_people.get(person_id, ()) if one in state.people]
    known = [Known(person.id, person.source, _keys(person)) for person in people]
    links = (link for link in state.links.values() if link.kind == PERSON)
    return {one: why for group in grouped(known, links, state.sources) for one, why in group.why.items()}


def colleagues(state: AppState) -> Iterator[Colleague]:
    """Everybody once."""
    if not state.same_people:
        for person in state.people.values():
            yield Colleague(person, (person,))
        return
    for person in state.people.values():
        ids = state.same_people.get(person.id)
        if ids is None:
            yield Colleague(person, (person,))
        elif ids[0] == person.id:
            yield _colleague([state.people[one] for one in ids if one in state.people])


def colleague(state: AppState, person_id: str) -> Colleague | None:
    """The person whom an id, of whichever directory, stands for."""
    ids = state.same_people.get(person_id, (person_id,))
    records = [state.people[one] for one in ids if one in state.people]
    return _colleague(records) if records else None


def sightings(state: AppState, records: Iterable[Person]) -> tuple[Sighting, ...]:
    """What each directory says of a person, in the order of their records; those that say nothing are left out."""
    found = []
    for person in records:
        presence = state.presence.get(person.id)
        if presence is not None:
            source = presence.source or person.source or "presence"
            found.append(Sighting(source, presence, known_at(state, source, presence.observed_at)))
    return tuple(found)


def counting(seen: Sequence[Sighting], now: Instant) -> Sighting | None:
    """The one of several words on a person's presence that answers "may I interrupt".

    Of what is known and fresh (60 s), the busiest counts: on a call, do not disturb, busy or in a meeting, available,
    away, offline; alike, the one with precedence. So nobody is shown as free whom another fresh source knows to be on
    a call. Where nothing is fresh, what was seen last counts. "Unknown" counts only when nobody knows better.

    Args:
        seen: in order of precedence.
    """
    if len(seen) < 2:
        return seen[0] if seen else None
    known = [one for one in seen if one.presence.state is not PresenceState.UNKNOWN or _busy(one.presence)]
    fresh = [one for one in known if now - one.seen_at <= STALE_AFTER]
    if fresh:
        return max(fresh, key=lambda one: _busy(one.presence))
    return max(known or seen, key=lambda one: one.seen_at)


def chat_way(state: AppState, person_id: str) -> tuple[str, str]:
    """Through whom to write to a person: their id there, and the source.

    The first of their directories that offers chat and can be reached, else the first that offers it.
    """
    found = colleague(state, person_id)
    ways = [(one.id, one.source or "presence") for one in found.records] if found is not None else []
    if len(ways) < 2:
        source = ways[0][1] if ways and ":" in ways[0][1] else "presence"
        return person_id, source
    offering = [way for way in ways if "chat" in state.capabilities.get(way[1], ())]
    live = (way for way in offering if (known := state.health.get(way[1])) and known.health is Health.LIVE)
    return next(live, (offering or ways)[0])


def call_way(state: AppState, target: str, interaction_id: str = "") -> str:
    """How the contact centre is told to ring `target`: people it does not know, by their number.

    Where several directories know the person, the first that has a number for them counts.
    """
    kind, _, person_id = target.partition(":")
    found = colleague(state, person_id) if kind == "person" else None
    if found is None:
        return target
    way = next((one for one in found.records if one.address), found.records[0])
    if "people" in offered_at(state, interaction_id) or not way.address:
        return f"person:{Source.of(way.source).unqualified(way.id)}"
    return f"tel:{way.address}"


def chat_with(state: AppState, person_id: str) -> tuple[ChatLine, ...]:
    """What was said in the chats with a person, over all directories, oldest first."""
    ids = state.same_people.get(person_id, (person_id,))
    if len(ids) < 2:
        return state.chats.get(person_id, ())
    return tuple(sorted((said for one in ids for said in state.chats.get(one, ())), key=lambda said: said.at))


def namesakes(state: AppState, of: Colleague) -> tuple[Person, ...]:
    """People of other directories who might be the same: those who share a word of the name, most words first."""
    words = set(fold(of.person.name).split())
    sources = {one.source for one in of.records}
    shared = [
        (len(words & set(fold(person.name).split())), person)
        for person in state.people.values()
        if person.source not in sources
    ]
    ranked = sorted((one for one in shared if one[0]), key=lambda one: (-one[0], one[1].name, one[1].id))
    return tuple(person for _, person in ranked)


def _busy(presence: Presence) -> int:
    if presence.in_call:
        return _IN_CALL
    of_state = _BUSIEST.get(presence.state, 0)
    return max(of_state, _IN_MEETING) if presence.in_meeting else of_state


def _colleague(records: Sequence[Person]) -> Colleague:
    first = records[0]
    if len(records) == 1:
        return Colleague(first, (first,))
    skills: dict[str, int] = {}
    for person in reversed(records):
        skills.update(person.skills)
    person = replace(
        first,
        name=_first(one.name for one in records),
        title=_first(one.title for one in records),
        team=_first(one.team for one in records),
        skills=skills,
        time_zone=_first(one.time_zone for one in records),
        address=_first(one.address for one in records),
        email=_first(one.email for one in records),
    )
    return Colleague(person, tuple(records))


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _keys(person: Person) -> tuple[str, ...]:
    """What would prove somebody to be the same in another directory: e-mail, or a number in international form.

    An extension proves nothing: every exchange has its own 200.
    """
    keys = []
    if "@" in person.email:
        keys.append(f"email:{person.email.strip().casefold()}")
    digits = "".join(c for c in person.address if c.isdecimal() and c.isascii())
    if person.address.strip().startswith("+") and len(digits) > 6:
        keys.append(f"phone:+{digits}")
    return tuple(keys)
