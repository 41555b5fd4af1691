"""A CRM in memory."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.customer import Case, Consent, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound
from desktop.testing.rigs import CrmRig, KeptWrapUp

from .line import Line, LineRig, Reference


class CrmLine(Line):
    """The far side: records, and what was written to them."""

    def __init__(self) -> None:
        super().__init__()
        self.customers: dict[str, Customer] = {}
        self.written: list[tuple[WrapUpRecord, TimelineEntry]] = []
        self.opened: list[tuple[str, Case, str]] = []
        self.tasks: list[tuple[str, str, Instant | None]] = []
        self.bought: list[tuple[str, Purchase]] = []

    def add(self, name: str, addresses: Sequence[Address]) -> Customer:
        """A new record."""
        made = Customer(self.new_id(), name, addresses=tuple(addresses))
        self.customers[made.id] = made
        return made


class ReferenceCrm(Reference, Crm):
    """Keeps the contract of a CRM."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.CRM,
        "reference",
        2,
        "A CRM in memory",
        frozenset(
            {
                Capability.TIMELINE,
                Capability.CASES,
                Capability.CREATE_CASE,
                Capability.CREATE_CUSTOMER,
                Capability.CONSENT,
                Capability.WRAP_UPS,
                Capability.TASKS,
                Capability.PURCHASES,
            }
        ),
        Reference.OPTIONS,
    )
    line: CrmLine

    def told(self, customer: Customer) -> Customer:
        """A record as it leaves the adapter."""
        return replace(customer, source="crm", fetched_at=self.line.now)

    def carries(self, customer: Customer, address: Address) -> bool:
        """Whether the record really has the address, in whatever way it is written."""
        return any(self.bare(one) == self.bare(address) for one in customer.addresses)

    def bare(self, address: Address) -> tuple[str, str]:
        """What two ways of writing an address have in common."""
        if address.kind == "phone":
            return address.kind, "".join(c for c in address.value if c in "+0123456789")
        return address.kind, address.value.casefold()

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.withheld or not address.value:
            return ()
        found = await self.ask(lambda: [one for one in self.line.customers.values() if self.carries(one, address)])
        return [Match(self.told(one), address.kind, "same address", True) for one in found[:limit]]

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        found = await self.ask(lambda: [one for one in self.line.customers.values() if text and text in one.name])
        return [Match(self.told(one), "name", "same name") for one in found[:limit]]

    def _record(self, customer_id: str) -> Customer:
        if customer_id not in self.line.customers:
            raise NotFound("There is no such customer.")
        return self.line.customers[customer_id]

    async def customer(self, customer_id: str) -> Customer:
        return self.told(await self.ask(lambda: self._record(customer_id)))

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        written = await self.ask(lambda: [record for record, _ in self.line.written])
        return [one for one in written if one.interaction_id == interaction_id]

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        return await self.ask(lambda: self.line.once(record.key, lambda: self.write(record)), changing=True)

    def write(self, record: WrapUpRecord) -> str:
        """Write an activity on the far side."""
        entry = TimelineEntry(self.line.new_id(), self.line.later(), record.channel, record.note)
        self.line.written.append((record, entry))
        return entry.id

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        def entries() -> list[TimelineEntry]:
            mine = [entry for record, entry in self.line.written if record.customer_id == customer_id]
            return [one for one in reversed(mine) if before is None or one.at < before]

        return (await self.ask(entries))[:limit]

    async def cases(self, customer_id: str) -> Sequence[Case]:
        return await self.ask(lambda: [case for owner, case, _ in reversed(self.line.opened) if owner == customer_id])

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        return await self.ask(lambda: [bought for owner, bought in reversed(self.line.bought) if owner == customer_id])

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        def make() -> str:
            self.line.tasks.append((customer_id, text, due))
            return self.line.new_id()

        return await self.ask(lambda: self.line.once(key, make), changing=True)

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        made = await self.ask(lambda: self.line.once(key, lambda: self.line.add(name, addresses)), changing=True)
        return self.told(made)

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        def make() -> Case:
            made = Case(self.line.new_id(), subject, "open", self.line.later(), priority)
            self.line.opened.append((customer_id, made, text))
            return made

        return await self.ask(lambda: self.line.once(key, make), changing=True)

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        def change() -> Customer:
            was = self._record(customer_id)
            others = tuple(one for one in was.consents if one.topic != topic)
            self.line.customers[was.id] = replace(
                was, consents=(*others, Consent(topic, granted, self.line.now, source))
            )
            return self.line.customers[was.id]

        return self.told(await self.ask(lambda: self.line.once(key, change), changing=True))


class ReferenceCrmRig(LineRig[Crm], CrmRig):
    """The far side of a CRM in memory."""

    line: CrmLine

    def __init__(self, backend: type[Any] = ReferenceCrm) -> None:
        super().__init__(backend, CrmLine())

    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        return self.line.add(name, addresses).id

    async def activities(self, key: str) -> int:
        return len([one for one, _ in self.line.written if one.key == key])

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        (kept,) = [one for one, _ in self.line.written if one.key == key]
        return KeptWrapUp(str(kept), kept.started_at, kept.ended_at)

    async def customers_named(self, name: str) -> int:
        return len([one for one in self.line.customers.values() if one.name == name])

    async def cases_about(self, customer_id: str, subject: str) -> int:
        return len([1 for owner, case, _ in self.line.opened if (owner, case.subject) == (customer_id, subject)])

    async def case_text(self, customer_id: str, subject: str) -> str:
        return next(text for owner, case, text in self.line.opened if (owner, case.subject) == (customer_id, subject))

    async def tasks_about(self, customer_id: str, text: str) -> int:
        return len([1 for owner, about, _ in self.line.tasks if (owner, about) == (customer_id, text)])

    async def task_due(self, customer_id: str, text: str) -> Instant | None:
        return next(due for owner, about, due in self.line.tasks if (owner, about) == (customer_id, text))

    async def buyer(self) -> tuple[str, str]:
        owner = self.line.add("Ada Buyer", []).id
        for item in ("Toaster", "Kettle"):
            self.line.bought.append((owner, Purchase(self.line.new_id(), self.line.later(), item, "£25.00")))
        return owner, "Kettle"
