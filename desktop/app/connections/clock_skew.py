"""How far the server's clock is ahead of ours, from what the stream says."""

from collections import deque

SAMPLES = 12
IN_A_ROW = 3
SET_BACK = 2.5
"""So many readings one after the other that are so many seconds late were not under way for so long: the server's
clock was set back."""


SLEPT = 5.0
"""Seconds by which our wall clock went ahead of our monotonic one by itself."""


class ClockSkew:
    """An estimate that gets better with every sign of life.

    A server time read `d` seconds after it was sent makes the skew look `d` too small. Delay is never negative,
    so the largest of the last readings had the smallest delay and is the nearest to the truth (the minimum filter
    of NTP, RFC 5905 section 10). Readings are kept against our monotonic clock, so that setting our wall clock
    spoils none of them.
    """

    def __init__(self) -> None:
        self._ahead: deque[float] = deque(maxlen=SAMPLES)  # server time minus our monotonic clock
        self._ours = 0.0  # our wall clock minus our monotonic one, at the last reading
        self._told = 0.0

    @property
    def known(self) -> bool:
        """Whether the server's clock was seen since the last reset."""
        return bool(self._ahead)

    def read(self, server_time: float, wall: float, monotonic: float) -> float:
        """The best estimate after one more reading: seconds the server is ahead of our wall clock.

        After a sleep, in which our monotonic clock stood still, nothing is believed until `reset`: what is read then
        may have lain in a buffer all the time, and would make everything look as young as before.

        Args:
            server_time: what the server's clock said, seconds since the epoch.
            wall: what ours says on receipt.
            monotonic: our clock that never jumps, on receipt.
        """
        if self._ahead and wall - monotonic - self._ours > SLEPT:
            return self._told
        self._ours = wall - monotonic
        self._ahead.append(server_time - monotonic)
        late = [*self._ahead][-IN_A_ROW:]
        if len(self._ahead) > IN_A_ROW and max(late) < max(self._ahead) - SET_BACK:
            self._ahead = deque(late, maxlen=SAMPLES)
        self._told = self.now(wall, monotonic)
        return self._told

    def now(self, wall: float, monotonic: float) -> float:
        """The skew by the readings there are, for other readings of our own clocks. Only when `known`."""
        return max(self._ahead) - (wall - monotonic)

    def reset(self) -> None:
        """Forget all readings."""
        self._ahead.clear()
