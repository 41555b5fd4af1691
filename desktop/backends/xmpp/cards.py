"""Fetches everybody's business card in the background, a few at a time, so that nobody waits for a slow one."""

import asyncio
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.card import Card, read_vcard4, read_vcard_temp
from desktop.backends.xmpp.link import Link
from desktop.backends.xmpp.services import item_of
from desktop.backends.xmpp.xml import PUBSUB, VCARD4, VCARD4_NODE, VCARD_TEMP, add, make, tag
from desktop.ports.errors import BackendError

AT_ONCE = 6
MOST_CARDS = 1000


class Cards:
    """Tells of each card as it comes."""

    def __init__(self, link: Link, tell: Callable[[str, Card], None]) -> None:
        """`tell` gets the bare address and its card."""
        self._link = link
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def fetch(self, addresses: Iterable[str]) -> None:
        """Begin to fetch the cards of these people."""
        for address in list(addresses)[:MOST_CARDS]:
            task = asyncio.ensure_future(self._one(address))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def wait(self, seconds: float) -> None:
        """Wait until all have come, so many seconds at most."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    def stop(self) -> None:
        """Fetch no more."""
        for task in self._tasks:
            task.cancel()

    async def _one(self, address: str) -> None:
        async with self._turn:
            items = make(PUBSUB, "pubsub")
            add(items, PUBSUB, "items", node=VCARD4_NODE, max_items="1")
            newer = await self._answer(items, address)
            card = None if newer is None else item_of(newer, tag(VCARD4, "vcard"))
            read = read_vcard4(card) if card is not None else Card()
            older = await self._answer(make(VCARD_TEMP, "vCard"), address)
            old_card = None if older is None else older.find(tag(VCARD_TEMP, "vCard"))
            if old_card is not None:
                read = read.over(read_vcard_temp(old_card))
            if read != Card():
                self._tell(address, read)

    async def _answer(self, payload: Element, address: str) -> Element | None:
        """The answer, or None: not everybody has a card, and not everybody shows it."""
        try:
            return await self._link.ask("get", payload, address)
        except BackendError:
            return None
