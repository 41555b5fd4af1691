"""Staffing with a contact centre behind it: where the recent pace comes from, and forecasts by the centre's clock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import inf

import pytest

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.history.centre_days import CentreDays
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.staffing.demand_forecast import WIDTH, Plan, Span
from desktop.app.staffing.staffing_desk import StaffingDesk
from desktop.app.store import Store
from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.floor import AgentDay
from desktop.domain.entities.history import Interval, IntervalQuery
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Role
from desktop.domain.staffing.staffing import Concurrency, Target
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.ports.errors import Unavailable, Unsupported
from desktop.words.catalogue import in_words
from tests.app.app_fakes import ME, FakeContactCenter, VirtualTime

BERLIN = CentreDays("Europe/Berlin")
WEDNESDAY = date(2027, 3, 24)
HALF_HOUR = Counts(0, 1_800, 20, 5, 100, 98, 78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 95, 95, 1_700, 0, 14_250, 0, 2_850)
CALLS = {"voice": 1}


class Archive(FakeContactCenter):
    """A contact centre that remembers intervals, and what it was asked."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time.timing)
        self.kept: list[Interval] = []
        self.asked: list[IntervalQuery] = []

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        self.asked.append(query)
        await self.script.play("intervals")
        return [one for one in self.kept if query.since <= one.counts.since < query.until]


class Desk:
    """A staffing desk, its centre and its clock."""

    def __init__(self, zone: str = "Europe/Berlin") -> None:
        self.time = VirtualTime()
        self.center = Archive(self.time)
        self.store = Store(clock=lambda: self.time.wall)
        self.zone = zone
        history = HistoryDesk(self.store, BackendCalls(self.time.timing, lambda text: None), self.center)
        self.staffing = StaffingDesk(self.store, history)
        self.version = 0

    def at(self, day: date, hours: float) -> None:
        """Turn the clock."""
        self.time.wall = BERLIN.midnight(day) + hours * 3600

    def floor(self, agents: int, *, capacity: Mapping[str, int] = CALLS, **counts: Counts) -> None:
        """What a snapshot says: so many agents of Billing, and queues with counts."""
        self.version += 1
        day = AgentDay(0.0, handled=100, signed_in=30_000.0, idle=9_000.0, engaged=18_900.0, load=18_000.0)
        people = [
            Agent(f"a{k}", self.version, "A", Role.AGENT, "red", Availability.AVAILABLE, 0.0, capacity=capacity,
                  queues=("Billing",), today=day)
            for k in range(agents)
        ]  # fmt: skip
        queues = tuple(QueueStats(name, self.version, one.until, counts=one, waiting=0) for name, one in counts.items())
        event = ContactCenterSnapshot(ME, (), tuple(people), queues, zone=self.zone)
        self.store.put(Envelope("contact_center", event, self.time.wall, "e", self.version))
        self.store.drain()


def moved(counts: Counts, since: float, until: float) -> Counts:
    return replace(counts, since=since, until=until)


def times(counts: Counts, factor: int) -> Counts:
    """So many times as much of everything that is counted."""
    apart = {"since", "until", "threshold", "short_abandon_seconds", "longest_wait", "staff"}
    fields = {name: getattr(counts, name) for name in counts.__slots__ if name not in apart}
    return replace(counts, **{name: value * factor for name, value in fields.items() if value is not None})


# -- beside the live queue


async def test_the_pace_is_that_of_the_last_half_hour_seen_here() -> None:
    desk = Desk()
    desk.at(WEDNESDAY, 10)
    begin = desk.time.wall
    midnight = BERLIN.midnight(WEDNESDAY)
    for minute in range(0, 61, 5):  # half as much before
        since = times(HALF_HOUR, 4 + minute // 30)
        desk.time.wall = begin + minute * 60
        desk.floor(13, Billing=moved(since, midnight, desk.time.wall))
    found = await desk.staffing.what_if("Billing")
    assert not found.why_not
    assert (found.calls, found.window) == (100, 1_800)
    assert in_words(found.line()) == "+1 agent: 80 → 89 %"
    assert desk.center.asked == []


async def test_just_started_it_asks_what_the_centre_kept() -> None:
    desk = Desk()
    desk.at(WEDNESDAY, 10.0)
    now = desk.time.wall
    desk.floor(13, Billing=moved(times(HALF_HOUR, 20), BERLIN.midnight(WEDNESDAY), now))
    quarter = replace(
        HALF_HOUR, offered=50, answered=49, answered_within=39, handled=47, wrapped_up=47, talk_seconds=7_050,
        wrap_up_seconds=1_410,
    )  # fmt: skip
    desk.center.kept = [Interval("Billing", moved(quarter, now - back, now - back + 900)) for back in (1_800, 900)]
    found = await desk.staffing.what_if("Billing")
    assert in_words(found.line()) == "+1 agent: 80 → 89 %"
    (query,) = desk.center.asked
    assert (query.width, query.by_queue, query.queues) == (900, True, ("Billing",))


@pytest.mark.parametrize("error", [Unavailable("gone"), Unsupported("no history")])
async def test_without_a_memory_it_says_that_it_has_not_seen_enough(error: Exception) -> None:
    desk = Desk()
    desk.at(WEDNESDAY, 10.0)
    desk.center.script.always("intervals", error)
    desk.floor(13, Billing=moved(times(HALF_HOUR, 20), BERLIN.midnight(WEDNESDAY), desk.time.wall))
    found = await desk.staffing.what_if("Billing")
    assert in_words(found.why_not) == "needs more data (0 min so far)."
    assert in_words(found.line()) == ""


async def test_a_queue_that_does_not_exist() -> None:
    desk = Desk()
    desk.floor(3)
    assert (await desk.staffing.what_if("Nowhere")).why_not


async def test_agents_who_take_calls_and_chats_are_known_by_what_they_did() -> None:
    desk = Desk()
    desk.at(WEDNESDAY, 0.5)  # nothing that was kept before today is needed
    did = replace(HALF_HOUR, staff=StaffTime(30_000.0, 5_400.0, 18_000.0, 17_100.0))
    desk.floor(12, capacity={"voice": 1, "chat": 3}, Billing=moved(did, desk.time.wall - 1_500, desk.time.wall))
    found = await desk.staffing.what_if("Billing")
    assert not found.why_not
    assert in_words(found.line()).startswith("+1 agent: 80 → ")
    assert found.agents == pytest.approx(23_400 / 1_500)  # on average, whoever is at work just now
    assert desk.center.asked == []


# -- forecast


def weeks(desk: Desk, first: date, last: date, *, busy: int = 30) -> None:
    """History: contacts at 9:00, 9:30 and 14:00 of each day from `first` to `last`, by the centre's clock."""
    day = first
    while day <= last:
        for start in BERLIN.edges(*BERLIN.period(day, day + timedelta(days=1)), WIDTH):
            local = BERLIN.local(start)
            wanted = {540: busy, 570: 2 * busy, 840: busy}.get(local.hour * 60 + local.minute, 0)
            if wanted:
                counts = replace(
                    moved(HALF_HOUR, start, start + WIDTH), offered=wanted, answered=wanted, answered_within=wanted,
                    handled=wanted, wrapped_up=wanted, talk_seconds=150.0 * wanted, wrap_up_seconds=30.0 * wanted,
                )  # fmt: skip
                desk.center.kept.append(Interval("", counts))
        day += timedelta(days=1)


async def test_the_rest_of_the_day() -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(WEDNESDAY, 9.75)
    weeks(desk, WEDNESDAY - timedelta(days=60), WEDNESDAY)
    desk.center.kept = desk.center.kept[:-2]  # of today there is only the interval at 9:00
    answer = await desk.staffing.forecast(("Billing",), Span.TODAY)
    found = answer.value
    assert found is not None and not answer.problem
    assert [round(one.offered) for one in found.expected if one.offered] == [30]
    assert found.expected[0].slot.minute == 600, "the interval that goes on is not forecast"
    assert len(found.so_far) == 19
    assert (found.zone, found.days, found.patience) == ("Europe/Berlin", 59, inf)
    assert found.error.weeks == 4 and found.error.wape == pytest.approx(0, abs=0.01)
    (query,) = desk.center.asked
    assert query.queues == ("Billing",)
    assert BERLIN.local(query.since).hour == 0


@pytest.mark.parametrize(("began", "expected"), [(0.0, 20), (9.9, 30)])
async def test_what_was_not_counted_today_is_not_taken_for_nothing(began: float, expected: int) -> None:
    """The same silence since midnight: from a centre that was there, and from one that was started at 9:54."""
    desk = Desk()
    desk.at(WEDNESDAY, 10)
    since = BERLIN.midnight(WEDNESDAY) + began * 3600
    desk.floor(1, Billing=moved(replace(HALF_HOUR, offered=0), since, desk.time.wall))
    weeks(desk, WEDNESDAY - timedelta(days=60), WEDNESDAY - timedelta(days=1))
    found = (await desk.staffing.forecast(("Billing",), Span.TODAY)).value
    assert found is not None
    (afternoon,) = (one.offered for one in found.expected if one.offered)
    assert afternoon == pytest.approx(30) if began else afternoon < expected


@pytest.mark.parametrize(
    ("today", "changed", "intervals"),
    [(WEDNESDAY, date(2027, 3, 28), 46), (date(2027, 10, 27), date(2027, 10, 31), 50)],
)
async def test_next_week_by_the_centres_clock_over_a_clock_change(today: date, changed: date, intervals: int) -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(today, 18)
    weeks(desk, today - timedelta(days=70), today)
    found = (await desk.staffing.forecast((), Span.WEEK)).value
    assert found is not None
    by_day: dict[date, list[float]] = {}
    for one in found.expected:
        local = BERLIN.local(one.slot.start)
        by_day.setdefault(local.date(), []).append(one.offered)
        assert one.slot.minute == local.hour * 60 + local.minute
        usual = {540: 30, 570: 60, 840: 30}.get(one.slot.minute, 0)
        assert one.offered == pytest.approx(usual, abs=0.5)
    assert list(by_day) == [today + timedelta(days=k) for k in range(1, 8)]
    assert {day: len(found) for day, found in by_day.items() if len(found) != 48} == {changed: intervals}


async def test_a_first_day_that_is_half_a_day_is_left_out() -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(WEDNESDAY, 0.5)
    weeks(desk, WEDNESDAY - timedelta(days=20), WEDNESDAY - timedelta(days=1))
    desk.center.kept = desk.center.kept[2:]
    found = (await desk.staffing.forecast((), Span.TODAY)).value
    assert found is not None and found.days == 19


async def test_too_little_history_is_said_in_words() -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(WEDNESDAY, 12)
    for days in (0, 10):
        weeks(desk, WEDNESDAY - timedelta(days=days), WEDNESDAY - timedelta(days=1))
        answer = await desk.staffing.forecast((), Span.WEEK)
        assert answer.value is None
        assert in_words(answer.problem) == "There is too little history: a forecast needs 14 days of history."


async def test_a_centre_that_cannot_be_asked() -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(WEDNESDAY, 12)
    desk.center.script.always("intervals", Unavailable("The contact centre is away."))
    answer = await desk.staffing.forecast((), Span.WEEK)
    assert answer.value is None and "away" in in_words(answer.problem)


# -- agents for it


async def test_required_agents_for_each_interval() -> None:
    desk = Desk()
    desk.floor(1)
    desk.at(WEDNESDAY, 8)
    weeks(desk, WEDNESDAY - timedelta(days=60), WEDNESDAY - timedelta(days=1), busy=50)
    found = (await desk.staffing.forecast((), Span.TODAY)).value
    assert found is not None
    needed = await desk.staffing.requirements(found, Plan(Target(0.8, 20), shrinkage=0.3))
    by_minute = {one.slot.minute: need for one, need in zip(found.expected, needed, strict=True)}
    at_half_past_nine = by_minute[570]
    assert at_half_past_nine is not None
    assert (at_half_past_nine.agents, at_half_past_nine.positions) == (14, 20)
    empty = by_minute[1_200]
    assert empty is not None and empty.agents == 0
    fewer = await desk.staffing.requirements(found, Plan(Target(0.8, 20), patience=60))
    assert [need.agents for one, need in zip(found.expected, fewer, strict=True) if need and one.offered] < [
        need.agents for one, need in zip(found.expected, needed, strict=True) if need and one.offered
    ]


async def test_the_plan_takes_what_queue_and_agents_say() -> None:
    desk = Desk()
    desk.floor(3, Billing=replace(HALF_HOUR, threshold=30.0))
    assert desk.staffing.plan_for(("Billing",)) == Plan(Target(0.8, 30.0), concurrency=Concurrency(1))
    desk.floor(3, Billing=replace(HALF_HOUR, threshold=30.0), Sales=HALF_HOUR)
    assert desk.staffing.plan_for(("Billing", "Sales")).target.threshold == 20
    assert desk.staffing.plan_for(()).target.threshold == 20
