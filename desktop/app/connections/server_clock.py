"""The clock of the source whose time is the one we use: read with every sign of life, told to the store."""

from collections import deque

from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.state.own_events import ClockRead

_WORTH_TELLING = 0.05


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


class ServerClock:
    """Keeps the store's `skew`, seconds that the server is ahead of our wall clock."""

    def __init__(self, source: str, store: Store, timing: Timing) -> None:
        """Nothing was read yet."""
        self._source = source
        self._store = store
        self._timing = timing
        self._skew = ClockSkew()

    @property
    def known(self) -> bool:
        """Whether it was read since the last reset."""
        return self._skew.known

    def read(self, server_time: float) -> None:
        """It said so just now, in seconds since the Unix epoch."""
        skew = self._skew.read(server_time, self._timing.clock(), self._timing.monotonic())
        if abs(skew - self._store.state.skew) > _WORTH_TELLING:
            self._store.publish(ClockRead(skew), self._source)

    def note_own(self) -> None:
        """Our clock was set back: the server's time goes on. One that went ahead may have slept, and time did pass."""
        ahead = self._skew.now(self._timing.clock(), self._timing.monotonic()) if self.known else 0.0
        if self.known and ahead > self._store.state.skew + _WORTH_TELLING:
            self._store.publish(ClockRead(ahead, ours=True), self._source)

    def reset(self) -> None:
        """Believe nothing of what was read: another server may have another clock."""
        self._skew.reset()
