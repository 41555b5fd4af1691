"""What the CRM knows of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.model import Address, Instant
from desktop.domain.entities.words import Older, PopAnswer
from desktop.domain.text.sentence import NOTHING, Sentence, Words


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the customer allows one thing. `granted` None means they were never asked."""

    topic: str  # sms | email | recording | marketing | whatsapp
    granted: bool | None
    at: Instant | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class CustomerPromise:
    """Something we told the customer we would do. `kept` None means it is still open."""

    text: str
    due: Instant | None
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An open or closed matter of a customer."""

    id: str
    subject: str
    status: str  # open | pending | solved | closed, or the CRM's own word
    opened_at: Instant
    priority: str = ""  # low | normal | high | urgent, or the CRM's own word
    owner: str = ""
    source: str = ""  # which of several CRMs; "" where there is one

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status not in {"solved", "closed"}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened between the customer and us, on any channel."""

    id: str
    at: Instant
    channel: str  # a Channel value, or note | purchase | case | expert
    summary: str
    agent: str = ""
    detail: str = ""
    source: str = ""  # as that of a case
    case_id: str = ""  # the case that it belongs to, where the CRM says so


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """One thing on the timeline that no CRM told of: the desktop itself saw it."""

    id: str
    at: Instant
    channel: str  # as above
    summary: Sentence
    agent: Sentence = NOTHING
    detail: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something the customer bought."""

    id: str
    at: Instant
    item: str
    amount: str  # already formatted with its currency
    source: str = ""  # as that of a case


HistoryEntry = TimelineEntry | SeenEntry | Purchase
"""What has a place on the timeline."""


@dataclass(frozen=True, slots=True)
class Customer:
    """The CRM's record of a person or company."""

    id: str
    name: str
    source: str = ""  # which CRM of the profile; a plug-in says "crm"
    fetched_at: Instant | None = None
    company: str = ""
    tier: str = ""
    language: str = ""
    time_zone: str = ""
    addresses: tuple[Address, ...] = ()
    consents: tuple[Consent, ...] = ()
    promises: tuple[CustomerPromise, ...] = ()
    note: str = ""
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    place: str = ""  # postcode and town: what tells namesakes apart
    last_contact: Instant | None = None  # with us, on any channel, as the CRM says


@dataclass(frozen=True, slots=True)
class Record:
    """One CRM's record of a customer whom several know, and why it is theirs ("same number"); the first needs none."""

    customer: Customer
    why: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class Match:
    """A customer found, and why: the key that matched, and whether the record really carries it.

    `records` are what the customer was put together from, when several CRMs know them, in order of precedence.
    """

    customer: Customer
    matched_on: str  # phone | email | handle | name | text
    reason: Words  # a CRM's own: "same number, different name"; or the desktop's
    verified: bool = False
    records: tuple[Record, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of every record that it stands for."""
        return tuple(record.customer.id for record in self.records) or (self.customer.id,)


@dataclass(frozen=True, slots=True)
class CrmAnswer:
    """What one of several CRMs answered to a screen pop or a search. `why` says why it could not be asked."""

    source: str
    answer: PopAnswer
    since: Instant
    why: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class FoundCustomers:
    """Customers found by what was typed so far: those kept on this machine, then what each CRM answered.

    `answers` has every CRM that is or was asked; `kept` the ids of those that no CRM has confirmed.
    """

    matches: tuple[Match, ...] = ()
    answers: tuple[CrmAnswer, ...] = ()
    text: str = ""
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """What the customer pane shows below the card. Each part may be unknown (None) on its own.

    `not_offered` names the parts that the CRM does not have: they stay None, and there is nothing to wait for.
    `older` says whether the timeline goes on before its last entry.
    """

    cases: tuple[Case, ...] | None = None
    timeline: tuple[TimelineEntry, ...] | None = None
    purchases: tuple[Purchase, ...] | None = None
    fetched_at: Instant | None = None
    not_offered: frozenset[str] = frozenset()
    older: Older = Older.NONE


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something to do after the interaction: a callback, a message, a task or a case."""

    kind: str  # callback | sms | email | task | case
    text: str
    due: Instant | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpRecord:
    """What is written back to the CRM when an interaction is over. Delivered exactly once, under `key`.

    `agent_name` and `code_labels` are for people, as they were at the time; empty where none are known.
    """

    key: str
    interaction_id: str
    customer_id: str | None
    agent_id: str
    channel: str  # a Channel value
    queue: str
    started_at: Instant
    ended_at: Instant
    codes: tuple[str, ...]
    note: str
    follow_ups: tuple[FollowUp, ...] = ()
    experts: tuple[str, ...] = ()  # who was asked and what came of it
    address: str = ""
    agent_name: str = ""
    code_labels: tuple[str, ...] = ()  # in the order of `codes`

    @property
    def agent(self) -> str:
        """The agent as people call them."""
        return self.agent_name or self.agent_id

    @property
    def outcome(self) -> tuple[str, ...]:
        """The codes as people read them."""
        return self.code_labels or self.codes
