"""Finding a customer by address: asked once however often it is wanted, verified, and kept for when the CRM is away."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from desktop.app.background import Background
from desktop.app.connections.backend_calls import Reading
from desktop.app.screen_pop.contact_keys import carries, contact_key, keys_of
from desktop.app.screen_pop.customer_json import customer_from, customer_json
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.customer_cache import CachedCustomer
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address
from desktop.domain.text.folding import fold, misspelt, nearness
from desktop.domain.text.sentence import Sentence
from desktop.ports.crm import Crm
from desktop.ports.errors import ProtocolError

log = logging.getLogger(__name__)

FRESH_SECONDS = 60.0
_KEPT = 64
_MOST_SIMILAR = 5

Matches = tuple[Match, ...]


class CustomerFinder:
    """Asks the CRM who carries an address. An answer serves for 60 s, an unanswered question is joined."""

    def __init__(
        self,
        crm: Crm,
        reading: Reading,
        local: Callable[[], LocalStore],
        now: Callable[[], float],
        region: str,
        kept_as: str,
    ) -> None:
        """`now`: the server's time. `region`: where numbers without `+` in the CRM are dialled.

        `kept_as`: the name under which its records are kept: those of another CRM have the same ids.
        """
        self.region = region
        self._kept_as = kept_as
        self._crm = crm
        self._reading = reading
        self._local = local
        self._now = now
        self._under_way: dict[str, asyncio.Task[Matches]] = {}
        self._answers: dict[str, tuple[float, Matches]] = {}
        self._writes = Background()

    def known(self, address: Address) -> Matches | None:
        """The answer we have and that is fresh enough; None means ask."""
        found = self._answers.get(contact_key(address, self.region))
        if found is None or not 0 <= self._reading.backend_calls.timing.monotonic() - found[0] <= FRESH_SECONDS:
            return None
        return found[1]

    def find(self, address: Address, *, again: bool = False) -> "asyncio.Task[Matches]":
        """Ask now, or join who asks already. `again` does not take an older answer.

        The task raises what the CRM raised. It may be awaited by several: shield it before you cancel.
        """
        key = contact_key(address, self.region)
        known = None if again else self.known(address)
        if known is not None:
            return asyncio.ensure_future(_already(known))
        task = self._under_way.get(key)
        if task is None:
            answer = self._reading.start(lambda: self._crm.find(address))
            task = self._under_way[key] = asyncio.ensure_future(self._find(key, answer))
            task.add_done_callback(lambda done: self._done(key, done))
        return task

    async def cached(self, address: Address) -> Matches:
        """What was found under the address some time ago; nothing when the disk will not say."""
        key = contact_key(address, self.region)
        try:
            kept = await self._local().cached_by_key(key)
        except StoreError as error:
            log.warning("the customer cache cannot be read: %s", error)
            return ()
        customers = [
            customer
            for record in kept
            if record.source == self._kept_as
            and (customer := customer_from(record.json)) is not None
            and self._is_ours(customer.source)
        ]
        return tuple(
            Match(customer, address.kind, Sentence("match.known"), verified=True)
            for customer in customers
            if carries(customer, key, self.region)
        )

    async def search(self, text: str) -> Matches:
        """Customers by what was typed. If the CRM has none of that name: those seen here whose name was meant.

        Raises:
            BackendError: the CRM cannot be asked.
        """
        found = await self._reading.read(lambda: self._crm.search(text))
        if not isinstance(found, Sequence):
            raise ProtocolError(Sentence("customer.answer_no_customers"))
        return tuple(match for match in found if isinstance(match, Match)) or await self._similar(text)

    async def kept(self) -> Matches:
        """Every customer of this CRM that is kept here, the freshest first; nothing when the disk will not say."""
        try:
            kept = await self._local().cached_of_source(self._kept_as)
        except StoreError as error:
            log.warning("the customer cache cannot be read: %s", error)
            return ()
        return await asyncio.to_thread(self._read, kept)

    def _read(self, kept: Sequence[CachedCustomer]) -> Matches:
        customers = (customer_from(record.json) for record in kept)
        ours = (one for one in customers if one is not None and self._is_ours(one.source))
        return tuple(Match(one, "name", Sentence("match.known")) for one in ours)

    async def _similar(self, text: str) -> Matches:
        words = fold(text).split()
        try:
            kept = await self._local().cached_of_source(self._kept_as)
        except StoreError as error:
            log.warning("the customer cache cannot be read: %s", error)
            return ()
        return await asyncio.to_thread(self._meant, words, kept) if words else ()

    def _meant(self, words: Sequence[str], kept: Sequence[CachedCustomer]) -> Matches:
        """Those whose name has every word, the beginning of one or but for a typing mistake."""
        found = []
        for record in kept:
            customer = customer_from(record.json)
            if customer is None or not self._is_ours(customer.source):
                continue
            name = fold(customer.name)
            if all(nearness(word, name) or misspelt(word, name) for word in words):
                found.append(Match(customer, "name", Sentence("match.similar_name")))
                if len(found) == _MOST_SIMILAR:
                    break
        return tuple(found)

    def keep(self, matches: Sequence[Match]) -> None:
        """Put the records into the cache, in the background."""
        for match in matches:
            self._writes.spawn(self._keep(match))

    async def close(self) -> None:
        """Stop asking; finish the writes."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), self._writes.finish(), return_exceptions=True)

    async def _find(self, key: str, answer: Coroutine[Any, Any, Sequence[Match]]) -> Matches:
        verified: dict[str, Match] = {}
        for match in _checked(await answer):
            if carries(match.customer, key, self.region):
                fetched = match.customer.fetched_at if match.customer.fetched_at is not None else self._now()
                customer = replace(match.customer, fetched_at=fetched)
                verified.setdefault(customer.id, replace(match, customer=customer, verified=True))
            else:
                log.warning("dropped a hit of the CRM that does not carry what was asked for")
        matches = tuple(verified.values())
        self._answers.pop(key, None)
        self._answers[key] = (self._reading.backend_calls.timing.monotonic(), matches)
        while len(self._answers) > _KEPT:
            del self._answers[next(iter(self._answers))]
        self.keep(matches)
        return matches

    async def _keep(self, match: Match) -> None:
        customer = match.customer
        try:
            await self._local().cache_customer(
                customer.id,
                customer_json(customer),
                customer.fetched_at if customer.fetched_at is not None else self._now(),
                self._kept_as,
                keys_of(customer, self.region),
            )
        except StoreError as error:
            log.warning("a customer could not be cached: %s", error)

    def _is_ours(self, source: str) -> bool:
        """Whether its id is one that is used now: with the CRM's name where there are several, without it for one."""
        return source == self._reading.source if ":" in self._reading.source else ":" not in source

    def _done(self, key: str, task: "asyncio.Task[Matches]") -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # a prefetch that fails is nobody's problem


def _checked(answer: object) -> list[Match]:
    if not isinstance(answer, Sequence) or not all(isinstance(match, Match) for match in answer):
        raise ProtocolError(Sentence("customer.answer_no_customers"))
    return list(answer)


async def _already(matches: Matches) -> Matches:
    return matches
