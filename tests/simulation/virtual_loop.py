"""An event loop whose time goes on only when told to: the same schedule always runs the same way."""

import asyncio
import heapq
import itertools
import sys
from asyncio import events
from collections.abc import Callable, Coroutine
from typing import Any

_BUSY = 50_000
"""Callbacks in one moment of virtual time after which something must be turning in circles."""

_numbers = itertools.count()
sys.unraisablehook = lambda _: None  # coroutines of a killed process, broken off wherever they stood


class Livelock(AssertionError):
    """The desktop never comes to rest although no time passes."""


class NumberedTask(asyncio.Task):  # type: ignore[type-arg]
    """A task whose place in a set does not depend on where it lies in memory."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.number = next(_numbers)
        super().__init__(*arguments, **named)
        self._log_destroy_pending = False  # a killed process leaves its tasks where they stand

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready, and turns its own clock to whoever sleeps next.

    From its beginning to its `end` it is the running loop, for what the checker looks at may begin tasks, too.
    """

    def __init__(self, now: float) -> None:
        super().__init__()
        events._set_running_loop(self)
        self.now = now
        self._clock_resolution = 1e-9
        self.set_task_factory(_numbered)
        self.set_exception_handler(lambda loop, context: None)

    def time(self) -> float:
        return self.now

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """What would be done beside the loop is done at once."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def end(self) -> None:
        """Be the running loop no longer."""
        events._set_running_loop(None)

    def rest(self) -> None:
        """Run everything that is ready until nothing is, without any time passing.

        Raises:
            Livelock: it never ends.
        """
        self._drain()

    def advance(self, seconds: float) -> None:
        """Let that much time pass, and everything that is due in it happen, in order."""
        until = self.now + seconds
        scheduled = self._scheduled  # type: ignore[attr-defined]
        self._drain()
        while scheduled:
            handle = scheduled[0]
            if handle._cancelled:
                heapq.heappop(scheduled)._scheduled = False
                continue
            if handle._when > until:
                break
            heapq.heappop(scheduled)._scheduled = False
            self.now = max(self.now, handle._when)
            self._ready.append(handle)  # type: ignore[attr-defined]
            self._drain()
        self._timer_cancelled_count = 0
        self.now = until

    def run(self, work: Coroutine[Any, Any, Any], seconds: float = 60.0) -> Any:
        """Run one coroutine to its end, letting time pass as it needs; None when it takes longer than `seconds`."""
        task = self.create_task(work)
        until = self.now + seconds
        self.rest()
        while not task.done() and self.now < until:
            self.advance(min(0.05, until - self.now))
        if not task.done():
            task.cancel()
            self.rest()
            return None
        return task.result()

    def _drain(self) -> None:
        ready = self._ready  # type: ignore[attr-defined]
        turns = 0
        while ready:
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()
            turns += 1
            if turns > _BUSY:
                raise Livelock("the desktop turns in circles")

    def _check_closed(self) -> None:
        return None  # what is left of a killed process may still be tidied away

    def __del__(self) -> None:
        return None

    def _write_to_self(self) -> None:
        return None

    def _process_events(self, event_list: Any) -> None:
        return None


def _numbered(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> NumberedTask:
    return NumberedTask(work, loop=loop, **named)
