"""The clock of the mock servers: the real one, sped up and skewed as wanted."""

import asyncio
import time


class Clock:
    """Server time. `speed` is how many server seconds pass in a real second (0.01-10,000); `skew` shifts the start."""

    def __init__(self, speed: float = 1.0, skew: float = 0.0) -> None:
        self._speed = speed
        self._base = time.time() + skew
        self._mark = time.monotonic()
        self._changed = asyncio.Event()

    @property
    def speed(self) -> float:
        """Server seconds in a real second."""
        return self._speed

    def now(self) -> float:
        """Server time in seconds since the Unix epoch."""
        return self._base + (time.monotonic() - self._mark) * self._speed

    def set(self, *, speed: float | None = None, skew: float | None = None) -> None:
        """Go on at another speed; `skew` seconds (may be negative) are added. Sleepers wake and look again."""
        now = self.now()
        self._mark = time.monotonic()
        self._base = now + (skew or 0.0)
        self._speed = self._speed if speed is None else speed
        self._changed.set()
        self._changed = asyncio.Event()

    async def sleep_until(self, at: float) -> None:
        """Return when server time has reached `at`, whatever happens to the clock meanwhile."""
        while (left := at - self.now()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left / self._speed)
            except TimeoutError:
                continue

    async def sleep(self, seconds: float) -> None:
        """Return after so many server seconds."""
        await self.sleep_until(self.now() + seconds)
