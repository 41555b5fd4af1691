"""Where intervals of counting end, to the moment: quarters of an hour, midnight, and a clock that is set back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mock_backends.acd.counters import ClosedInterval
from mock_backends.acd.midnights import Midnights
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router

QUARTER = 1_790_000_100.0  # a multiple of 900
LONDON = ZoneInfo("Europe/London")


def centre(now: float, *, zone: str = "UTC", wrap_up: float = 0.0) -> tuple[Router, list[ClosedInterval]]:
    """One queue, one agent who is available and can have three chats at once."""
    router = Router(
        [QueuePolicy("q", channels=("voice", "chat"), wrap_up_seconds=wrap_up)],
        [AgentProfile("ann", {}, {"voice": 1, "chat": 3})],
        now,
        zone,
    )
    router.set_availability("ann", "available", now)
    closed: list[ClosedInterval] = []
    router.on_interval(closed.append)
    return router, closed


def test_what_happens_at_the_boundary_itself_belongs_to_the_new_interval() -> None:
    assert QUARTER % 900 == 0
    router, closed = centre(QUARTER - 10)
    router.enqueue("a", "q", "voice", QUARTER - 1)
    router.enqueue("b", "q", "chat", QUARTER)
    (first,) = closed
    assert (first.since, first.until) == (QUARTER - 900, QUARTER)
    assert first.channels["voice"].offered == 1 and "chat" not in first.channels
    (running,) = router.running_intervals(QUARTER + 5)
    assert running.channels["chat"].offered == 1 and running.until == QUARTER + 5


def test_agents_time_is_cut_at_the_boundary_and_talk_is_not() -> None:
    router, closed = centre(QUARTER - 100)
    router.enqueue("a", "q", "voice", QUARTER - 60)
    router.accept("a", "ann", QUARTER - 50)
    router.end("a", QUARTER + 30)
    (first,) = closed
    assert first.staff.engaged == 50 and first.staff.idle == 40, "ten seconds only rang: neither"
    assert first.staff.signed_in == 100 and first.channels["voice"].talk_seconds == 0
    (second,) = router.running_intervals(QUARTER + 40)
    assert (second.staff.engaged, second.staff.idle) == (30, 10)
    assert second.channels["voice"].talk_seconds == 80 and second.channels["voice"].handled == 1


def test_load_is_the_share_of_capacity_and_wrap_up_counts() -> None:
    router, _ = centre(QUARTER, wrap_up=60.0)
    for n, name in enumerate(("a", "b")):
        router.enqueue(name, "q", "chat", QUARTER + n)
        router.accept(name, "ann", QUARTER + n)
    router.end("a", QUARTER + 31)
    router.finish_wrap_up("a", "ann", QUARTER + 61)
    day = router.agent_day("ann", QUARTER + 91)
    assert day.engaged == 91 and day.load == pytest.approx(61 / 3 + 90 / 3)
    assert day.handled == 1 and (day.since, day.until) == (QUARTER, QUARTER + 91)


def test_two_chats_of_three_for_an_hour_are_two_thirds_of_load_and_an_hour_engaged() -> None:
    router, _ = centre(QUARTER)
    for name in ("a", "b"):
        router.enqueue(name, "q", "chat", QUARTER)
        router.accept(name, "ann", QUARTER)
    counts = router.queue_stats("q", QUARTER + 3600).counts
    assert counts.staff is not None
    assert (counts.staff.engaged, counts.staff.load) == (3600, 2400)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", (2026, 10, 25), 25.0),
        ("Europe/London", (2026, 3, 29), 23.0),
        ("America/Santiago", (2026, 9, 6), 23.0),
        ("America/Havana", (2026, 11, 1), 25.0),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Asia/Kathmandu", (2026, 6, 1), 24.0),
    ],
)
def test_days_begin_at_the_first_moment_of_their_date(zone: str, day: tuple[int, int, int], hours: float) -> None:
    midnights, here = Midnights(zone), ZoneInfo(zone)
    noon = datetime(*day, 12, tzinfo=here).timestamp()
    begin, end = midnights.before(noon), midnights.after(noon)
    assert end - begin == hours * 3600
    for moment, date in ((begin, day), (begin - 0.001, None), (end - 0.001, day), (end, None)):
        local = datetime.fromtimestamp(moment, here)
        assert ((local.year, local.month, local.day) == day) is (date is not None)
    assert midnights.before(begin) == begin and midnights.after(begin) == end


def test_counters_begin_again_at_midnight_exactly() -> None:
    midnight = datetime(2026, 10, 26, tzinfo=LONDON).timestamp()
    router, closed = centre(midnight - 5, zone="Europe/London")
    router.enqueue("a", "q", "voice", midnight - 4)
    assert router.queue_stats("q", midnight - 0.001).counts.offered == 1
    counts = router.queue_stats("q", midnight).counts
    assert (counts.since, counts.until, counts.offered) == (midnight, midnight, 0)
    assert closed[-1].until == midnight and closed[-1].channels["voice"].offered == 1
    router.accept("a", "ann", midnight + 2)
    counts = router.queue_stats("q", midnight + 2).counts
    assert (counts.offered, counts.answered, counts.wait_seconds) == (0, 1, 6), "each by its own moment"
    assert router.agent_day("ann", midnight + 2).since == midnight


def test_a_day_that_nobody_looked_at_is_closed_interval_by_interval() -> None:
    router, closed = centre(QUARTER)
    router.queue_stats("q", QUARTER + 2 * 86_400)
    assert len(closed) == 2 * 96
    assert {interval.staff.idle for interval in closed} == {900.0}


def test_a_clock_that_is_set_back_loses_nothing_and_counts_nothing_twice() -> None:
    router, _ = centre(QUARTER + 1000)
    router.queue_stats("q", QUARTER + 1100)
    counts = router.queue_stats("q", QUARTER + 500).counts
    assert counts.staff is not None and counts.staff.idle == 100
    counts = router.queue_stats("q", QUARTER + 530).counts
    assert counts.staff is not None and counts.staff.idle == 130
    assert router.agent_day("ann", QUARTER + 530).idle == 130
    router.enqueue("a", "q", "voice", QUARTER + 540)
    assert router.queue_stats("q", QUARTER + 550).counts.offered == 1


def test_the_trend_is_the_most_who_waited_at_once_in_each_five_minutes() -> None:
    router, _ = centre(QUARTER)
    router.set_availability("ann", "not_ready", QUARTER)
    for n in range(3):
        router.enqueue(f"i{n}", "q", "voice", QUARTER + 10 + n)
    router.abandon("i0", QUARTER + 299)
    assert router.queue_stats("q", QUARTER + 299).trend == (3,)
    router.abandon("i1", QUARTER + 300)
    assert router.queue_stats("q", QUARTER + 450).trend == (3, 1), "two of them only until the boundary itself"
    assert router.queue_stats("q", QUARTER + 3_900).trend[-2:] == (1, 1)
    assert len(router.queue_stats("q", QUARTER + 9_000).trend) == 12


def test_an_estimate_is_scored_when_who_was_told_it_is_answered() -> None:
    router, _ = centre(QUARTER)
    router.enqueue("a", "q", "voice", QUARTER)
    router.accept("a", "ann", QUARTER + 1)
    assert router.queue_stats("q", QUARTER + 1).estimates.scored == 0, "who need not wait was told nothing"
    effects = router.enqueue("b", "q", "voice", QUARTER + 2)
    (told,) = [each for each in effects if type(each).__name__ == "Told"]
    router.end("a", QUARTER + 60)
    router.accept("b", "ann", QUARTER + 62)
    score = router.queue_stats("q", QUARTER + 62).estimates
    assert (score.scored, score.within) == (1, int(told.low <= 60 <= told.high))
    assert score.error_seconds == 60 - told.seconds and score.absolute_seconds == abs(60 - told.seconds)
