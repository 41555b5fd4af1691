"""How far the server's clock is ahead of ours, from what the stream says."""

from collections import deque

SAMPLES = 12


class ClockSkew:
    """An estimate that gets better with every sign of life.

    A server time read `d` seconds after it was sent makes the skew look `d` too small. Delay is never negative,
    so the largest of the last readings had the smallest delay and is the nearest to the truth (the minimum filter
    of NTP, RFC 5905 section 10). Readings are kept against our monotonic clock, so that setting our wall clock
    spoils none of them.
    """

    def __init__(self) -> None:
        self._ahead: deque[float] = deque(maxlen=SAMPLES)  # server time minus our monotonic clock

    @property
    def known(self) -> bool:
        """Whether the server's clock was seen since the last reset."""
        return bool(self._ahead)

    def read(self, server_time: float, wall: float, monotonic: float) -> float:
        """The best estimate after one more reading: seconds the server is ahead of our wall clock.

        Args:
            server_time: what the server's clock said, seconds since the epoch.
            wall: what ours says on receipt.
            monotonic: our clock that never jumps, on receipt.
        """
        self._ahead.append(server_time - monotonic)
        return max(self._ahead) - (wall - monotonic)

    def reset(self) -> None:
        """Forget all readings."""
        self._ahead.clear()
