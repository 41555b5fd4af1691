"""What goes into the archive and comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mock_backends.channels import CHANNELS
from mock_backends.wire.contact_center import Message


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an interaction at `at` (epoch seconds)."""

    at: float
    what: str
    queue: str = ""
    agent_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stretch of an interaction that was recorded: since when (epoch seconds), and for how long."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """One interaction that is over. Instants are epoch seconds, the rest seconds; `customer` is the address."""

    id: str
    channel: str
    direction: str
    queue: str
    customer: str
    customer_name: str
    agent_id: str | None
    arrived_at: float
    answered_at: float | None
    ended_at: float
    outcome: str
    wait_seconds: float
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    offers: int = 0
    declined: int = 0
    transfers: int = 0
    codes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    subject: str = ""
    messages: tuple[Message, ...] = ()
    recordings: tuple[Recorded, ...] = ()


@dataclass(frozen=True, slots=True)
class PastQueue:
    """A queue as the archive must know it; times in seconds, `skill` sums up what it asks of an agent."""

    name: str
    channels: tuple[str, ...]
    codes: tuple[str, ...]
    many_codes: bool
    threshold: float
    short_abandon: float
    wrap_up_seconds: float
    agents: tuple[str, ...]  # ids of those who serve it


@dataclass(frozen=True, slots=True)
class PastCompany:
    """The company of a history: its queues, its agents (id to name), and customers as (name, channel to address)."""

    zone: str
    queues: tuple[PastQueue, ...]
    agents: Mapping[str, str]
    customers: Sequence[tuple[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What one supervisor may see: the queues that their team serves, and the agents of the team."""

    queues: tuple[str, ...]
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntervalAsked:
    """Intervals that begin in [since, until); empty `queues` and `channels` mean all of the scope."""

    since: float
    until: float
    width: float
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    by_queue: bool = False
    cursor: str = ""
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class WeekAsked:
    """The quarters of an hour that begin in [since, until), as in `IntervalAsked`, added up to a week."""

    since: float
    until: float
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastAsked:
    """Interactions that arrived in [since, until) and fit every filter that is not empty."""

    since: float
    until: float
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    customer: str = ""
    longer_than: float | None = None
    cursor: str = ""
    limit: int = 100
    words: tuple[str, ...] = ()  # each is part of the name, the address, the subject, a message or the note


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows as JSON objects, and where to go on; "" at the end."""

    rows: list[dict[str, object]] = field(default_factory=list)
    cursor: str = ""


def known_channels(asked: Sequence[str]) -> list[str]:
    """Those of the asked channels that there are."""
    return [channel for channel in CHANNELS if channel in asked]
