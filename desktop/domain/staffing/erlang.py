"""A line of customers before equal servers in its steady state: M/M/n (Erlang C) and M/M/n+M (Erlang A, Palm).

Arrivals are Poisson, handle times and patience exponential. A well-kept library would be welcome, but those there are
bring solvers and data frames; what a terminal needs is these sums.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import exp, expm1, inf, isfinite, log, log1p

MOST_SERVERS = 100_000.0
_NEGLIGIBLE = 50.0  # e^-50: what a density may be less than its peak before it is left out
_PANELS = 24
# 8 point Gauss-Legendre on (-1, 1): nodes and weights of the positive half.
_LEGENDRE = (
    (0.18343464249564980494, 0.36268378337836198297),
    (0.52553240991632898582, 0.31370664587788728734),
    (0.79666647741362673959, 0.22238103445337447054),
    (0.96028985649753623168, 0.10122853629037625915),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What arrives and who serves.

    `rate` arrivals per second (> 0), `handle` mean seconds a server is busy with one (> 0), `servers` how many work
    side by side: a real number above 0, where 2.5 is 2 and a half by the continuous extension of Erlang's formula.
    `patience` mean seconds until a waiting customer gives up; infinite: nobody does.

    Raises ValueError when a figure is out of its range.
    """

    rate: float
    handle: float
    servers: float
    patience: float = inf

    def __post_init__(self) -> None:
        for name, value in (("rate", self.rate), ("handle", self.handle), ("servers", self.servers)):
            if not (isfinite(value) and value > 0):
                raise ValueError(f"{name} must be above 0, not {value:g}")
        if self.servers > MOST_SERVERS or self.load > MOST_SERVERS:
            raise ValueError(f"more than {MOST_SERVERS:,.0f} servers are not computed")
        if not self.patience > 0:
            raise ValueError(f"patience must be above 0, not {self.patience:g}")

    @property
    def load(self) -> float:
        """Servers' worth of work that arrives, in Erlang."""
        return self.rate * self.handle


@dataclass(frozen=True, slots=True)
class Steady:
    """How a line stands in the long run. Shares are of all who arrive, 0 to 1.

    `wait` finds no server free. `answered_within` were answered within the threshold, `abandoned_within` gave up
    within it, `short_abandons` within the short time, `abandoned` at all. `asa` is the mean wait of the answered in
    seconds, None when there is no steady state: more arrives than can be served, and nobody gives up. `occupancy` is
    the share of the servers' time that is busy.
    """

    load: float
    wait: float
    answered_within: float
    abandoned_within: float
    short_abandons: float
    abandoned: float
    asa: float | None
    occupancy: float

    @property
    def service_level(self) -> float:
        """Answered within the threshold, of all who arrive: those who give up count against it."""
        return self.answered_within


def steady(line: Line, threshold: float = 20.0, short: float = 0.0) -> Steady:
    """The steady state of `line`.

    Arguments:
        threshold: seconds within which an answer is in time (>= 0).
        short: seconds within which giving up counts as short (>= 0).
    """
    if not (threshold >= 0 and short >= 0):
        raise ValueError("a threshold is 0 seconds or more")
    if isfinite(line.patience):
        return _impatient(line, threshold, short)
    return _patient(line, threshold)


def blocked(load: float, servers: float) -> float:
    """Erlang B: the share that finds all `servers` busy when nobody can wait; `servers` a real number >= 0.

    By the recursion in the number of servers, which is stable at any size (it only multiplies and adds), from the
    fractional part on: there A * integral of e^(-At) (1+t)^x is the inverse (A. A. Jagers and E. A. van Doorn, "On the
    continued Erlang loss function", Operations Research Letters 5(1), 1986).
    """
    whole = int(servers)
    part = servers - whole
    share = 1.0
    if part > 0:
        edges = [0.0]
        step = min(load, 1.0) / 4
        while edges[-1] < _NEGLIGIBLE:
            edges.append(min(_NEGLIGIBLE, edges[-1] + min(step, 2.0)))
            step *= 2
        share = 1 / sum(weight * exp(part * log1p(s / load) - s) for s, weight in _nodes(edges))
    for number in range(1, whole + 1):
        share = load * share / (part + number + load * share)
    return share


def _patient(line: Line, threshold: float) -> Steady:
    """Erlang C (A. K. Erlang, 1917)."""
    load, servers = line.load, line.servers
    if load >= servers:
        return Steady(load, 1.0, 0.0, 0.0, 0.0, 0.0, None, 1.0)
    loss = blocked(load, servers)
    wait = loss / (1 - load / servers * (1 - loss))
    spare = (servers - load) / line.handle
    return Steady(load, wait, 1 - wait * exp(-spare * threshold), 0.0, 0.0, 0.0, wait / spare, load / servers)


def _impatient(line: Line, threshold: float, short: float) -> Steady:
    """Erlang A (O. Garnett et al., "Designing a Call Center with Impatient Customers", M&SOM 4(3), 2002).

    Somebody of endless patience would wait x with density proportional to f(x) = exp(l (1 - e^(-tx)) / t - n m x),
    with l arrivals, n m services and t = 1 / patience a second; f integrates to J, and P(wait) = l J / (l J + E) with
    E = 1 / Erlang B of n - 1 servers (S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers:
    many-server asymptotics of the M/M/n+G queue", Queueing Systems 51, 2005). All else are integrals over f. Series
    and incomplete gamma functions fail at great or small patience; f has one peak and is measured from there, where
    nothing cancels.
    """
    rate, serve, quit_ = line.rate, line.servers / line.handle, 1 / line.patience
    peak = log(rate / serve) / quit_ if rate > serve else 0.0
    slope = max(0.0, serve - rate)
    bend = min(rate, serve) / quit_

    def fall(away: float) -> float:
        """Logarithm of f at `away` from its peak, less that at the peak."""
        return -slope * away - bend * (expm1(-quit_ * away) + quit_ * away)

    high = peak + _reach(fall, line.patience, inf)
    low = peak - _reach(lambda away: fall(-away), min(line.patience, peak), peak) if peak else 0.0
    edges = {low, peak, high, *(at for at in (threshold, short) if low < at < high)}
    edges |= {low + (peak - low) * part / _PANELS for part in range(_PANELS) if peak > low}
    edges |= {peak + (high - peak) * part / _PANELS for part in range(_PANELS)}
    fine = line.patience / 4  # e^(-tx) may fall much faster than f
    while peak + fine < high:
        edges.add(peak + fine)
        fine *= 2

    whole = answered = waited = in_time = gave_up = gave_up_in_time = gave_up_short = 0.0
    for x, weight in _nodes(sorted(edges)):
        density = weight * exp(fall(x - peak))
        stays = exp(-quit_ * x)
        whole += density
        answered += density * stays
        waited += density * stays * x
        in_time += density * stays * (x <= threshold)
        gave_up -= density * expm1(-quit_ * x)
        gave_up_in_time -= density * expm1(-quit_ * min(x, threshold))
        gave_up_short -= density * expm1(-quit_ * min(x, short))

    loss = blocked(line.load, line.servers)
    wait = _odds(log(rate * whole) + _height(rate, serve, quit_), loss, line)
    served = 1 - wait + wait * answered / whole
    return Steady(
        load=line.load,
        wait=wait,
        answered_within=1 - wait + wait * in_time / whole,
        abandoned_within=wait * gave_up_in_time / whole,
        short_abandons=wait * gave_up_short / whole,
        abandoned=wait * gave_up / whole,
        asa=wait * waited / whole / served if served > 0 else 0.0,
        occupancy=min(1.0, line.load * served / line.servers),
    )


def _height(rate: float, serve: float, quit_: float) -> float:
    """Logarithm of f at its peak: 0 unless more arrives than is served."""
    if rate <= serve:
        return 0.0
    over = rate / serve - 1
    return serve / quit_ * (over - log1p(over))


def _odds(height: float, loss: float, line: Line) -> float:
    """P(wait) from the logarithm of l J and from Erlang B of n servers."""
    if loss <= 0:
        return 0.0
    before = line.load / line.servers * (1 - loss) / loss  # 1 / Erlang B of n - 1 servers
    if before <= 0:
        return 1.0
    return 1 / (1 + exp(min(700.0, log(before) - height)))


def _reach(fall: Callable[[float], float], first: float, most: float) -> float:
    """How far from the peak, in one direction, until it has fallen out of sight; `first` is tried first."""
    far = first
    while far < most and fall(far) > -_NEGLIGIBLE:
        far = min(most, far * 2)
    while fall(far / 2) < -_NEGLIGIBLE:
        far /= 2
    return far


def _nodes(edges: list[float]) -> Iterator[tuple[float, float]]:
    """Places and weights of a Gauss-Legendre sum over the panels between ascending `edges`."""
    for left, right in pairwise(edges):
        middle, half = (left + right) / 2, (right - left) / 2
        for node, weight in _LEGENDRE:
            yield middle - half * node, half * weight
            yield middle + half * node, half * weight
