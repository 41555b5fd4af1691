"""Every event, as a frozen record.

An event says what happened and why, and carries the whole entity with its version: applying one twice, late or
out of order does no harm. Time comes in on events; nothing here reads a clock.
"""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.floor import Acknowledgement, AgentMessage, CoachingNews, HelpRequest
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Agent, Instant, Interaction, NotReadyReason, QueueStats, WrapUpCode
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.phone import PhoneCall, PhoneRegistration
from desktop.domain.state.floor_events import FloorEvent
from desktop.domain.state.own_events import OwnEvent


class Change(StrEnum):
    """What happened to an interaction."""

    QUEUED = "interaction.queued"
    OFFERED = "interaction.offered"
    OFFER_ENDED = "interaction.offer_ended"
    CONNECTING = "interaction.connecting"
    CONNECTED = "interaction.connected"
    UPDATED = "interaction.updated"  # held, muted, recording, message, attributes
    LEG = "interaction.leg"
    WRAP_UP = "interaction.wrap_up"
    CLOSED = "interaction.closed"


@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """Something happened to an interaction; `reason` is why (an OfferEnd, a LegFailure, "customer_left", …)."""

    change: Change
    interaction: Interaction
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent's availability, capacity or pending next state changed."""

    agent: Agent
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Fresh figures of a queue."""

    queue: QueueStats


@dataclass(frozen=True, slots=True)
class ContactCenterSnapshot:
    """The whole of what the contact centre shows this principal, at one moment."""

    me: str
    interactions: tuple[Interaction, ...]
    agents: tuple[Agent, ...]
    queues: tuple[QueueStats, ...]
    codes: tuple[WrapUpCode, ...] = ()
    reasons: tuple[NotReadyReason, ...] = ()
    zone: str = ""  # the IANA time zone whose midnight begins the centre's day; "" when not known
    help: tuple[HelpRequest, ...] = ()  # not closed yet
    agent_messages: tuple[AgentMessage, ...] = ()  # the newest, oldest first
    acknowledgements: tuple[Acknowledgement, ...] = ()
    coaching: CoachingNews | None = None
    own_id: str = ""  # of several contact centres: who I am at this one; `me` is then one for all


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A directory entry is new or changed."""

    person: Person


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A person's presence was observed anew."""

    presence: Presence


@dataclass(frozen=True, slots=True)
class ChatReceived:
    """A line in the chat with an expert, theirs or our own."""

    line: ChatLine


@dataclass(frozen=True, slots=True)
class PresenceSnapshot:
    """The whole of one directory at one moment."""

    people: tuple[Person, ...]
    presence: tuple[Presence, ...]
    chats: tuple[ChatLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """A message we sent came further, or failed."""

    message: SentMessage


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A customer wrote to us outside an interaction."""

    message: InboundMessage


@dataclass(frozen=True, slots=True)
class MessagingSnapshot:
    """What a sender still knows of messages sent and received; those it forgot are not gone."""

    sent: tuple[SentMessage, ...] = ()
    received: tuple[InboundMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class PhoneCallChanged:
    """A call on the agent's own phone is new, changed or has ended."""

    call: PhoneCall


@dataclass(frozen=True, slots=True)
class PhoneRegistrationChanged:
    """The agent's phone can be reached, or cannot any more."""

    registration: PhoneRegistration


@dataclass(frozen=True, slots=True)
class PhoneSnapshot:
    """The whole of the agent's phone at one moment."""

    registration: PhoneRegistration
    calls: tuple[PhoneCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life carrying the server's clock and the number of its newest event."""

    server_time: Instant
    head: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The stream may have missed something; a snapshot must follow."""

    why: str


OutsideEvent = (
    InteractionChanged
    | AgentChanged
    | QueueChanged
    | FloorEvent
    | ContactCenterSnapshot
    | PersonChanged
    | PresenceChanged
    | ChatReceived
    | PresenceSnapshot
    | PhoneCallChanged
    | PhoneRegistrationChanged
    | PhoneSnapshot
    | DeliveryChanged
    | MessageReceived
    | MessagingSnapshot
    | Heartbeat
    | Gap
)
"""What a backend may say."""

Event = OutsideEvent | OwnEvent


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with where it came from and its place in the stream.

    `seq` None marks an event outside any numbered stream (made by the desktop itself, or by a poll).
    A snapshot carries the number of the last event it includes.
    """

    source: str
    event: Event
    at: Instant
    epoch: str = ""
    seq: int | None = None
