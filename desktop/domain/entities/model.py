"""The entities of the contact centre, as frozen records.

Times are `Instant`s: seconds since the Unix epoch on the server's clock. Durations are seconds.
`None` always means "not known" or "does not apply", never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.address import Address as Address
from desktop.domain.entities.counts import Counts, EstimateScore
from desktop.domain.entities.floor import AgentDay, AgentWork
from desktop.domain.entities.instant import Instant as Instant
from desktop.domain.entities.words import (
    Availability,
    Channel,
    CodeRule,
    DeliveryState,
    Direction,
    LegFailure,
    LegKind,
    LegPhase,
    Monitoring,
    Outcome,
    Phase,
    Recording,
    Role,
)


@dataclass(frozen=True, slots=True)
class Leg:
    """A further party on an interaction."""

    id: str
    kind: LegKind
    phase: LegPhase
    target: str  # person id, agent id, queue name or number
    target_name: str
    since: Instant
    failure: LegFailure | None = None
    monitoring: Monitoring | None = None  # of a supervisor: how they take part


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came or went with a message. Its name and type are what the sender says they are."""

    id: str  # within its message
    name: str
    media_type: str = "application/octet-stream"
    size: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a messaging thread or of a live transcript, or one e-mail.

    A later version of the same `id` takes the place of the earlier one. Of a deleted message the text is "".
    """

    id: str
    at: Instant
    author: str  # customer | agent | system
    text: str
    delivery: DeliveryState | None = None
    sender: str = ""  # name or address, where it is known who of several wrote
    media_type: str = "text/plain"  # of `text`: text/plain or text/html
    subject: str = ""
    to: tuple[str, ...] = ()  # addresses
    cc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""  # the `id` of another message
    edited_at: Instant | None = None
    deleted: bool = False
    read_at: Instant | None = None  # when the other side saw it


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to send along with a reply."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent writes to a customer. Without recipients it goes to whoever wrote last."""

    text: str
    subject: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is nothing but text."""
        return not (self.subject or self.to or self.cc or self.files)


@dataclass(frozen=True, slots=True)
class WrapUpRule:
    """What a queue demands before an interaction may be closed. `seconds` 0 means no limit."""

    codes: CodeRule = CodeRule.ONE
    note_required: bool = False
    seconds: float = 120.0
    extend_seconds: float = 60.0
    extensions: int = 2


@dataclass(frozen=True, slots=True)
class WrapUpCode:
    """One code an agent may put on an interaction."""

    id: str
    label: str
    group: str = ""
    queues: frozenset[str] = frozenset()  # empty: every queue
    source: str = ""  # which of several contact centres has it


@dataclass(frozen=True, slots=True)
class Previous:
    """The contact that another goes on from after a take-over, a reassignment or a transfer, and what its agent knew.

    `note` and `customer_id` are "" until that agent's desktop has told them, and where there was nothing to tell.
    """

    interaction_id: str
    agent_id: str = ""
    agent_name: str = ""
    note: str = ""
    customer_id: str = ""  # as the CRM calls whom they linked it to
    at: Instant = 0.0


@dataclass(frozen=True, slots=True)
class Interaction:
    """One piece of customer work on one channel, from arrival to wrap-up. `version` rises with every change."""

    id: str
    version: int
    channel: Channel
    direction: Direction
    phase: Phase
    queue: str
    customer: Address
    arrived_at: Instant
    phase_since: Instant
    agent_id: str | None = None
    customer_name: str = ""  # what the contact centre itself knows, unverified
    subject: str = ""  # what they want, in the words of the IVR or the form
    skills: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)  # IVR answers, in order
    service_level_at: Instant | None = None  # answered by then counts as within target
    offer_deadline: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    wrap_up_deadline: Instant | None = None
    wrap_up_rule: WrapUpRule = WrapUpRule()
    extensions_used: int = 0
    held: bool = False
    held_since: Instant | None = None
    muted: bool = False
    customer_connected: bool = True
    recording: Recording = Recording.UNKNOWN
    recording_since: Instant | None = None  # when it began, was paused or resumed
    parked: bool = False  # put aside until the customer writes or the agent takes it up again
    parked_since: Instant | None = None
    unread: int = 0  # messages of the customer that the agent has not seen
    typing_until: Instant | None = None  # the customer is writing, as far as is known, until then
    legs: tuple[Leg, ...] = ()
    messages: tuple[Message, ...] = ()
    earlier: int = 0  # messages that are not among these; those of them that are known stay as they are
    outcome: Outcome | None = None
    raw_state: str = ""  # the backend's own word, always kept
    priority: int = 0  # points; more is sooner
    previous: Previous | None = None  # the contact this one goes on from
    callback_at: Instant | None = None  # of a promised callback: when it is due; `arrived_at` is no wait then
    phone_call: str = ""  # SIP Call-ID of the call on the agent's own phone, where that carries it


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who takes interactions. `requested` is what they asked for, `observed` what the server says."""

    id: str
    version: int
    name: str
    role: Role
    team: str
    observed: Availability
    since: Instant
    requested: Availability | None = None
    reason: str = ""
    next: Availability | None = None
    next_reason: str = ""
    capacity: Mapping[str, int] = field(default_factory=dict)  # channel -> most at once
    in_use: Mapping[str, int] = field(default_factory=dict)
    queues: tuple[str, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    missed: int = 0
    raw_state: str = ""
    work: tuple[AgentWork, ...] = ()  # what they have in hand, where this principal may know
    today: AgentDay | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityChoice:
    """What an agent wants to be."""

    availability: Availability
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits in a queue; `channel` is None, the rest "", where the contact centre does not tell."""

    interaction_id: str
    customer: Address
    since: Instant
    channel: Channel | None = None
    customer_name: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class QueueStats:
    """What a queue looks like at `as_of`. Any figure may be unknown; each says so with None.

    A supervisor is told of each queue every 10 s or so, changed or not, for the time of its people goes on; figures
    that are not told anew are shown as old.
    """

    name: str
    version: int
    as_of: Instant
    waiting: int | None = None
    longest_since: Instant | None = None
    estimated_wait: float | None = None
    estimated_low: float | None = None
    estimated_high: float | None = None
    counts: Counts | None = None  # since midnight of the centre's zone, or since the centre counts
    trend: tuple[int, ...] = ()  # the most who waited at once in each of the last 12 five minutes, oldest first
    estimates: EstimateScore | None = None  # how true the estimated waits were
    service_level: float | None = None  # 0..1, the centre's own figure by its own formula
    service_level_formula: str = ""
    service_level_seconds: float | None = None
    agents_available: int | None = None
    agents_busy: int | None = None
    agents_signed_in: int | None = None
    head: tuple[Waiting, ...] = ()  # so that their records can be fetched before the offer
    to_pull: tuple[Waiting, ...] = ()  # the first in writing whom its agents may take without being offered them


@dataclass(frozen=True, slots=True)
class NotReadyReason:
    """A reason an agent may give for not being ready."""

    id: str
    label: str
    source: str = ""  # which of several contact centres has it
