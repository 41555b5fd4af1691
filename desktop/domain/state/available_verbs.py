"""Which verb is on offer when: the table, and the one who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from desktop.domain.entities.channels import CALLS, WRITTEN
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel, LegKind, LegPhase, Phase, Recording, Verb
from desktop.domain.state.lifecycle import open_leg


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


def _call(capability: str, *, needs: frozenset[Flag] = frozenset(), bars: frozenset[Flag] = frozenset()) -> Command:
    return Command(_ACTIVE, CALLS, needs, bars, capability)


_CUSTOMER = frozenset({Flag.CUSTOMER})
_LEG = frozenset({Flag.LEG_OPEN})
_WITH_EXPERT = frozenset({Flag.CUSTOMER, Flag.LEG_ACTIVE})

COMMANDS: Mapping[Verb, Command] = MappingProxyType(
    {
        Verb.ACCEPT: Command(frozenset({Phase.OFFERED})),
        Verb.DECLINE: Command(frozenset({Phase.OFFERED})),
        # Beside an open leg swap and cancel are the way to hold and free the customer.
        Verb.HOLD: _call("hold", needs=_CUSTOMER, bars=frozenset({Flag.APART, Flag.HELD})),
        Verb.RESUME: _call("hold", needs=_CUSTOMER | {Flag.HELD}, bars=frozenset({Flag.APART})),
        Verb.MUTE: _call("mute", bars=frozenset({Flag.MUTED})),
        Verb.UNMUTE: _call("mute", needs=frozenset({Flag.MUTED})),
        Verb.PAUSE_RECORDING: _call("pause_recording", needs=frozenset({Flag.RECORDED})),
        Verb.RESUME_RECORDING: _call("pause_recording", needs=frozenset({Flag.RECORDING_PAUSED})),
        Verb.DTMF: _call("dtmf", needs=frozenset({Flag.TALKING})),
        Verb.SEND_MESSAGE: Command(_ACTIVE, WRITTEN, _CUSTOMER, frozenset({Flag.PARKED})),
        Verb.CONSULT: _call("consult", needs=_CUSTOMER, bars=_LEG),
        Verb.CANCEL_LEG: _call("consult", needs=_LEG),
        Verb.SWAP: _call("swap", needs=_WITH_EXPERT, bars=frozenset({Flag.CONFERENCE})),
        Verb.COMPLETE_TRANSFER: Command(_ACTIVE, CALLS, _WITH_EXPERT, capability="warm_transfer", irrevocable=True),
        Verb.CONFERENCE: _call("conference", needs=_WITH_EXPERT, bars=frozenset({Flag.CONFERENCE})),
        Verb.BLIND_TRANSFER: Command(
            _ACTIVE, _EVERY, _CUSTOMER, _LEG | {Flag.PARKED}, "blind_transfer", irrevocable=True
        ),
        Verb.PARK: Command(_ACTIVE, WRITTEN, frozenset(), frozenset({Flag.PARKED}), "park"),
        Verb.UNPARK: Command(_ACTIVE, WRITTEN, frozenset({Flag.PARKED}), frozenset(), "park"),
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
