"""Cases, timeline and purchases of a customer: each asked for on its own, shown as they come."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from desktop.app.connections.backend_calls import Reading
from desktop.app.connections.failures import explain
from desktop.app.store import Store
from desktop.domain.entities.customer import CustomerDetails
from desktop.domain.state.own_events import DetailsChanged
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, ProtocolError, Unsupported

_PARTS = (("cases", Capability.CASES), ("timeline", Capability.TIMELINE), ("purchases", Capability.PURCHASES))


class DetailsLoader:
    """Fetches the parts of one customer at a time; asking again while they are under way does nothing."""

    def __init__(self, crm: Crm, reading: Reading, store: Store, source: str) -> None:
        self._crm = crm
        self._reading = reading
        self._store = store
        self._source = source
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def load(self, customer_id: str) -> None:
        """Fetch, in the background, what the CRM offers of the parts."""
        if customer_id in self._under_way:
            return
        task = self._under_way[customer_id] = asyncio.ensure_future(self._load(customer_id))
        task.add_done_callback(lambda _: self._under_way.pop(customer_id, None) and None)

    async def close(self) -> None:
        """Stop."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _load(self, customer_id: str) -> None:
        crm = self._crm
        calls: dict[str, Callable[[], Awaitable[Sequence[Any]]]] = {
            "cases": lambda: crm.cases(customer_id),
            "timeline": lambda: crm.timeline(customer_id),
            "purchases": lambda: crm.purchases(customer_id),
        }
        offered = self._store.drain().capabilities.get(self._source)
        wanted = [name for name, capability in _PARTS if offered is None or capability.value in offered]
        details = CustomerDetails(not_offered=frozenset(name for name, _ in _PARTS if name not in wanted))
        failed: dict[str, Sentence] = {}

        async def part(name: str) -> None:
            nonlocal details
            try:
                answer = await self._reading.read(calls[name])
                if not isinstance(answer, Sequence):
                    raise ProtocolError(Sentence("customer.answer_no_list"))
                given: dict[str, Any] = {name: tuple(answer)}
                details = replace(details, **given, fetched_at=self._store.now())
            except Unsupported:
                details = replace(details, not_offered=details.not_offered | {name})
            except BackendError as error:
                failed[name] = explain(error, Sentence(f"customer.no_{name}"), source=self._source).text
            self._store.publish(DetailsChanged(customer_id, details, dict(failed)), self._source)

        if details.not_offered:
            self._store.publish(DetailsChanged(customer_id, details, {}), self._source)
        await asyncio.gather(*(part(name) for name in wanted))
