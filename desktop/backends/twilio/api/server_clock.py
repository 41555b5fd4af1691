"""Twilio's clock, as far as the `Date` of its answers tells: whole seconds, and some time on the way."""

import time
from collections.abc import Callable
from datetime import UTC

LONGEST_WAY = 2.0  # seconds an answer may have been under way


class ServerClock:
    """Ours, moved by as little as the answers allow. A difference within what they can tell counts as none."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._low, self._high = float("-inf"), float("inf")  # the skew lies between

    def now(self) -> float:
        """Seconds since the epoch, there."""
        return self._clock() + self.skew

    @property
    def skew(self) -> float:
        """Seconds that Twilio's clock is ahead of ours."""
        if self._low <= 0.0 <= self._high:
            return 0.0
        return (self._low + self._high) / 2.0

    def heard(self, date: str) -> None:
        """Take in the `Date` of an answer that has just come; nonsense changes nothing."""
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(date)
            second = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()  # -0000 names no zone
        except (ValueError, TypeError, OverflowError):
            return
        low, high = second - self._clock(), second + 1.0 + LONGEST_WAY - self._clock()
        if low > self._high or high < self._low:
            self._low, self._high = low, high  # one of the clocks was set
        else:
            self._low, self._high = max(low, self._low), min(high, self._high)
