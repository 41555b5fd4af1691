"""The bundled mock CRM."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import ClassVar, Self

from desktop.backends.mock.server import OPTIONS, check, connect
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.backends.wire.verify import carries
from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import ProtocolError, Rejected

_NOT_TAKEN = frozenset({"agent_name", "code_labels"})
"""What the service has no fields for."""


class MockCrm(Crm):
    """Speaks the CRM part of the wire contract."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CRM,
        name="mock",
        api=API,
        title="Bundled mock CRM",
        capabilities=frozenset(
            {
                Capability.TIMELINE,
                Capability.CASES,
                Capability.PURCHASES,
                Capability.CONSENT,
                Capability.CREATE_CUSTOMER,
                Capability.CREATE_CASE,
                Capability.LINK,
                Capability.WRAP_UPS,
            }
        ),
        options=OPTIONS,
    )

    def __init__(self, http: Http, clock: Callable[[], Instant] = time.time) -> None:
        """Talks over `http`, which it closes; `clock` says when a record was fetched."""
        self._http = http
        self._clock = clock

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options, "The CRM"))

    async def open(self) -> frozenset[Capability]:
        await check(self._http, "/v1/customers/no-such-customer")
        return self.manifest.capabilities

    async def close(self) -> None:
        await self._http.close()

    def _customer(self, value: object) -> Customer:
        return replace(read(Customer, value), source=self.manifest.kind.value, fetched_at=self._clock())

    async def _matches(self, params: Mapping[str, str | int | float], asked: Address | None) -> Sequence[Match]:
        results = member(await self._http.get("/v1/customers", params), "results")
        found = []
        for one in results if isinstance(results, list) else []:
            customer = self._customer(member(one, "customer"))
            verified = asked is not None and carries(customer, asked)
            matched_on, reason = (read(str, member(one, name)) for name in ("matched_on", "reason"))
            found.append(Match(customer, matched_on, reason, verified))
        return tuple(found)

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.kind not in {"phone", "email", "handle"}:
            raise Rejected("Customers are found by phone, e-mail or handle.")
        if address.withheld or not address.value:
            return ()
        return await self._matches({address.kind: address.value, "limit": limit}, address)

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        return await self._matches({"text": text, "limit": limit}, None)

    async def customer(self, customer_id: str) -> Customer:
        return self._customer(member(await self._http.get(f"/v1/customers/{segment(customer_id)}"), "customer"))

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        path = f"/v1/wrap-ups/{segment(record.key)}"
        kept = {name: value for name, value in asdict(record).items() if name not in _NOT_TAKEN}
        answer = await self._http.change("PUT", path, kept, key=record.key)
        if member(answer, "key") != record.key:
            raise ProtocolError("The CRM's receipt is not for our record.", "the answer carries another key")
        return read(str, member(answer, "activity_id"))

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        answer = await self._http.get("/v1/wrap-ups", {"interaction_id": interaction_id})
        return read(tuple[WrapUpRecord, ...], member(answer, "wrap_ups"))

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        params: dict[str, str | int | float] = {"limit": limit}
        if before is not None:
            params["before"] = before
        answer = await self._http.get(f"/v1/customers/{segment(customer_id)}/timeline", params)
        return read(tuple[TimelineEntry, ...], member(answer, "entries"))

    async def cases(self, customer_id: str) -> Sequence[Case]:
        answer = await self._http.get(f"/v1/customers/{segment(customer_id)}/cases")
        return read(tuple[Case, ...], member(answer, "cases"))

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        answer = await self._http.get(f"/v1/customers/{segment(customer_id)}/purchases")
        return read(tuple[Purchase, ...], member(answer, "purchases"))

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        body = {"name": name, "addresses": [asdict(one) for one in addresses]}
        return self._customer(member(await self._http.change("POST", "/v1/customers", body, key=key), "customer"))

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        path = f"/v1/customers/{segment(customer_id)}/cases"
        body = {"subject": subject, "priority": priority, "text": text}
        return read(Case, member(await self._http.change("POST", path, body, key=key), "case"))

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        path = f"/v1/customers/{segment(customer_id)}/consents/{segment(topic)}"
        answer = await self._http.change("PUT", path, {"granted": granted, "source": source}, key=key)
        return self._customer(member(answer, "customer"))

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        body = {"customer_id": customer_id, "reason": reason}
        await self._http.change("PUT", f"/v1/links/{segment(interaction_id)}", body, key=key)

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        await self._http.change("DELETE", f"/v1/links/{segment(interaction_id)}", key=key)
