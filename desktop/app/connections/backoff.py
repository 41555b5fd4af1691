"""How long to wait before the next try, so that a thousand desktops do not come back in the same second."""

from collections import deque
from collections.abc import Callable

BASE = 0.5
CAP = 30.0


def full_jitter(attempt: int, random: Callable[[], float], *, base: float = BASE, cap: float = CAP) -> float:
    """Seconds to wait before try number `attempt` + 1: evenly spread over [0, min(cap, base * 2**attempt)).

    "Full jitter" of M. Brooker, Exponential Backoff and Jitter (AWS Architecture Blog, 2015).

    Args:
        attempt: how many tries failed before, from 0.
        random: a number in [0, 1).
        base: the widest first wait, seconds.
        cap: the widest wait of all, seconds.
    """
    return random() * min(cap, base * 2.0 ** min(attempt, 60))


class Breaker:
    """Stops asking a backend that fails: open after 5 failures in 10 s, one probe after 15 s."""

    def __init__(
        self, monotonic: Callable[[], float], *, failures: int = 5, within: float = 10.0, rest: float = 15.0
    ) -> None:
        self._monotonic = monotonic
        self._limit = failures
        self._within = within
        self._rest = rest
        self._failed: deque[float] = deque(maxlen=failures)
        self._open_until: float | None = None
        self._probing = False

    def wait(self) -> float:
        """Seconds until the backend may be asked; 0 lets this call through (as the one probe, when it was open)."""
        if self._open_until is None:
            return 0.0
        left = self._open_until - self._monotonic()
        if left > 0 or self._probing:
            return max(left, 0.1)
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """The backend answered, if only to refuse."""
        self._failed.clear()
        self._open_until = None
        self._probing = False

    def failed(self) -> None:
        """The backend could not be reached or made no sense."""
        now = self._monotonic()
        self._failed.append(now)
        probed, self._probing = self._probing, False
        if probed or (len(self._failed) == self._limit and now - self._failed[0] <= self._within):
            self._open_until = now + self._rest

    def abandoned(self) -> None:
        """The caller went away before the answer: nothing was learnt, and the next one may probe."""
        self._probing = False
