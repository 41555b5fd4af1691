"""Adherence: minutes kept of minutes planned, what counts neither way, and how an agent stands now."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.floor import Activity, ActivityKind, AgentWork, Schedule, StateStretch
from desktop.domain.entities.words import Availability, Channel, Phase
from desktop.domain.figures.adherence import FITS, adherence, standing, stretches_of
from tests.domain.domain_records import agent

HOUR = 3_600.0
NINE, NOON, ONE, FIVE = 9 * HOUR, 12 * HOUR, 13 * HOUR, 17 * HOUR
WORK, MEAL, BREAK, EXCEPTION = ActivityKind.WORK, ActivityKind.MEAL, ActivityKind.BREAK, ActivityKind.EXCEPTION


def day(*activities: Activity) -> Schedule:
    return Schedule("a1", activities)


DAY = day(Activity(NINE, NOON, WORK), Activity(NOON, ONE, MEAL), Activity(ONE, FIVE, WORK))


def seen(start: float, end: float, word: str = "available", reason: str = "", engaged: bool = False) -> StateStretch:
    return StateStretch(start, end, word, reason, engaged)


def test_adherent_minutes_by_scheduled_minutes() -> None:
    kept = adherence(DAY, [seen(NINE, NOON + 600), seen(NOON + 600, ONE, "not_ready", "lunch"), seen(ONE, FIVE)], FIVE)
    assert kept.scheduled == 8 * HOUR and kept.adherent == 8 * HOUR - 600
    assert kept.share == pytest.approx(470 / 480)
    (late,) = kept.deviations
    assert (late.start, late.end, late.expected.kind, late.observed) == (NOON, NOON + 600, MEAL, "available")


def test_only_time_that_has_passed_counts() -> None:
    kept = adherence(DAY, [seen(NINE, NINE + 1_800)], NINE + 1_800)
    assert (kept.scheduled, kept.share) == (1_800.0, 1.0)
    assert adherence(DAY, [], NINE - 1).share is None


def test_an_exception_counts_neither_for_nor_against_and_wins_over_what_it_lies_on() -> None:
    excused = day(*DAY.activities, Activity(10 * HOUR, 11 * HOUR, EXCEPTION, "dentist"))
    away = [seen(NINE, 10 * HOUR), seen(10 * HOUR, 11 * HOUR, "offline"), seen(11 * HOUR, NOON)]
    kept = adherence(excused, away, NOON)
    assert (kept.scheduled, kept.adherent, kept.excepted) == (2 * HOUR, 2 * HOUR, HOUR)
    present = adherence(excused, [seen(NINE, NOON)], NOON)
    assert (present.share, present.excepted) == (1.0, HOUR)


def test_a_break_laid_over_work_is_what_is_expected() -> None:
    planned = day(Activity(NINE, NOON, WORK), Activity(10 * HOUR, 10 * HOUR + 900, BREAK))
    kept = adherence(planned, [seen(NINE, NOON)], NOON)
    assert kept.scheduled - kept.adherent == 900.0


def test_time_nobody_observed_is_told_apart_and_not_held_against_anybody() -> None:
    kept = adherence(DAY, [seen(NINE, 10 * HOUR), seen(11 * HOUR, NOON)], NOON)
    assert (kept.scheduled, kept.share, kept.unobserved) == (2 * HOUR, 1.0, HOUR)


def test_who_has_a_contact_in_hand_works_whatever_their_availability() -> None:
    finishing = [seen(NINE, NOON, "not_ready", "lunch", engaged=True)]
    assert adherence(DAY, finishing, NOON).share == 1.0
    assert adherence(DAY, [seen(NOON, ONE, "not_ready", "lunch", engaged=True)], ONE).share == 0.0


def test_what_fits_can_be_chosen() -> None:
    strict = {**FITS, MEAL: frozenset({"not_ready:lunch"})}
    coffee = [seen(NOON, ONE, "not_ready", "coffee")]
    assert adherence(DAY, coffee, ONE).share == 1.0
    assert adherence(DAY, coffee, ONE, strict).share == 0.0
    assert adherence(DAY, [seen(NOON, ONE, "not_ready", "lunch")], ONE, strict).share == 1.0


@pytest.mark.parametrize(("date", "hours"), [((2026, 3, 29), 23.0), ((2026, 10, 25), 25.0), ((2026, 7, 1), 24.0)])
def test_a_day_on_which_the_clocks_change_has_its_true_length(date: tuple[int, int, int], hours: float) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(*date, tzinfo=zone).timestamp()
    end = datetime(date[0], date[1], date[2] + 1, tzinfo=zone).timestamp()
    kept = adherence(day(Activity(start, end, WORK)), [seen(start, end)], end)
    assert (kept.scheduled / HOUR, kept.share) == (hours, 1.0)


def test_adherent_since_and_until() -> None:
    now = standing(DAY, [seen(NINE, 10 * HOUR)], 10 * HOUR)
    assert (now.adherent, now.since, now.until) == (True, NINE, NOON)
    assert now.expected is not None and now.expected.kind is WORK


def test_out_of_adherence_since_the_schedule_went_on_and_the_agent_did_not() -> None:
    now = standing(DAY, [seen(NINE, NOON + 300)], NOON + 300)
    assert (now.adherent, now.since, now.observed, now.until) == (False, NOON, "available", ONE)
    assert now.expected is not None and now.expected.kind is MEAL


def test_at_the_very_moment_a_schedule_goes_on_what_begins_is_expected() -> None:
    now = standing(DAY, [seen(NINE, NOON)], NOON)
    assert (now.adherent, now.since, now.until) == (False, NOON, ONE)


def test_one_deviation_goes_on_over_two_activities() -> None:
    now = standing(DAY, [seen(11 * HOUR, 13.5 * HOUR, "offline")], 13.5 * HOUR, {**FITS, MEAL: frozenset({"x"})})
    assert (now.adherent, now.since) == (False, 11 * HOUR)


@pytest.mark.parametrize("now", [NINE - 1, FIVE, FIVE + HOUR])
def test_outside_of_the_schedule_nothing_is_expected(now: float) -> None:
    there = standing(DAY, [seen(0.0, now)], now)
    assert (there.adherent, there.expected, there.since) == (None, None, None)


def test_of_an_agent_nobody_observes_nothing_is_said() -> None:
    unseen = standing(DAY, [], 10 * HOUR)
    assert (unseen.adherent, unseen.observed, unseen.since) == (None, "", NINE)


def test_the_record_of_an_agent_says_what_they_do_now() -> None:
    def work(phase: Phase, since: float) -> AgentWork:
        return AgentWork("i1", Channel.VOICE, phase, "Billing", since)

    idle = agent(since=100.0)
    assert stretches_of(idle, 200.0) == (seen(100.0, 200.0),)
    ringing = agent(since=100.0, work=(work(Phase.OFFERED, 150.0),))
    assert stretches_of(ringing, 200.0) == (seen(100.0, 200.0),)
    talking = agent(since=100.0, observed=Availability.NOT_READY, reason="lunch", work=(work(Phase.ACTIVE, 150.0),))
    assert stretches_of(talking, 200.0) == (
        seen(100.0, 150.0, "not_ready", "lunch"),
        seen(150.0, 200.0, "not_ready", "lunch", True),
    )


_TIMES = st.integers(0, 96).map(lambda quarter: quarter * 900.0)
_SPANS = st.tuples(_TIMES, _TIMES).map(sorted)
_ACTIVITIES = st.builds(lambda span, kind: Activity(*span, kind), _SPANS, st.sampled_from(ActivityKind))
_STRETCHES = st.builds(
    lambda span, word, reason, engaged: StateStretch(*span, word, reason, engaged),
    _SPANS,
    st.sampled_from(["available", "not_ready", "offline"]),
    st.sampled_from(["", "lunch"]),
    st.booleans(),
)


@given(st.lists(_ACTIVITIES, max_size=6), st.lists(_STRETCHES, max_size=8), _TIMES)
def test_every_scheduled_minute_is_counted_once(
    planned: list[Activity], observed: list[StateStretch], now: float
) -> None:
    kept = adherence(day(*planned), observed, now)
    quarters = [quarter * 900.0 for quarter in range(96) if quarter * 900.0 < now]
    covered = sum(900.0 for at in quarters if any(one.start <= at < one.end for one in planned))
    assert kept.scheduled + kept.excepted + kept.unobserved == covered
    assert kept.scheduled - kept.adherent == sum(each.end - each.start for each in kept.deviations)
    assert kept.share is None or 0.0 <= kept.share <= 1.0


@given(st.lists(_ACTIVITIES, max_size=6), st.lists(_STRETCHES, max_size=8), _TIMES, _TIMES)
def test_what_was_kept_until_noon_stays_kept_in_the_evening(
    planned: list[Activity], observed: list[StateStretch], one: float, other: float
) -> None:
    noon, evening = (
        adherence(day(*planned), observed, min(one, other)),
        adherence(day(*planned), observed, max(one, other)),
    )
    assert noon.adherent <= evening.adherent and noon.scheduled <= evening.scheduled


@given(st.lists(_ACTIVITIES, max_size=6), st.lists(_STRETCHES, max_size=8), _TIMES)
def test_how_it_stands_now_agrees_with_the_last_stretch(
    planned: list[Activity], observed: list[StateStretch], now: float
) -> None:
    there = standing(day(*planned), observed, now + 1.0)
    before = adherence(day(*planned), observed, now + 1.0)
    last = before.deviations[-1] if before.deviations else None
    assert (there.adherent is False) == (last is not None and last.end == now + 1.0)
    if there.adherent is False and last is not None:
        assert there.since is not None and there.since <= last.start


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 0.0])
def test_an_activity_without_a_length_is_no_plan(broken: float) -> None:
    assert adherence(day(Activity(0.0, broken, WORK)), [seen(0.0, 10.0)], 10.0).scheduled == 0.0
