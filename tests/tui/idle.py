"""Waiting until an app has nothing left to do, by what its event loop still has to run and not by a clock.

Textual's own pilot sleeps until the process used little processor time for 20 ms. That takes most of a test's time, and
on a busy machine it goes on too early, since a process that is not let run uses none either.
"""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual.pilot import Pilot

ROUNDS = 3
"""Turns of the loop with nothing to run: what one socket was given is read from another in the next turn."""
SOON = 0.02
"""Seconds from now: timers that are due by then are waited for; and the next frame of the desktop, whenever it is."""
LONGEST = 5.0
"""Seconds that a thread may take; one that hangs on purpose is not waited for to the end."""


def wait_exactly(patch: pytest.MonkeyPatch) -> None:
    """Have pilots wait so, for as long as the patch lasts."""
    run = asyncio.BaseEventLoop.run_in_executor
    on_threads: WeakKeyDictionary[Any, set[Any]] = WeakKeyDictionary()

    def run_in_executor(loop: Any, executor: Any, func: Any, *args: Any) -> Any:
        future = run(loop, executor, func, *args)
        running = on_threads.setdefault(loop, set())
        running.add(future)
        future.add_done_callback(running.discard)
        return future

    async def idle(*_: object) -> None:
        loop: Any = asyncio.get_running_loop()
        running = on_threads.setdefault(loop, set())
        start, empty = loop.time(), 0
        while empty < ROUNDS and loop.time() < start + LONGEST:
            due = [one._when for one in loop._scheduled if not one._cancelled and one._when < start + SOON]
            frame = getattr(active_app.get(None), "_coming_frame", None)
            due += [frame._when] if frame is not None else []
            wait = max(0.0, min(due) - loop.time()) if due and not loop._ready else 0.0
            await asyncio.sleep(max(wait, 0.001 if running else 0.0))
            empty = 0 if loop._ready or due or running else empty + 1

    async def of_the_screen(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
        await idle()
        return not pilot.app._exception_event.is_set()

    patch.setattr(asyncio.BaseEventLoop, "run_in_executor", run_in_executor)
    patch.setattr(textual.app, "wait_for_idle", idle)
    patch.setattr(textual.pilot, "wait_for_idle", idle)
    patch.setattr(Pilot, "_wait_for_screen", of_the_screen)
