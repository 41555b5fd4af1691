"""The agent's own phone: what is on it, whether it is registered, and which of its calls is whose.

A contact centre that routes calls to a SIP phone decides who gets which call; the phone carries it. The same call is
then known twice, as an interaction and as a call on the phone, and this module says which belong together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.model import Address, Instant, Interaction
from desktop.domain.entities.words import Direction, Phase


class CallState(StrEnum):
    """Where a call on the phone stands."""

    RINGING = "ringing"  # it rings here
    DIALING = "dialing"  # it rings there
    ACTIVE = "active"
    HELD = "held"
    ENDED = "ended"


class CallEnd(StrEnum):
    """Why a call on the phone ended."""

    HUNG_UP = "hung_up"  # by us
    LEFT = "left"  # by the far side, or answered elsewhere
    REJECTED = "rejected"  # by us
    BUSY = "busy"
    DECLINED = "declined"  # by the far side
    NO_ANSWER = "no_answer"
    TRANSFERRED = "transferred"
    LOST = "lost"  # nothing was heard of the far side any more
    FAILED = "failed"


class Registration(StrEnum):
    """Whether calls can reach the phone."""

    REGISTERED = "registered"
    REGISTERING = "registering"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A call on the agent's own phone.

    `id` is the SIP Call-ID. `number` is as it was dialled or shown, empty when it was withheld;
    `name` is what the far side calls itself, unverified. `since` is when `state` began.
    """

    id: str
    number: str
    state: CallState
    since: Instant
    direction: Direction = Direction.INBOUND
    name: str = ""
    muted: bool | None = None  # None: this phone does not mute
    ended: CallEnd | None = None
    why: str = ""  # how it ended, or what is wrong with it now (no sound, say), in the phone's own words
    interaction_id: str = ""  # which interaction it carries or carried; found out by the desktop, never by the phone


@dataclass(frozen=True, slots=True)
class PhoneRegistration:
    """Whether the phone is registered, as whom, since when; `why` it is not, in words."""

    state: Registration
    since: Instant
    account: str = ""
    why: str = ""


WORKING = frozenset({Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE})
"""Phases in which an interaction has a call on the phone."""

_SHORTEST_SUFFIX = 7
_TALKING = frozenset({CallState.ACTIVE, CallState.HELD})


def call_of(
    interaction: Interaction, interactions: Iterable[Interaction], calls: Mapping[str, PhoneCall]
) -> PhoneCall | None:
    """The call on the phone that carries an interaction of mine; None when it is not there (yet), or not certain.

    The Call-ID decides where the contact centre knows it, and what was found out once stays so. Otherwise the number
    decides, but only when exactly one free call and exactly one of my interactions have it: a wrong guess would answer
    a stranger.

    Args:
        interactions: all of mine, this one among them.
        calls: what is on the phone, by id.
    """
    if interaction.channel not in CALLS or interaction.phase not in WORKING:
        return None
    if interaction.phone_call:
        return calls.get(interaction.phone_call)
    known = next((call for call in calls.values() if call.interaction_id == interaction.id), None)
    if known is not None:
        return known
    others = [one for one in interactions if one.id != interaction.id]
    named = {one.phone_call for one in others}
    fitting = [c for c in calls.values() if not c.interaction_id and c.id not in named and _fits(interaction, c)]
    rivals = [one for one in others if not one.phone_call and one.phase in WORKING]
    if len(fitting) != 1 or any(_fits(one, fitting[0]) for one in rivals):
        return None
    return fitting[0]


def same_number(address: Address, number: str) -> bool:
    """Whether a number as a phone shows it is the address's: `+442079460958`, `00442079460958`, `020 7946 0958`.

    National and international spelling are the same when the shorter, without its leading zeros, ends the longer and
    has at least 7 digits. Two withheld numbers count as the same.
    """
    if address.withheld or address.kind != "phone" or not address.value:
        return address.withheld and not number
    a, b = sorted((_significant(address.value), _significant(number)), key=len)
    return bool(a) and (a == b or (len(a) >= _SHORTEST_SUFFIX and b.endswith(a)))


def _significant(number: str) -> str:
    return "".join(char for char in number if char in "0123456789").lstrip("0")


def _fits(interaction: Interaction, call: PhoneCall) -> bool:
    if call.direction is not interaction.direction or not same_number(interaction.customer, call.number):
        return False
    return call.state in _TALKING or interaction.phase is not Phase.ACTIVE
