"""What goes on now: `state`, `agents`, `queues`, `interactions` and `people`."""

from desktop.cli.commands.name_lookup import known_word
from desktop.cli.connection import Chosen, ask_every, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.local_data import kept_outbox
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.entities.words import Phase
from desktop.domain.state.events import ContactCenterSnapshot, Envelope, PresenceSnapshot
from desktop.ports.base import Kind
from desktop.ports.errors import ProtocolError
from desktop.ports.presence import PresenceSource
from desktop.words.catalogue import tr


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


async def _interactions(profile: Profile, chosen: Chosen) -> object:
    if chosen["phase"] is not None:
        known_word(tr("phase"), chosen["phase"], Phase)
    found = (await _snapshot(profile)).interactions
    if chosen["id"] is not None:
        one = next((one for one in found if one.id == chosen["id"]), None)
        if one is None:
            raise CommandError(tr("There is no such interaction of yours."), Exit.REFUSED)
        return one
    return [one for one in found if chosen["phase"] in (None, one.phase.value)]


async def _people(profile: Profile, chosen: Chosen) -> object:
    async def ask(directory: PresenceSource) -> list[object]:
        people = await directory.people(chosen["text"], skill=chosen["skill"])
        event = (await directory.snapshot()).event
        known = {one.person_id: one for one in event.presence} if isinstance(event, PresenceSnapshot) else {}
        return [{"person": one, "presence": known.get(one.id)} for one in people]

    return await ask_every(profile, Kind.PRESENCE, ask)


async def _answer(profile: Profile, chosen: Chosen) -> object:
    command = chosen["command"]
    if command == "state":
        return await _state(profile)
    if command == "interactions":
        return await _interactions(profile, chosen)
    if command == "people":
        return await _people(profile, chosen)
    snapshot = await _snapshot(profile)
    return snapshot.agents if command == "agents" else snapshot.queues


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    if chosen.get("metrics") or chosen.get("formula"):
        from desktop.cli.commands.metrics import run as run_metrics

        return run_metrics(chosen)
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
