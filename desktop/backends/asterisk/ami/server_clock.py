"""The server's clock: every instant that is told is its time, whatever the clock of this machine says."""

import re
from collections.abc import Callable

from desktop.domain.entities.model import Instant

_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_DAY = 86_400.0


class ServerClock:
    """Ours until the server has told its own."""

    def __init__(self, ours: Callable[[], float]) -> None:
        """`ours` tells seconds since 1970."""
        self.ours = ours
        self._ahead = 0.0  # the server's clock minus ours, seconds

    def now(self) -> Instant:
        """The server's time."""
        return self.ours() + self._ahead

    def set(self, timestamp: str) -> None:
        """Go by what the server says the time is now; what is no time changes nothing."""
        if _SECONDS.fullmatch(timestamp):
            self._ahead = float(timestamp) - self.ours()

    def read(self, timestamp: str) -> Instant:
        """When an event was, by its own timestamp; now, where it has none or a strange one."""
        now = self.now()
        if _SECONDS.fullmatch(timestamp) and abs(float(timestamp) - now) < _DAY:
            return float(timestamp)
        return now
