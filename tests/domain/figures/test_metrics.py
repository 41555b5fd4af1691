"""Figures by name: what each says, when it says nothing, and that sums are added, never percentages."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.counts import Counts, EstimateScore, StaffTime
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.count_sums import between, total
from desktop.domain.figures.metric import Unit
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import COUNTED
from desktop.domain.figures.service_level import FORMULAS
from desktop.words.catalogue import term
from desktop.words.figures import definition
from tests.domain.figures.count_strategies import counts
from tests.domain.figures.test_service_level import WORKED

COUNTS = replace(
    WORKED,
    missed=4,
    declined=2,
    handled=800,
    wrapped_up=790,
    wait_seconds=17_600.0,
    abandon_seconds=2_000.0,
    talk_seconds=160_000.0,
    hold_seconds=16_000.0,
    wrap_up_seconds=39_500.0,
    longest_wait=312.0,
    staff=StaffTime(signed_in=50_000.0, idle=9_000.0, engaged=36_000.0, load=27_000.0),
)
QUEUE = QueueStats(
    "Billing",
    1,
    as_of=1_800.0,
    waiting=7,
    longest_since=1_700.0,
    estimated_wait=95.0,
    counts=COUNTS,
    estimates=EstimateScore(scored=40, within=30, error_seconds=-200.0, absolute_seconds=800.0),
    service_level=0.71,
    agents_available=2,
    agents_busy=14,
    agents_signed_in=18,
)
EXPECTED = {
    "waiting": 7,
    "longest_wait": 110.0,
    "estimated_wait": 95.0,
    "estimates_within": 0.75,
    "estimate_bias": -5.0,
    "estimate_error": 20.0,
    "service_level": 700 / 980,
    "service_level_of_centre": 0.71,
    "offered": 1_000,
    "answered": 880,
    "abandoned": 100,
    "callbacks": 15,
    "flow_outs": 5,
    "missed": 4,
    "declined": 2,
    "handled": 800,
    "answer_rate": 880 / 980,
    "abandon_rate": 0.1,
    "abandon_rate_of_settled": 100 / 980,
    "abandon_rate_less_short": 70 / 970,
    "asa": 20.0,
    "average_wait": 20.0,
    "average_abandon": 20.0,
    "longest_wait_today": 312.0,
    "aht": 215_500 / 800,
    "aht_without_wrap_up": 220.0,
    "average_talk": 200.0,
    "average_hold": 20.0,
    "average_wrap_up": 50.0,
    "occupancy": 0.8,
    "occupancy_of_capacity": 0.6,
    "agents_available": 2,
    "agents_busy": 14,
    "agents_signed_in": 18,
}
NAMES = sorted(METRICS)


def of(some: Counts) -> QueueStats:
    return QueueStats("q", 1, some.until, counts=some)


@pytest.mark.parametrize("name", NAMES)
def test_each_figure_is_what_its_definition_says(name: str) -> None:
    assert METRICS[name].value(QUEUE, 1_810.0) == pytest.approx(EXPECTED[name])
    assert definition(name).endswith(".") and term("figure", name)


@pytest.mark.parametrize("name", NAMES)
def test_of_a_queue_of_which_nothing_is_known_each_figure_is_unknown(name: str) -> None:
    for blank in (QueueStats("q", 1, 0.0), of(Counts(0.0, 10.0))):
        assert METRICS[name].value(blank, 10.0) is None


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))
def test_service_level_follows_the_chosen_formula(formula) -> None:
    assert METRICS["service_level"].value(QUEUE, 1_810.0, formula) == formula.value(COUNTS)


def test_nobody_waits_is_not_unknown() -> None:
    assert METRICS["longest_wait"].value(QueueStats("q", 1, 0.0, waiting=0), 9.0) == 0.0
    assert METRICS["longest_wait"].value(QueueStats("q", 1, 0.0, waiting=3), 9.0) is None


@pytest.mark.parametrize("nonsense", [-1.0, float("nan"), float("inf")])
def test_what_makes_no_sense_is_no_figure(nonsense: float) -> None:
    absurd = replace(QUEUE, waiting=nonsense, estimated_wait=nonsense, service_level=nonsense)
    for name in ("waiting", "estimated_wait", "service_level_of_centre"):
        assert METRICS[name].value(absurd, 1_810.0) is None
    assert METRICS["service_level_of_centre"].value(replace(QUEUE, service_level=71.0), 1_810.0) is None
    for name in ("talk_seconds", "wait_seconds"):
        broken = of(replace(COUNTS, **{name: nonsense}))
        assert METRICS["asa" if name == "wait_seconds" else "aht"].value(broken, 0.0) is None


@given(counts())
def test_shares_lie_in_0_to_1_and_times_are_not_negative(some: Counts) -> None:
    for metric in METRICS.values():
        value = metric.value(of(some), some.until)
        if value is not None and metric.id != "estimate_bias":
            assert 0.0 <= value <= (1.0 if metric.unit is Unit.SHARE else float("inf")), metric.id


@given(counts())
def test_handling_time_is_the_sum_of_its_parts_and_concurrency_never_adds_occupancy(some: Counts) -> None:
    queue = of(some)
    aht, bare = METRICS["aht"].value(queue, 0.0), METRICS["aht_without_wrap_up"].value(queue, 0.0)
    talk, hold = METRICS["average_talk"].value(queue, 0.0), METRICS["average_hold"].value(queue, 0.0)
    if aht is not None and bare is not None and talk is not None and hold is not None:
        assert bare == pytest.approx(talk + hold) and aht >= bare
    wall, capacity = METRICS["occupancy"].value(queue, 0.0), METRICS["occupancy_of_capacity"].value(queue, 0.0)
    assert wall is None or capacity is None or capacity <= wall + 1e-12


# Adding up


@given(st.lists(counts(), min_size=1, max_size=5))
def test_a_figure_of_several_is_that_of_all_their_customers_together(several: list[Counts]) -> None:
    together = total(several)
    assert together is not None
    assert together.offered == sum(one.offered or 0 for one in several)
    level = METRICS["service_level"].value(of(together), 0.0)
    settled = sum((one.answered or 0) + (one.abandoned or 0) for one in several)
    if settled:
        assert level == pytest.approx(sum(one.answered_within or 0 for one in several) / settled)
    for metric in METRICS.values():
        each = [value for one in several if (value := metric.value(of(one), 0.0)) is not None]
        value = metric.value(of(together), 0.0)
        if each and value is not None and metric.unit is Unit.SHARE:
            assert min(each) - 1e-9 <= value <= max(each) + 1e-9, metric.id


@given(counts(), counts(), counts())
def test_the_order_of_adding_does_not_matter(one: Counts, two: Counts, three: Counts) -> None:
    left, right = total([one, two, three]), total([three, total([two, one]) or one])
    assert left is not None and right is not None
    for name in (each.name for each in fields(Counts) if each.name != "staff"):
        assert getattr(left, name) == pytest.approx(getattr(right, name)), name
    assert total([one]) == one and total([]) is None


@given(counts(), counts(), st.sampled_from(sorted(name for name in COUNTED if "." not in name)))
def test_what_one_of_them_does_not_know_is_unknown_of_all(one: Counts, two: Counts, name: str) -> None:
    together = total([one, replace(two, **{name: None})])
    assert getattr(together, name) is None


def test_in_time_by_different_thresholds_has_no_sum() -> None:
    chat = replace(COUNTS, threshold=60.0)
    together = total([COUNTS, chat])
    assert together is not None and together.answered == 1_760
    assert together.threshold is None and together.answered_within is None and together.callbacks_within is None
    assert METRICS["service_level"].value(of(together), 0.0) is None
    assert METRICS["abandon_rate"].value(of(together), 0.0) == pytest.approx(0.1)
    unknown = replace(COUNTS, threshold=None)
    assert (total([unknown, unknown]) or COUNTS).answered_within is None
    shorter = total([COUNTS, replace(COUNTS, short_abandon_seconds=10.0)])
    assert shorter is not None and shorter.short_abandons is None and shorter.answered_within == 1_400


def test_staff_time_one_of_them_lacks_is_unknown_of_all() -> None:
    together = total([COUNTS, replace(COUNTS, staff=None)])
    assert together is not None and together.staff is None


# The time between two moments


@given(counts(), counts(since=1_800.0, until=3_600.0))
def test_what_was_added_since_is_what_the_difference_says(before: Counts, since: Counts) -> None:
    whole = total([before, since])
    assert whole is not None
    part = between(before, whole)
    assert part is not None and (part.since, part.until) == (1_800.0, 3_600.0)
    for name in COUNTED:
        if "." not in name:
            assert getattr(part, name) == pytest.approx(getattr(since, name), abs=1e-6), name
    assert part.longest_wait in (None, since.longest_wait)


def test_after_midnight_it_is_what_happened_since() -> None:
    tonight = replace(COUNTS, since=86_400.0, until=86_700.0, offered=3)
    assert between(replace(COUNTS, until=86_300.0), tonight) == tonight


def test_counts_that_began_anew_at_an_unknown_time_have_no_difference() -> None:
    assert between(COUNTS, replace(COUNTS, since=900.0, until=2_000.0)) is None
    assert between(COUNTS, replace(COUNTS, until=1_700.0)) is None


def test_what_shrank_is_unknown_and_the_rest_is_not() -> None:
    part = between(COUNTS, replace(COUNTS, until=2_000.0, abandoned=99, answered=890))
    assert part is not None and part.abandoned is None and part.answered == 10
    assert METRICS["abandon_rate"].value(of(part), 0.0) is None


def test_a_threshold_that_was_changed_leaves_in_time_unknown() -> None:
    part = between(COUNTS, replace(COUNTS, until=2_000.0, threshold=30.0, answered=890))
    assert part is not None and part.answered_within is None and part.answered == 10


def test_over_a_while_in_which_more_left_than_came_a_formula_over_those_who_came_says_nothing() -> None:
    part = between(COUNTS, replace(COUNTS, until=1_860.0, offered=1_001, answered=890, answered_within=709))
    assert part is not None
    assert FORMULAS["left_in_time_of_offered"].value(part) is None
    assert FORMULAS["answered_in_time_of_answered"].value(part) == pytest.approx(0.9)
