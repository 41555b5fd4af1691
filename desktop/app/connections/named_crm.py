"""One of several CRMs: the same CRM, whose records carry its name, so that they cannot be taken for another's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self, TypeVar

from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.domain.entities.source import Source
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import ProtocolError

T = TypeVar("T")


class NamedCrm(Crm):
    """Passes every call on. Ids of customers go in and come out as `NAME:ID`; everything says its source."""

    manifest: ClassVar[Manifest] = Manifest(Kind.CRM, "named", API, "CRM", frozenset(Capability))

    def __init__(self, source: str, crm: Crm) -> None:
        """`source` is what its events carry, such as `crm:shop`."""
        self.source = source
        self._record = Source.of(source)
        self._crm = crm

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError("it is made around another CRM")

    async def open(self) -> frozenset[Capability]:
        return await self._crm.open()

    async def close(self) -> None:
        await self._crm.close()

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        return self._matches(await self._crm.find(address, limit=limit))

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        return self._matches(await self._crm.search(text, limit=limit))

    async def customer(self, customer_id: str) -> Customer:
        return self._named(await self._crm.customer(self._own(customer_id)))

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        if record.customer_id is not None:
            record = replace(record, customer_id=self._own(record.customer_id))
        return await self._crm.log_wrap_up(record)

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        found = _listed(await self._crm.wrap_ups(interaction_id))
        named = Source.of(self.source).name
        return [
            one if one.customer_id is None else replace(one, customer_id=f"{named}:{one.customer_id}") for one in found
        ]

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        found = _listed(await self._crm.timeline(self._own(customer_id), limit=limit, before=before))
        return [replace(one, source=self.source) for one in found]

    async def cases(self, customer_id: str) -> Sequence[Case]:
        found = _listed(await self._crm.cases(self._own(customer_id)))
        return [replace(one, source=self.source) for one in found]

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        found = _listed(await self._crm.purchases(self._own(customer_id)))
        return [replace(one, source=self.source) for one in found]

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        return self._named(await self._crm.create_customer(name, addresses, key=key))

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        own = self._own(customer_id)
        return replace(
            await self._crm.create_case(own, subject, priority=priority, text=text, key=key), source=self.source
        )

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        return await self._crm.create_task(self._own(customer_id), text, due=due, key=key)

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        own = self._own(customer_id)
        return self._named(await self._crm.set_consent(own, topic, granted=granted, source=source, key=key))

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        await self._crm.link(interaction_id, self._own(customer_id), reason=reason, key=key)

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        await self._crm.unlink(interaction_id, key=key)

    def _own(self, customer_id: str) -> str:
        return self._record.unqualified(customer_id)

    def _named(self, customer: object) -> Customer:
        if not isinstance(customer, Customer):
            raise ProtocolError(Sentence("answer.not_a_customer"), type(customer).__name__)
        return replace(customer, id=self._record.qualified(customer.id), source=self.source)

    def _matches(self, found: Sequence[Match]) -> Sequence[Match]:
        matches = _listed(found)
        if not all(isinstance(match, Match) for match in matches):
            raise ProtocolError(Sentence("answer.not_customers"))
        return [replace(match, customer=self._named(match.customer)) for match in matches]


def _listed(found: Sequence[T]) -> Sequence[T]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise ProtocolError(Sentence("answer.not_a_list"), type(found).__name__)
    return found
