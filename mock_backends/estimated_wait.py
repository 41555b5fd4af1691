"""How long a customer will wait, with an honest interval around the figure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_DECAY = 0.98  # about the last fifty turns count
_PRIOR_WEIGHT = 3.0  # what the guess from staffing is worth, in observed turns
_Z = 1.2815515655446004  # 90th percentile of the normal distribution: an 80 % interval


@dataclass(frozen=True, slots=True)
class EstimatedWait:
    """Seconds until the answer: the mean, and bounds that should hold in 8 of 10 cases."""

    seconds: float
    low: float
    high: float


class TurnRate:
    """Learns how often the line moves while somebody stands in it.

    A turn is one interaction leaving the line for an agent. Only time with somebody waiting counts:
    then every agent who comes free makes a turn, so turns are a sample of the pace the next customer meets,
    whatever mix of queues, skills and breaks produces it. Old turns fade so that staffing changes show.
    """

    __slots__ = ("_seconds", "_since", "_turns")

    def __init__(self) -> None:
        self._seconds = 0.0
        self._turns = 0.0
        self._since: float | None = None

    def line_formed(self, now: float) -> None:
        """Somebody has to wait; the clock of the next turn starts unless others waited before."""
        if self._since is None:
            self._since = now

    def turn(self, now: float, still_waiting: bool) -> None:
        """One interaction left the line for an agent at `now`."""
        if self._since is not None:
            self._seconds = self._seconds * _DECAY + (now - self._since)
            self._turns = self._turns * _DECAY + 1.0
        self._since = now if still_waiting else None

    def line_gone(self) -> None:
        """The last one waiting gave up: the time since the last turn says nothing."""
        self._since = None

    def estimate(self, ahead: int, expected_interval: float) -> EstimatedWait:
        """Wait of a customer with `ahead` others before them.

        Arguments:
            ahead: interactions that will be answered first (>= 0).
            expected_interval: seconds between turns expected from handle time and staffing (> 0), used as
                a prior worth three turns.

        Method: with exponential handle times and all agents busy, the wait is the sum of ahead + 1
        independent exponential turns (W. Whitt, "Predicting Queueing Delays", Management Science 45(6), 1999;
        the queue-length estimator of R. Ibrahim and W. Whitt, "Real-Time Delay Estimation Based on Delay
        History", M&SOM 11(3), 2009). The pace is itself estimated from k turns, so wait / mean follows an
        F distribution with 2(ahead + 1) and 2k degrees of freedom; its 10 % and 90 % points come from
        E. Paulson's normal approximation (Annals of Mathematical Statistics 13(2), 1942).
        Abandonment ahead is not taken into account: where many give up, the figure is too high.
        """
        turns = self._turns + _PRIOR_WEIGHT
        mean = (self._seconds + _PRIOR_WEIGHT * expected_interval) / turns
        wait = (ahead + 1) * mean
        low, high = (wait * _f_quantile(sign * _Z, 2.0 * (ahead + 1), 2.0 * turns) for sign in (-1, 1))
        return EstimatedWait(wait, min(low, wait), max(high, wait))


def _f_quantile(z: float, d1: float, d2: float) -> float:
    """Quantile of the F distribution at the normal deviate `z` (Paulson 1942), for d1 >= 2 and d2 >= 6."""
    u, v = 2.0 / (9.0 * d1), 2.0 / (9.0 * d2)
    a, b = 1.0 - u, 1.0 - v
    scale = b * b - z * z * v
    spread = sqrt(max(0.0, (a * b) ** 2 - scale * (a * a - z * z * u)))
    root = (a * b + (spread if z > 0 else -spread)) / scale
    return float(max(0.0, root) ** 3)
