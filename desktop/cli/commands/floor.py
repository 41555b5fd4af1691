"""What goes on now: `state`, `agents`, `queues`, `interactions` and `people`."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, cast

from desktop.cli.commands.name_lookup import known_word, no_such
from desktop.cli.connection import Chosen, ask_every, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.local_data import kept_outbox
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.person import Person
from desktop.domain.entities.words import Phase
from desktop.domain.select.search import fits
from desktop.domain.state.events import ContactCenterSnapshot, Envelope, PresenceSnapshot
from desktop.domain.text.folding import fold
from desktop.ports.base import Kind
from desktop.ports.errors import ProtocolError
from desktop.ports.presence import PresenceSource
from desktop.words.catalogue import tr

T = TypeVar("T")


async def _envelope(profile: Profile) -> tuple[Envelope, ContactCenterSnapshot]:
    async with contact_center(profile) as backend:
        envelope = await backend.snapshot()
    if not isinstance(envelope.event, ContactCenterSnapshot):
        raise ProtocolError(tr("The contact centre sent no snapshot."))
    return envelope, envelope.event


async def _snapshot(profile: Profile) -> ContactCenterSnapshot:
    return (await _envelope(profile))[1]


async def _state(profile: Profile) -> object:
    envelope, snapshot = await _envelope(profile)
    rows = await kept_outbox(profile)
    return {
        "profile": profile.name.value,
        # For `events --after`, so that a script misses nothing between looking and listening.
        "as_of": f"{envelope.epoch}:{envelope.seq}" if envelope.seq is not None else None,
        "me": next((one for one in snapshot.agents if one.id == snapshot.me), None),
        "interactions": snapshot.interactions,
        "queues": snapshot.queues,
        "codes": snapshot.codes,
        "reasons": snapshot.reasons,
        "outbox": {state: sum(row.state == state for row in rows) for state in ("waiting", "parked")},
    }


def _asked(chosen: Chosen, plain: str = "") -> tuple[str, str]:
    """What to do with which words: `find` and a text, `show` and an id, or neither for all.

    `plain`: what is meant where neither word stands before the rest.

    Raises:
        CommandError: there is nothing to find or to show, or a word that is neither.
    """
    action, words = chosen["action"], list(chosen["words"])
    if action is None:
        return "", ""
    if action not in ("find", "show"):
        if not plain:
            raise CommandError(tr("Say find TEXT or show ID; {word} is neither.", word=repr(action)), Exit.USAGE)
        return plain, " ".join([action, *words])
    text = " ".join(words).strip()
    if not text:
        raise CommandError(tr("{action} wants to know what.", action=action), Exit.USAGE)
    return action, text


def _chosen_of(found: Sequence[T], asked: tuple[str, str], noun: str, about: Callable[[T], Iterable[str]]) -> object:
    """One of a list by its id, which is the first that is known about it, or those that a text names."""
    action, text = asked
    if action == "show":
        one = next((one for one in found if next(iter(about(one))) == text), None)
        if one is None:
            raise no_such(noun, text)
        return one
    words = fold(text).split()
    return [one for one in found if not words or fits(words, *about(one))]


async def _interactions(profile: Profile, chosen: Chosen) -> object:
    if chosen["phase"] is not None:
        known_word(tr("phase"), chosen["phase"], Phase)
    asked = _asked(chosen, "show")
    found = (await _snapshot(profile)).interactions
    if asked[0] != "show":
        found = tuple(one for one in found if chosen["phase"] in (None, one.phase.value))
    return _chosen_of(found, asked, tr("interaction"), _about_interaction)


def _about_interaction(one: Interaction) -> Iterable[str]:
    return one.id, one.customer_name, "" if one.customer.withheld else one.customer.value, one.queue, one.subject


async def _people(profile: Profile, chosen: Chosen) -> object:
    action, text = _asked(chosen, "find")

    async def ask(directory: PresenceSource) -> list[dict[str, object]]:
        people = await directory.people("" if action == "show" else text, skill=chosen["skill"])
        event = (await directory.snapshot()).event
        known = {one.person_id: one for one in event.presence} if isinstance(event, PresenceSnapshot) else {}
        return [{"person": one, "presence": known.get(one.id)} for one in people]

    found = await ask_every(profile, Kind.PRESENCE, ask)
    if action == "show":
        one = next((one for one in found if cast(Person, one["person"]).id == text), None)
        if one is None:
            raise no_such(tr("person"), text)
        return one
    return found


async def _answer(profile: Profile, chosen: Chosen) -> object:
    command = chosen["command"]
    if command == "state":
        return await _state(profile)
    if command == "interactions":
        return await _interactions(profile, chosen)
    if command == "people":
        return await _people(profile, chosen)
    asked = _asked(chosen)
    snapshot = await _snapshot(profile)
    if command == "agents":
        return _chosen_of(
            snapshot.agents, asked, tr("agent"), lambda one: (one.id, one.name, one.team, *one.skills, *one.queues)
        )
    return _chosen_of(snapshot.queues, asked, tr("queue"), lambda one: (one.name,))


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    if chosen.get("metrics") or chosen.get("formula"):
        from desktop.cli.commands.metrics import run as run_metrics

        return run_metrics(chosen)
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
