"""The clock of the source whose time is the one we use: read with every sign of life, told to the store."""

from desktop.app.connections.clock_skew import ClockSkew
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.state.own_events import ClockRead

_WORTH_TELLING = 0.05


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
