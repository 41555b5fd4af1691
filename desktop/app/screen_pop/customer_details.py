"""Cases, timeline and purchases of a customer: each asked for on its own, shown as they come."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from desktop.app.connections.backend_calls import Reading
from desktop.app.connections.failures import explain
from desktop.app.store import Store
from desktop.domain.entities.customer import CustomerDetails, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Older
from desktop.domain.state.own_events import DetailsChanged, OlderChanged
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import Capability
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, ProtocolError, Unsupported

PAGE, OLDER_PAGE = 50, 100
"""Entries of the timeline asked for with the card, and when the agent reads on."""
_PARTS = (("cases", Capability.CASES), ("timeline", Capability.TIMELINE), ("purchases", Capability.PURCHASES))


class DetailsLoader:
    """Fetches the parts of one customer at a time; asking again while they are under way does nothing."""

    def __init__(self, crm: Crm, reading: Reading, store: Store, source: str) -> None:
        self._crm = crm
        self._reading = reading
        self._store = store
        self._source = source
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._reading_on: set[asyncio.Task[None]] = set()

    def load(self, customer_id: str) -> None:
        """Fetch, in the background, what the CRM offers of the parts."""
        if customer_id in self._under_way:
            return
        task = self._under_way[customer_id] = asyncio.ensure_future(self._load(customer_id))
        task.add_done_callback(lambda _: self._under_way.pop(customer_id, None) and None)

    def load_older(self, customer_id: str) -> None:
        """Fetch, in the background, what happened before the last entry that is there, if there may be more."""
        details = self._store.drain().details.get(customer_id)
        if details is None or not details.timeline:
            return
        if details.older in (Older.MORE, Older.FAILED):
            self._store.publish(OlderChanged(customer_id, details.timeline[-1].id, Older.LOADING), self._source)
            task = asyncio.ensure_future(self._load_older(customer_id, details.timeline))
            self._reading_on.add(task)
            task.add_done_callback(self._reading_on.discard)

    async def close(self) -> None:
        """Stop."""
        tasks = [*self._under_way.values(), *self._reading_on]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _load(self, customer_id: str) -> None:
        crm = self._crm
        calls: dict[str, Callable[[], Awaitable[Sequence[Any]]]] = {
            "cases": lambda: crm.cases(customer_id),
            "timeline": lambda: crm.timeline(customer_id, limit=PAGE),
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
                if name == "timeline":
                    given["older"] = Older.MORE if len(answer) >= PAGE else Older.NONE
                details = replace(details, **given, fetched_at=self._store.now())
            except Unsupported:
                details = replace(details, not_offered=details.not_offered | {name})
            except BackendError as error:
                failed[name] = explain(error, Sentence(f"customer.no_{name}"), source=self._source).text
            self._store.publish(DetailsChanged(customer_id, details, dict(failed)), self._source)

        if details.not_offered:
            self._store.publish(DetailsChanged(customer_id, details, {}), self._source)
        await asyncio.gather(*(part(name) for name in wanted))

    async def _load_older(self, customer_id: str, known: Sequence[TimelineEntry]) -> None:
        last = known[-1]

        def tell(older: Older, entries: tuple[TimelineEntry, ...] = (), why: Sentence = NOTHING) -> None:
            self._store.publish(OlderChanged(customer_id, last.id, older, entries, why), self._source)

        try:
            ids = {entry.id for entry in known}
            # Whatever else happened in the same moment may not have fitted into the page before.
            page = await self._page(customer_id, math.nextafter(last.at, math.inf))
            fresh = tuple(entry for entry in page if entry.id not in ids)
            if not fresh and len(page) >= OLDER_PAGE:
                page = await self._page(customer_id, last.at)
                fresh = tuple(entry for entry in page if entry.id not in ids)
        except (BackendError, Unsupported) as error:
            tell(Older.FAILED, why=explain(error, Sentence("customer.no_older"), source=self._source).text)
            return
        tell(Older.MORE if fresh and len(page) >= OLDER_PAGE else Older.NONE, fresh)

    async def _page(self, customer_id: str, before: Instant) -> Sequence[TimelineEntry]:
        answer = await self._reading.read(lambda: self._crm.timeline(customer_id, limit=OLDER_PAGE, before=before))
        if not isinstance(answer, Sequence):
            raise ProtocolError(Sentence("customer.answer_no_list"))
        return answer
