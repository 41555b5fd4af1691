"""The forecast on histories of known nature: what it finds, what it overlooks, and what it says of itself."""

from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.staffing.day_levels import day_levels
from desktop.domain.staffing.forecast import FEWEST_DAYS, Forecast, Observed, Slot
from desktop.domain.staffing.forecast_error import backtest
from desktop.domain.staffing.staffing_error import StaffingError
from tests.bench.histories import Nature, history, natures

DAYS = 70
STEADY = {480: 10, 720: 40, 960: 20}  # minute -> contacts


def flat(days: int = DAYS, level: dict[int, float] | None = None) -> list[Observed]:
    """The same every day, without chance; `level` multiplies single days."""
    return [
        Observed(Slot(day * 86_400.0 + minute * 60, day, minute), round(count * (level or {}).get(day, 1.0)), 10, 1_800)
        for day in range(days)
        for minute, count in STEADY.items()
    ]


def told(forecast: Forecast, day: int) -> list[float]:
    return [round(one.offered, 1) for one in forecast.expected([Slot(0, day, minute) for minute in STEADY])]


def test_the_same_every_day_is_expected_again() -> None:
    forecast = Forecast(flat(), DAYS)
    assert told(forecast, DAYS + 3) == [10, 40, 20]
    assert forecast.expected([Slot(0, DAYS, 480)])[0].handle == pytest.approx(180)


def test_each_weekday_has_its_own_shape() -> None:
    found = [
        replace(one, offered=5 if one.slot.minute == 480 else 0) if one.slot.day % 7 == 6 else one for one in flat()
    ]
    assert told(Forecast(found, DAYS), DAYS + 6) == [5, 0, 0]
    assert told(Forecast(found, DAYS), DAYS + 7) == [10, 40, 20]


def test_a_closed_weekday_stays_closed() -> None:
    found = [replace(one, offered=0) if one.slot.day % 7 == 6 else one for one in flat()]
    forecast = Forecast(found, DAYS)
    assert told(forecast, DAYS + 6) == [0, 0, 0]
    assert forecast.expected([Slot(0, DAYS + 6, 480)])[0].high == 0


@pytest.mark.parametrize("level", [0.0, 0.1, 2.5])
def test_single_days_like_no_other_change_nothing(level: float) -> None:
    odd = {20: level, 41: level, 66: level, 67: level, 68: level}
    forecast = Forecast(flat(level=odd), DAYS)
    assert forecast.levels.outliers == frozenset(odd)
    assert told(forecast, DAYS) == pytest.approx([10, 40, 20], rel=0.02)


def test_a_burst_within_a_day_changes_little() -> None:
    found = [replace(one, offered=400) if (one.slot.day, one.slot.minute) == (63, 480) else one for one in flat()]
    assert told(Forecast(found, DAYS), DAYS)[0] < 12


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_a_lasting_change_is_believed_after_some_days(factor: float) -> None:
    shifted = flat(level=dict.fromkeys(range(DAYS - 9, DAYS), factor))
    assert told(Forecast(shifted, DAYS), DAYS)[1] == pytest.approx(40 * factor, rel=0.1)


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_days_that_may_be_the_new_level_widen_the_interval_until_it_is_known(factor: float) -> None:
    def widths(odd_days: int) -> tuple[float, bool]:
        odd = dict.fromkeys(range(DAYS - odd_days, DAYS), factor)
        expected = Forecast(flat(level=odd), DAYS).expected([Slot(0, DAYS + 1, 720)])[0]
        return expected.high - expected.low, expected.low <= 40 * factor <= expected.high

    usual, one, two, four, ten = (widths(days) for days in (0, 1, 2, 4, 10))
    assert one[0] == usual[0]  # one day of that kind says nothing
    assert two[0] > 1.3 * usual[0] and four[0] > 1.3 * usual[0]
    assert [known for _, known in (usual, one, two, four, ten)] == [False, False, True, True, True]
    assert ten[0] < four[0]


def test_days_off_either_way_are_no_new_level() -> None:
    odd = {DAYS - 2: 0.5, DAYS - 1: 1.5}
    assert day_levels_of(odd) == day_levels_of({})
    assert day_levels_of({DAYS - 3: 0.5, DAYS - 2: 0.5}) == day_levels_of({})  # an ordinary day came after


def day_levels_of(odd: dict[int, float]) -> float:
    return day_levels({day: 70 * odd.get(day, 1.0) for day in range(DAYS)}).spread


def test_what_came_so_far_corrects_the_rest_of_the_day() -> None:
    noisy = [
        replace(one, offered=round(one.offered * (1.1 if one.slot.day % 2 else 0.9))) for one in flat()
    ]  # days that do differ
    busy = Forecast([*noisy, Observed(Slot(0, DAYS, 480), 20)], DAYS)
    quiet = Forecast([*noisy, Observed(Slot(0, DAYS, 480), 3)], DAYS)
    usual = Forecast(noisy, DAYS)
    assert told(busy, DAYS)[1] > told(usual, DAYS)[1] > told(quiet, DAYS)[1]
    assert told(busy, DAYS + 1) == told(usual, DAYS + 1), "the next day is another day"


def test_a_holiday_is_recognised_while_it_goes_on() -> None:
    morning = [Observed(Slot(0, DAYS, 480), 0), Observed(Slot(0, DAYS, 720), 4)]
    found = told(Forecast([*flat(), *morning], DAYS), DAYS)
    assert found[2] < 4


def test_an_hour_that_happens_twice_is_expected_twice_and_one_that_does_not_never() -> None:
    """The calendar decides which intervals there are; each gets what its clock time usually brings."""
    forecast = Forecast(flat(), DAYS)
    twice = forecast.expected([Slot(1.0, DAYS, 480), Slot(3_601.0, DAYS, 480)])
    assert [round(one.offered) for one in twice] == [10, 10]
    # In history an hour that did not happen is not one without contacts.
    without = [one for one in flat() if (one.slot.day, one.slot.minute) != (63, 720)]
    assert told(Forecast(without, DAYS), DAYS)[1] == pytest.approx(40, rel=0.1)


def test_the_handle_time_follows_the_hour_as_far_as_it_is_known() -> None:
    slow = [
        replace(one, handled=200, handle_seconds=200 * 300.0)
        if one.slot.minute == 720
        else replace(one, handled=0, handle_seconds=0.0)
        if one.slot.minute == 960
        else replace(one, handled=200, handle_seconds=200 * 100.0)
        for one in flat()
    ]
    found = [one.handle for one in Forecast(slow, DAYS).expected([Slot(0, DAYS, minute) for minute in STEADY])]
    assert found == pytest.approx([100, 300, 200], rel=0.1)


def test_no_handle_time_without_anything_handled() -> None:
    found = [replace(one, handled=0, handle_seconds=0.0) for one in flat()]
    assert Forecast(found, DAYS).expected([Slot(0, DAYS, 480)])[0].handle is None


@pytest.mark.parametrize("days", [0, 1, FEWEST_DAYS - 1])
def test_too_little_history_is_refused(days: int) -> None:
    with pytest.raises(StaffingError, match="days=14"):
        Forecast(flat(days), days)


def test_what_is_older_than_ten_weeks_is_not_looked_at() -> None:
    old = [replace(one, offered=one.offered * 9) for one in flat(50)]
    later = [replace(one, slot=replace(one.slot, day=one.slot.day + 56)) for one in flat(70)]
    assert told(Forecast([*old, *later], 126), 126) == [10, 40, 20]


@pytest.mark.parametrize("nature", natures(84), ids=lambda nature: nature.name)
def test_it_is_better_than_the_same_as_a_week_before(nature: Nature) -> None:
    errors = [backtest(history(nature, 84, seed), 84) for seed in range(2)]
    assert all(one.wape is not None and one.naive is not None and one.bias is not None for one in errors)
    assert fmean(one.wape or 0 for one in errors) < fmean(one.naive or 0 for one in errors)


def test_the_interval_holds_in_about_eight_of_ten_cases() -> None:
    errors = [backtest(history(Nature("ordinary"), 84, seed), 84) for seed in range(3)]
    assert 0.74 <= fmean(one.within or 0 for one in errors) <= 0.88


def test_the_error_is_of_days_it_has_not_seen() -> None:
    """A history that changes entirely in the last week: whoever looked ahead would not be off."""
    changed = flat(level=dict.fromkeys(range(DAYS - 7, DAYS), 3.0))
    found = backtest(changed, DAYS, weeks=1)
    assert (found.weeks, found.intervals) == (1, 21)
    assert found.wape == found.naive == pytest.approx(2 / 3, abs=0.01)
    assert found.bias == pytest.approx(-2 / 3, abs=0.01)
    assert found.within == 0


def test_the_error_of_no_history_and_of_an_empty_one() -> None:
    assert backtest([], DAYS).wape is None
    empty = [replace(one, offered=0) for one in flat()]
    assert backtest(empty, DAYS).wape is None


@given(st.lists(st.integers(0, 200), min_size=30 * 3, max_size=30 * 3), st.lists(st.integers(0, 500), max_size=2))
def test_any_history_gives_sane_figures(counts: list[int], today: list[int]) -> None:
    found = [replace(one, offered=count) for one, count in zip(flat(30), counts, strict=True)]
    so_far = [Observed(Slot(0, 30, minute), count) for minute, count in zip(STEADY, today, strict=False)]
    forecast = Forecast([*found, *so_far], 30)
    for one in forecast.expected([Slot(0, day, minute) for day in (30, 31, 36) for minute in (*STEADY, 5)]):
        assert 0 <= one.low <= one.high
        assert 0 <= one.offered < 1e6


def test_levels_of_nothing_but_closed_days() -> None:
    assert day_levels(dict.fromkeys(range(20), 0.0)).usual == {}
