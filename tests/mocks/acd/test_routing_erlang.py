"""The distributor in virtual time against Erlang C: service level and mean wait within 2 %.

A mean wait within 2 % takes millions of customers, more than CI has time for through the distributor. So first come,
first served by the Kiefer-Wolfowitz recursion (an independent few lines) serves as control variate: both get the same
customers, the distributor's difference from it is measured on fewer customers, and the recursion's mean on many.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from mock_backends.acd.estimated_wait import EstimatedWait
from mock_backends.acd.router import Router
from tests.mocks.acd.simulation import THRESHOLD, Centre, distributor_waits, theory_waits

VECTORS = {  # calls, per seconds, handle time, agents -> published service level within 20 s and mean wait
    (100, 1800, 180, 14): (0.888350, 7.8359),
    (1000, 3600, 120, 40): (0.937211, 3.4333),
    (100, 1800, 180, 13): (0.795595, 17.1162),
    (100, 1800, 180, 12): (0.640158, 40.4449),
    (1000, 3600, 120, 38): (0.846803, 8.5745),
    (360, 3600, 240, 28): (0.761296, 19.9883),
    (60, 3600, 300, 8): (0.863054, 16.7267),
}
QUICK = 2  # the first vectors are those with the least variance
TOLERANCE = 0.02
ROUNDING = 0.2  # seconds: what 2 % of a very short wait may be rounded up to


def centre_of(vector: tuple[int, int, int, int]) -> Centre:
    calls, interval, handle, agents = vector
    return Centre(calls / interval, float(handle), agents)


@pytest.mark.parametrize("vector", VECTORS)
def test_formula_gives_the_published_figures(vector: tuple[int, int, int, int]) -> None:
    assert centre_of(vector).erlang_c() == pytest.approx(VECTORS[vector], rel=1e-5)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("vector", VECTORS)
def test_every_customer_waits_as_first_come_first_served_demands(
    vector: tuple[int, int, int, int], mirrored: bool
) -> None:
    n = 10_000
    ours = distributor_waits(centre_of(vector), 11, mirrored, n)
    theirs = list(theory_waits(centre_of(vector), 11, mirrored, n))
    assert ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.thorough
@pytest.mark.parametrize("vector", VECTORS)
def test_service_level_and_mean_wait_agree_with_erlang_c(vector: tuple[int, int, int, int], full: bool) -> None:
    if not full and vector not in list(VECTORS)[:QUICK]:
        pytest.skip("quick setting: two vectors; all with --full")
    centre = centre_of(vector)
    service_level, mean_wait = VECTORS[vector]
    routed = 1_000_000 if full else 200_000
    simulated = 40_000_000 if full else 5_000_000
    seed = 20_24

    ours = distributor_waits(centre, seed, False, routed)
    level = sum(wait <= THRESHOLD for wait in ours) / routed
    assert level == pytest.approx(service_level, rel=TOLERANCE), "the distributor's own service level"

    total = short_total = within = short_within = 0.0
    for number, wait in enumerate(theory_waits(centre, seed, False, simulated)):
        if number == routed:
            short_total, short_within = total, within
        total += wait
        within += wait <= THRESHOLD
    controlled_wait = total / simulated + fmean(ours) - short_total / routed
    controlled_level = within / simulated + level - short_within / routed
    assert controlled_level == pytest.approx(service_level, rel=TOLERANCE)
    assert controlled_wait == pytest.approx(mean_wait, rel=TOLERANCE, abs=ROUNDING)


@pytest.mark.thorough
@pytest.mark.parametrize("vector", [(100, 1800, 180, 12), (1000, 3600, 120, 38)])
def test_estimated_waits_come_true_in_four_of_five_cases(vector: tuple[int, int, int, int], full: bool) -> None:
    guesses: dict[int, EstimatedWait] = {}

    def note(router: Router, number: int) -> None:
        if router.interaction(str(number)).phase == "queued":
            guess = router.estimated_wait(str(number))
            assert guess is not None
            guesses[number] = guess

    n = 200_000 if full else 30_000
    waits = distributor_waits(centre_of(vector), 3, False, n, note)
    waited = {number: waits[number] for number in guesses if number < n}
    inside = sum(guesses[number].low <= wait <= guesses[number].high for number, wait in waited.items())
    assert 0.76 <= inside / len(waited) <= 0.86
    bias = fmean(guesses[number].seconds - wait for number, wait in waited.items())
    assert abs(bias) / fmean(waited.values()) <= 0.1
