"""The most who waited at once, by five minutes. Pure: no clock."""

from collections import deque

from desktop.domain.entities.model import Instant

WIDTH = 300.0
KEPT = 12


class Trend:
    """One queue's. It begins when somebody begins to look, and is that much shorter at first."""

    def __init__(self) -> None:
        self._peaks: deque[int] = deque(maxlen=KEPT)
        self._newest = 0  # number of the five minutes
        self._waiting = 0

    def note(self, waiting: int, at: Instant) -> None:
        """So many wait now."""
        self._go_to(at)
        self._waiting = waiting
        self._peaks[-1] = max(self._peaks[-1], waiting)

    def peaks(self, at: Instant) -> tuple[int, ...]:
        """Oldest first; the last one is of the five minutes that run."""
        self._go_to(at)
        return tuple(self._peaks)

    def _go_to(self, at: Instant) -> None:
        now = int(at // WIDTH)
        missing = now - self._newest if self._peaks else 1
        for _ in range(max(0, min(missing, KEPT))):
            self._peaks.append(self._waiting)
        self._newest = max(self._newest, now)
