"""What may follow what, and which verb is on offer when: tables, and the few questions asked of them.

The contact centre is the authority. The tables guard what we ask for and flag what looks odd; they never
overrule what the service says happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from desktop.domain.entities.model import Agent, Interaction, Leg
from desktop.domain.entities.words import Availability, Channel, LegKind, LegPhase, Phase, Recording, Verb

INTERACTION_MOVES: Mapping[Phase, frozenset[Phase]] = MappingProxyType(
    {
        Phase.QUEUED: frozenset(Phase) - {Phase.WRAP_UP},
        # An offer that ends goes back to the queue, to another agent, or away with the customer.
        Phase.OFFERED: frozenset(Phase) - {Phase.WRAP_UP},
        Phase.CONNECTING: frozenset(Phase),
        # Back to QUEUED or OFFERED: handed to a queue or to another agent.
        Phase.ACTIVE: frozenset(Phase) - {Phase.CONNECTING},
        Phase.WRAP_UP: frozenset({Phase.WRAP_UP, Phase.CLOSED}),
        Phase.CLOSED: frozenset({Phase.CLOSED}),
    }
)

AGENT_MOVES: Mapping[Availability, frozenset[Availability]] = MappingProxyType(
    {
        Availability.OFFLINE: frozenset(Availability),
        Availability.NOT_READY: frozenset(Availability),
        Availability.AVAILABLE: frozenset(Availability),
    }
)

_LEG_ENDS = frozenset({LegPhase.COMPLETED, LegPhase.CANCELLED, LegPhase.FAILED})

LEG_MOVES: Mapping[LegPhase, frozenset[LegPhase]] = MappingProxyType(
    {
        LegPhase.REQUESTED: frozenset(LegPhase),
        LegPhase.RINGING: _LEG_ENDS | {LegPhase.RINGING, LegPhase.ACTIVE},
        LegPhase.ACTIVE: _LEG_ENDS | {LegPhase.ACTIVE},
        LegPhase.COMPLETED: frozenset({LegPhase.COMPLETED}),
        LegPhase.CANCELLED: frozenset({LegPhase.CANCELLED}),
        LegPhase.FAILED: frozenset({LegPhase.FAILED}),
    }
)


def is_open(leg: Leg) -> bool:
    """Whether the leg still rings or talks."""
    return leg.phase not in _LEG_ENDS


def open_leg(interaction: Interaction) -> Leg | None:
    """The newest leg of the agent's own making that still rings or talks (a supervisor listening in is none)."""
    for leg in reversed(interaction.legs):
        if leg.kind is not LegKind.SUPERVISOR and is_open(leg):
            return leg
    return None


def is_odd(old: Interaction | Agent | Leg, new: Interaction | Agent | Leg) -> str | None:
    """What is odd about `new` following `old`, in words for the diagnostics screen; None when nothing is."""
    if isinstance(old, Interaction) and isinstance(new, Interaction):
        if new.phase not in INTERACTION_MOVES[old.phase]:
            return f"interaction {new.id}: {old.phase} was followed by {new.phase}"
        return _odd_legs(old, new)
    if isinstance(old, Agent) and isinstance(new, Agent):
        if new.observed not in AGENT_MOVES[old.observed]:
            return f"agent {new.id}: {old.observed} was followed by {new.observed}"
        if new.observed is Availability.OFFLINE and any(new.in_use.values()):
            return f"agent {new.id}: offline while carrying work"
        return None
    if isinstance(old, Leg) and isinstance(new, Leg):
        if new.phase not in LEG_MOVES[old.phase]:
            return f"leg {new.id}: {old.phase} was followed by {new.phase}"
        return None
    raise TypeError("only two records of the same kind can follow each other")


def _odd_legs(old: Interaction, new: Interaction) -> str | None:
    if not old.legs:
        return None
    now = {leg.id: leg for leg in new.legs}
    for before in old.legs:
        after = now.get(before.id)
        odd = is_odd(before, after) if after is not None else None
        if odd is not None:
            return f"interaction {new.id}, {odd}"
    return None


class Flag(StrEnum):
    """What stands beside the phase and decides about verbs."""

    HELD = "held"
    MUTED = "muted"
    PARKED = "parked"
    CUSTOMER = "customer"  # the customer is still there
    TALKING = "talking"  # somebody hears us
    LEG_OPEN = "leg_open"
    LEG_ACTIVE = "leg_active"
    CONFERENCE = "conference"  # everybody talks
    APART = "apart"  # a leg is open beside the customer, who is held and freed by the service
    RECORDED = "recorded"
    RECORDING_PAUSED = "recording_paused"
    EXTENDABLE = "extendable"  # the wrap-up has a limit and more time may be asked for


def flags(interaction: Interaction) -> frozenset[Flag]:
    """The flags of an interaction."""
    found = set[Flag]()
    leg = open_leg(interaction)
    if leg is not None:
        found.add(Flag.LEG_OPEN)
        if leg.phase is LegPhase.ACTIVE:
            found |= {Flag.LEG_ACTIVE, Flag.TALKING}
            if leg.kind is LegKind.CONFERENCE:
                found.add(Flag.CONFERENCE)
        if Flag.CONFERENCE not in found:
            found.add(Flag.APART)
    if interaction.customer_connected:
        found.add(Flag.CUSTOMER)
        if not interaction.held:
            found.add(Flag.TALKING)
    rule = interaction.wrap_up_rule
    if interaction.wrap_up_deadline is not None and interaction.extensions_used < rule.extensions:
        found.add(Flag.EXTENDABLE)
    for flag, on in (
        (Flag.HELD, interaction.held),
        (Flag.MUTED, interaction.muted),
        (Flag.PARKED, interaction.parked),
        (Flag.RECORDED, interaction.recording is Recording.ACTIVE),
        (Flag.RECORDING_PAUSED, interaction.recording is Recording.PAUSED),
    ):
        if on:
            found.add(flag)
    return frozenset(found)


_VOICE = frozenset({Channel.VOICE})
_WRITTEN = frozenset({Channel.CHAT, Channel.EMAIL, Channel.SMS})
_EVERY = frozenset(Channel)
_ACTIVE = frozenset({Phase.ACTIVE})


@dataclass(frozen=True, slots=True)
class Command:
    """When a verb is on offer: in these phases and channels, with all of `needs` and none of `bars`, if supported.

    `irrevocable`: whether it takes the customer away for good, so that a screen names them before it is done. Declining
    is not: the offer goes to somebody else. Nor is finishing a wrap-up, which only sends what was written and read.
    """

    phases: frozenset[Phase]
    channels: frozenset[Channel] = _EVERY
    needs: frozenset[Flag] = frozenset()
    bars: frozenset[Flag] = frozenset()
    capability: str = ""  # "": every contact centre can
    irrevocable: bool = False


def _voice(capability: str, *, needs: frozenset[Flag] = frozenset(), bars: frozenset[Flag] = frozenset()) -> Command:
    return Command(_ACTIVE, _VOICE, needs, bars, capability)


_CUSTOMER = frozenset({Flag.CUSTOMER})
_LEG = frozenset({Flag.LEG_OPEN})
_WITH_EXPERT = frozenset({Flag.CUSTOMER, Flag.LEG_ACTIVE})

COMMANDS: Mapping[Verb, Command] = MappingProxyType(
    {
        Verb.ACCEPT: Command(frozenset({Phase.OFFERED})),
        Verb.DECLINE: Command(frozenset({Phase.OFFERED})),
        # Beside an open leg swap and cancel are the way to hold and free the customer.
        Verb.HOLD: _voice("hold", needs=_CUSTOMER, bars=frozenset({Flag.APART, Flag.HELD})),
        Verb.RESUME: _voice("hold", needs=_CUSTOMER | {Flag.HELD}, bars=frozenset({Flag.APART})),
        Verb.MUTE: _voice("mute", bars=frozenset({Flag.MUTED})),
        Verb.UNMUTE: _voice("mute", needs=frozenset({Flag.MUTED})),
        Verb.PAUSE_RECORDING: _voice("pause_recording", needs=frozenset({Flag.RECORDED})),
        Verb.RESUME_RECORDING: _voice("pause_recording", needs=frozenset({Flag.RECORDING_PAUSED})),
        Verb.DTMF: _voice("dtmf", needs=frozenset({Flag.TALKING})),
        Verb.SEND_MESSAGE: Command(_ACTIVE, _WRITTEN, _CUSTOMER, frozenset({Flag.PARKED})),
        Verb.CONSULT: _voice("consult", needs=_CUSTOMER, bars=_LEG),
        Verb.CANCEL_LEG: _voice("consult", needs=_LEG),
        Verb.SWAP: _voice("swap", needs=_WITH_EXPERT, bars=frozenset({Flag.CONFERENCE})),
        Verb.COMPLETE_TRANSFER: Command(_ACTIVE, _VOICE, _WITH_EXPERT, capability="warm_transfer", irrevocable=True),
        Verb.CONFERENCE: _voice("conference", needs=_WITH_EXPERT, bars=frozenset({Flag.CONFERENCE})),
        Verb.BLIND_TRANSFER: Command(
            _ACTIVE, _EVERY, _CUSTOMER, _LEG | {Flag.PARKED}, "blind_transfer", irrevocable=True
        ),
        Verb.PARK: Command(_ACTIVE, _WRITTEN, frozenset(), frozenset({Flag.PARKED}), "park"),
        Verb.UNPARK: Command(_ACTIVE, _WRITTEN, frozenset({Flag.PARKED}), frozenset(), "park"),
        Verb.CALLBACK: Command(frozenset({Phase.ACTIVE, Phase.WRAP_UP}), capability="callback"),
        Verb.END: Command(frozenset({Phase.CONNECTING, Phase.ACTIVE}), irrevocable=True),
        Verb.EXTEND_WRAP_UP: Command(
            frozenset({Phase.WRAP_UP}), needs=frozenset({Flag.EXTENDABLE}), capability="wrap_up_extend"
        ),
        Verb.WRAP_UP: Command(frozenset({Phase.WRAP_UP})),
    }
)


def verbs(interaction: Interaction, capabilities: frozenset[str], me: str) -> tuple[Verb, ...]:
    """What `me` may do to the interaction now, in the order the footer shows it.

    Footer, palette, command line and actions all ask here, so that they cannot disagree. Nothing is on offer
    for another's work. `capabilities` are the words of the ports' `Capability`.
    """
    if not me or interaction.agent_id != me:
        return ()
    now = flags(interaction)
    return tuple(
        verb
        for verb, command in COMMANDS.items()
        if interaction.phase in command.phases
        and interaction.channel in command.channels
        and command.needs <= now
        and not command.bars & now
        and (not command.capability or command.capability in capabilities)
    )
