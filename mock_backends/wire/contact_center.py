"""The contact centre's entities and requests as they go over the wire."""

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field, model_validator

from mock_backends.channels import ChannelWord
from mock_backends.wire.base import Address, Id, Instant, Line, Text, Wire
from mock_backends.wire.figures import AgentDay, AgentWork, Counts, EstimateScore
from mock_backends.wire.help import Acknowledgement, AgentMessage, HelpRequest
from mock_backends.wire.quality import CoachingNews

AvailabilityWord = Literal["offline", "not_ready", "available"]
PhaseWord = Literal["queued", "offered", "connecting", "active", "wrap_up", "closed"]
LegPhaseWord = Literal["requested", "ringing", "active", "completed", "cancelled", "failed"]
LegFailureWord = Literal["busy", "no_answer", "declined", "invalid", "unreachable"]
OutcomeWord = Literal["handled", "transferred", "abandoned", "callback", "failed", "withdrawn"]


class Leg(Wire):
    """A further party on an interaction."""

    id: str
    kind: Literal["consult", "transfer", "conference", "supervisor"]
    phase: LegPhaseWord
    target: str
    target_name: str
    since: float
    failure: LegFailureWord | None = None
    monitoring: Literal["listen", "whisper", "barge"] | None = None


class Attachment(Wire):
    """A file that came or went with a message; `size` in bytes. Its name and type are what the sender says."""

    id: str
    name: str
    media_type: str = "application/octet-stream"
    size: int


def _unset(value: object) -> bool:
    return not value


class Message(Wire):
    """One line of a messaging thread or of a live transcript, or one e-mail. What is not set is left out."""

    id: str
    at: float
    author: Literal["customer", "agent", "system"]
    text: str
    delivery: Literal["queued", "sent", "delivered", "failed"] | None = None
    sender: str = Field(default="", exclude_if=_unset)
    media_type: Literal["text/plain", "text/html"] = Field(
        default="text/plain", exclude_if=lambda value: value == "text/plain"
    )
    subject: str = Field(default="", exclude_if=_unset)
    to: list[str] = Field(default_factory=list, exclude_if=_unset)
    cc: list[str] = Field(default_factory=list, exclude_if=_unset)
    attachments: list[Attachment] = Field(default_factory=list, exclude_if=_unset)
    in_reply_to: str = Field(default="", exclude_if=_unset)
    edited_at: float | None = Field(default=None, exclude_if=_unset)
    deleted: bool = Field(default=False, exclude_if=_unset)
    read_at: float | None = Field(default=None, exclude_if=_unset)


class WrapUpRule(Wire):
    """What a queue demands before an interaction may be closed; `seconds` 0 means no limit."""

    codes: Literal["none", "optional_one", "one", "many"] = "one"
    note_required: bool = False
    seconds: float = 120.0
    extend_seconds: float = 60.0
    extensions: int = 2


class WrapUpCode(Wire):
    """One code an agent may put on an interaction; without queues it is for every one."""

    id: str
    label: str
    group: str = ""
    queues: list[str] = Field(default_factory=list)


class Reason(Wire):
    """A reason for not being ready."""

    id: str
    label: str


class Previous(Wire):
    """The contact that this one goes on from, and what its agent knew."""

    interaction_id: str
    agent_id: str = ""
    agent_name: str = ""
    note: str = ""
    customer_id: str = ""
    at: float


class Interaction(Wire):
    """One piece of customer work on one channel, from arrival to wrap-up."""

    id: str
    version: int = 1
    channel: ChannelWord
    direction: Literal["inbound", "outbound"] = "inbound"
    phase: PhaseWord = "queued"
    queue: str
    customer: Address
    arrived_at: float
    phase_since: float
    agent_id: str | None = None
    customer_name: str = ""
    subject: str = ""
    skills: list[str] = Field(default_factory=list)
    attributes: dict[str, str] = Field(default_factory=dict)
    service_level_at: float | None = None
    offer_deadline: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    wrap_up_deadline: float | None = None
    wrap_up_rule: WrapUpRule = Field(default_factory=WrapUpRule)
    extensions_used: int = 0
    held: bool = False
    held_since: float | None = None
    muted: bool = False
    customer_connected: bool = True
    recording: Literal["none", "active", "paused"] = "none"
    recording_since: float | None = None
    parked: bool = False
    parked_since: float | None = None
    unread: int = 0
    typing_until: float | None = None
    legs: list[Leg] = Field(default_factory=list)
    messages: list[Message] = Field(default_factory=list)
    earlier: int = 0
    outcome: OutcomeWord | None = None
    raw_state: str = ""
    priority: int = 0
    previous: Previous | None = None
    callback_at: float | None = None


class Agent(Wire):
    """A person who takes interactions; `work` and `today` are for supervisors alone."""

    id: str
    version: int = 1
    name: str
    role: Literal["agent", "supervisor"]
    team: str
    observed: AvailabilityWord = "offline"
    since: float
    requested: AvailabilityWord | None = None
    reason: str = ""
    next: AvailabilityWord | None = None
    next_reason: str = ""
    capacity: dict[str, int] = Field(default_factory=dict)
    in_use: dict[str, int] = Field(default_factory=dict)
    queues: list[str] = Field(default_factory=list)
    skills: dict[str, int] = Field(default_factory=dict)
    missed: int = 0
    raw_state: str = ""
    work: list[AgentWork] = Field(default_factory=list)
    today: AgentDay | None = None


class Waiting(Wire):
    """Somebody who waits in a queue, since when."""

    interaction_id: str
    customer: Address
    since: float
    channel: ChannelWord
    customer_name: str = ""
    subject: str = ""


class QueueStats(Wire):
    """What a queue looks like at `as_of`. `trend`: the most who waited at once in each of the last twelve 5 min.

    `to_pull`: the first of those who wait in writing, where the queue lets its agents take them.
    """

    name: str
    version: int = 1
    as_of: float
    waiting: int | None = None
    longest_since: float | None = None
    estimated_wait: float | None = None
    estimated_low: float | None = None
    estimated_high: float | None = None
    counts: Counts | None = None
    trend: list[int] = Field(default_factory=list)
    estimates: EstimateScore | None = None
    service_level: float | None = None
    service_level_formula: str = ""
    service_level_seconds: float | None = None
    agents_available: int | None = None
    agents_busy: int | None = None
    agents_signed_in: int | None = None
    head: list[Waiting] = Field(default_factory=list)
    to_pull: list[Waiting] = Field(default_factory=list)


class ContactCenterSnapshot(Wire):
    """Everything a principal may see."""

    as_of: str
    server_time: float
    me: Agent
    interactions: list[Interaction]
    agents: list[Agent]
    queues: list[QueueStats]
    codes: list[WrapUpCode]
    reasons: list[Reason]
    zone: str
    coaching: CoachingNews
    help: list[HelpRequest] = Field(default_factory=list)
    agent_messages: list[AgentMessage] = Field(default_factory=list)
    acknowledgements: list[Acknowledgement] = Field(default_factory=list)


class InteractionAnswer(Wire):
    """One interaction as it is now."""

    interaction: Interaction


class AgentAnswer(Wire):
    """One agent as they are now."""

    agent: Agent


class Interactions(Wire):
    """The interactions a principal may see."""

    interactions: list[Interaction]


class Agents(Wire):
    """The agents a principal may see."""

    agents: list[Agent]


class Queues(Wire):
    """The queues a principal may see."""

    queues: list[QueueStats]


class CallbackAnswer(Wire):
    """A callback that was planned."""

    callback_id: str


class SetAvailability(Wire):
    """What the agent asks for."""

    availability: AvailabilityWord
    reason: str = Field(default="", max_length=100)
    when: Literal["now", "after_current"] = "now"


class Decline(Wire):
    """Why an offer is given back."""

    reason: str = Field(default="", max_length=200)


class Dtmf(Wire):
    """Tones to send."""

    digits: str = Field(pattern=r"^[0-9*#A-D]{1,32}$")


MailAddress = Annotated[str, Field(max_length=320, pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]


class SentFile(Wire):
    """A file to the customer; `content` in base64."""

    name: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
    media_type: str = Field(default="application/octet-stream", max_length=100, pattern=r"^[!-~]+/[!-~]+$")
    content: Base64Bytes


class SendMessage(Wire):
    """What goes to the customer: a line or an e-mail, with files. Without `to` it goes to whoever wrote last."""

    text: Text = ""
    subject: Annotated[str, Field(max_length=500)] = ""
    to: list[MailAddress] = Field(default_factory=list, max_length=50)
    cc: list[MailAddress] = Field(default_factory=list, max_length=50)
    files: list[SentFile] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _has_something(self) -> "SendMessage":
        if not self.text and not self.files:
            raise ValueError("A message has a text or a file.")
        return self


class Seen(Wire):
    """The newest message that the agent has seen."""

    message_id: Id


class Typing(Wire):
    """Whether the agent is writing; forgotten by itself after 10 s."""

    on: bool = True


class Target(Wire):
    """Whom to bring in: `person:<id>`, `agent:<id>`, `tel:+…` or, to transfer, `queue:<name>`."""

    target: str = Field(pattern=r"^(person|agent|tel|queue):.{1,150}$")


class WrapUp(Wire):
    """How a wrap-up is finished."""

    codes: list[Id] = Field(default_factory=list, max_length=20)
    note_given: bool = False


class Handover(Wire):
    """What the agent of a contact leaves to whoever goes on with its customer."""

    note: str = Field(default="", max_length=16_000)
    customer_id: str = Field(default="", max_length=200)


class Dial(Wire):
    """A call to a customer now."""

    address: Address
    queue: Annotated[str, Field(max_length=100)] = ""


class Callback(Wire):
    """A call to be made later."""

    interaction_id: Id
    queue: Annotated[str, Field(max_length=100)] = ""
    address: Address
    at: Instant
    note: Line = ""
