"""What is done beside everything else: begun by somebody who does not wait for it, and ended with its owner."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Background:
    """Tasks under way. The loop itself holds them only weakly."""

    def __init__(self, failed: Callable[[BaseException], None] | None = None) -> None:
        """`failed` hears of what ends one of them by a mistake, which is logged in any case."""
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin one."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def undisturbed(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that is done to its end, even if whoever waits for it is cancelled."""
        task = asyncio.ensure_future(work)

        async def end() -> None:
            with suppress(Exception):  # it is for who waits
                await task

        self.spawn(end())
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait until all have come to their end."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cancel(self) -> None:
        """Cancel all of them, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await self.finish()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a part of the desktop stopped", exc_info=error)
            if self._failed is not None:
                self._failed(error)
