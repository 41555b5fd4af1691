"""The staffing formulas against the distributor in virtual time, with customers who give up.

Each figure is compared within the confidence interval of the simulation: batches of customers, long against the time
over which waits depend on each other, give its standard error, and 4 of those hold all figures of all centres in all
but one of a thousand seeds.
"""

from collections.abc import Callable
from statistics import fmean, stdev

import pytest

from desktop.domain.staffing.erlang import Line, steady
from tests.mocks.acd.impatience import Fate, fates
from tests.mocks.acd.simulation import THRESHOLD, Centre

CENTRES = [  # calls, per seconds, handle time, agents, patience
    (100, 1800, 180, 12, 120),
    (100, 1800, 180, 9, 60),  # more comes than can be served
    (1000, 3600, 120, 34, 300),
    (60, 3600, 300, 5, 30),
]
BATCHES = 40
ERRORS = 4.0
SHORT = 5.0


@pytest.mark.parametrize(("calls", "per", "handle", "agents", "patience"), CENTRES)
def test_the_simulation_agrees_with_erlang_a(
    calls: int, per: int, handle: int, agents: int, patience: int, full: bool
) -> None:
    theory = steady(Line(calls / per, handle, agents, patience), THRESHOLD, SHORT)
    size = 20_000 if full else 1_000
    seen = fates(Centre(calls / per, handle, agents), patience, 20_26, size * BATCHES)
    batches = [seen[start : start + size] for start in range(0, len(seen), size)][1:]  # the first one began empty

    def agree(expected: float | None, figure: Callable[[list[Fate]], float]) -> None:
        values = [figure(batch) for batch in batches]
        assert expected is not None
        assert abs(fmean(values) - expected) <= ERRORS * stdev(values) / len(values) ** 0.5

    def share(of: Callable[[Fate], bool]) -> Callable[[list[Fate]], float]:
        return lambda batch: fmean(of(one) for one in batch)

    agree(theory.wait, share(lambda one: one.waited > 0))
    agree(theory.answered_within, share(lambda one: one.answered and one.waited <= THRESHOLD))
    agree(theory.abandoned, share(lambda one: not one.answered))
    agree(theory.abandoned_within, share(lambda one: not one.answered and one.waited <= THRESHOLD))
    agree(theory.short_abandons, share(lambda one: not one.answered and one.waited <= SHORT))
    agree(theory.asa, lambda batch: fmean(one.waited for one in batch if one.answered))
