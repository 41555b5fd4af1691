"""HubSpot as a CRM of the desktop."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Self

from desktop.backends.hubspot import contacts, history
from desktop.backends.hubspot.objects import BATCH, KEY, Objects, Record
from desktop.backends.hubspot.problem import to_error
from desktop.backends.wire.http import Http
from desktop.backends.wire.problem import unseen
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.backends.wire.verify import carries
from desktop.domain.entities.customer import Case, Customer, Match, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import Forbidden, ProtocolError, Rejected, Unsupported
from desktop.ports.options import Option

INDEX_LAG = 120.0
"""Seconds for which a contact made here is found without HubSpot's search, which lags; later it may be out of date."""
NEVER_ALONE = 86_400.0
"""A task without a date is due a day later: HubSpot wants a date on each."""

OPTIONS = (
    Option("token", "The access token of a private app.", "secret"),
    Option("url", "Where HubSpot's API is.", "url", default="https://api.hubapi.com"),
    Option("portal", "The number of the account, for links to its pages; empty for none.", "number", default=""),
    Option("region", "Two-letter country in which contacts' numbers without + are dialled.", default=""),
    Option("pipeline", "The ticket pipeline that new cases go into; empty for the first.", default=""),
    Option("consents", "Yes/no properties that hold consents, e.g. sms=sms_consent, email=mail_consent.", default=""),
    CA_FILE,
    PROXY,
)


class HubSpotCrm(Crm):
    """Contacts are customers, tickets cases, calls and notes wrap-ups. Each write carries its key in a property."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CRM,
        name="hubspot",
        api=API,
        title="HubSpot CRM",
        capabilities=frozenset(
            {
                Capability.TIMELINE,
                Capability.CASES,
                Capability.CREATE_CASE,
                Capability.CREATE_CUSTOMER,
                Capability.TASKS,
                Capability.CONSENT,
            }
        ),
        options=OPTIONS,
    )

    def __init__(
        self,
        objects: Objects,
        *,
        region: str = "",
        portal: str = "",
        pipeline: str = "",
        consents: Mapping[str, str] = MappingProxyType({}),
        clock: Callable[[], Instant] = time.time,
    ) -> None:
        """Talks through `objects`, which it closes. See `OPTIONS`.

        Args:
            consents: by topic, the property that holds the answer.
            clock: says when a record was fetched.
        """
        self._objects = objects
        self._region = region
        self._portal = portal
        self._pipeline = pipeline
        self._consents = consents
        self._properties = (*contacts.PROPERTIES, *consents.values())
        self._clock = clock
        self._offered: frozenset[Capability] = frozenset()
        self._stages: dict[str, tuple[str, bool]] = {}
        self._first_stage: tuple[str, str] | None = None  # of the pipeline for new cases
        self._made: deque[Customer] = deque(maxlen=20)  # by this desktop, perhaps not in the search index yet

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        region, portal, token = (options.get(name, "").strip() for name in ("region", "portal", "token"))
        if region and not re.fullmatch(r"[A-Za-z]{2}", region):
            raise Rejected("region is a country of two letters, e.g. DE.")
        if portal and not re.fullmatch(r"[0-9]{1,15}", portal):
            raise Rejected("portal is the number of a HubSpot account.")
        if not token:
            raise Rejected("HubSpot wants the access token of a private app.")
        url = options.get("url", "") or "https://api.hubapi.com"
        http = Http(
            url,
            server="HubSpot",
            token=token,
            ca_file=options.get("ca_file", ""),
            proxy=proxy_of(options),
            to_error=to_error,
        )
        return cls(
            Objects(http),
            region=region.upper(),
            portal=portal,
            pipeline=options.get("pipeline", "").strip(),
            consents=_consents_of(options.get("consents", "")),
        )

    async def open(self) -> frozenset[Capability]:
        if not all(await asyncio.gather(self._objects.is_unique("calls"), self._objects.is_unique("notes"))):
            raise Rejected(
                f"HubSpot's calls and notes need a property {KEY} with unique values,"
                " so that no wrap-up is written twice. Ask your HubSpot administrator to make it."
            )
        tickets, tasks, people, stages = await asyncio.gather(
            self._may_make("tickets"), self._may_make("tasks"), self._may_make("contacts"), self._ticket_stages()
        )
        self._stages = {stage: (label, closed) for _, stage, label, closed in stages}
        self._first_stage = next(
            ((own, stage) for own, stage, _, shut in stages if not shut and self._pipeline in ("", own)), None
        )
        offered = {
            Capability.TIMELINE: True,
            Capability.CASES: bool(stages),
            Capability.CREATE_CASE: tickets and self._first_stage is not None,
            Capability.TASKS: tasks,
            Capability.CREATE_CUSTOMER: people,
            Capability.CONSENT: bool(self._consents),
        }
        self._offered = frozenset(capability for capability, there in offered.items() if there)
        return self._offered

    async def _may_make(self, kind: str) -> bool:
        try:
            return await self._objects.is_unique(kind)
        except Forbidden:
            return False  # the token is good; it lacks this permission

    async def _ticket_stages(self) -> list[tuple[str, str, str, bool]]:
        try:
            return await self._objects.ticket_stages()
        except Forbidden:
            return []

    async def close(self) -> None:
        await self._objects.close()

    def _customer(self, record: Record) -> Customer:
        return contacts.customer_of(
            record, region=self._region, portal=self._portal, now=self._clock(), consents=self._consents
        )

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.kind not in {"phone", "email", "handle"}:
            raise Rejected("Customers are found by phone, e-mail or handle.")
        question = None
        if not address.withheld and address.kind != "handle":
            question = contacts.question(address, self._region, self._properties)
        if question is None:
            return ()
        found = [self._customer(record) for record in await self._objects.search("contacts", question)]
        since = self._clock() - INDEX_LAG
        fresh = [one for one in self._made if one.fetched_at is not None and one.fetched_at > since]
        found += [one for one in fresh if one.id not in {other.id for other in found}]
        # HubSpot compares numbers without their country: whoever does not carry this very number is left out.
        right = [customer for customer in found if carries(customer, address)]
        reason = "same number" if address.kind == "phone" else "same e-mail"
        return tuple(Match(customer, address.kind, reason, verified=True) for customer in right[:limit])

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        words = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
        if not words:
            return ()
        body = {"query": words, "properties": list(self._properties), "limit": max(1, min(limit, 50))}
        found = await self._objects.search("contacts", body)
        return tuple(Match(self._customer(record), "text", "found by HubSpot's search") for record in found[:limit])

    async def customer(self, customer_id: str) -> Customer:
        return self._customer(await self._objects.get("contacts", customer_id, self._properties))

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        kind, properties = history.activity_of(record)
        made = await self._objects.make_once(kind, properties, key=record.key, contact_id=record.customer_id or "")
        return f"{kind}:{made.id}"

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        kinds = await asyncio.gather(
            *(self._activities(kind, customer_id, limit, before) for kind in history.ACTIVITIES)
        )
        entries = sorted((one for kind in kinds for one in kind), key=lambda one: (-one.at, one.id))
        return tuple(entries[:limit])

    async def _activities(self, kind: str, customer_id: str, limit: int, before: Instant | None) -> list[TimelineEntry]:
        """The newest entries of one kind, read in batches until there are enough."""
        try:
            ids = await self._objects.associated(customer_id, kind)
        except Forbidden:
            if kind in {"calls", "notes"}:
                raise
            return []  # a token need not be allowed to read mails or tasks
        entries: list[TimelineEntry] = []
        for start in range(0, len(ids), BATCH):
            for record in await self._objects.read(kind, ids[start : start + BATCH], history.properties_of(kind)):
                entry = history.entry_of(kind, record)
                if entry is not None and (before is None or entry.at < before):
                    entries.append(entry)
            if len(entries) >= limit:
                break
        return entries

    async def cases(self, customer_id: str) -> Sequence[Case]:
        self._demand(Capability.CASES)
        ids = (await self._objects.associated(customer_id, "tickets"))[:BATCH]
        records = await self._objects.read("tickets", ids, history.TICKET)
        found = [case for one in records if (case := history.case_of(one, self._stages)) is not None]
        return tuple(sorted(found, key=lambda case: (-case.opened_at, case.id)))

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        self._demand(Capability.CREATE_CUSTOMER)
        if not name.strip():
            raise Rejected("A customer needs a name.")
        properties = contacts.properties_of(name, tuple(addresses))
        record = await self._objects.make_once("contacts", properties, key=key, reading=self._properties)
        made = self._customer(record)
        self._made.append(made)
        return made

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        self._demand(Capability.CREATE_CASE)
        if self._first_stage is None:
            raise Unsupported("HubSpot has no ticket pipeline that new cases could go into.")
        pipeline, stage = self._first_stage
        properties = {"subject": subject, "content": text, "hs_pipeline": pipeline, "hs_pipeline_stage": stage}
        if priority.upper() in {"LOW", "MEDIUM", "HIGH", "URGENT"}:
            properties["hs_ticket_priority"] = priority.upper()
        made = await self._objects.make_once(
            "tickets", properties, key=key, contact_id=customer_id, reading=history.TICKET
        )
        case = history.case_of(made, self._stages)
        if case is None:
            raise ProtocolError("HubSpot's answer cannot be read.", "a ticket without createdate")
        return case

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        self._demand(Capability.TASKS)
        if not text.strip():
            raise Rejected("A task needs a text.")
        properties = history.task_of(text, due if due is not None else self._clock() + NEVER_ALONE)
        return (await self._objects.make_once("tasks", properties, key=key, contact_id=customer_id)).id

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        """`source` is not kept: the property has room for yes and no, and HubSpot's own history for who and when."""
        self._demand(Capability.CONSENT)
        name = self._consents.get(topic)
        if name is None:
            raise Rejected(f"HubSpot has no property for consent to {topic}.")
        await self._objects.update("contacts", customer_id, {name: "true" if granted else "false"}, key=key)
        with unseen("HubSpot"):
            return await self.customer(customer_id)

    def _demand(self, capability: Capability) -> None:
        if capability not in self._offered:
            raise Unsupported(f"HubSpot does not offer {capability.value.replace('_', ' ')} with this token.")


def _consents_of(text: str) -> dict[str, str]:
    """The property of each topic, from `topic=property, …`.

    Raises:
        Rejected: it is written in another way.
    """
    pairs = [one.strip() for one in text.split(",") if one.strip()]
    found = [re.fullmatch(r"([a-z]{1,20})\s*=\s*([a-z][a-z0-9_]{0,99})", pair) for pair in pairs]
    if not all(found):
        raise Rejected("consents is written as topic=property, with commas between.")
    return {one[1]: one[2] for one in found if one}
