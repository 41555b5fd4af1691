"""`supervise VERB`: one thing a supervisor does or looks at, without a running desktop."""

import uuid
from collections.abc import Callable
from datetime import date

from desktop.app.history.centre_days import CentreDays
from desktop.cli.commands.name_lookup import queue_named
from desktop.cli.commands.supervise_arguments import LOOKS
from desktop.cli.connection import Chosen, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.words import Availability
from desktop.domain.select.audience import Audience, audience
from desktop.domain.select.floor_verbs import VERBS
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import OutcomeUnknown
from desktop.words.catalogue import ntr, tr


def _given(chosen: Chosen, name: str) -> str:
    value = chosen[name]
    if value is None or not str(value).strip():
        verb = chosen["verb"]
        wants_id = tr("supervise {verb} wants an id.", verb=verb)
        wants = wants_id if name == "id" else tr("supervise {verb} wants {option}.", verb=verb, option=f"--{name}")
        raise CommandError(wants, Exit.USAGE)
    return str(value)


async def _day(backend: ContactCenter, chosen: Chosen) -> date:
    """The day that was asked for, else the one it is at the centre: here it may be another."""
    if chosen["day"] is None:
        envelope = await backend.snapshot()
        zone = envelope.event.zone if isinstance(envelope.event, ContactCenterSnapshot) else ""
        return CentreDays(zone).day(envelope.at)
    try:
        return date.fromisoformat(chosen["day"])
    except ValueError:
        raise CommandError(tr("--day must be a day such as 2026-11-24."), Exit.USAGE) from None


async def _queue(backend: ContactCenter, asked: str) -> str:
    shown = (await backend.snapshot()).event
    return queue_named(asked, [one.name for one in shown.queues] if isinstance(shown, ContactCenterSnapshot) else [])


async def _look(backend: ContactCenter, chosen: Chosen) -> object:
    match chosen["verb"]:
        case "waiting":
            return await backend.waiting(await _queue(backend, _given(chosen, "id")), limit=chosen["limit"])
        case "interaction":
            return await backend.interaction(_given(chosen, "id"))
        case "audit":
            return await backend.audit(limit=chosen["limit"])
        case "schedules":
            return await backend.schedules(await _day(backend, chosen))
        case _:
            return await backend.agent_day(_given(chosen, "id"), await _day(backend, chosen))


def _own_team(backend: ContactCenter) -> Callable[[str], str | None] | None:
    """Of several contact centres, the team of whoever asks at the one of an agent."""
    from desktop.app.connections.contact_centers import ContactCenters

    return backend.own_team if isinstance(backend, ContactCenters) else None


async def _broadcast(backend: ContactCenter, chosen: Chosen, key: str) -> object:
    """Send a line to a part of the team, where whoever asks for it says how many that are."""
    text, which = _given(chosen, "text"), Audience(chosen["to"])
    shown = (await backend.snapshot()).event
    to = audience(shown.agents, shown.me, which, _own_team(backend)) if isinstance(shown, ContactCenterSnapshot) else ()
    if chosen["count"] != len(to) or not to:
        told = ntr(
            "Nothing was sent. It would go to {n} agent{names}. Repeat with --count {n} to send it.",
            "Nothing was sent. It would go to {n} agents{names}. Repeat with --count {n} to send it.",
            len(to),
            names=f": {', '.join(one.name for one in to)}" if to else "",
        )
        raise CommandError(told, Exit.REFUSED)
    names = {one.id: one.name for one in to}
    deliveries = await backend.broadcast(tuple(names), text, key=key)
    return [
        {"agent_id": one.agent_id, "agent_name": names.get(one.agent_id, ""), "reached": one.reached}
        for one in deliveries
    ]


async def _act(backend: ContactCenter, chosen: Chosen, key: str) -> object:
    if chosen["verb"] == FloorVerb.BROADCAST:
        return await _broadcast(backend, chosen, key)
    verb, one = FloorVerb(chosen["verb"]), _given(chosen, "id")
    spec = VERBS[verb]
    why = _given(chosen, "why") if spec.reasoned else ""
    if spec.mode is not None:
        return {"monitor_id": await backend.monitor(one, spec.mode, why=why, key=key)}
    match verb:
        case FloorVerb.END_MONITOR:
            await backend.end_monitor(one, key=key)
            return {"monitor_id": one}
        case FloorVerb.TAKE_OVER:
            return await backend.take_over(one, why=why, key=key)
        case FloorVerb.REASSIGN:
            return await backend.reassign(one, _given(chosen, "agent"), why=why, key=key)
        case FloorVerb.MOVE:
            return await backend.move(one, _given(chosen, "queue"), why=why, key=key)
        case FloorVerb.PRIORITY:
            return await backend.set_priority(one, int(_given(chosen, "points")), why=why, key=key)
        case FloorVerb.WITHDRAW:
            return await backend.withdraw(one, why=why, key=key)
        case FloorVerb.AGENT_STATE:
            state = Availability(_given(chosen, "state"))
            return await backend.set_agent_availability(one, state, reason=chosen["reason"], why=why, key=key)
        case FloorVerb.ANSWER_HELP:
            return await backend.answer_help(one, chosen["text"], close=chosen["close"], key=key)
        case FloorVerb.MESSAGE:
            return await backend.message_agent(one, _given(chosen, "text"), key=key)
        case _:
            return await backend.acknowledge(one, chosen["text"], key=key)


async def _do(profile: Profile, chosen: Chosen, key: str) -> object:
    async with contact_center(profile) as backend:
        return await (_look(backend, chosen) if chosen["verb"] in LOOKS else _act(backend, chosen, key))


def run(chosen: Chosen) -> int:
    """Do it and print what there is afterwards."""
    key = chosen["key"] or str(uuid.uuid4())
    try:
        emit(within(chosen, _do(usable_profile(chosen), chosen, key)))
    except (TimeoutError, OutcomeUnknown):
        if chosen["verb"] not in LOOKS:
            say(tr("It may or may not have been done. Repeating it with --key {key} does it once.", key=key))
        raise
    return Exit.OK
