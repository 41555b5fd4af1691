"""The same key twice is one call: the second gets the first one's answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
_KEPT = 512


class Once:
    """Remembers the newest keys of this program. Across a restart the calls themselves must be harmless to repeat."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, asyncio.Future[Any]] = OrderedDict()

    async def do(self, key: str, call: Callable[[], Awaitable[T]]) -> T:
        """The call's answer; it is not made again under the same key, unless it failed.

        The work goes on when the one who asked gives up waiting: what is half done must not stay so.
        """
        task = self._known.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._known[key] = asyncio.ensure_future(call())
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            task.add_done_callback(_looked_at)
        return cast(T, await asyncio.shield(task))


def _looked_at(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled():
        task.exception()
