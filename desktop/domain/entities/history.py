"""What was: counts by interval, interactions that are over, and what happened in them."""

from dataclasses import dataclass, field

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Message

HOUR, DAY, WEEK = 3_600.0, 86_400.0, 604_800.0
WIDTHS = (900.0, 1_800.0, HOUR, DAY, WEEK)
"""Widths of intervals in seconds. Days and weeks follow the midnights of the centre's zone: some are an hour off."""


@dataclass(frozen=True, slots=True)
class IntervalQuery:
    """Which intervals are asked for: those that begin in [since, until), `width` one of `WIDTHS`.

    Empty `queues` and `channels` mean all that this principal may see. With `by_queue` each queue has its own
    intervals, otherwise they are added up.
    """

    since: Instant
    until: Instant
    width: float = 1_800.0
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    by_queue: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """The counts of one interval; `queue` is "" where several are added up."""

    queue: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class WeekQuery:
    """Which time is added up to a week: the quarters of an hour that begin in [since, until).

    Empty `queues` and `channels` mean all that this principal may see.
    """

    since: Instant
    until: Instant
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekCell:
    """What was counted in one half hour of the week, by the centre's clock and over all the weeks asked for.

    `weekday` is 0 on Monday, `slot` 0 to 47. The hour that a clock change repeats counts twice in its cells, the one
    that it skips not at all. Queues with different thresholds add up, each customer counting by their own queue's.
    """

    weekday: int
    slot: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class PastQuery:
    """Which finished interactions are asked for, newest first: those that arrived in [since, until).

    `cursor` is "" for the first page, then the one of the page before. `limit` 1 to 1000.
    """

    since: Instant
    until: Instant
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    customer: str = ""  # an address, exactly
    longer_than: float | None = None  # waited at least so many seconds
    cursor: str = ""
    limit: int = 100
    text: str = ""  # capability HISTORY_SEARCH; no pattern, in any case of letters
    """Words of which each is part of the customer's name or address, the subject, a message or the note."""


@dataclass(frozen=True, slots=True)
class PastInteraction:
    """One interaction that is over. Times in seconds; `outcome` is a word of `Outcome` or the centre's own."""

    id: str
    channel: str
    direction: str
    queue: str
    customer: str  # the address, "" when withheld
    customer_name: str
    agent_id: str
    agent_name: str
    arrived_at: Instant
    answered_at: Instant | None
    ended_at: Instant
    outcome: str
    wait_seconds: float
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    offers: int = 0
    transfers: int = 0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPage:
    """Some finished interactions; `cursor` "" when there are no more.

    `missing` are the sources, of several contact centres, that did not answer; theirs are not among these.
    """

    interactions: tuple[PastInteraction, ...]
    cursor: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastStep:
    """One thing that happened to an interaction, such as `offered`, `connected`, `held`, `moved`, `wrap_up`."""

    at: Instant
    what: str
    queue: str = ""
    agent_id: str = ""
    agent_name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PastRecording:
    """One recording of an interaction: what there is of it, not how to get it."""

    id: str  # within its interaction
    began_at: Instant
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordingLink:
    """Where a recording can be heard for a while by whoever has the link; `url` is http or https."""

    url: str = field(repr=False)  # it needs no password
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class PastDetail:
    """An interaction that is over, with what happened, oldest first.

    `note` is what the agent wrote, where the contact centre itself keeps notes; otherwise the CRM has it.
    """

    interaction: PastInteraction
    steps: tuple[PastStep, ...] = field(default=())
    subject: str = ""
    messages: tuple[Message, ...] = ()
    note: str = ""
    recordings: tuple[PastRecording, ...] = ()
