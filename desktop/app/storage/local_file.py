"""The profile's file as a session has it: opened, mended when it is damaged, tried again until it can be used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from desktop.app.storage.errors import StoreAbsent, StoreDamaged, StoreError
from desktop.app.storage.health import StoreHealth
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.recovery.salvage import salvage
from desktop.app.storage.tables.reasons import DAMAGED
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.text.sentence import NOTHING, Sentence

log = logging.getLogger(__name__)

RETRY = 5.0
MOST_TIMES = 3
"""How often a session mends its file; a disk that goes on destroying it needs a person."""


class LocalFile:
    """A local store that may not be there yet. `taken_up` is set once it is open and what it held is restored."""

    def __init__(
        self,
        open_local: Callable[[], Awaitable[LocalStore]],
        restore: Callable[[], Awaitable[None]],
        store: Store,
        timing: Timing,
    ) -> None:
        """`open_local` and `restore` (which takes up what was kept) may raise StoreError, and are tried again then."""
        self._open_local = open_local
        self._restore = restore
        self._store = store
        self._timing = timing
        self._local: LocalStore | None = None
        self._problem = Sentence("store.not_open_yet")
        self._mended = 0
        self.lost = NOTHING
        """What may be missing of notes and records, because the file was damaged in this run; for people."""
        self._watch: asyncio.Task[None] | None = None
        self.taken_up = asyncio.Event()
        self.mended: list[Callable[[], Awaitable[None]]] = []
        """Called when a new file has taken the place of a damaged one while the session ran: what was on the disk
        before may not be there any more, and whoever has it in memory saves it anew."""

    def opened(self) -> LocalStore:
        """What is kept on this machine.

        Raises:
            StoreAbsent: it is not open (yet).
        """
        if self._local is None:
            raise StoreAbsent(self._problem)
        return self._local

    @property
    def problem(self) -> Sentence:
        """Why nothing can be kept or read, as long as that is so."""
        return self._problem

    async def restore(self) -> bool:
        """Open the file and restore from it; when that fails the agent is told why, and the answer is False."""
        try:
            await self._open_and_restore()
        except StoreError as error:
            self._problem = error.sentence
            log.error("nothing can be kept: %s", error)
            self._store.notice(Sentence("store.cannot_save", why=error.sentence), "error")
            return False
        return True

    async def take_up_later(self) -> None:
        """Try again every few seconds, and return once it has worked."""
        while True:
            await self._timing.sleep(RETRY)
            try:
                await self._open_and_restore()
            except StoreError as error:
                self._problem = error.sentence
            else:
                return

    async def close(self) -> None:
        """Finish all writes and let the file go."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        local, self._local = self._local, None
        if local is not None:
            self._problem = Sentence("store.session_over")
            await local.close()

    async def _open_and_restore(self) -> None:
        try:
            if self._local is None:
                self._local = await self._open_sound()
            await self._restore()
        except StoreDamaged as error:
            if error.path is None:
                raise
            await self._replace(error.path)
        self.taken_up.set()
        if self._watch is None:
            self._watch = asyncio.create_task(self._mend_when_damaged())

    async def _open_sound(self) -> LocalStore:
        """Open the file, and look it over before anybody reads a word of it."""
        try:
            local = await self._open_local()
        except StoreDamaged as error:
            if error.path is None:
                raise
            await self._salvage(error.path)
            return await self._open_local()
        try:
            known = {row.key for row in await local.outbox(include_delivered=True) if row.reason == DAMAGED}
            health = await local.check()
        except StoreError:
            await local.close()
            raise
        if health.problems:
            log.error("the file of the profile is damaged: %s", "; ".join(health.problems[:3])[:300])
            path = local._thread.path
            await local.close()
            await self._salvage(path)
            return await self._open_local()
        self._tell(health, known)
        if local.lost:
            self.lost = Sentence("store.newest_missing", n=local.lost)
            log.error("%s", self.lost)
            self._store.notice(Sentence("store.was_damaged") + self.lost, "error")
        return local

    def _tell(self, health: StoreHealth, known: set[str]) -> None:
        """What the look over the file has found, once."""
        for warning in health.warnings:
            log.info("the file of the profile: %s", warning)
        found = len(health.damaged_drafts) + len(set(health.damaged_outbox) - known)
        if found:
            self._store.notice(Sentence("store.damaged_rows", n=found), "error")

    async def _mend_when_damaged(self) -> None:
        """A new file takes the place of one that turns out to be damaged while it is used."""
        while True:
            thread = self.opened()._thread
            await thread.damaged.wait()
            salvaged = False
            while True:
                try:
                    if not salvaged:
                        await self._set_aside(thread.path)
                        salvaged = True
                    await self._open_new()
                    break
                except StoreError as error:
                    salvaged = salvaged and not isinstance(error, StoreDamaged)
                    self._problem = error.sentence
                    log.error("the damaged file could not be replaced: %s", error)
                    await self._timing.sleep(RETRY)
            for hear in self.mended:
                await hear()

    async def _replace(self, path: Path) -> None:
        await self._set_aside(path)
        await self._open_new()

    async def _set_aside(self, path: Path) -> None:
        local, self._local = self._local, None
        self._problem = Sentence("store.being_replaced", path=str(path))
        if local is not None:
            with suppress(StoreError):
                await local.close()
        await self._salvage(path)

    async def _open_new(self) -> None:
        if self._local is None:
            self._local = await self._open_local()
        await self._restore()

    async def _salvage(self, path: Path) -> None:
        """Set the damaged file aside, and tell what could be taken over.

        Raises:
            StoreError: it cannot be done, or was done too often.
        """
        if self._mended >= MOST_TIMES:
            raise StoreError(Sentence("store.damaged_again", path=str(path)))
        saved = await asyncio.to_thread(salvage, path, self._timing.clock())
        self._mended += 1
        self.lost += saved.lost
        log.error("%s", saved.sentence)
        self._store.notice(saved.sentence, "error")
