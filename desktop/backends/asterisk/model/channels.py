"""What a list of the server's channels says about calls: to find them again after a time without events."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.calls import Calls
from desktop.backends.asterisk.model.contact import (
    Branch,
    Contact,
    Line,
    attributes,
    fetched_caller,
    known_name,
    phone_number,
)
from desktop.backends.asterisk.model.new_contacts import contact_id
from desktop.backends.asterisk.model.recordings import FILE, PAUSED
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.model import Instant, Interaction, Leg
from desktop.domain.entities.words import Channel, Direction, LegKind, LegPhase, Phase, Role

HELD, MUTED = "AGENT_DESKTOP_HELD", "AGENT_DESKTOP_MUTED"
OUT = "agent-desktop-out-"
"""How the ids of channels begin that were made for calls of the agent's own."""


_ORDER = (Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One channel of the list."""

    line: Line
    message: Message

    @property
    def bridge(self) -> str:
        return self.message["BridgeID"]

    @property
    def app(self) -> str:
        return self.message["Application"]

    @property
    def up(self) -> bool:
        return self.message["ChannelStateDesc"].lower() == "up"


def read_calls(
    settings: Settings, calls: Calls, status: Sequence[Message], at: Instant, touched: Set[str]
) -> list[Contact]:
    """Put the calls of the list into `calls`; what is known of them already stays.

    Args:
        touched: channels of which events told while the list was made. An entry of theirs may be older than the
            event, so that the event counts.

    Returns:
        The contacts that were talking and are gone from the list: they ended while nobody listened.
    """
    seen = [_Seen(Line(one["Uniqueid"], one["Channel"]), one) for one in status if one["Uniqueid"]]
    told = {uid: bridge for uid, bridge in calls.parties.bridges.items() if uid in touched}
    listed = {one.line.uid: one.bridge for one in seen if one.bridge and one.line.uid not in touched}
    calls.parties.bridges = listed | told
    kept = {
        one.interaction.id: one
        for one in calls.contacts.values()
        if one.interaction.phase is Phase.WRAP_UP or touched & {line.uid for line in one.lines}
    }
    for agent in seen:
        contact = _contact(settings, calls, agent, seen, at)
        if contact is None or touched & {line.uid for line in contact.lines}:
            continue
        known = calls.contacts.get(contact.interaction.id)
        kept[contact.interaction.id] = contact if known is None else _updated(known, contact, at)
    gone = [
        one
        for key, one in calls.contacts.items()
        if key not in kept and one.interaction.phase is Phase.ACTIVE and one.interaction.agent_id == settings.interface
    ]
    calls.replace([*kept.values(), *gone])
    calls.recordings.read({one.line.uid: variables(one.message, (FILE, PAUSED)) for one in seen}, at, touched)
    for contact in calls.contacts.values():
        calls.recordings.show(contact)
    return gone


def _contact(settings: Settings, calls: Calls, agent: _Seen, seen: Sequence[_Seen], at: Instant) -> Contact | None:
    interface = agent.line.name.rpartition("-")[0]
    mine = interface == settings.interface
    if not (mine or settings.role is Role.SUPERVISOR):
        return None
    linked = agent.message["Linkedid"]
    family = [one for one in seen if one.message["Linkedid"] == linked and one is not agent]
    if agent.app == "AppQueue":
        caller = next((one for one in family if one.app == "Queue"), None)
        if caller is None or not (mine or caller.message["Data"].partition(",")[0] in settings.queues):
            return None
        return _inbound(settings, interface, agent, caller, family, at)
    if fetched_caller(agent.line.uid):
        return _fetched(calls, interface, agent, seen, at)
    if mine and agent.line.uid.startswith(OUT):
        return _outbound(settings, interface, agent, family, at)
    return None


def _inbound(
    settings: Settings, interface: str, agent: _Seen, caller: _Seen, family: Sequence[_Seen], at: Instant
) -> Contact:
    queue = caller.message["Data"].partition(",")[0]
    talking = agent.up  # it is in no bridge yet for a moment after it answered
    arrived, rang = _born(caller.line.uid, at), _born(agent.line.uid, at)
    phase = Phase.ACTIVE if talking else Phase.OFFERED
    interaction = Interaction(
        id=contact_id(caller.line.uid, agent.line.uid),
        version=0,
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        phase=phase,
        queue=queue,
        customer=phone_number(caller.message["CallerIDNum"]),
        customer_name=known_name(caller.message["CallerIDName"]),
        arrived_at=arrived,
        phase_since=rang,
        agent_id=interface,
        offer_deadline=rang + settings.rings_for(queue) if phase is Phase.OFFERED else None,
        answered_at=rang if talking else None,
        wrap_up_rule=settings.rule,
        attributes={**attributes(caller.message), **variables(caller.message, settings.attributes)},
        raw_state=agent.message["ChannelStateDesc"],
    )
    contact = Contact(interaction, agent.message["Linkedid"], agent.line, caller.line)
    return _with_state(contact, agent, caller, family, at)


def _outbound(settings: Settings, interface: str, agent: _Seen, family: Sequence[_Seen], at: Instant) -> Contact:
    other = next((one for one in family if one.app == "AppDial"), None)
    number = agent.message["Exten"] or agent.message["ConnectedLineNum"]
    born = _born(agent.line.uid, at)
    talking = other is not None and other.up
    interaction = Interaction(
        id=agent.line.uid,
        version=0,
        channel=Channel.VOICE,
        direction=Direction.OUTBOUND,
        phase=Phase.ACTIVE if talking else Phase.CONNECTING,
        queue="",
        customer=phone_number(number),
        arrived_at=born,
        phase_since=born,
        agent_id=interface,
        answered_at=born if talking else None,
        wrap_up_rule=settings.rule,
        raw_state=agent.message["ChannelStateDesc"],
    )
    contact = Contact(interaction, agent.message["Linkedid"], agent.line, other.line if other is not None else None)
    return _with_state(contact, agent, other, family, at)


def _fetched(calls: Calls, interface: str, agent: _Seen, seen: Sequence[_Seen], at: Instant) -> Contact | None:
    """A caller who was fetched to this phone, or is about to be."""
    caller = next((one for one in seen if one.line.uid == fetched_caller(agent.line.uid)), None)
    if caller is None:
        return None
    contact = calls.fetching(agent.line.uid, interface, at)
    contact.agent, contact.caller, contact.linked = agent.line, caller.line, agent.message["Linkedid"]
    contact.change(
        customer=phone_number(caller.message["CallerIDNum"]), customer_name=known_name(caller.message["CallerIDName"])
    )
    if agent.bridge and agent.bridge == caller.bridge:
        contact.move(Phase.ACTIVE, _born(agent.line.uid, at), answered_at=at)
    return contact


def _with_state(contact: Contact, agent: _Seen, caller: _Seen | None, family: Sequence[_Seen], at: Instant) -> Contact:
    told = variables(agent.message, (HELD, MUTED))
    contact.phone_held = told.get(HELD) == "1"
    near = next((one for one in family if one.line.name.startswith("Local/") and one.line.name.endswith(";1")), None)
    expert = next((one for one in family if one.app == "AppDial" and one is not caller), None)
    held = contact.phone_held
    if contact.interaction.phase is Phase.ACTIVE and caller is not None and (near or expert):
        held = _leg(contact, agent, caller, near, expert, family, at) or held
    contact.change(held=held, held_since=at if held else None, muted=told.get(MUTED) == "1")
    return contact


def _leg(
    contact: Contact,
    agent: _Seen,
    caller: _Seen,
    near: _Seen | None,
    expert: _Seen | None,
    family: Sequence[_Seen],
    at: Instant,
) -> bool:
    """Put in the leg that the channels show; says whether the customer waits meanwhile."""
    end = near or expert
    if end is None:
        return False
    exten = near.line.name.partition("/")[2].partition("@")[0] if near is not None else ""
    through = next((one for one in family if near is not None and one.line.name == near.line.name[:-1] + "2"), None)
    joined = agent.bridge == caller.bridge and end.bridge == agent.bridge
    target = exten or (expert.message["CallerIDNum"] if expert is not None else "")
    leg = Leg(
        id=f"leg-{end.line.uid}",
        kind=LegKind.CONFERENCE if joined else LegKind.CONSULT,
        phase=LegPhase.ACTIVE if end.up else LegPhase.RINGING,
        target=f"tel:{target}",
        target_name=known_name(expert.message["CallerIDName"]) if expert is not None else "",
        since=at,
    )
    far = expert.line if expert is not None else None
    contact.branch = Branch(
        leg.id,
        exten,
        near=near.line if near is not None else None,
        through=through.line if through is not None else None,
        far=far,
        spliced=near is None,
    )
    contact.set_leg(leg)
    return agent.bridge != caller.bridge


def _updated(known: Contact, fresh: Contact, at: Instant) -> Contact:
    """What was known, with what the list shows to be otherwise."""
    known.agent, known.caller, known.linked = fresh.agent, fresh.caller, fresh.linked
    now, old = fresh.interaction, known.interaction
    if _ORDER.index(now.phase) > _ORDER.index(old.phase):  # a list never knows better that it was not so yet
        answered = old.answered_at or (at if now.phase is Phase.ACTIVE else None)
        known.move(now.phase, at, offer_deadline=now.offer_deadline, answered_at=answered)
    waits = known.leg()
    if waits is not None and waits.phase is LegPhase.REQUESTED and fresh.branch is None:
        pass  # asked for a moment ago; the list may be older
    elif waits is not None and fresh.branch is None:
        known.end_leg(at)
        known.branch = None
    elif known.branch is not None and fresh.branch is not None:
        open_leg, shown = known.leg(), fresh.leg()
        fresh.branch.leg_id, fresh.branch.exten = known.branch.leg_id, known.branch.exten or fresh.branch.exten
        known.branch = fresh.branch
        joined = shown is not None and shown.kind is LegKind.CONFERENCE
        if open_leg is not None and joined and open_leg.kind is not LegKind.CONFERENCE:
            known.join_leg(at)
        elif shown is not None:
            known.move_leg(shown.phase, at)
    elif fresh.branch is not None:
        known.branch = fresh.branch
        known.change(legs=(*known.interaction.legs, *now.legs))
    known.phone_held = fresh.phone_held
    if now.held is not known.interaction.held:
        known.change(held=now.held, held_since=now.held_since)
    return known


def variables(message: Message, names: Sequence[str]) -> dict[str, str]:
    """The channel variables that were asked for with the list."""
    found: dict[str, str] = {}
    for key, value in message.pairs:
        if key.lower() == "variable" or key.lower().startswith("chanvariable"):
            name, equals, content = value.partition("=")
            if equals and name in names and content not in {"", "(null)"}:
                found[name] = content[:500]
    return found


def _born(uid: str, at: Instant) -> Instant:
    """When a channel was made: its id begins with the second, unless the server was given another one."""
    second = uid.rpartition("-")[2].partition(".")[0]
    if second.isascii() and second.isdigit() and len(second) < 12 and 0 <= at - float(second) < 86_400.0:
        return float(second)
    return at
