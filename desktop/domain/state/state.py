"""The one snapshot that everything on screen is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.customer import CustomerDetails
from desktop.domain.entities.floor import Acknowledgement, AgentMessage, CoachingNews, HelpRequest
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import (
    Agent,
    AvailabilityChoice,
    Instant,
    Interaction,
    NotReadyReason,
    QueueStats,
    WrapUpCode,
)
from desktop.domain.entities.news_item import News
from desktop.domain.entities.own_agent import OwnAtCentre
from desktop.domain.entities.person import ChatLine, PastHelp, Person, Presence
from desktop.domain.entities.phone import PhoneCall, PhoneRegistration
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Health, OfferEnd, RecordingConsent
from desktop.domain.entities.wrap_up_record import DraftView, HandedOver, OutboxView
from desktop.domain.state.events import Change
from desktop.domain.text.sentence import NOTHING, Sentence

_OFFER_ENDS = frozenset(end.value for end in OfferEnd)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The connection to one source."""

    health: Health
    since: Instant
    why: Sentence = NOTHING
    last_heard: Instant | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a numbered stream was applied. `healing` is set from a gap to the snapshot after it."""

    epoch: str
    seq: int
    healing: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something told to the agent, newest last. `over`: it is so no more, and is shown as what was told only."""

    at: Instant
    text: Sentence
    severity: str
    subject: str = ""  # what it is about: a contact, a source, or one of `notices`
    over: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How an offer, a contact or a whole interaction of mine ended, with the service's own reason."""

    at: Instant
    change: Change  # offer_ended | wrap_up | closed
    reason: str
    interaction: Interaction

    @property
    def offer_end(self) -> OfferEnd | None:
        """Which of the five ways an offer ended; None when no offer ended or the service gave no known word."""
        if self.change is Change.OFFER_ENDED and self.reason in _OFFER_ENDS:
            return OfferEnd(self.reason)
        return None


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything known, at one moment. Each mapping is replaced, never changed in place."""

    me: str = ""
    interactions: Mapping[str, Interaction] = field(default_factory=dict)
    tombstones: Mapping[str, int] = field(default_factory=dict)  # id -> highest version seen of what went away
    agents: Mapping[str, Agent] = field(default_factory=dict)
    queues: Mapping[str, QueueStats] = field(default_factory=dict)
    codes: tuple[WrapUpCode, ...] = ()
    reasons: tuple[NotReadyReason, ...] = ()
    own: Mapping[str, OwnAtCentre] = field(default_factory=dict)  # of several contact centres, by source: me there
    zone: str = ""  # the IANA time zone of the centre's midnight; "" when not known
    help: Mapping[str, HelpRequest] = field(default_factory=dict)  # not closed, by id
    agent_messages: Mapping[str, AgentMessage] = field(default_factory=dict)  # between supervisors and agents, by id
    acknowledgements: Mapping[str, Acknowledgement] = field(default_factory=dict)  # by the alert's key
    alerts: Mapping[str, Alert] = field(default_factory=dict)  # by key
    coaching: CoachingNews | None = None  # what there is for me to read
    people: Mapping[str, Person] = field(default_factory=dict)
    presence: Mapping[str, Presence] = field(default_factory=dict)
    chats: Mapping[str, tuple[ChatLine, ...]] = field(default_factory=dict)
    sent: Mapping[str, SentMessage] = field(default_factory=dict)  # messages outside an interaction, by id
    received: Mapping[str, InboundMessage] = field(default_factory=dict)
    pops: Mapping[str, ScreenPop] = field(default_factory=dict)
    details: Mapping[str, CustomerDetails] = field(default_factory=dict)
    details_failed: Mapping[str, Mapping[str, Sentence]] = field(default_factory=dict)
    drafts: Mapping[str, DraftView] = field(default_factory=dict)
    handed_over: Mapping[str, HandedOver] = field(default_factory=dict)  # the latest, by interaction
    outbox: OutboxView = field(default_factory=OutboxView)
    health: Mapping[str, SourceHealth] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    skew: float = 0.0  # server clock minus local clock, seconds
    capabilities: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by source
    pending: Mapping[str, frozenset[str]] = field(default_factory=dict)  # interaction id -> verbs under way
    recording_consent: RecordingConsent = RecordingConsent.PAUSE  # the profile's policy
    awaited: AvailabilityChoice | None = None  # chosen while signing in, and carried out after it
    sources: tuple[str, ...] = ()  # in order of precedence, where several serve a kind
    links: Mapping[str, IdentityLink] = field(default_factory=dict)  # what the agent said of records
    same_people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # person id -> ids of all their records
    past_help: Mapping[str, PastHelp] = field(default_factory=dict)
    phone: PhoneRegistration | None = None  # None: the profile names no phone, or it has not told yet
    phone_calls: Mapping[str, PhoneCall] = field(default_factory=dict)  # what is on it now, by Call-ID
    notices: tuple[Notice, ...] = ()
    news: Mapping[str, News] = field(default_factory=dict)  # what happened unasked, by id, seen or not
    endings: tuple[Ending, ...] = ()  # newest last
    unfinished: Mapping[str, Interaction] = field(default_factory=dict)  # left me while their note was not handed over
    oddities: tuple[
        Sentence, ...
    ] = ()  # what a service or a plug-in did that it should not, newest last; for diagnostics
