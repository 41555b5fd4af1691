"""Facts are written the same for sound and unsound figures; a long history is drawn once."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.app.callback_time.due import Due, read_due
from desktop.domain.entities.customer import CustomerPromise, TimelineEntry
from desktop.tui.agent.panes import history
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from tests.tui.desk import desk, settle
from tests.tui.states import DETAILS, NOW, ONE, PRIYA, active

UNSOUND = [math.nan, math.inf, -math.inf, 1e300, -1e300, 1e15, -1e15]


@pytest.mark.parametrize("figure", UNSOUND)
def test_any_figure_can_be_written(figure: float) -> None:
    for text in (
        wording.duration(figure),
        wording.age(figure),
        wording.since(figure),
        wording.clock(figure),
        wording.day(figure, NOW),
        wording.day(NOW, figure),
        wording.due(figure, NOW),
        wording.planned(figure, UTC, UTC),
    ):
        assert text


async def test_unsound_times_do_not_end_the_program() -> None:
    odd = replace(PRIYA, fetched_at=math.inf, promises=(CustomerPromise("call", -1e300), CustomerPromise("x", 1e300)))
    entries = tuple(TimelineEntry(f"t{n}", at, "voice", "odd", "") for n, at in enumerate(UNSOUND[3:]))
    state = active()
    call = replace(state.interactions["i1"], phase_since=math.nan, answered_at=-math.inf, arrived_at=1e300)
    pop = replace(ONE, matches=(replace(ONE.matches[0], customer=odd),))
    state = replace(
        state,
        interactions={"i1": call},
        pops={"i1": pop},
        details={"C-4471": replace(DETAILS, timeline=entries, fetched_at=-1e300)},
    )
    app, _ = desk(state)
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        assert app.is_running


async def test_of_a_long_history_only_the_rows_in_sight_are_made_also_when_the_call_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = tuple(TimelineEntry(f"t{n}", NOW - n * 3600, "email", "asked", "S. Brandt") for n in range(5000))
    state = replace(active(), details={"C-4471": replace(DETAILS, timeline=entries)})
    made: list[str] = []
    original = history._entry

    def counted(key: str, entry: TimelineEntry, now: float, *, several: bool) -> Row:
        made.append(entry.id)
        return original(key, entry, now, several=several)

    monkeypatch.setattr(history, "_entry", counted)
    app, session = desk(state)
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        in_sight = len(made)
        assert 0 < in_sight < 42
        held = replace(state.interactions["i1"], version=9, held=True, held_since=NOW)
        session.store.state = replace(state, interactions={"i1": held})
        app.request_frame()
        await settle(pilot)
    assert len(made) <= 2 * in_sight


async def test_the_age_of_the_timeline_goes_on() -> None:
    app, _ = desk(replace(active(), details={"C-4471": replace(DETAILS, fetched_at=NOW - 1)}))
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        pane = app.desk_screen.query_one(history.TimelinePane)
        assert pane.view is not None
        pane.tick(replace(pane.view, now=pane.view.now + 30))
        assert "31s ago" in str(pane.border_title)


LONDON, BERLIN, TOKYO = map(ZoneInfo, ("Europe/London", "Europe/Berlin", "Asia/Tokyo"))
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("zone", "customer", "text"),
    [
        (BERLIN, None, "Mon 23 Nov 10:00"),
        (BERLIN, BERLIN, "Mon 23 Nov 10:00"),
        (BERLIN, LONDON, "Mon 23 Nov 10:00, 09:00 in London"),
        (BERLIN, ZoneInfo("Europe/Paris"), "Mon 23 Nov 10:00"),
        (BERLIN, ZoneInfo("America/Argentina/Buenos_Aires"), "Mon 23 Nov 10:00, 06:00 in Buenos Aires"),
        (BERLIN, ZoneInfo("Pacific/Auckland"), "Mon 23 Nov 10:00, 22:00 in Auckland"),
        (LONDON, ZoneInfo("Pacific/Kiritimati"), "Mon 23 Nov 09:00, 23:00 in Kiritimati"),
        (BERLIN, ZoneInfo("Pacific/Kiritimati"), "Mon 23 Nov 10:00, 23:00 in Kiritimati"),
        (TOKYO, ZoneInfo("America/Los_Angeles"), "Mon 23 Nov 18:00, 01:00 in Los Angeles"),
        (LONDON, ZoneInfo("Pacific/Honolulu"), "Mon 23 Nov 09:00, Sun 23:00 in Honolulu"),
        (UTC, UTC, "Mon 23 Nov 09:00"),
        (tz.tzutc(), LONDON, "Mon 23 Nov 09:00"),  # a zone without a name whose clock is the same
    ],
)
def test_a_plan_is_written_in_both_zones_where_they_are_two(zone: tzinfo, customer: tzinfo | None, text: str) -> None:
    assert wording.planned(MONDAY, zone, customer) == text


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1), timezones=st.sampled_from([LONDON, BERLIN, TOKYO])),
    st.integers(1, 30 * 1440),
    st.text(),
)
def test_a_plan_as_written_is_read_as_the_same_moment(now: datetime, minutes: int, note: str) -> None:
    then = (now.astimezone(UTC) + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    assume(then.timestamp() > now.timestamp())
    there = then.astimezone(now.tzinfo)
    assume(not tz.datetime_ambiguous(there.replace(tzinfo=None), now.tzinfo))
    written = wording.planned(then.timestamp(), now.tzinfo or UTC)
    assert read_due(f"{written} about {note}", now.timestamp(), now.tzinfo or UTC) == Due(
        then.timestamp(), f"about {note}".strip()
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20.0, "20 s"),
        (90.0, "90 s"),
        (600.0, "10 min"),
        (14_400.0, "4 h"),
        (5_400.0, "90 min"),
        (0.0, "0 s"),
        (None, "—"),
    ],
)
def test_a_limit_is_said_in_the_unit_it_was_set_in(seconds: float | None, said: str) -> None:
    assert wording.limit(seconds) == said
