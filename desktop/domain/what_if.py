"""What one agent more or fewer would make of a queue, by its own recent pace. It says nothing where it cannot know."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt

from desktop.domain.count_sums import total
from desktop.domain.counts import Counts
from desktop.domain.erlang import Steady
from desktop.domain.metrics import METRICS
from desktop.domain.pool import Pool
from desktop.domain.ratio import Ratio, counted
from desktop.domain.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.staffing import Concurrency, Demand, outcome

CHANGES = (-1, 1, 2, 3)
FEWEST_CALLS = 20  # below this the pace is known to no better than +-22 %
FEWEST_HANDLED = 10
FEWEST_ABANDONED = 10
SHORTEST_WINDOW = 600.0
_MANY = 1_000_000_000  # customers a share is counted out in, so that a formula over counts can be taken of it
_Z = 1.2816  # an interval that holds in 8 of 10 cases
_ALIKE = 4.0  # neighbours wait alike: a share of N of them is known as well as one of N / 4 strangers
_AHT = METRICS["aht"].ratio
_IN_LINE = Ratio(("wait_seconds", "abandon_seconds"), ("abandoned",), share=False)


@dataclass(frozen=True, slots=True)
class Step:
    """The long run with so many agents more (below 0: fewer) than now; `service_level` under the formula asked for.

    `low` and `high`: where the level lies in 8 of 10 cases, as the pace and the handle time are known from few calls.
    """

    more: int
    agents: int
    service_level: float | None
    low: float | None
    high: float | None
    asa: float | None
    occupancy: float
    abandoned: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`now` by the formula, and `steps` beside it; both empty when it cannot be said, and `why_not` says why.

    `measured` is the service level of the window itself. `assumes` are sentences for people, so are those of `why_not`.
    """

    queue: str
    formula: str
    window: float
    calls: int | None
    measured: float | None
    now: Step | None = None
    steps: tuple[Step, ...] = ()
    handle: float | None = None
    patience: float | None = None  # None: nobody gives up
    agents: int = 0
    assumes: tuple[str, ...] = ()
    why_not: str = ""

    def line(self, more: int = 1) -> str:
        """One line for a panel, such as "+1 agent: 79 → 89 %"; "" when it cannot be said."""
        step = next((one for one in self.steps if one.more == more), None)
        if step is None or self.now is None or self.now.service_level is None or step.service_level is None:
            return ""
        people = "agent" if abs(more) == 1 else "agents"
        sign = f"+{more}" if more > 0 else f"−{-more}"
        return f"{sign} {people}: {self.now.service_level * 100:.0f} → {step.service_level * 100:.0f} %"


def what_if(
    queue: str,
    pool: Pool,
    recent: Mapping[str, Counts],
    today: Mapping[str, Counts],
    formula: Formula = DEFAULT_FORMULA,
) -> WhatIf:
    """Erlang A (Erlang C while hardly anybody gives up) over the pool's recent pace.

    Arguments:
        queue: whose service level is asked for.
        pool: the queues that share its agents, and who works for them now.
        recent: counts of each of these queues over the last while, the same while for all.
        today: their counts since midnight, which tell patience and, on a quiet day, the handle time.
        formula: which service level is meant.
    """
    mine = recent.get(queue)
    window = mine.until - mine.since if mine is not None else 0.0
    measured = formula.value(mine) if mine is not None else None
    together = total([counts for name, counts in recent.items() if name in pool.queues])
    day = total([counts for name, counts in today.items() if name in pool.queues])
    blank = WhatIf(queue, formula.id, window, mine.offered if mine is not None else None, measured, agents=pool.agents)
    calls = together.offered if together is not None else None

    why_not = ""
    if mine is None or together is None or day is None or calls is None:
        why_not = "What comes in is not counted, or not yet."
    elif pool.queues - recent.keys():
        why_not = "Its agents work for queues too of which nothing is known here."
    elif window < SHORTEST_WINDOW:
        why_not = f"Only {window / 60:.0f} min have been seen so far."
    elif mine.threshold is None:
        why_not = "The queue names no threshold."
    elif not pool.agents:
        why_not = "Nobody works for it now."
    elif pool.slots is None:
        why_not = "How many contacts an agent takes at once is not known, or differs."
    elif calls < FEWEST_CALLS:
        why_not = f"Only {calls} came in {window / 60:.0f} min."
    if why_not or mine is None or together is None or day is None or calls is None or pool.slots is None:
        return replace(blank, why_not=why_not)

    handle, handled = _handle(together) or _handle(day) or (None, 0)
    if handle is None:
        return replace(
            blank, why_not=f"Fewer than {FEWEST_HANDLED} contacts were finished: the handle time is unknown."
        )
    patience = patience_of(day)
    assumed = "nobody gives up: too few did today to know better"
    if isfinite(patience):
        assumed = f"customers give up after {patience:.0f} s on average, as {day.abandoned} did today"
    demand = Demand(calls, window, handle, patience, Concurrency(pool.slots))
    if not isfinite(patience) and demand.load >= pool.agents * pool.slots:
        text = "More comes in than can be handled, and too few gave up to know how long customers wait."
        return replace(blank, why_not=text, handle=handle)

    at = _Reckoning(demand, calls, handled, mine, formula)
    now = at.step(0, pool.agents)
    steps = tuple(at.step(more, pool.agents + more) for more in CHANGES if pool.agents + more > 0)
    assumes = (
        f"the pace of the last {window / 60:.0f} min goes on: {calls} contacts of {handle:.0f} s",
        f"{pool.agents} agents at work" + (f", {pool.slots} contacts at once" if pool.slots > 1 else ""),
        assumed,
        *((f"{len(pool.queues)} queues share these agents and wait in one line",) if len(pool.queues) > 1 else ()),
        *(("agents who take only some of the queues even out",) if pool.mixed else ()),
    )
    known = replace(blank, handle=handle, patience=patience if isfinite(patience) else None, assumes=assumes)
    doubt = _doubt(now, measured, mine)
    return replace(known, why_not=doubt) if doubt else replace(known, now=now, steps=steps)


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The figures that all steps have in common."""

    demand: Demand
    calls: int
    handled: int
    counts: Counts
    formula: Formula

    def step(self, more: int, agents: int) -> Step:
        """Both the pace and the handle time are known from few: their errors (Poisson; exponential) add in squares."""
        off = _Z * sqrt(1 / self.calls + 1 / self.handled)
        found = self._outcome(agents, 1.0)
        low, high = (self._level(self._outcome(agents, factor)) for factor in (1 + off, 1 / (1 + off)))
        return Step(more, agents, self._level(found), low, high, found.asa, found.occupancy, found.abandoned)

    def _outcome(self, agents: int, factor: float) -> Steady:
        demand = replace(self.demand, calls=self.demand.calls * factor)
        return outcome(demand, agents, self.counts.threshold or 0.0, self.counts.short_abandon_seconds or 0.0)

    def _level(self, found: Steady) -> float | None:
        """The formula over a great many customers of that steady state."""
        abandoned = round(found.abandoned * _MANY)
        quick = min(abandoned, round(found.abandoned_within * _MANY))
        counts = replace(
            self.counts,
            offered=_MANY,
            answered=_MANY - abandoned,
            answered_within=min(_MANY - abandoned, round(found.answered_within * _MANY)),
            abandoned=abandoned,
            abandoned_within=quick,
            short_abandons=min(quick, round(found.short_abandons * _MANY)),
            callbacks=0,
            callbacks_within=0,
            flow_outs=0,
            flow_outs_within=0,
        )
        return self.formula.value(counts)


def _handle(counts: Counts) -> tuple[float, int] | None:
    """Mean seconds of a contact and of how many it is the mean."""
    mean = _AHT.value(counts) if _AHT is not None else None
    if not mean or counts.handled is None or counts.handled < FEWEST_HANDLED:
        return None
    return mean, counts.handled


def patience_of(counts: Counts) -> float:
    """Mean seconds until a customer gives up; infinite when too few did to know.

    All time spent in line by the number who gave up: the estimate of greatest likelihood when the answered are taken
    as those whose patience was cut off (L. Brown et al., "Statistical Analysis of a Telephone Call Center", JASA 100,
    2005, section 5).
    """
    gone, mean = counted(counts, "abandoned"), _IN_LINE.value(counts)
    return inf if gone is None or mean is None or gone < FEWEST_ABANDONED or mean <= 0 else mean


def _doubt(now: Step, measured: float | None, counts: Counts) -> str:
    """Why the formula should not be believed: it does not even describe the present. "" when it does."""
    if measured is None:
        return "Nothing has been measured to hold it against."
    if now.service_level is None or now.low is None or now.high is None:
        return "The service level's formula needs counts that are not there."
    settled = sum(counted(counts, name) or 0.0 for name in ("answered", "abandoned"))
    level = min(max(now.service_level, 0.02), 0.98)
    slack = 2 * _Z * sqrt(level * (1 - level) * _ALIKE / max(settled, 1.0))
    if now.low - slack <= measured <= now.high + slack:
        return ""
    return (
        f"By the formula {now.service_level * 100:.0f} % would be answered in time, {measured * 100:.0f} % were: "
        "it does not describe this queue now."
    )
