"""What can be made to happen: the vocabulary of scenarios and of the control plane."""

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from mock_backends.channels import ChannelWord, MessageWord
from mock_backends.http.faults import Rule
from mock_backends.wire.contact_center import AvailabilityWord
from mock_backends.wire.presence import PresenceWord

Server = Literal["crm", "contact_center", "presence", "messaging"]
Seconds = Annotated[float, Field(ge=0, le=1e7)]
Word = Annotated[str, Field(max_length=320)]
Share = Annotated[float, Field(ge=0, le=1)]


class StepBody(BaseModel):
    """What all steps have in common: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Attached(StepBody):
    """A file with a message: the text or the bytes it holds, or so many bytes of nothing."""

    name: Annotated[str, Field(max_length=2_000)]
    media_type: Annotated[str, Field(max_length=500)] = "application/octet-stream"
    text: Annotated[str, Field(max_length=20_000)] = ""
    base64: Base64Bytes | None = None
    size: int | None = Field(default=None, ge=0, le=5 * 1024 * 1024)


class Call(StepBody):
    """A customer arrives in a queue. Times in server seconds, null means never."""

    do: Literal["call"]
    sender: Word = Field(alias="from", description="number, e-mail address or handle; empty: withheld")
    queue: Word
    channel: ChannelWord = "voice"
    name: Word = ""
    subject: Word = ""
    priority: float = Field(default=0.0, ge=-1e6, le=1e6)
    skills: dict[str, int] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)
    messages: list[str] = Field(default_factory=list, max_length=20_000)
    attachments: list[Attached] = Field(default_factory=list, max_length=20, description="with the last message")
    to: list[Word] = Field(default_factory=list, max_length=50, description="to whom else the first e-mail went")
    cc: list[Word] = Field(default_factory=list, max_length=50)
    replies: list[str] | None = Field(
        default=None, max_length=1_000, description="what they write back, one for each message; null: polite phrases"
    )
    patience: Seconds | None = None
    stays: Seconds | None = 600.0


class Flood(StepBody):
    """Many customers of the world, spread over some seconds."""

    do: Literal["flood"]
    queue: Word | None = None
    count: int = Field(ge=1, le=20_000)
    over: Seconds = 0.0
    patience: Seconds | None = 180.0
    stays: Seconds | None = 300.0


class OnInteraction(StepBody):
    """Something that happens to one interaction: by id, by the customer's address, or the newest that fits."""

    do: Literal["hangup", "rescind", "fail_offer", "end_wrap_up"]
    interaction: Word | None = None
    sender: Word | None = Field(default=None, alias="from")


class CustomerWrites(StepBody):
    """A message from the customer of a written contact. The same `id` again is the same message."""

    do: Literal["customer_writes"]
    text: Annotated[str, Field(max_length=2_000_000)]
    interaction: Word | None = None
    sender: Word | None = Field(default=None, alias="from")
    id: Annotated[str, Field(max_length=100)] = ""
    late: Seconds = Field(default=0.0, description="it was written so long ago")
    media_type: Literal["text/plain", "text/html"] = "text/plain"
    subject: Annotated[str, Field(max_length=500)] = ""
    name: Word = Field(default="", description="name or address of whoever writes, where they are several")
    to: list[Word] = Field(default_factory=list, max_length=50)
    cc: list[Word] = Field(default_factory=list, max_length=50)
    attachments: list[Attached] = Field(default_factory=list, max_length=20)


class CustomerChanges(StepBody):
    """The customer edits a message, or deletes it (without `text`); also one that has not arrived yet."""

    do: Literal["customer_changes"]
    id: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=20_000)] | None = None
    interaction: Word | None = None
    sender: Word | None = Field(default=None, alias="from")


class CustomerTypes(StepBody):
    """The customer is writing; 0 s: no longer."""

    do: Literal["customer_types"]
    seconds: Seconds = 10.0
    interaction: Word | None = None
    sender: Word | None = Field(default=None, alias="from")


class Expert(StepBody):
    """What a party does from now on, and at once where it rings or talks. Without a target: whoever does so."""

    do: Literal[
        "expert_answers",
        "expert_busy",
        "expert_declines",
        "expert_no_answer",
        "expert_unreachable",
        "expert_hangs_up",
    ]
    target: Word | None = Field(default=None, description="person:<id>, agent:<id> or tel:<number>")


class NoExpertFree(StepBody):
    """Nobody in the directory answers any more, or they do again."""

    do: Literal["no_expert_free"]
    on: bool = True


class MovePresence(StepBody):
    """Somebody's presence changes."""

    do: Literal["presence"]
    person: Word
    state: PresenceWord
    activity: Word = ""
    in_call: bool | None = False
    in_meeting: bool | None = False
    until: float | None = None
    native: Word | None = None


class Chat(StepBody):
    """A person writes to a principal."""

    do: Literal["chat"]
    principal: Word
    person: Word
    text: Annotated[str, Field(max_length=20_000)]


class InboundMessage(StepBody):
    """A message from a customer reaches the message sender, or the contact centre where that has the number."""

    do: Literal["inbound_message"]
    sender: Word = Field(alias="from")
    text: Annotated[str, Field(max_length=20_000)]
    channel: MessageWord = "sms"
    queue: Word = Field(
        default="", description="the contact centre's queue behind the number: it goes on in a contact, or begins one"
    )


class FailMessages(StepBody):
    """Nothing reaches this address any more."""

    do: Literal["fail_messages"]
    to: Word


class PlayColleagues(StepBody):
    """Simulated agents come to work; conversations last `talk` server seconds on average.

    `rests` is the mean time between two breaks; `misses`, `holds` and `asks` are shares of offers and conversations
    that are missed, held, and asked for help about. With `all` whom a demo signs in as an agent is played too.
    """

    do: Literal["colleagues"]
    count: int = Field(ge=1, le=2_000)
    talk: Annotated[float, Field(gt=0, le=1e6)] = 180.0
    rests: Annotated[float, Field(gt=0, le=1e6)] | None = None
    misses: Share = 0.0
    holds: Share = 0.0
    asks: Share = 0.0
    all: bool = False


class ConjureStorm(StepBody):
    """So many changes of state a real second, of all sorts, on the great floor; 0 ends it."""

    do: Literal["storm"]
    per_second: float = Field(ge=0, le=20_000)


class ForceAvailability(StepBody):
    """The centre itself changes an agent's availability, as a second sign-in or a supervisor would."""

    do: Literal["availability"]
    agent: Word
    availability: AvailabilityWord
    reason: Word = ""


class ExpireToken(StepBody):
    """A principal's tokens become worthless."""

    do: Literal["expire_token"]
    principal: Word


class FreezeFigures(StepBody):
    """The queue figures stand still, or go on."""

    do: Literal["freeze_figures"]
    on: bool = True


class CutStreams(StepBody):
    """Event streams end in the middle of a line."""

    do: Literal["cut_streams"]
    server: Server | None = None
    principal: Word | None = None


class SetFaults(StepBody):
    """Faults on one server, or all, in the place of earlier ones."""

    do: Literal["faults"]
    rules: list[Rule] = Field(max_length=100)


Step = Annotated[
    Call
    | Flood
    | OnInteraction
    | CustomerWrites
    | CustomerChanges
    | CustomerTypes
    | Expert
    | NoExpertFree
    | MovePresence
    | Chat
    | InboundMessage
    | FailMessages
    | PlayColleagues
    | ConjureStorm
    | ForceAvailability
    | ExpireToken
    | FreezeFigures
    | CutStreams
    | SetFaults,
    Field(discriminator="do"),
]
