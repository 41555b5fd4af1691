"""What is asked for under a key happens once, and to its end, even when nobody waits for it any more."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from desktop.ports.errors import OutcomeUnknown

KEPT = 1_000


class Once:
    """Remembers what became of each key."""

    def __init__(self) -> None:
        self._work: dict[str, asyncio.Task[str]] = {}

    async def do(self, key: str, work: Callable[[], Coroutine[Any, Any, str]]) -> str:
        """What `work` answers, or answered before under this key.

        A call that is on its way out must be seen and ended by somebody, so that it is never given up half-way.

        Raises:
            BackendError: what `work` raised; unless it may have happened all the same, it is done anew the next time.
        """
        task = self._work.get(key)
        if task is None:
            while len(self._work) >= KEPT:
                del self._work[next(iter(self._work))]
            task = self._work[key] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._settle(key, done))
        return await asyncio.shield(task)

    def _settle(self, key: str, done: asyncio.Task[str]) -> None:
        failed = done.cancelled() or (done.exception() is not None and not isinstance(done.exception(), OutcomeUnknown))
        if failed and self._work.get(key) is done:
            del self._work[key]
