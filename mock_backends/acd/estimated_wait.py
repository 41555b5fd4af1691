"""How long a customer will wait, with an honest interval around the figure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_DECAY = 0.99  # about the last hundred turns count
_PRIOR_TURNS = 3.0  # what the guess from handle times is worth, in observed turns
_PRIOR_SECONDS = 120.0  # of standing in line without giving up that are assumed to begin with
_Z = 1.2815515655446004  # 90th percentile of the normal distribution: an 80 % interval


@dataclass(frozen=True, slots=True)
class EstimatedWait:
    """Seconds until the answer: the mean, and bounds that should hold in 8 of 10 cases."""

    seconds: float
    low: float
    high: float


class TurnRate:
    """Learns how fast the line moves while somebody stands in it.

    A turn is one interaction leaving the line for an agent. Only time with somebody waiting counts: then every agent
    who comes free makes a turn, so turns are a sample of the pace the next customer meets, whatever mix of queues,
    skills and breaks produces it. What is learned is the effort of a turn, in seconds of one agent's capacity, so that
    a change of staffing shows at once; and how soon those who wait give up. Old turns fade.
    """

    __slots__ = ("_effort", "_gone", "_mark", "_since", "_stood", "_turns", "_waiting")

    def __init__(self) -> None:
        self._effort = 0.0  # seconds x capacity, over the turns
        self._turns = 0.0
        self._gone = 0.0
        self._stood = 0.0  # seconds x people in line
        self._since: float | None = None
        self._waiting = 0
        self._mark = 0.0

    def joined(self, now: float, waiting: int) -> None:
        """Somebody has to wait, `waiting` altogether; the clock of the next turn starts unless others did before."""
        self._stand(now, waiting)
        if self._since is None:
            self._since = now

    def turn(self, now: float, waiting: int, capacity: float) -> None:
        """One interaction went to an agent; `waiting` others still do, `capacity` works for the queue."""
        self._stand(now, waiting)
        if self._since is not None and capacity > 0:
            self._effort = self._effort * _DECAY + (now - self._since) * capacity
            self._turns = self._turns * _DECAY + 1.0
            self._fade()
        self._since = now if waiting else None

    def left(self, now: float, waiting: int) -> None:
        """Somebody left the line without an agent. Of the last one, the time since the last turn says nothing."""
        self._stand(now, waiting)
        self._fade()
        self._gone += 1.0
        if not waiting:
            self._since = None

    def estimate(self, ahead: int, handle: float, capacity: float) -> EstimatedWait:
        """Wait of a customer with `ahead` others before them, if they stay.

        Arguments:
            ahead: interactions that will be answered first (>= 0).
            handle: seconds to handle one (> 0), used as a prior worth three turns.
            capacity: how many are handled at once (> 0).

        Method: with exponential handle times and all agents busy, turns come at a rate r, and each of those ahead
        gives up at a rate q, so the wait is a sum of exponential times of rates r, r + q, ..., r + ahead q (W. Whitt,
        "Predicting Queueing Delays", Management Science 45(6), 1999; the estimator QL_m of R. Ibrahim and W. Whitt,
        "Real-Time Delay Estimation in Overloaded Multiserver Queues with Abandonments", Management Science 55(10),
        2009). Such a sum is nearly gamma distributed with the same mean and variance. r is itself estimated from k
        turns, so wait / mean nearly follows an F distribution with twice the gamma's shape and 2k degrees of freedom;
        its 10 % and 90 % points come from E. Paulson's normal approximation (Annals of Mathematical Statistics 13(2),
        1942).
        """
        turns = self._turns + _PRIOR_TURNS
        rate = capacity * turns / (self._effort + _PRIOR_TURNS * handle)
        quits = self._gone / (self._stood + _PRIOR_SECONDS)
        wait = variance = 0.0
        for place in range(ahead + 1):
            step = 1 / (rate + place * quits)
            wait += step
            variance += step * step
        shape = wait * wait / variance
        low, high = (wait * _f_quantile(sign * _Z, 2.0 * shape, 2.0 * turns) for sign in (-1, 1))
        return EstimatedWait(wait, min(low, wait), max(high, wait))

    def _stand(self, now: float, waiting: int) -> None:
        self._stood += (now - self._mark) * self._waiting
        self._mark, self._waiting = now, waiting

    def _fade(self) -> None:
        self._gone *= _DECAY
        self._stood *= _DECAY


def _f_quantile(z: float, d1: float, d2: float) -> float:
    """Quantile of the F distribution at the normal deviate `z` (Paulson 1942), for d1 >= 2 and d2 >= 6."""
    u, v = 2.0 / (9.0 * d1), 2.0 / (9.0 * d2)
    a, b = 1.0 - u, 1.0 - v
    scale = b * b - z * z * v
    spread = sqrt(max(0.0, (a * b) ** 2 - scale * (a * a - z * z * u)))
    root = (a * b + (spread if z > 0 else -spread)) / scale
    return float(max(0.0, root) ** 3)
