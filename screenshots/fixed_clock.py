"""Time that only goes on when it is told to, so that a picture shows the same figures every time it is made."""

import asyncio
import heapq
from itertools import count


class FixedClock:
    """A clock, and the sleep that belongs to it."""

    def __init__(self, start: float) -> None:
        """`start`: seconds since the Unix epoch."""
        self._now = start
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return when the clock was moved on by so many seconds; at once, but for one turn of the loop, for none."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), awake))
        await awake

    def step(self, seconds: float) -> None:
        """Move on, and wake whoever has slept long enough."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            awake = heapq.heappop(self._sleepers)[2]
            if not awake.done():
                awake.set_result(None)
