"""What one agent more or fewer would make of a queue, by its own recent pace. It says nothing where it cannot know."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.count_sums import total
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import Ratio, counted
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.staffing.erlang import Steady
from desktop.domain.staffing.pool import Pool
from desktop.domain.staffing.shared_time import FEWEST_HANDLED, SharedTime
from desktop.domain.staffing.staffing import Concurrency, Demand, outcome
from desktop.domain.text.sentence import NOTHING, Sentence

CHANGES = (-1, 1, 2, 3)
FEWEST_CALLS = 20  # below this the pace is known to no better than +-22 %
FEWEST_ABANDONED = 5  # patience is then known to +-45 %, which is nearer than that nobody gives up
SHORTEST_WINDOW = 300.0
_HALVINGS = 8  # until what fits the measured level is known to a hundredth
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
    agents: float  # at work; a fraction where it is a mean over the last while
    service_level: float | None
    low: float | None
    high: float | None
    asa: float | None
    occupancy: float
    abandoned: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`now` by the formula, and `steps` beside it; both empty when it cannot be said, and `why_not` says why.

    `measured` is the service level of the window itself.
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
    agents: float = 0
    assumes: tuple[Sentence, ...] = ()
    why_not: Sentence = NOTHING

    def line(self, more: int = 1) -> Sentence:
        """One line for a panel, such as "+1 agent: 79 → 89 %"; nothing when it cannot be said."""
        step = next((one for one in self.steps if one.more == more), None)
        if step is None or self.now is None or self.now.service_level is None or step.service_level is None:
            return NOTHING
        before, after = self.now.service_level * 100, step.service_level * 100
        return Sentence("staffing.more" if more > 0 else "staffing.fewer", n=abs(more), before=before, after=after)


def what_if(
    queue: str,
    pool: Pool,
    recent: Mapping[str, Counts],
    today: Mapping[str, Counts],
    formula: Formula = DEFAULT_FORMULA,
    *,
    shared: SharedTime | None = None,
    spoke: bool = False,
) -> WhatIf:
    """Erlang A (Erlang C while hardly anybody gives up) over the recent pace.

    Arguments:
        queue: whose service level is asked for.
        pool: the queues that share its agents, and who works for them now.
        recent: counts of each of these queues over the last while, the same while for all.
        today: their counts since midnight, which tell patience and, on a quiet day, the handle time.
        formula: which service level is meant.
        shared: what its agents were seen to do, where the pool is no one line; what it says then counts.
        spoke: it could be said a moment ago. Then more doubt is needed to fall silent, so that a figure at the limit
            does not come and go.
    """
    mine, day = recent.get(queue), today.get(queue)
    window = mine.until - mine.since if mine is not None else 0.0
    measured = formula.value(mine) if mine is not None else None
    blank = WhatIf(queue, formula.id, window, mine.offered if mine is not None else None, measured, agents=pool.agents)
    found: _Reckoning | Sentence
    if mine is None or mine.offered is None or day is None:
        found = Sentence("staffing.not_counted")
    elif window < SHORTEST_WINDOW:
        found = Sentence("staffing.needs_more_data", minutes=window / 60)
    elif mine.threshold is None:
        found = Sentence("staffing.no_threshold")
    elif shared is not None:
        found = _by_shared_time(shared, mine, day, formula, measured)
    else:
        found = _by_pool(pool, mine, recent, today, formula)
    if isinstance(found, Sentence):
        return replace(blank, why_not=found)
    now = found.step(0)
    known = replace(
        blank,
        handle=found.demand.handle,
        patience=found.demand.patience if isfinite(found.demand.patience) else None,
        agents=found.agents,
        assumes=found.assumes,
    )
    doubt = _doubt(now, measured, found.counts, spoke)
    if doubt:
        return replace(known, why_not=doubt)
    steps = tuple(found.step(more) for more in CHANGES if found.agents + more * found.share > 0)
    return replace(known, now=now, steps=steps)


def _by_pool(
    pool: Pool, mine: Counts, recent: Mapping[str, Counts], today: Mapping[str, Counts], formula: Formula
) -> "_Reckoning | Sentence":
    """One line before equal servers; or why it cannot be said."""
    together = total([counts for name, counts in recent.items() if name in pool.queues])
    day = total([counts for name, counts in today.items() if name in pool.queues])
    calls = together.offered if together is not None else None
    if pool.queues - recent.keys():
        return Sentence("staffing.other_queues")
    if together is None or day is None or calls is None:
        return Sentence("staffing.not_counted")
    if not pool.agents:
        return Sentence("staffing.no_agents")
    if pool.slots is None:
        return Sentence("staffing.slots_unknown")
    window = together.until - together.since
    if calls < FEWEST_CALLS:
        return Sentence("staffing.few_contacts", n=calls, minutes=window / 60)
    handle, handled = _handle(together) or _handle(day) or (None, 0)
    if handle is None:
        return Sentence("staffing.handle_unknown", fewest=FEWEST_HANDLED)
    patience = patience_of(day)
    demand = Demand(calls, window, handle, patience, Concurrency(pool.slots))
    if not isfinite(patience) and demand.load >= pool.agents * pool.slots:
        return Sentence("staffing.overload")
    at_work = "staffing.at_work_side_by_side" if pool.slots > 1 else "staffing.at_work"
    several = len(pool.queues)
    assumes = (
        Sentence("staffing.goes_on", minutes=window / 60, n=calls, handle=handle),
        Sentence(at_work, n=pool.agents, slots=pool.slots),
        _patience_assumed(patience, day),
        *((Sentence("staffing.one_line", queues=several),) if several > 1 else ()),
        *((Sentence("staffing.mixed"),) if pool.mixed else ()),
    )
    return _Reckoning(demand, pool.agents, calls, handled, mine, formula, assumes)


def _by_shared_time(
    shared: SharedTime, mine: Counts, day: Counts, formula: Formula, measured: float | None
) -> "_Reckoning | Sentence":
    """All that its agents do in one line before them, one contact each; or why it cannot be said.

    How much of an agent a contact takes is known from two sides only, and how much comes not exactly either. Between
    these bounds it is what the measured service level says (`tests/bench/bench_what_if.py` has what that is worth).
    """
    contacts = shared.contacts
    if (mine.offered or 0) < FEWEST_HANDLED or contacts < FEWEST_CALLS:
        return Sentence("staffing.few_contacts", n=mine.offered or 0, minutes=shared.window / 60)
    patience = patience_of(day)
    gone, done = counted(mine, "abandoned") or 0.0, counted(mine, "answered") or 0.0
    abandoned = gone / (gone + done) if isfinite(patience) and done else 0.0
    error = sqrt(2 / contacts)

    def burdened(part: float) -> _Reckoning:
        """0 to 1: a contact takes as much as it may at least or at most; -1 and 2: what comes is off by its error."""
        demand = shared.demand(min(1.0, max(0.0, part)), patience, abandoned)
        beyond = min(0.0, part) + max(0.0, part - 1)
        demand = replace(demand, calls=demand.calls * (1 + error) ** beyond)
        assumes = (
            Sentence("staffing.all_go_on", minutes=shared.window / 60, n=contacts, handle=demand.handle),
            Sentence("staffing.at_work_on_average", agents=shared.agents),
            _patience_assumed(patience, day),
            Sentence("staffing.share_of_queue", percent=shared.share * 100),
        )
        return _Reckoning(demand, shared.agents, contacts, contacts, mine, formula, assumes, shared.share)

    light, heavy = -1.0, 2.0
    for _ in range(_HALVINGS if measured is not None else 0):
        middle = (light + heavy) / 2
        level = burdened(middle).level()
        if level is None or measured is None or level > measured:
            light = middle
        else:
            heavy = middle
    return burdened((light + heavy) / 2)


def _patience_assumed(patience: float, day: Counts) -> Sentence:
    if not isfinite(patience):
        return Sentence("staffing.no_one_gives_up")
    return Sentence("staffing.give_up_after", patience=patience, abandoned=day.abandoned)


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The figures that all steps have in common. An agent more is `share` of one for these contacts."""

    demand: Demand
    agents: float
    calls: int
    handled: int
    counts: Counts
    formula: Formula
    assumes: tuple[Sentence, ...]
    share: float = 1.0

    def step(self, more: int) -> Step:
        """Both the pace and the handle time are known from few: their errors (Poisson; exponential) add in squares."""
        off = _Z * sqrt(1 / self.calls + 1 / self.handled)
        agents = self.agents + more * self.share
        found = self._outcome(agents, 1.0)
        low, high = (self._level(self._outcome(agents, factor)) for factor in (1 + off, 1 / (1 + off)))
        people = self.agents + more
        return Step(more, people, self._level(found), low, high, found.asa, found.occupancy, found.abandoned)

    def level(self) -> float | None:
        """The service level as it is."""
        return self._level(self._outcome(self.agents, 1.0))

    def _outcome(self, agents: float, factor: float) -> Steady:
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


def _doubt(now: Step, measured: float | None, counts: Counts, spoke: bool) -> Sentence:
    """Why the formula should not be believed: it does not even describe the present. Nothing when it does."""
    if measured is None:
        return Sentence("staffing.not_measured")
    if now.service_level is None or now.low is None or now.high is None:
        return Sentence("staffing.counts_missing")
    settled = sum(counted(counts, name) or 0.0 for name in ("answered", "abandoned"))
    level = min(max(now.service_level, 0.02), 0.98)
    slack = (2 + spoke) * _Z * sqrt(level * (1 - level) * _ALIKE / max(settled, 1.0))
    if now.low - slack <= measured <= now.high + slack:
        return NOTHING
    return Sentence("staffing.does_not_fit", model=now.service_level * 100, measured=measured * 100)
