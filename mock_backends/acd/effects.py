"""What a routing command brings about: small facts for the server to publish, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Availability = Literal["available", "not_ready", "offline"]
OfferEnd = Literal["missed", "declined", "abandoned", "rescinded", "failed"]
WrapUpEnd = Literal["finished", "timed_out", "signed_out", "superseded", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Queued:
    """The interaction stands in `queue`; `returned` is true when it came back to the front."""

    interaction_id: str
    queue: str
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who came into the line and has to wait was told how long, in seconds: most likely, and between which bounds."""

    interaction_id: str
    queue: str
    seconds: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The interaction now asks for less: `level` relaxation steps have been taken."""

    interaction_id: str
    queue: str
    level: int


@dataclass(frozen=True, slots=True)
class CallbackScheduled:
    """The customer left the line; the interaction rejoins it at `at` (epoch seconds), None = keeps its place."""

    interaction_id: str
    queue: str
    at: float | None


@dataclass(frozen=True, slots=True)
class Offered:
    """`agent_id` alone may accept the interaction before `deadline` (epoch seconds)."""

    interaction_id: str
    queue: str
    agent_id: str
    deadline: float


@dataclass(frozen=True, slots=True)
class OfferEnded:
    """The offer is over without a conversation."""

    interaction_id: str
    agent_id: str
    reason: OfferEnd


@dataclass(frozen=True, slots=True)
class Connected:
    """Customer and agent are joined after `waited` seconds in `queue` (ringing included)."""

    interaction_id: str
    queue: str
    agent_id: str
    waited: float


@dataclass(frozen=True, slots=True)
class Held:
    """The customer waits on the line."""

    interaction_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The agent is back on the line with the customer."""

    interaction_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Parked:
    """The agent put the contact aside; its capacity is free."""

    interaction_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A parked contact is being worked on again."""

    interaction_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The conversation goes on with another agent."""

    interaction_id: str
    from_agent_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The conversation is over: the one last fact of an interaction that was answered."""

    interaction_id: str
    queue: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The customer left before an answer: the one last fact of an interaction that was not answered."""

    interaction_id: str
    queue: str
    waited: float


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was taken out before an answer: as `Abandoned`, but not by the customer."""

    interaction_id: str
    queue: str
    waited: float


@dataclass(frozen=True, slots=True)
class Reprioritised:
    """Somebody who waits has other `priority` points now."""

    interaction_id: str
    queue: str
    priority: float


@dataclass(frozen=True, slots=True)
class WrapUpStarted:
    """The agent wraps up until `deadline` (epoch seconds), None = without limit. Also sent when extended."""

    interaction_id: str
    agent_id: str
    deadline: float | None
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The wrap-up is over and its capacity is free."""

    interaction_id: str
    agent_id: str
    why: WrapUpEnd


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """The agent's availability, its reason, or what comes `next` once the work in hand is done."""

    agent_id: str
    availability: Availability
    reason: str
    next_availability: Availability | None = None
    next_reason: str = ""


Effect = (
    Queued
    | Told
    | Relaxed
    | CallbackScheduled
    | Offered
    | OfferEnded
    | Connected
    | Held
    | Resumed
    | Parked
    | TakenUp
    | HandedOver
    | Ended
    | Abandoned
    | Withdrawn
    | Reprioritised
    | WrapUpStarted
    | WrapUpEnded
    | AgentChanged
)
