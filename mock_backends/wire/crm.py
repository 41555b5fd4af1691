"""The CRM's entities and requests as they go over the wire."""

from typing import Annotated, Literal

from pydantic import Field

from mock_backends.channels import ChannelWord
from mock_backends.wire.base import Address, Id, Instant, Line, Text, Wire


class Consent(Wire):
    """Whether the customer allows one thing; `granted` null: never asked."""

    topic: str
    granted: bool | None
    at: float | None = None
    source: str = ""


class Promise(Wire):
    """Something we said we would do; `kept` null: still open."""

    text: str
    due: float | None = None
    kept: bool | None = None


class Customer(Wire):
    """The CRM's record of a person or company."""

    id: str
    name: str
    company: str = ""
    tier: str = ""
    language: str = ""
    time_zone: str = ""
    addresses: list[Address] = Field(default_factory=list)
    consents: list[Consent] = Field(default_factory=list)
    promises: list[Promise] = Field(default_factory=list)
    note: str = ""
    url: str = ""
    fields: dict[str, str] = Field(default_factory=dict)
    place: str = ""
    last_contact: float | None = None


class Case(Wire):
    """A matter of a customer."""

    id: str
    subject: str
    status: str
    opened_at: float
    priority: str = ""
    owner: str = ""


class TimelineEntry(Wire):
    """One thing that happened between the customer and us."""

    id: str
    at: float
    channel: str
    summary: str
    agent: str = ""
    detail: str = ""
    case_id: str = ""


class Purchase(Wire):
    """Something the customer bought."""

    id: str
    at: float
    item: str
    amount: str


class Match(Wire):
    """A customer found, by what, and why in words."""

    customer: Customer
    matched_on: Literal["phone", "email", "handle", "name", "text"]
    reason: str


class Matches(Wire):
    """The customers found."""

    results: list[Match]


class CustomerAnswer(Wire):
    """One customer."""

    customer: Customer


class Timeline(Wire):
    """What happened, newest first."""

    entries: list[TimelineEntry]


class Cases(Wire):
    """Matters, newest first."""

    cases: list[Case]


class CaseAnswer(Wire):
    """One matter."""

    case: Case


class Purchases(Wire):
    """Things bought, newest first."""

    purchases: list[Purchase]


class NewCustomer(Wire):
    """A record to make."""

    name: str = Field(min_length=1, max_length=200)
    addresses: list[Address] = Field(default_factory=list, max_length=20)


class NewCase(Wire):
    """A matter to open."""

    subject: str = Field(min_length=1, max_length=300)
    priority: str = Field(default="", max_length=50)
    text: Text = ""


class SetConsent(Wire):
    """What the customer said."""

    granted: bool
    source: Line = ""


class FollowUp(Wire):
    """Something to do after the interaction."""

    kind: Literal["callback", "sms", "email", "task", "case"]
    text: Text = ""
    due: Instant | None = None
    to: str = Field(default="", max_length=320)


class WrapUpRecord(Wire):
    """What is written back when an interaction is over."""

    key: Annotated[str, Field(min_length=1, max_length=200)]
    interaction_id: Id
    customer_id: Annotated[str, Field(max_length=100)] | None = None
    agent_id: Id
    channel: ChannelWord
    queue: str = Field(max_length=100)
    started_at: Instant
    ended_at: Instant
    codes: list[Id] = Field(default_factory=list, max_length=20)
    note: Text = ""
    follow_ups: list[FollowUp] = Field(default_factory=list, max_length=50)
    experts: list[Line] = Field(default_factory=list, max_length=50)
    address: str = Field(default="", max_length=320)


class WrapUps(Wire):
    """What was written back after an interaction, oldest first."""

    wrap_ups: list[WrapUpRecord]


class WrapUpReceipt(Wire):
    """That the record is kept: echoes its key."""

    key: str
    activity_id: str


class Link(Wire):
    """Whose interaction it is, and how we know."""

    customer_id: Id
    reason: Line = ""


class LinkAnswer(Wire):
    """The link as it is now; `customer_id` null: none."""

    interaction_id: str
    customer_id: str | None
