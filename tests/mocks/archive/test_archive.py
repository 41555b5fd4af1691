"""The archive by itself: its sums against an independent count, its pages, and what it must not let through."""

import asyncio
import math
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backends.acd.counters import ClosedInterval, Counts, StaffTime
from mock_backends.archive.archive import Archive
from mock_backends.archive.calendar import easter
from mock_backends.archive.intervals import WIDTHS
from mock_backends.archive.rows import (
    Finished,
    IntervalAsked,
    PastAsked,
    PastCompany,
    PastQueue,
    Scope,
    Step,
    WeekAsked,
)
from mock_backends.archive.schema import SECONDS, STAFF, SUMS
from mock_backends.archive.spans import spans
from mock_backends.http.problem import Problem

T = TypeVar("T")
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=ZoneInfo("Europe/London")).timestamp()
QUEUES = ("Billing", "Support")
CHANNELS = ("voice", "chat")
EVERYTHING = Scope(QUEUES, ("maya", "tom"))


def company(zone: str = "Europe/London") -> PastCompany:
    codes = ("refund", "other")
    queues = tuple(PastQueue(n, CHANNELS, codes, True, 20.0, 5.0, 60.0, ("maya", "tom")) for n in QUEUES)
    people = {"maya": "Maya Okafor", "tom": "Tom Archer", "eva": "Eva Lindqvist"}
    return PastCompany(zone, queues, people, [("Priya", {"voice": "+442079460018", "chat": "priya"}), ("J", {})])


@contextmanager
def archive(**how: Any) -> Iterator[Archive]:
    zone = how.pop("zone", "Europe/London")
    made = Archive(
        lambda: company(zone), **{"seed": 1, "now": lambda: NOW, "days": 0, "interactions": 0, "path": None, **how}
    )
    try:
        yield made
    finally:
        made.close()


def run(work: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        return await work()

    return asyncio.run(main())


async def every(ask: Callable[[str], Awaitable[Any]]) -> list[dict[str, Any]]:
    """All rows of all pages."""
    rows, cursor = [], ""
    while True:
        page = await ask(cursor)
        rows += page.rows
        cursor = page.cursor
        if not cursor:
            return rows


# -- intervals against an independent count


def counts(since: float, numbers: tuple[int, ...], threshold: float) -> Counts:
    values = dict(zip(SUMS, numbers, strict=False))
    times = {name: 1.5 * number for name, number in zip(SECONDS, numbers, strict=False)}
    return Counts(
        since=since, until=since + 900, threshold=threshold, short_abandon_seconds=5.0, **values, **times,
        longest_wait=float(numbers[0]),
    )  # fmt: skip


SPRING = datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/London")).timestamp()  # the clocks go forward on the 29th
AUTUMN = datetime(2026, 10, 24, tzinfo=ZoneInfo("Europe/London")).timestamp()  # and back on the 25th


@st.composite
def histories(draw: st.DrawFn) -> list[ClosedInterval]:
    begin = draw(st.sampled_from([SPRING, AUTUMN, AUTUMN - 20 * 86_400.0]))
    made = []
    slots = st.tuples(st.integers(0, 5 * 96), st.sampled_from(QUEUES))
    for slot, queue in draw(st.lists(slots, max_size=14, unique=True)):
        since = begin + 900.0 * slot
        channels = {
            channel: counts(since, tuple(draw(st.lists(st.integers(0, 50), min_size=14, max_size=14))), threshold)
            for channel in draw(st.lists(st.sampled_from(CHANNELS), unique=True))
            for threshold in [20.0 if queue == "Billing" else draw(st.sampled_from([20.0, 30.0]))]
        }
        staff = draw(st.sampled_from([StaffTime(), StaffTime(1800.0, 300.0, 1200.5, 900.25)]))
        made.append(ClosedInterval(queue, since, since + 900, channels, staff))
    return made


def bucket(at: float, width: float, zone: ZoneInfo) -> tuple[float, float]:
    """Begin and end of the interval that an instant is in, by the calendar alone."""
    day = datetime.fromtimestamp(at, zone).date()
    step = timedelta(days=1)
    if width == WIDTHS[-1]:
        day, step = day - timedelta(days=day.weekday()), timedelta(days=7)
    begin, end = (datetime(d.year, d.month, d.day, tzinfo=zone).timestamp() for d in (day, day + step))
    if width >= 86_400:
        return begin, end
    begin += width * math.floor((at - begin) / width)
    return begin, min(begin + width, end)


def expected(
    history: list[ClosedInterval], asked: IntervalAsked, scope: Scope, zone: ZoneInfo
) -> dict[tuple[float, str], dict[str, Any]]:
    sums: dict[tuple[float, str], dict[str, Any]] = {}
    for interval in history:
        begin, end = bucket(interval.since, asked.width, zone)
        if interval.queue not in scope.queues or (asked.queues and interval.queue not in asked.queues):
            continue
        if not asked.since <= begin < asked.until:
            continue
        key = (begin, interval.queue if asked.by_queue else "")
        parts = [c for name, c in interval.channels.items() if not asked.channels or name in asked.channels]
        staffed = interval.staff != StaffTime() and not asked.channels
        if not parts and not staffed:
            continue
        nobody = None if asked.channels else [0.0] * 4
        row = sums.setdefault(key, defaultdict(float, until=end, longest_wait=0.0, thresholds=set(), staff=nobody))
        for part in parts:
            for name in (*SUMS, *SECONDS):
                row[name] += getattr(part, name)
            row["longest_wait"] = max(row["longest_wait"], part.longest_wait)
            row["thresholds"].add(part.threshold)
        if staffed:
            row["staff"] = [a + getattr(interval.staff, n) for a, n in zip(row["staff"], STAFF, strict=True)]
    return sums


@pytest.mark.thorough
@settings(max_examples=60)
@given(
    histories(),
    st.sampled_from(WIDTHS),
    st.booleans(),
    st.sampled_from([(), ("Support",), ("Support", "nonsense")]),
    st.sampled_from([(), ("chat",)]),
    st.sampled_from([EVERYTHING, Scope(("Billing",), ("maya",))]),
    st.sampled_from(["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]),
    st.integers(0, 14),
    st.sampled_from([3, 50, 1_000]),
)
def test_every_sum_is_as_counted_by_hand(
    history: list[ClosedInterval],
    width: float,
    by_queue: bool,
    queues: tuple[str, ...],
    channels: tuple[str, ...],
    scope: Scope,
    zone: str,
    running: int,
    limit: int,
) -> None:
    """Any width, any filter, four zones over their clock changes, pages of any size, some intervals still running."""
    if history:
        newest = max(one.since for one in history)
        going_on = [one for one in history if one.since == newest][:running]
    else:
        going_on = []
    asked = IntervalAsked(SPRING + 3_600, AUTUMN + 4 * 86_400.0, width, queues, channels, by_queue, limit=limit)
    with archive(zone=zone) as kept:
        for one in history:
            if one not in going_on:
                kept.counted(one)
        found = run(lambda: every(lambda at: kept.intervals(scope, _at(asked, at), going_on)))
    # One that runs while another of the same moment has ended cannot be: intervals end all at once.
    if any(one.since == newest and one not in going_on for one in history) and going_on:
        history = [one for one in history if one not in going_on]
    wanted = expected(history, asked, scope, ZoneInfo(zone))
    assert [(row["counts"]["since"], row["queue"]) for row in found] == sorted(wanted, key=lambda k: (k[0], k[1]))
    for row in found:
        got, want = row["counts"], wanted[row["counts"]["since"], row["queue"]]
        assert got["until"] == want["until"]
        assert [got[name] for name in SUMS] == [want[name] for name in SUMS]
        assert [got[name] for name in SECONDS] == pytest.approx([want[name] for name in SECONDS])
        assert got["longest_wait"] == want["longest_wait"]
        assert got["threshold"] == (next(iter(want["thresholds"])) if len(want["thresholds"]) == 1 else None)
        assert (got["staff"] and list(got["staff"].values())) == want["staff"]


@pytest.mark.thorough
@settings(max_examples=40)
@given(
    histories(),
    st.sampled_from([(), ("Support",), ("nonsense",)]),
    st.sampled_from([(), ("chat",), ("pigeon",)]),
    st.sampled_from([EVERYTHING, Scope(("Billing",), ("maya",))]),
    st.sampled_from(["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]),
)
def test_the_week_is_by_the_centres_clock(
    history: list[ClosedInterval], queues: tuple[str, ...], channels: tuple[str, ...], scope: Scope, zone: str
) -> None:
    """Every half hour of the week as counted by hand: what comes twice counts twice, the newest quarter still runs."""
    asked = WeekAsked(SPRING + 3_600, AUTUMN + 4 * 86_400.0, queues, channels)
    newest = max((one.since for one in history), default=0.0)
    going_on = [one for one in history if one.since == newest]
    with archive(zone=zone) as kept:
        for one in history:
            if one not in going_on:
                kept.counted(one)
        found = run(lambda: kept.week(scope, asked, going_on))
    wanted: dict[tuple[int, int], dict[str, Any]] = {}
    quarters = IntervalAsked(asked.since, asked.until, 900.0, queues, channels)
    for (begin, _), row in expected(history, quarters, scope, ZoneInfo(zone)).items():
        clock = datetime.fromtimestamp(begin, ZoneInfo(zone))
        place = clock.weekday(), (clock.hour * 60 + clock.minute) // 30
        cell = wanted.setdefault(place, {**dict.fromkeys((*SUMS, *SECONDS), 0), "rows": []})
        cell["rows"].append((begin, row))
        for name in (*SUMS, *SECONDS):
            cell[name] += row[name]
    assert [(row["weekday"], row["slot"]) for row in found] == sorted(wanted)
    for row in found:
        got, want = row["counts"], wanted[row["weekday"], row["slot"]]
        rows = [one for _, one in want["rows"]]
        assert [got[name] for name in SUMS] == [want[name] for name in SUMS]
        assert [got[name] for name in SECONDS] == pytest.approx([want[name] for name in SECONDS])
        assert (got["since"], got["until"]) == (min(want["rows"])[0], max(one["until"] for one in rows))
        assert got["longest_wait"] == max(one["longest_wait"] for one in rows)
        thresholds = set().union(*(one["thresholds"] for one in rows))
        assert got["threshold"] == (next(iter(thresholds)) if len(thresholds) == 1 else None)
        staff = None if channels else [sum(one["staff"][n] for one in rows) for n in range(4)]
        assert (got["staff"] and list(got["staff"].values())) == (staff and pytest.approx(staff))


def test_an_hour_that_comes_twice_is_in_its_cells_twice_and_a_skipped_one_in_none() -> None:
    """Two weeks of one call a quarter of an hour, over each change of the clocks."""
    for first, cells in (
        (date(2026, 10, 19), [4, 4, 6, 6] + [4] * 44),
        (date(2026, 3, 23), [4, 4, 2, 2] + [4] * 44),
    ):
        begin, end = (
            datetime(one.year, one.month, one.day, tzinfo=ZoneInfo("Europe/London")).timestamp()
            for one in (first, first + timedelta(days=14))
        )
        with archive() as kept:
            for n in range(round((end - begin) / 900)):
                since = begin + 900.0 * n
                once = {"voice": counts(since, (1,) * 14, 20)}
                kept.counted(ClosedInterval("Billing", since, since + 900, once, StaffTime()))
            asked = WeekAsked(begin, end)
            found = run(lambda kept=kept, asked=asked: kept.week(EVERYTHING, asked))
        told = {(row["weekday"], row["slot"]): row["counts"]["offered"] for row in found}
        assert [told[6, slot] for slot in range(48)] == cells
        assert {told[day, slot] for day in range(6) for slot in range(48)} == {4}


def _at(asked: Any, cursor: str) -> Any:
    from dataclasses import replace

    return replace(asked, cursor=cursor)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_are_as_long_as_they_are(day: date, hours: int) -> None:
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/London")).timestamp()
    full = [
        ClosedInterval(
            "Billing", begin + 900.0 * n, begin + 900.0 * (n + 1), {"voice": counts(0, (1,) * 14, 20)}, StaffTime()
        )
        for n in range(-96, 4 * hours + 96)
    ]
    with archive() as kept:
        for one in full:
            kept.counted(one)
        asked = IntervalAsked(begin, begin + 1, 86_400.0)
        (row,) = run(lambda: kept.intervals(EVERYTHING, asked)).rows
        hourly = run(lambda: kept.intervals(EVERYTHING, IntervalAsked(begin, begin + hours * 3600.0, 3600.0))).rows
    assert row["counts"]["offered"] == 4 * hours
    assert row["counts"]["until"] - begin == 3600.0 * hours
    assert len(hourly) == hours and all(one["counts"]["offered"] == 4 for one in hourly)


def test_the_last_hour_of_a_day_is_short_where_the_clocks_change_by_half_an_hour() -> None:
    since = datetime(2026, 4, 5, tzinfo=ZoneInfo("Australia/Lord_Howe")).timestamp()
    begins, ends = spans("Australia/Lord_Howe", since, since + 1, 86_400.0)
    assert [end - begin for begin, end in zip(begins, ends, strict=True)] == [24.5 * 3600]


# -- the made-up past


def test_the_made_up_past_agrees_with_itself_and_repeats() -> None:
    """Its intervals, against a count in Python over its interactions; the same seed makes the same."""
    asked = PastAsked(0, NOW, limit=1_000)
    with archive(days=9, interactions=900) as kept, archive(days=9, interactions=900) as again:
        past = run(lambda: every(lambda at: kept.interactions(EVERYTHING, _at(asked, at))))
        same = run(lambda: every(lambda at: again.interactions(EVERYTHING, _at(asked, at))))
        told = run(
            lambda: every(lambda at: kept.intervals(EVERYTHING, IntervalAsked(0, NOW, 900, by_queue=True, cursor=at)))
        )
        by_day = [
            run(
                lambda width=width: every(
                    lambda at: kept.intervals(EVERYTHING, IntervalAsked(0, NOW, width, cursor=at))
                )
            )
            for width in (86_400.0, 604_800.0)
        ]
    for sums_of in by_day:  # days are kept once more; they must say the same
        for name in (*SUMS, *SECONDS):
            parts = [sum(row["counts"][name] for row in some) for some in (sums_of, told)]
            assert parts[0] == pytest.approx(parts[1]), name
        for row in sums_of:
            inside = [
                one["counts"]
                for one in told
                if row["counts"]["since"] <= one["counts"]["since"] < row["counts"]["until"]
            ]
            assert row["counts"]["offered"] == sum(one["offered"] for one in inside)
            assert row["counts"]["longest_wait"] == max(one["longest_wait"] for one in inside)
            engaged = sum(one["staff"]["engaged"] for one in inside)
            assert row["counts"]["staff"]["engaged"] == pytest.approx(engaged)
    assert past == same and 700 < len(past) < 1_100
    assert max(row["arrived_at"] for row in past) < NOW - 15 * 3600 <= NOW
    sums: dict[tuple[float, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(at: float, queue: str, **numbers: float) -> None:
        for name, number in numbers.items():
            sums[at // 900 * 900, queue][name] += number

    for row in past:
        queue, wait, answered = row["queue"], row["wait_seconds"], row["answered_at"]
        add(row["arrived_at"], queue, offered=1)
        left = answered or row["ended_at"]
        how = "answered" if answered else {"abandoned": "abandoned", "callback": "callbacks"}[row["outcome"]]
        add(left, queue, **{how: 1, how + "_within": wait <= 20.0})
        if answered:
            assert answered + row["talk_seconds"] + row["hold_seconds"] == pytest.approx(row["ended_at"], abs=0.21)
            add(left, queue, wait_seconds=wait)
            add(row["ended_at"], queue, handled=1, talk_seconds=row["talk_seconds"], hold_seconds=row["hold_seconds"])
            wrapped = row["wrap_up_seconds"]
            add(row["ended_at"] + wrapped, queue, wrapped_up=1, wrap_up_seconds=wrapped)
        elif row["outcome"] == "abandoned":
            add(left, queue, abandon_seconds=wait, short_abandons=wait <= 5.0)
    offers = sum(row["offers"] - (row["answered_at"] is not None) for row in past)
    assert sum(row["counts"]["missed"] + row["counts"]["declined"] for row in told) == offers
    assert {(row["counts"]["since"], row["queue"]) for row in told} == sums.keys()
    for row in told:
        want = sums[row["counts"]["since"], row["queue"]]
        names = [name for name in (*SUMS, *SECONDS) if name not in ("missed", "declined")]
        assert [row["counts"][name] for name in names] == pytest.approx([want[name] for name in names])
        staff = row["counts"]["staff"]
        assert staff["engaged"] + staff["idle"] <= staff["signed_in"] + 1e-6 and min(staff.values()) >= 0


def test_who_was_handed_over_goes_on_in_another_queue() -> None:
    """At the moment the first agent let go, as the same customer on the same channel; both queues count theirs."""
    with archive(days=9, interactions=3_000) as kept:
        past = run(lambda: every(lambda at: kept.interactions(EVERYTHING, _at(PastAsked(0, NOW, limit=1_000), at))))
        days = IntervalAsked(0, NOW, 86_400.0, by_queue=True)
        told = run(lambda: every(lambda at: kept.intervals(EVERYTHING, _at(days, at))))
    let_go = {
        (row["customer"], row["channel"], row["ended_at"]): row for row in past if row["outcome"] == "transferred"
    }
    went_on = [
        (before, row)
        for row in past
        if (before := let_go.get((row["customer"], row["channel"], row["arrived_at"]))) and before["id"] != row["id"]
    ]
    assert 0.4 < len(went_on) / len(let_go) < 0.8 and 0.02 < len(let_go) / len(past) < 0.06
    for before, after in went_on:
        assert before["queue"] != after["queue"] and before["transfers"] == 1 and before["answered_at"]
    for queue in QUEUES:
        mine = [row for row in past if row["queue"] == queue]
        sums = [sum(row["counts"][name] for row in told if row["queue"] == queue) for name in ("offered", "handled")]
        assert sums == [len(mine), sum(row["answered_at"] is not None for row in mine)]
        assert any(after["queue"] == queue for _, after in went_on)


def test_easter_is_when_it_is() -> None:
    assert [easter(year) for year in (2000, 2024, 2026, 2038)] == [
        date(2000, 4, 23), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25)
    ]  # fmt: skip


# -- interactions


def call(n: int, **how: Any) -> Finished:
    arrived = how.pop("arrived_at", NOW - 10_000 + n % 7)
    kept = {
        "id": f"int-{n}", "channel": "voice", "direction": "inbound", "queue": "Billing", "customer": "+442079460018",
        "customer_name": "Priya", "agent_id": "maya", "arrived_at": arrived, "answered_at": arrived + 4.0,
        "ended_at": arrived + 60.0, "outcome": "handled", "wait_seconds": 4.0, "talk_seconds": 56.0,
        "codes": ("refund",),
        "steps": (Step(arrived, "queued", "Billing"), Step(arrived + 4, "connected", "Billing", "maya")),
        **how,
    }  # fmt: skip
    return Finished(**kept)


def test_pages_have_everything_once_while_more_comes_in() -> None:
    """Many arrived in the same second; newer and older ones come in between the pages."""

    async def look(kept: Archive) -> list[str]:
        seen: list[str] = []
        cursor = ""
        for round_ in range(200):
            page = await kept.interactions(EVERYTHING, PastAsked(0, NOW, cursor=cursor, limit=3))
            seen += [str(row["id"]) for row in page.rows]
            kept.finished(call(1_000 + round_, arrived_at=NOW - 20_000 + 150 * round_))
            cursor = page.cursor
            if not cursor:
                return seen
        raise AssertionError("it does not end")

    with archive() as kept:
        for n in range(50):
            kept.finished(call(n))
        seen = run(lambda: look(kept))
        now_all = run(lambda: every(lambda at: kept.interactions(EVERYTHING, PastAsked(0, NOW, cursor=at, limit=7))))
    assert sorted(seen) == sorted(f"int-{n}" for n in range(50))
    arrivals = [row["arrived_at"] for row in now_all]
    assert arrivals == sorted(arrivals, reverse=True) and len({row["id"] for row in now_all}) == len(now_all) == 67


ROWS = [
    call(1), call(2, agent_id="tom", outcome="transferred", codes=("other",), channel="chat", customer="priya"),
    call(3, agent_id=None, answered_at=None, outcome="abandoned", wait_seconds=70.0, codes=()),
    call(4, agent_id="eva", queue="Support", codes=("refund", "other")),
    call(5, agent_id=None, answered_at=None, outcome="callback", queue="Support", wait_seconds=45.0, codes=()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3, 5]),
        ({"queues": ("Support",)}, [5]),
        ({"channels": ("chat",)}, [2]),
        ({"channels": ("pigeon",)}, []),
        ({"agents": ("tom",)}, [2]),
        ({"agents": ("eva",)}, []),
        ({"agents": ("nobody",)}, []),
        ({"outcomes": ("abandoned", "callback")}, [3, 5]),
        ({"outcomes": ("lost",)}, []),
        ({"codes": ("other",)}, [2]),
        ({"codes": ("' OR 1=1 --",)}, []),
        ({"customer": "+442079460018"}, [1, 3, 5]),
        ({"customer": "+44207946001"}, []),
        ({"customer": "x' OR '1'='1"}, []),
        ({"longer_than": 45.0}, [3, 5]),
        ({"longer_than": 0.0, "codes": ("refund",)}, [1]),
        ({"since": NOW}, []),
    ],
)
def test_every_filter_filters(asked: dict[str, Any], found: list[int]) -> None:
    """Eva is of another team: her call is in none of them."""
    with archive() as kept:
        for row in ROWS:
            kept.finished(row)
        page = run(lambda: kept.interactions(EVERYTHING, PastAsked(**{"since": 0, "until": NOW, **asked})))
    assert sorted(str(row["id"]) for row in page.rows) == [f"int-{n}" for n in found]


def test_one_interaction_has_its_steps_and_other_teams_have_it_not() -> None:
    with archive() as kept:
        for row in ROWS:
            kept.finished(row)
        mine = run(lambda: kept.interaction(EVERYTHING, "int-1"))
        assert mine is not None
        assert mine["interaction"]["codes"] == ["refund"]
        assert [(step["what"], step["agent_name"]) for step in mine["steps"]] == [
            ("queued", ""), ("connected", "Maya Okafor")
        ]  # fmt: skip
        for other in ("int-4", "int-99", "", "past-1", "past-", "past-99999999999999999999", "past-٣", "'", "\x00"):
            assert run(lambda other=other: kept.interaction(EVERYTHING, other)) is None, other


@pytest.mark.parametrize(
    "cursor", ["x", "====", "MQ", "LTE", "bmFuLG5hbixuYW4", "\u0660", "MWU5OTksMSwx", "🙂", "a" * 200]
)
def test_a_cursor_of_somebody_else_is_refused(cursor: str) -> None:
    with archive() as kept:
        kept.finished(call(1))
        kept.counted(ClosedInterval("Billing", NOW, NOW + 900, {}, StaffTime(1, 1, 0, 0)))
        for ask in (
            lambda: kept.interactions(EVERYTHING, PastAsked(0, NOW, cursor=cursor)),
            lambda: kept.intervals(EVERYTHING, IntervalAsked(0, NOW + 1, 900, cursor=cursor)),
        ):
            with pytest.raises(Problem) as refused:
                run(ask)
            assert refused.value.status == 422


def test_hostile_words_are_kept_as_they_are() -> None:
    odd = ["'; DROP TABLE interaction; --", "=cmd|' /C calc'!A0", "\u202eevil", "[red]x[/red]", "a\nb\tc", "𝒳" * 50]
    with archive() as kept:
        for n, text in enumerate(odd):
            kept.finished(call(n, customer=text, customer_name=text, steps=(Step(NOW, text, text, text, text),)))
        for n, text in enumerate(odd):
            page = run(lambda text=text: kept.interactions(EVERYTHING, PastAsked(0, NOW, customer=text)))
            assert [row["customer_name"] for row in page.rows] == [text]
            found = run(lambda n=n: kept.interaction(EVERYTHING, f"int-{n}"))
            assert found is not None and found["steps"][0]["detail"] == text
        kept.finished(call(99, customer_name="half \ud800 a character"))
        assert run(lambda: kept.interaction(EVERYTHING, "int-99")) is not None


def test_what_came_in_is_there_after_a_restart_and_goes_with_a_reset(tmp_path: Path) -> None:
    path = tmp_path / "kept.archive"
    asked = PastAsked(0, NOW, limit=1_000)
    with archive(path=path, days=3, interactions=60) as kept:
        before = run(lambda: kept.interactions(EVERYTHING, asked)).rows
        kept.finished(call(1))
        kept.counted(ClosedInterval("Billing", NOW, NOW + 900, {"voice": counts(NOW, (1,) * 14, 20)}, StaffTime()))
    with archive(path=path, days=3, interactions=60) as kept:
        after = run(lambda: kept.interactions(EVERYTHING, asked)).rows
        assert [row["id"] for row in after if row not in before] == ["int-1"] and len(after) == len(before) + 1
        today = IntervalAsked(NOW - 1, NOW + 1, 900)
        assert len(run(lambda: kept.intervals(EVERYTHING, today)).rows) == 1
        kept.forget()
        assert run(lambda: kept.interactions(EVERYTHING, asked)).rows == before
        assert run(lambda: kept.intervals(EVERYTHING, today)).rows == []


def test_a_past_that_is_being_made_up_says_how_much_of_it_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, however many ask, and with what to do; then all of it is there."""
    gate = threading.Event()

    def slowly(*_: Any, told: Callable[[float], None], **__: Any) -> None:
        told(0.4)
        begun.set()
        assert gate.wait(60)
        told(0.8)

    monkeypatch.setattr("mock_backends.archive.archive.NOT_SO_SOON", 0.05)
    monkeypatch.setattr("mock_backends.archive.year.make_past", slowly)
    asked = PastAsked(0, NOW)
    begun = threading.Event()
    with archive(days=3, interactions=10_000_000) as kept:
        with pytest.raises(Problem):
            run(lambda: kept.interactions(EVERYTHING, asked))
        assert begun.wait(60)
        for _ in range(5):
            with pytest.raises(Problem) as refused:
                run(lambda: kept.interactions(EVERYTHING, asked))
            assert (refused.value.status, refused.value.code) == (503, "not_ready")
            assert "40%" in refused.value.detail and refused.value.headers == {"Retry-After": "2"}
        kept.finished(call(1))
        gate.set()
        monkeypatch.setattr("mock_backends.archive.archive.NOT_SO_SOON", 60.0)
        assert [row["id"] for row in run(lambda: kept.interactions(EVERYTHING, asked)).rows] == ["int-1"]


def test_a_server_that_ends_waits_for_no_past(monkeypatch: pytest.MonkeyPatch) -> None:
    def endlessly(*_: Any, told: Callable[[float], None], **__: Any) -> None:
        while True:
            told(0.4)

    monkeypatch.setattr("mock_backends.archive.archive.NOT_SO_SOON", 0.05)
    monkeypatch.setattr("mock_backends.archive.year.make_past", endlessly)
    with archive(days=3, interactions=10_000_000) as kept, pytest.raises(Problem):
        run(lambda: kept.interactions(EVERYTHING, PastAsked(0, NOW)))


def test_the_past_is_the_same_in_however_many_parts_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    asked = PastAsked(0, NOW, limit=1_000)
    with archive(days=9, interactions=600) as kept:
        whole = run(lambda: every(lambda at: kept.interactions(EVERYTHING, _at(asked, at))))
    monkeypatch.setattr("mock_backends.archive.year.AT_ONCE", 50)
    with archive(days=9, interactions=600) as kept:
        monkeypatch.setattr(kept, "_tell", shares.append)
        parts = run(lambda: every(lambda at: kept.interactions(EVERYTHING, _at(asked, at))))
    assert parts == whole
    assert len(shares) > 8 and shares == sorted(shares) and shares[0] > 0 and shares[-1] < 1


def test_a_question_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads are free again afterwards."""
    endless = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b"
    with archive() as kept:
        run(lambda: kept.interactions(EVERYTHING, PastAsked(0, 1)))
        with monkeypatch.context() as short:
            short.setattr("mock_backends.archive.archive.LONGEST", 0.2)
            for _ in range(3):
                with pytest.raises(Problem) as refused:
                    run(lambda: kept._ask(lambda db: db.execute(endless).fetchall()))
                assert refused.value.status == 503
        assert run(lambda: kept.interactions(EVERYTHING, PastAsked(0, 1))).rows == []
