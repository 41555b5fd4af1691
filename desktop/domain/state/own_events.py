"""Events that the desktop makes itself: nobody outside may say them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.customer import CustomerDetails, TimelineEntry
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.entities.model import AvailabilityChoice
from desktop.domain.entities.news_item import News
from desktop.domain.entities.person import PastHelp
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Health, Older, RecordingConsent
from desktop.domain.entities.wrap_up_record import DraftView, HandedOver, OutboxView
from desktop.domain.text.sentence import NOTHING, Sentence


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """What we know of the connection to `envelope.source`. `why` is for people."""

    health: Health
    why: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class ClockRead:
    """The server's clock was seen: it is `skew` seconds ahead of the local one. `ours`: for ours was set meanwhile."""

    skew: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class PopChanged:
    """The screen pop of an interaction has a new answer, or more is known of it."""

    interaction_id: str
    pop: ScreenPop


@dataclass(frozen=True, slots=True)
class DetailsChanged:
    """Cases, timeline and purchases of a customer arrived; `failed` names the parts that could not be had."""

    customer_id: str
    details: CustomerDetails
    failed: Mapping[str, Sentence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OlderChanged:
    """The timeline before the entry `after`, which was its last one: being asked for, there, or not to be had."""

    customer_id: str
    after: str
    older: Older
    entries: tuple[TimelineEntry, ...] = ()
    why: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """What is written about an interaction has changed, or is on disk by now."""

    interaction_id: str
    draft: DraftView


class Keep(Enum):
    """What is said of a part of a draft that was not touched, where None would mean that there is none."""

    AS_IT_IS = 0


AS_IT_IS: Final = Keep.AS_IT_IS


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """The draft became an outbox row or was discarded."""

    interaction_id: str


@dataclass(frozen=True, slots=True)
class RecordHandedOver:
    """A wrap-up of an interaction is on disk as the agent finished it."""

    interaction_id: str
    record: HandedOver


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """How much waits to be delivered and how much wants attention."""

    outbox: OutboxView
    delivered: tuple[str, ...] = ()  # interaction ids delivered since the last such event


@dataclass(frozen=True, slots=True)
class MessageWithdrawn:
    """A message that no sender had taken, by its key, is not in the outbox any more."""

    key: str


@dataclass(frozen=True, slots=True)
class CapabilitiesKnown:
    """What the source of the envelope really offers, as told when it was opened."""

    capabilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class SourcesDeclared:
    """The sources of the profile, of each kind the one with precedence first; told where several serve a kind."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyDeclared:
    """What the profile does about customers who have refused to be recorded."""

    recording_consent: RecordingConsent


@dataclass(frozen=True, slots=True)
class LinksChanged:
    """What the agent said of records that are, or are not, one customer or person; all of it."""

    links: tuple[IdentityLink, ...]


@dataclass(frozen=True, slots=True)
class PendingChanged:
    """Verbs of an interaction that were asked for and not answered yet (key `""`: the agent's own state)."""

    interaction_id: str
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class AvailabilityAwaited:
    """The agent chose this before they were signed in; None: it was carried out or given up."""

    choice: AvailabilityChoice | None


@dataclass(frozen=True, slots=True)
class PastHelpKnown:
    """How a person helped before."""

    help: PastHelp


@dataclass(frozen=True, slots=True)
class AlertsChanged:
    """All alerts there are now, by key."""

    alerts: Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the agent should be told: what did not happen, what is safe, what to press.

    `subject` is what it is about, such as a contact; it takes the place of what was told of that before.
    """

    text: Sentence
    severity: str = "info"  # info | warning | error
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was told of a subject is so no more: what failed has succeeded since."""

    subject: str


@dataclass(frozen=True, slots=True)
class NewsCame:
    """Something happened that the agent did not do."""

    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class NewsSeen:
    """The agent has read news, or had what it is about before their eyes."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class LookedOdd:
    """Something that whoever looks into a problem should read; for the diagnostics screen."""

    text: Sentence


OwnEvent = (
    HealthChanged
    | ClockRead
    | PopChanged
    | DetailsChanged
    | OlderChanged
    | DraftSaved
    | DraftDropped
    | RecordHandedOver
    | OutboxChanged
    | MessageWithdrawn
    | CapabilitiesKnown
    | SourcesDeclared
    | PolicyDeclared
    | LinksChanged
    | PendingChanged
    | AvailabilityAwaited
    | PastHelpKnown
    | AlertsChanged
    | Noticed
    | Settled
    | NewsCame
    | NewsSeen
    | LookedOdd
)
