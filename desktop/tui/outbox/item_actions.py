"""What can be done to the items of the outbox, one after another, and what is told of it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.app.notes.outbox_items import Amendment, NotChangeable, OutboxItem
from desktop.app.storage.errors import StoreError
from desktop.app.storage.tables.outbox_rows import PARKED
from desktop.app.storage.tables.parked_record_rows import NotSendable
from desktop.domain.entities.customer import Match
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.news.notices import OUTBOX
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.tui.outbox.item_words import unfinished_for, whom
from desktop.tui.pages.launcher import Tell
from desktop.words.catalogue import as_sentence, in_words, ntr, tr
from desktop.words.marks import mark

GONE = mark("It is no longer in the outbox.")


class ItemOutbox(Protocol):
    """The part of the outbox that is worked with here."""

    async def items(self) -> list[OutboxItem]: ...
    async def retry(self, key: str) -> object: ...
    async def discard(self, key: str) -> None: ...
    def why(self, target: str) -> Sentence: ...


class ItemChanges(Protocol):
    """What changes a parked item."""

    async def change(self, key: str, change: Amendment) -> str: ...


class ItemNotes(Protocol):
    """The notes of the contacts that are on the desk."""

    replaced: Callable[[str, str], None]

    def text(self, interaction_id: str) -> DraftView | None: ...
    def edit(self, interaction_id: str, note: str | None = None) -> None: ...


class ItemCustomers(Protocol):
    """Who finds customers."""

    async def find(self, text: str) -> tuple[Match, ...]: ...


class ItemSession(Protocol):
    """What the page needs of a session."""

    @property
    def outbox(self) -> ItemOutbox: ...
    @property
    def wrap_ups(self) -> ItemChanges: ...
    @property
    def notes(self) -> ItemNotes: ...
    @property
    def pops(self) -> ItemCustomers: ...
    @property
    def region(self) -> str: ...
    def retry(self) -> None: ...


class ItemActions:
    """The items as they were last read, and what is done to them. Each act sees what the one before it left."""

    def __init__(self, session: ItemSession, tell: Tell) -> None:
        """Nothing is read yet; `tell` shows a sentence with its severity and subject."""
        self._session = session
        self._tell = tell
        self._turn = asyncio.Lock()
        self._moved: dict[str, str] = {}  # keys that changes gave other ones
        self.items: Sequence[OutboxItem] | None = None
        """What is not delivered, None before it was read."""
        self.problem = NOTHING
        """Why it could not be read."""

    def item(self, key: str) -> OutboxItem | None:
        """An item by a key it has or had."""
        key = self.key_now(key)
        return next((item for item in self.items or () if item.key == key), None)

    def key_now(self, key: str) -> str:
        """The key an item has now, after changes gave it others."""
        while key in self._moved:
            key = self._moved[key]
        return key

    def why(self, item: OutboxItem) -> Sentence:
        """What stands in the way of an item that waits; nothing when nothing is known to."""
        return NOTHING if item.state == PARKED else self._session.outbox.why(item.target)

    async def read(self) -> None:
        """Look what there is now."""
        async with self._turn:
            await self._read()

    async def change(self, key: str, change: Callable[[OutboxItem], Amendment]) -> bool:
        """Change an item on disk; says whether that was done. `change` gets it as it is by then."""
        async with self._turn:
            item = self.item(key)
            if item is None:
                self._tell(f"{tr('Nothing was changed.')} {tr(GONE)}", "warning")
                return False
            try:
                self._move(item.key, await self._session.wrap_ups.change(item.key, change(item)))
            except (StoreError, LookupError, ValueError) as error:
                self._tell(tr("The change was not saved. {why}", why=_words(error)), "error")
                await self._read()
                return False
            await self._read()
            return True

    async def send(self, key: str) -> None:
        """Send an item again, or try at once what waits by itself."""
        async with self._turn:
            item = self.item(key)
            if item is None:
                self._tell(f"{tr('Nothing was sent.')} {tr(GONE)}", "warning")
            elif item.state != PARKED:
                self._session.retry()
                self._tell(tr("Trying again now."), "info", OUTBOX)
            elif not (why := await self._retry(item.key)):
                waits = self._session.outbox.why(item.target) if item.target else NOTHING
                self._tell(as_sentence(in_words(waits)) or tr("Queued for sending."), "info", OUTBOX)
            else:
                self._tell(tr("It was not sent. {why}", why=why), "warning")
            await self._read()

    async def send_all(self) -> None:
        """Send everything that can be sent."""
        self._session.retry()
        async with self._turn:
            await self._read()
            whys = [why for item in self.items or () if item.state == PARKED and (why := await self._retry_whole(item))]
            if whys:
                told = ntr("{n} item was not sent. {why}", "{n} items were not sent. {why}", len(whys), why=whys[0])
                self._tell(told, "warning")
            await self._read()

    async def discard(self, key: str) -> None:
        """Forget an item because the agent said so twice."""
        async with self._turn:
            item = self.item(key)
            try:
                if item is None:
                    raise LookupError(key)
                await self._session.outbox.discard(item.key)
            except (StoreError, LookupError) as error:
                self._tell(tr("Nothing was discarded. {why}", why=_words(error)), "error")
            await self._read()

    async def find(self, text: str) -> tuple[Match, ...]:
        """Customers found by what was typed."""
        return await self._session.pops.find(text)

    def into_note(self, interaction_id: str, original: str, text: str) -> bool:
        """Put a changed text where its record went: to the note of the contact, which is back on the desk.

        Args:
            original: the words that were changed.
            text: what they are now.

        Returns:
            Whether the contact has a note that could take it.
        """
        notes = self._session.notes
        now = notes.text(interaction_id)
        if now is None:
            return False
        joined = bool(original) and original in now.note
        whole = now.note.replace(original, text, 1) if joined else f"{now.note}\n{text}".lstrip("\n")
        notes.edit(interaction_id, whole)
        notes.replaced(interaction_id, whole)
        self._tell(tr("The contact is back: your change is in its note."), "info")
        return True

    async def _read(self) -> None:
        try:
            self.items = await self._session.outbox.items()
            self.problem = NOTHING
        except StoreError as error:
            self.problem = error.sentence

    async def _retry_whole(self, item: OutboxItem) -> str:
        """The same for what is complete; what is not is for the agent to send."""
        if lacks := unfinished_for(item):
            return tr(
                "The wrap-up of {whom} has {lacks} yet: complete it, or send it alone.", whom=whom(item), lacks=lacks
            )
        return await self._retry(item.key)

    async def _retry(self, key: str) -> str:
        """Why it could not be sent; "" where it could."""
        try:
            await self._session.outbox.retry(key)
        except (StoreError, LookupError) as error:
            return _words(error)
        return ""

    def _move(self, before: str, now: str) -> None:
        if before != now:
            self._moved.pop(now, None)  # changed back: no circle
            self._moved[before] = now


def _words(error: Exception) -> str:
    """An error as a sentence for people."""
    if isinstance(error, StoreError | NotSendable | NotChangeable):
        return f"{in_words(error.sentence).rstrip('.')}."
    return tr(GONE) if isinstance(error, LookupError) else as_sentence(str(error))
