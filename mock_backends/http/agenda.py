"""What will happen later, in server time: one heap for everything that moves by itself."""

import asyncio
import heapq
import logging
import time
from collections.abc import Callable
from itertools import count

from mock_backends.http.clock import Clock

TURN = 0.02  # real seconds after which the loop goes on with other things, however much is due

_log = logging.getLogger(__name__)


class Entry:
    """One thing to do."""

    __slots__ = ("act", "at")

    def __init__(self, at: float, act: Callable[[], object]) -> None:
        self.at = at
        self.act: Callable[[], object] | None = act

    def cancel(self) -> None:
        """It will not happen."""
        self.act = None


class Agenda:
    """Runs entries when server time reaches them, in order of their times."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Entry]] = []
        self._numbers = count()
        self._sooner = asyncio.Event()

    def at(self, when: float, act: Callable[[], object]) -> Entry:
        """Call `act` at server time `when` (at once if that is past)."""
        entry = Entry(when, act)
        heapq.heappush(self._heap, (when, next(self._numbers), entry))
        if self._heap[0][2] is entry:
            self._sooner.set()
        return entry

    def after(self, seconds: float, act: Callable[[], object]) -> Entry:
        """Call `act` in so many server seconds."""
        return self.at(self._clock.now() + seconds, act)

    def clear(self) -> None:
        """Nothing of it will happen."""
        self._heap.clear()

    def run_due(self) -> float | None:
        """Do what is due, but others must have their turn too; the time of the next entry, or None."""
        until = time.monotonic() + TURN
        while self._heap:
            when, _, entry = self._heap[0]
            if entry.act is not None and (when > self._clock.now() or time.monotonic() > until):
                return when
            heapq.heappop(self._heap)
            act, entry.act = entry.act, None
            if act is not None:
                try:
                    act()
                except Exception:
                    _log.exception("an entry of the agenda failed")
        return None

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            when = self.run_due()
            self._sooner.clear()
            await asyncio.sleep(0)
            if self._sooner.is_set():
                continue
            waiting = asyncio.ensure_future(self._sooner.wait())
            sleeping = asyncio.ensure_future(self._clock.sleep_until(when)) if when is not None else None
            try:
                await asyncio.wait({waiting, sleeping} if sleeping else {waiting}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                if sleeping:
                    sleeping.cancel()
