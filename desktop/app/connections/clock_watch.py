"""Notices that the machine slept, or that its clock was set."""

from collections.abc import Callable

from desktop.app.timing import Timing

EVERY = 1.0
JUMP = 5.0


class ClockWatch:
    """Compares the wall clock with the one that never jumps, once a second."""

    def __init__(self, timing: Timing, jumped: Callable[[float], None]) -> None:
        """`jumped` hears by how many seconds the clock went forward (or, negative, back) by itself."""
        self._timing = timing
        self._jumped = jumped

    async def run(self) -> None:
        """Watch until cancelled."""
        wall, monotonic = self._timing.clock(), self._timing.monotonic()
        while True:
            await self._timing.sleep(EVERY)
            wall_now, monotonic_now = self._timing.clock(), self._timing.monotonic()
            # A process that was stopped, and systems whose monotonic clock counts sleep, show as a long nap.
            overslept = monotonic_now - monotonic - EVERY
            jump = (wall_now - wall) - (monotonic_now - monotonic)
            if abs(jump) > JUMP:
                self._jumped(jump)
            elif overslept > JUMP:
                self._jumped(overslept)
            wall, monotonic = wall_now, monotonic_now
