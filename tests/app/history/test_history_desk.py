"""What a supervisor asks of the past: shared, bounded, kept for a while, given up, written to disk."""

import asyncio
import csv
import json
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktop.app.history.history_desk import DEADLINE, FRESH_SECONDS, OVER_SECONDS, HistoryDesk
from desktop.app.history.query_cache import KEPT_RECORDS
from desktop.app.store import Store
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastInteraction,
    PastPage,
    PastQuery,
    WeekCell,
    WeekQuery,
)
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.domain.state.state import AppState
from desktop.ports.errors import NotFound, RateLimited, Unavailable
from desktop.report.page import page
from desktop.words.catalogue import in_words
from tests.app.app_fakes import START, FakeContactCenter, VirtualTime, make_asking, spin

NOW = START  # Fri 15 Jan 2027, 08:00 UTC
DAY = 86_400.0
TODAY = IntervalQuery(NOW - 3_600, NOW)
PAST = IntervalQuery(NOW - 9 * DAY, NOW - 8 * DAY)


def counts(since: float, **known: Any) -> Counts:
    numbers: dict[str, Any] = {"offered": 10, "answered": 8, "answered_within": 6, "abandoned": 2, **known}
    return Counts(since=since, until=since + 1_800, threshold=20.0, **numbers)


def past(number: int, **how: Any) -> PastInteraction:
    kept: dict[str, Any] = {
        "id": f"past-{number}", "channel": "voice", "direction": "inbound", "queue": "Billing",
        "customer": "+442079460018", "customer_name": "Priya", "agent_id": "maya", "agent_name": "Maya Okafor",
        "arrived_at": NOW - number, "answered_at": NOW - number + 4, "ended_at": NOW + 60, "outcome": "handled",
        "wait_seconds": 4.0, **how,
    }  # fmt: skip
    return PastInteraction(**kept)


class Remembering(FakeContactCenter):
    """Answers what it was given, when it is let."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time.timing)
        self.asked: list[object] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.found: Callable[[IntervalQuery], list[Interval]] = lambda query: [Interval("", counts(query.since))]
        self.rows = [past(n) for n in range(25)]

    async def _answer(self, query: object) -> None:
        self.asked.append(query)
        await self.gate.wait()
        if self.error is not None:
            raise self.error

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        await self._answer(query)
        return self.found(query)

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        await self._answer(query)
        return [WeekCell(6, 2, counts(query.since, offered=30)), WeekCell(0, 47, counts(query.since))]

    async def past_interactions(self, query: PastQuery) -> PastPage:
        await self._answer(query)
        first = int(query.cursor or 0)
        following = first + min(query.limit, 10)
        return PastPage(tuple(self.rows[first:following]), str(following) if following < len(self.rows) else "")

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        await self._answer(interaction_id)
        return PastDetail(self.rows[0])


class Place:
    def __init__(self, zone: str = "Europe/London") -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock, AppState(zone=zone))
        self.center = Remembering(self.time)
        self.desk = HistoryDesk(self.store, make_asking(self.time, self.store), self.center)


@pytest.fixture
def place() -> Place:
    return Place()


async def test_the_same_question_is_on_its_way_once(place: Place) -> None:
    place.center.gate.clear()
    both = [asyncio.create_task(place.desk.intervals(TODAY)) for _ in range(3)]
    await spin()
    other = asyncio.create_task(place.desk.intervals(PAST))
    await spin()
    place.center.gate.set()
    answers = await asyncio.gather(*both, other)
    assert place.center.asked == [TODAY, PAST]
    assert answers[0] is answers[1] is answers[2] and answers[0].value and answers[0].at == NOW


async def test_who_gives_up_leaves_the_others_their_answer(place: Place) -> None:
    place.center.gate.clear()
    first, second = (asyncio.create_task(place.desk.intervals(TODAY)) for _ in range(2))
    await spin()
    first.cancel()
    await spin()
    place.center.gate.set()
    assert (await second).value and place.center.asked == [TODAY]
    assert first.cancelled()


async def test_a_question_nobody_waits_for_is_taken_back(place: Place) -> None:
    place.center.gate.clear()
    only = asyncio.create_task(place.desk.intervals(TODAY))
    await spin()
    only.cancel()
    await spin()
    place.center.gate.set()
    again = await place.desk.intervals(TODAY)  # not the cancelled one's
    assert again.value and place.center.asked == [TODAY, TODAY]


async def test_an_answer_is_kept_for_a_while_and_longer_when_its_period_is_over(place: Place) -> None:
    for query, seconds in ((TODAY, FRESH_SECONDS), (PAST, OVER_SECONDS)):
        place.center.asked.clear()
        first = await place.desk.intervals(query)
        place.time.wall += seconds - 1
        assert await place.desk.intervals(query) is first
        assert place.center.asked == [query]
        assert await place.desk.intervals(query, anew=True) is not first
        place.time.wall += seconds + 1
        await place.desk.intervals(query)
        assert place.center.asked == [query] * 3


async def test_after_a_failure_what_was_known_is_shown_with_its_age_and_the_reason(place: Place) -> None:
    place.center.error = Unavailable("no route")
    nothing = await place.desk.intervals(TODAY)
    assert (nothing.value, nothing.at, nothing.error) == (None, None, "Unavailable")
    assert "The history was not read." in in_words(nothing.problem) and "no route" in in_words(nothing.problem)
    place.center.error = None
    good = await place.desk.intervals(TODAY)
    assert good.value and not good.problem
    place.time.wall += 100
    place.center.error = NotFound("gone")
    stale = await place.desk.intervals(TODAY)
    assert (stale.value, stale.at) == (good.value, NOW) and "gone" in in_words(stale.problem)
    place.center.error = None
    assert not (await place.desk.intervals(TODAY)).problem


async def test_a_past_that_is_not_made_up_yet_is_asked_for_later(place: Place) -> None:
    """In the server's own words, and never at once."""
    for told, later in ((3.0, 3.0), (0.0, 1.0)):
        place.center.error = RateLimited("The past is being made up: 40% of it is there.", told)
        for answer in (await place.desk.intervals(PAST), await place.desk.week(date(2026, 10, 19), date(2026, 10, 26))):
            assert (answer.value, answer.later) == (None, later)
            assert in_words(answer.problem) == "The past is being made up: 40% of it is there."
    place.center.error = None
    assert not (await place.desk.intervals(PAST)).later


async def test_no_answer_in_time_is_a_failure(place: Place) -> None:
    place.center.gate.clear()
    asked = asyncio.create_task(place.desk.interaction("past-1"))
    await spin()
    while place.time.step(DEADLINE):
        await spin()
    assert (await asked).error == "Unavailable"


async def test_without_a_contact_centre_it_says_so() -> None:
    time = VirtualTime()
    store = Store(time.timing.clock)
    desk = HistoryDesk(store, make_asking(time, store), None)
    assert (await desk.intervals(TODAY)).error == "Unsupported"
    assert not (await desk.export_intervals(TODAY, Path("x.csv"), DEFAULT_FORMULA, page)).ok


async def test_what_is_kept_is_bounded(place: Place) -> None:
    place.center.found = lambda query: [Interval("", counts(query.since))] * (KEPT_RECORDS + 1)
    await place.desk.intervals(TODAY)
    await place.desk.intervals(TODAY)
    assert len(place.center.asked) == 2  # too large to keep
    place.center.found = lambda query: [Interval("", counts(query.since))] * (KEPT_RECORDS // 4)
    for n in range(12):
        await place.desk.intervals(replace(PAST, since=PAST.since - n))
    kept = place.desk._questions._kept.values()
    assert sum(size for _, size in kept) <= KEPT_RECORDS


async def test_days_are_the_centres(place: Place) -> None:
    """On the day the clocks go back the period of that day has 25 hours."""
    assert place.desk.today() == date(2027, 1, 15)
    since, until = place.desk.days.period(date(2026, 10, 25), date(2026, 10, 26))
    assert until - since == 25 * 3_600
    since, until = place.desk.last_days(7)
    assert place.desk.days.day(since) == date(2027, 1, 9) and until - since == 7 * DAY
    assert Place(zone="").desk.days.zone == "UTC" == Place(zone="../../etc/passwd").desk.days.zone
    assert Place(zone="Pacific/Auckland").desk.today() == date(2027, 1, 15)


async def test_the_week_is_asked_of_the_centres_days_and_has_every_half_hour(place: Place) -> None:
    """Two weeks over a change of clocks; a half hour with nothing in it is none, and each weekday says how many."""
    autumn = (await place.desk.week(date(2026, 10, 19), date(2026, 11, 2), queues=("Billing",))).value
    since, until = place.desk.days.period(date(2026, 10, 19), date(2026, 11, 2))
    assert place.center.asked == [WeekQuery(since, until, ("Billing",))] and until - since == 14 * DAY + 3_600
    assert autumn is not None and autumn.days == (2,) * 7
    assert [len(row) for row in autumn.cells] == [48] * 7
    filled = {(day, at): cell.offered for day, row in enumerate(autumn.cells) for at, cell in enumerate(row) if cell}
    assert filled == {(6, 2): 30, (0, 47): 10}
    three = (await place.desk.week(date(2026, 10, 30), date(2026, 11, 2))).value
    assert three is not None and three.days == (0, 0, 0, 0, 1, 1, 1)


async def test_pages_and_one_interaction(place: Place) -> None:
    query = PastQuery(NOW - DAY, NOW, limit=10)
    page = (await place.desk.interactions(query)).value
    assert page is not None and len(page.interactions) == 10
    following = (await place.desk.interactions(replace(query, cursor=page.cursor))).value
    assert following is not None and following.interactions[0].id == "past-10"
    assert (await place.desk.interaction("past-0")).value == PastDetail(place.center.rows[0])


# -- onto the disk


async def test_a_report_is_written_for_its_owner_only_and_never_over_another(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "week.csv"
    done = await place.desk.export_intervals(TODAY, file, DEFAULT_FORMULA, page)
    assert done.ok and str(file) in in_words(done.text)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert (row["offered"], row["service_level"], row["formula"]) == ("10", "0.6", DEFAULT_FORMULA.id)
    before = file.read_bytes()
    again = await place.desk.export_intervals(PAST, file, DEFAULT_FORMULA, page)
    assert (again.ok, again.error) == (False, "exists") and file.read_bytes() == before
    assert (await place.desk.export_intervals(PAST, file, DEFAULT_FORMULA, page, overwrite=True)).ok
    assert file.read_bytes() != before and [one.name for one in tmp_path.iterdir()] == ["week.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "folder.csv",
        "report",
        "report.exe",
        "no/such/folder.json",
        "a\x00b.csv",
        "~nobody-here/x.csv",
        pytest.param("x" * 300 + ".csv", id="long"),
    ],
)
async def test_where_it_cannot_be_written_it_says_why(place: Place, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    path = Path(name) if name.startswith("~") else tmp_path / name
    done = await place.desk.export_intervals(TODAY, path, DEFAULT_FORMULA, page, overwrite=True)
    assert not done.ok and done.text
    assert [one.name for one in tmp_path.iterdir()] == ["folder.csv"]


async def test_all_pages_of_interactions_are_exported(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "calls.json"
    assert (await place.desk.export_interactions(PastQuery(NOW - DAY, NOW), file)).ok
    told = json.loads(file.read_text())
    assert [row["id"] for row in told["interactions"]] == [f"past-{n}" for n in range(25)]
    assert (told["zone"], told["more"]) == ("Europe/London", False)
    assert not (await place.desk.export_interactions(PastQuery(NOW - DAY, NOW), tmp_path / "calls.html")).ok


async def test_a_failure_leaves_no_file(place: Place, tmp_path: Path) -> None:
    place.center.error = Unavailable("no route")
    done = await place.desk.export_intervals(TODAY, tmp_path / "x.csv", DEFAULT_FORMULA, page)
    assert (done.ok, done.error) == (False, "Unavailable") and not list(tmp_path.iterdir())
