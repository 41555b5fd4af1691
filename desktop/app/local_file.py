"""The profile's file as a session has it: opened at the start, or tried again until it can be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop.app.local_store import LocalStore
from desktop.app.store import Store
from desktop.app.store_errors import StoreAbsent, StoreError
from desktop.app.timing import Timing

log = logging.getLogger(__name__)

RETRY = 5.0


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
        self._problem = "Nothing can be kept on this machine yet"
        self.taken_up = asyncio.Event()

    def opened(self) -> LocalStore:
        """What is kept on this machine.

        Raises:
            StoreAbsent: it is not open (yet).
        """
        if self._local is None:
            raise StoreAbsent(self._problem)
        return self._local

    async def take_up(self) -> bool:
        """Open the file and restore from it; when that fails the agent is told why, and the answer is False."""
        try:
            await self._open_and_restore()
        except StoreError as error:
            self._problem = str(error)
            log.error("nothing can be kept: %s", error)
            self._store.notice(
                f"Notes cannot be saved: {error}. What you type stays in memory. It is tried again every few seconds.",
                "error",
            )
            return False
        return True

    async def take_up_later(self) -> None:
        """Try again every few seconds, and return once it has worked."""
        while True:
            await self._timing.sleep(RETRY)
            try:
                await self._open_and_restore()
            except StoreError as error:
                self._problem = str(error)
            else:
                return

    async def close(self) -> None:
        """Finish all writes and let the file go."""
        local, self._local = self._local, None
        if local is not None:
            self._problem = "The session is over"
            await local.close()

    async def _open_and_restore(self) -> None:
        if self._local is None:
            self._local = await self._open_local()
        await self._restore()
        self.taken_up.set()
