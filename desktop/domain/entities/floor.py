"""What a supervisor sees and does beside the queues: work of others, help, messages, who did what, schedules."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.address import Address
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Channel, Phase


@dataclass(frozen=True, slots=True)
class AgentWork:
    """One contact an agent has in hand, as much of it as a list of agents needs.

    `deadline` is when an offer or a wrap-up should end by itself, where it should; `customer` is the address they
    came from, None where the contact centre does not tell.
    """

    interaction_id: str
    channel: Channel
    phase: Phase
    queue: str
    since: Instant  # in this phase
    customer_name: str = ""
    held: bool = False
    held_since: Instant | None = None
    deadline: Instant | None = None
    customer: Address | None = None
    parked_since: Instant | None = None


@dataclass(frozen=True, slots=True)
class AgentDay:
    """What an agent did since `since` (midnight of the centre's zone). Times in seconds; see `counts.StaffTime`."""

    since: Instant
    handled: int = 0
    missed: int = 0
    declined: int = 0
    signed_in: float = 0.0
    idle: float = 0.0
    engaged: float = 0.0
    load: float = 0.0
    until: Instant | None = None  # the sums run until then; None: not told


class HelpState(StrEnum):
    """Where a request for help stands."""

    OPEN = "open"
    ANSWERED = "answered"  # a supervisor said that they come, or how to go on
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """An agent asks a supervisor for help with a contact."""

    id: str
    version: int
    agent_id: str
    interaction_id: str
    text: str
    at: Instant
    state: HelpState = HelpState.OPEN
    answered_by: str = ""
    answer: str = ""
    since: Instant = 0.0  # in this state
    answered_by_name: str = ""  # agents do not see their supervisors among the agents


class Reached(StrEnum):
    """What became of a broadcast at one agent."""

    DELIVERED = "delivered"
    LATER = "later"  # they are signed out, and see it when they sign in
    REFUSED = "refused"  # nobody of the team is called that
    FAILED = "failed"  # their contact centre, one of several, did not take it


@dataclass(frozen=True, slots=True)
class BroadcastDelivery:
    """What became of a broadcast at one agent."""

    agent_id: str
    reached: Reached


@dataclass(frozen=True, slots=True)
class AgentMessage:
    """A line from a supervisor to an agent, or the agent's answer. `by` and `to` are agent ids."""

    id: str
    at: Instant
    by: str
    by_name: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class CoachingNews:
    """How much there is for me to read: evaluations not read, notes not acknowledged, answers to notes I wrote.

    `by_name` and `at` are of the newest to me, `answered_by` and `answered_at` of the newest acknowledgement of a
    note of mine; `answers` counts those in words that I have not read.
    """

    unread: int = 0
    by_name: str = ""
    at: Instant = 0.0
    answers: int = 0
    answered_by: str = ""
    answered_at: Instant = 0.0


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has seen an alert and deals with it. `alert` is its key; one raised later is another alert."""

    alert: str
    by: str
    by_name: str
    at: Instant
    text: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something a supervisor did, as the contact centre wrote it down. `verb` is a word of `FloorVerb` or its own."""

    id: str
    at: Instant
    by: str
    by_name: str
    verb: str
    subject: str  # an agent id, an interaction id, a queue
    why: str
    outcome: str = "done"  # done | refused: reason
    detail: str = ""  # from what to what
    subject_name: str = ""  # what the subject was called then: a name, else a customer's number; "" where not told


class FloorVerb(StrEnum):
    """Everything a supervisor can do to others' work."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    END_MONITOR = "end_monitor"
    TAKE_OVER = "take_over"
    REASSIGN = "reassign"
    MOVE = "move"
    PRIORITY = "priority"
    WITHDRAW = "withdraw"
    AGENT_STATE = "agent_state"
    ANSWER_HELP = "answer_help"
    MESSAGE = "message"
    BROADCAST = "broadcast"
    ACKNOWLEDGE = "acknowledge"


class ActivityKind(StrEnum):
    """What an agent should be doing at a time of their schedule."""

    WORK = "work"  # taking contacts
    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    EXCEPTION = "exception"  # agreed absence: counts neither for nor against adherence


@dataclass(frozen=True, slots=True)
class Activity:
    """A stretch of a schedule, from `start` until `end`."""

    start: Instant
    end: Instant
    kind: ActivityKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """An agent's planned day."""

    agent_id: str
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class StateStretch:
    """An agent's observed availability over a stretch of time; with `engaged` they had a contact in hand."""

    start: Instant
    end: Instant
    availability: str  # a word of `Availability`
    reason: str = ""
    engaged: bool = False
