"""The screen of reports by keyboard: what a key asks for, where esc leads, waiting, failing, exporting."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from desktop.domain.entities.history import IntervalQuery, PastPage, PastQuery
from desktop.ports.errors import RateLimited, Unavailable
from desktop.tui.app import DesktopApp
from desktop.tui.pages.help import PageHelp
from desktop.tui.report.period import NAMES, named, typed
from desktop.tui.report.plan_text import read_plan
from desktop.tui.report.report_page import ReportPage
from desktop.tui.supervisor.floor_footer import FloorFooter
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from desktop.words.figures import known_as
from tests.tui.desk import settle, steady_cursors
from tests.tui.report.report_desk import DAYS, Past, contact, report_desk
from tests.tui.states import NOW

SIZES = [(80, 24), (120, 36), (200, 50)]
TODAY = DAYS.day(NOW)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, and let everything they set off come to its end."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        await quiet(pilot)


async def quiet(pilot: Pilot[Any]) -> None:
    """Until nothing is waited for any more, unless it hangs on purpose."""
    for _ in range(200):
        pages = list(pilot.app.screen.query(ReportPage))
        await pilot.pause()
        if not pages or pages[0].views.waited is None or _hangs(pilot.app):
            break
        await asyncio.sleep(0.01)
    for _ in range(3):
        await pilot.pause()


def _hangs(app: Any) -> bool:
    return app.session.supervisor.past.hanging is not None


async def open_page(pilot: Pilot[Any], *keys: str) -> ReportPage:
    await settle(pilot)
    await press(pilot, "R", *keys)
    return pilot.app.screen.query_one(ReportPage)


def seen(app: DesktopApp) -> str:
    """All that stands on the page."""
    page = app.screen.query_one(ReportPage)
    texts = [str(one.render()) for one in page.query(Static)]
    if page.views.listed:
        rows = page.query_one("#report-list", LineTable).rows
        texts += [" ".join(getattr(cell, "plain", str(cell)) for cell in row.cells) for row in rows]
        texts.append(str(page.query_one("#report-list", LineTable)._empty))
    return "\n".join([*texts, str(page.border_title), str(page.border_subtitle)])


def queries(past: Past, kind: type = IntervalQuery) -> list[Any]:
    return [one for one in past.asked if isinstance(one, kind)]


# -- periods and questions


@pytest.mark.parametrize("name", NAMES)
def test_a_named_period_is_whole_days_of_the_centre(name: str) -> None:
    period = named(name, TODAY)
    since, until = period.edges(DAYS)
    days = {"today": 1, "yesterday": 1, "7 days": 7, "4 weeks": 28}[name]
    assert period.count == days
    assert DAYS.local(since).hour == DAYS.local(until).hour == 0
    assert until == DAYS.midnight(TODAY + timedelta(days=1 if name == "today" else 0))


def test_an_own_period_as_it_is_typed() -> None:
    assert typed("2026-11-02 2026-11-08").count == 7
    assert typed(" 2026-3-28..2026-3-29 ").words == "Sat 28 – Sun 29 Mar 2026"
    assert typed("2026-11-02").count == 1
    for wrong in ("", "yesterday", "2026-13-01", "2026-11-08 2026-11-02", "2020-01-01 2026-01-01", "2026-11-02 x"):
        with pytest.raises(ValueError):
            typed(wrong)


def test_a_plan_as_it_is_typed() -> None:
    from desktop.app.staffing.demand_forecast import Plan

    plan = read_plan("90/15 30% 120s x3", Plan())
    assert (plan.target.level, plan.target.threshold) == (0.9, 15)
    assert (plan.shrinkage, plan.patience, plan.concurrency.slots) == (0.3, 120, 3)
    assert read_plan("25%", plan) == replace(plan, shrinkage=0.25)
    for wrong in ("80", "100/20", "100%", "x0", "soon", "0/20"):
        with pytest.raises(ValueError):
            read_plan(wrong, Plan())


async def test_a_key_turns_the_period_and_asks_for_it() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot)
        first = queries(past)[-1]
        assert (first.since, first.width, first.queues) == (DAYS.midnight(TODAY), 1_800.0, ())
        await press(pilot, "p")
        second = queries(past)[-1]
        assert (second.since, second.until) == DAYS.period(TODAY - timedelta(days=1), TODAY)
        assert "yesterday" in seen(app) and "all queues" in seen(app)
        await press(pilot, "p")
        assert queries(past)[-1].width == 86_400.0
        await press(pilot, "P", "P")
        assert page.views.choice.period.name == "today"


@pytest.mark.thorough
async def test_an_own_period_is_typed_and_nonsense_is_explained() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_page(pilot, "o", *"2026-13-01", "enter")
        assert "does not exist" in seen(app)
        field = app.screen.query_one("#report-field", Input)
        field.value = "2026-11-02 2026-11-08"
        await press(pilot, "enter")
        assert "Mon 2 – Sun 8 Nov 2026" in seen(app)
        assert queries(past)[-1].since == DAYS.midnight(TODAY - timedelta(days=15))


async def test_queues_are_picked_from_a_list() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "u", "space", "down", "down", "space", "enter")
        assert queries(past)[-1].queues == ("Billing", "Retention")
        assert "Billing, Retention" in seen(app)
        await press(pilot, "u", "a", "a", "enter")
        assert page.views.choice.queues == () and "all queues" in seen(app)


@pytest.mark.thorough
async def test_width_and_formula() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(200, 50)) as pilot:
        page = await open_page(pilot, "p", "w")
        assert queries(past)[-1].width == 3_600.0
        before = str(page.query_one("#report-figures", Static).render())
        asked = len(past.asked)
        await press(pilot, "left", "left", "left", "left", "left", "f", "f", "f", "f", "f", "f", "f")
        assert str(page.query_one("#report-figures", Static).render()) != before
        assert len(past.asked) == asked, "another formula asks nothing"
        assert known_as(page.views.choice.formula)[0] in seen(app)


async def test_the_figures_under_the_cursor_are_the_intervals_own() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "home", "right", "right")
        start = page.views.starts[2]
        (one,) = [one for one in page.views.answer.value if one.counts.since == start]
        figures = str(page.query_one("#report-figures", Static).render())
        assert f"offered {one.counts.offered}" in figures
        assert f"answered {one.counts.answered}" in figures
        assert f"{DAYS.local(start):%H:%M}–" in figures


# -- into it and back


async def test_from_an_interval_to_its_contacts_to_what_happened_and_back() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "left", "enter")
        (query,) = queries(past, PastQuery)
        assert query.until - query.since == 1_800.0
        assert "contacts from" in seen(app) and "Priya Natarajan" in seen(app)
        await press(pilot, "enter")
        assert past.asked[-1] == "i-0"
        assert "offer ended" in seen(app) and "+00:20" in seen(app) and "Refund made" in seen(app)
        await press(pilot, "escape")
        assert page.views.place == "contacts"
        await press(pilot, "escape")
        assert page.views.place == "plots"
        await press(pilot, "escape")
        assert not app.screen.query(ReportPage)
        assert isinstance(app.focused, QueuePanel)


async def test_intervals_as_a_table_lead_to_contacts_too() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "2")
        rows = page.query_one("#report-list", LineTable).rows
        assert len(rows) == len(page.views.answer.value)
        await press(pilot, "down", "enter")
        (query,) = queries(past, PastQuery)
        assert query.since == page.views.requests.answer("intervals").value[1].counts.since


async def test_older_contacts_are_asked_for_at_the_end() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "5")
        table = page.query_one("#report-list", LineTable)
        assert len(table.rows) == 31
        await press(pilot, "end", "enter")
        assert [one.cursor for one in queries(past, PastQuery)] == ["", "30"]
        assert len(table.rows) == 61
        await press(pilot, "end", "enter")
        assert len(table.rows) == 90 and "older" not in seen(app)


async def test_one_that_is_gone_is_said_so() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "5", *["down"] * 13, "enter")
        assert page.views.place == "timeline" and "no longer there" in seen(app)


# -- the week and what is to come


async def test_the_week_as_a_map_has_its_figures_under_the_cursor() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "p", "p", "3", "right", "down")
        week, views = page.views.answer.value, page.views
        cell = week.cells[views.weekday][views.slot]
        assert cell is not None and f"offered {cell.offered}" in seen(app)
        assert "Tue 09:30" in seen(app) and "from " in seen(app) and "blank: no contacts" in seen(app)
        await press(pilot, "m")
        assert "service level" in seen(app) and "from 80%" in seen(app)


async def test_what_is_to_come_says_how_far_off_it_was_and_what_it_assumes() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "4")
        found = page.views.answer.value
        assert found is not None
        text = seen(app)
        for words in ("Average error", "the week before", "80 % within 20 s", "Erlang", "holidays to come", "14:30"):
            assert words in text, words
        before = [one.needed.agents for one in found.slots if one.needed]
        await press(pilot, "t", *"95/5 30%", "enter")
        after = [one.needed for one in page.views.answer.value.slots if one.needed]
        assert all(a <= b.agents for a, b in zip(before, after, strict=True)) and before != [b.agents for b in after]
        assert all(one.positions > one.agents for one in after if one.agents)
        assert "95 % within 5 s, shrinkage 30 %" in seen(app)
        await press(pilot, "s")
        assert "seven days" in seen(app)


async def test_too_little_history_has_a_face() -> None:
    past = Past(weeks=1)
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_page(pilot, "4")
        assert "too little history" in seen(app) and "tries again" in seen(app)


# -- waiting, failing, nothing


async def test_a_wait_says_for_how_long_and_can_be_given_up() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        past.hanging = asyncio.get_running_loop().create_future()
        page = await open_page(pilot)
        assert "Loading … 0 s" in seen(app) and "esc cancels" in seen(app)
        await press(pilot, "escape")
        assert "Cancelled" in seen(app) and app.screen.query(ReportPage)
        assert past.hanging.cancelled(), "nobody waits any more"
        past.hanging = None
        await press(pilot, "r")
        assert page.views.answer.value


async def test_a_past_that_is_being_made_up_is_waited_for_calmly() -> None:
    """How much there is, that it is asked again by itself, and esc; no chart of a part that would look like all."""
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        past.failing = RateLimited("The past is being made up: 40 % of it is there.", 60.0)
        page = await open_page(pilot)
        assert "40 % of it is there" in seen(app) and "tried again automatically" in seen(app)
        assert "press again" not in seen(app)
        await press(pilot, "escape")
        assert "Cancelled" in seen(app) and app.screen.query(ReportPage)
        past.failing = None
        await press(pilot, "r")
        assert page.views.answer.value


async def test_a_failure_says_so_and_what_was_known_stays_with_its_age() -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        past.failing = Unavailable("The contact centre cannot be reached.")
        page = await open_page(pilot)
        assert "cannot be reached" in seen(app) and "tries again" in seen(app)
        past.failing = None
        await press(pilot, "r")
        assert page.views.answer.value and "updated now" in seen(app)
        past.failing = Unavailable("The contact centre cannot be reached.")
        await press(pilot, "r")
        assert page.views.answer.value, "the chart stays"
        assert "cannot be reached" in str(page.border_subtitle)


async def test_nothing_has_a_face() -> None:
    past = Past()
    past.quarters = []
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_page(pilot)
        assert "No data" in seen(app)
        await press(pilot, "2", "3")
        assert "No data" in seen(app)


async def test_a_centre_without_history_is_not_asked() -> None:
    past = Past()
    app, session = report_desk(past)
    session.store.state = replace(session.store.state, capabilities={"contact_center": frozenset()})
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["R"])
        assert not app.screen.query(ReportPage)
        assert "keeps no history" in in_words(session.store.drain().notices[-1].text)


async def test_no_key_of_the_page_reaches_the_verbs_below() -> None:
    past = Past()
    app, session = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_page(pilot)
        calls = list(session.calls)
        await press(pilot, *"lbxnhkvzc")
        assert session.calls == calls and app.screen.query(ReportPage)


@pytest.mark.parametrize("size", SIZES)
async def test_help_is_about_this_page_and_leads_back_to_it(size: tuple[int, int]) -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=size) as pilot:
        page = await open_page(pilot, "p", "2", "down")
        row, period = page.query_one(LineTable).cursor_key, page.views.choice.period
        for opens, closes in (("f1", "escape"), ("question_mark", "f1")):
            await press(pilot, opens)
            text = str(page.query_one("#page-help-text", Static).visual)
            assert "Parquet" in text and "P goes back" in text and "Take part" not in text
            assert page.query_one(PageHelp).size.height > size[1] // 2 and not page.query_one(LineTable).display
            await press(pilot, *"lbx2", "down", closes)
            assert page.is_attached and page.query_one(LineTable).display
            assert page.views.choice.period == period
        await press(pilot, "down", "up")
        assert page.query_one(LineTable).has_focus and page.query_one(LineTable).cursor_key == row


async def test_help_comes_while_a_field_is_typed_in_and_what_was_typed_stays() -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot, "o", *"2026")
        await press(pilot, "f1", "f1", "question_mark")
        assert page.query_one("#report-field", Input).value == "2026?"


async def test_all_intervals_together_have_the_service_level_that_each_has() -> None:
    past = Past()
    past.quarters = [replace(one, threshold=None) for one in past.quarters]  # of several queues
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "2", "W")  # a quarter each, nothing to be added up before
        table = page.query_one(LineTable)
        whole = table.render_line(table.size.height - 1).text.split()
        assert whole[0] == "all" and whole[5] == "%", whole


@pytest.mark.parametrize("key", ["1", "4"])
async def test_no_label_is_parted_from_its_figure(key: str) -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot, "p", key)
        first, second = str(page.query_one("#report-figures", Static).render()).split("\n")
        assert max(map(len, (first, second))) <= page.content_size.width
        assert second.startswith(" ") and second.split()[0].isalpha()
        assert first.rstrip()[-1] in "0123456789%—"


@pytest.mark.parametrize("place", ["1", "2", "3", "4", "5"])
async def test_where_keys_do_not_fit_the_line_says_where_the_others_are(place: str) -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot, place)
        line = str(page.query_one("#report-keys", Static).visual)
        assert "F1 keys" in line and "esc close" in line and "…" not in line
        assert len(line) <= page.content_size.width


async def test_the_line_below_a_page_offers_none_of_the_floors_keys() -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=(120, 36)) as pilot:
        await open_page(pilot)
        footer = app.screen.query_one(FloorFooter)
        assert footer.render().plain.split() == ["alt+v", "desk", "F1", "help"]
        await press(pilot, "escape")
        assert "filter" in footer.render().plain


# -- export


async def written(pilot: Pilot[Any], page: ReportPage, path: Path, done: Callable[[], object]) -> None:
    await press(pilot, "e")
    page.query_one("#report-field", Input).value = str(path)
    await press(pilot, "enter")
    async with asyncio.timeout(20):
        while not done():
            await pilot.pause(0.02)


async def test_a_report_is_written_and_never_over_another_one_unasked(tmp_path: Path) -> None:
    past = Past()
    app, session = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p")
        path = tmp_path / "day.csv"
        await written(pilot, page, path, lambda: session.store.drain().notices and path.exists())
        assert path.read_text().startswith("since,")
        assert "rows written" in in_words(session.store.drain().notices[-1].text)
        path.write_text("mine")
        await written(pilot, page, path, lambda: app.presses.armed)
        assert "already exists" in seen(app)
        assert "enter again: overwrite day.csv" in prompt(app)
        assert path.read_text() == "mine"
        await press(pilot, "enter")
        async with asyncio.timeout(20):
            while path.read_text() == "mine":
                await pilot.pause(0.02)


def prompt(app: DesktopApp) -> str:
    return str(app.screen.query_one(FloorFooter).render().plain)


async def asked_to_write_over(pilot: Pilot[Any], app: DesktopApp, path: Path) -> ReportPage:
    """The page with its field open, the name of a file there is in it, and one enter pressed."""
    page = await open_page(pilot, "p")
    path.write_text("mine")
    await written(pilot, page, path, lambda: app.presses.armed)
    return page


@pytest.mark.parametrize("between", [("x", "backspace"), ("left",), ("f1", "f1"), ("escape", "enter"), ("tab",)])
async def test_any_other_key_takes_back_what_would_be_written_over(tmp_path: Path, between: tuple[str, ...]) -> None:
    app, _ = report_desk(Past())
    path = tmp_path / "day.csv"
    async with app.run_test(size=(120, 36)) as pilot:
        await asked_to_write_over(pilot, app, path)
        await press(pilot, *between[:1])
        assert app.presses.armed is None
        assert "again" not in prompt(app)
        await press(pilot, *between[1:])
        assert path.read_text() == "mine"


async def test_another_file_is_asked_for_anew(tmp_path: Path) -> None:
    app, _ = report_desk(Past())
    path, other = tmp_path / "day.csv", tmp_path / "other.csv"
    async with app.run_test(size=(120, 36)) as pilot:
        page = await asked_to_write_over(pilot, app, path)
        other.write_text("theirs")
        page.query_one("#report-field", Input).value = str(other)
        await press(pilot, "enter")
        async with asyncio.timeout(20):
            while "overwrite other.csv" not in prompt(app):
                await pilot.pause(0.02)
        assert (path.read_text(), other.read_text()) == ("mine", "theirs")


@pytest.mark.parametrize(("places", "key"), [((), "t"), (("4",), "e")], ids=["no plan here", "nothing to write here"])
async def test_letters_for_a_field_that_did_not_open_mean_nothing(places: tuple[str, ...], key: str) -> None:
    app, session = report_desk(Past())
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, *places)
        assert not page.has_class("typing")
        before = page.views.choice
        await press(pilot, key, *"pwfm")
        assert page.views.choice == before
        assert "No field is open" in in_words(session.store.drain().notices[-1].text)
        await press(pilot, "escape", "p")
        assert page.views.choice != before


async def test_contacts_are_exported_as_json_and_a_bad_name_is_explained(tmp_path: Path) -> None:
    past = Past()
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "5")
        path = tmp_path / "contacts.json"
        await written(pilot, page, path, path.exists)
        assert len(json.loads(path.read_text())["interactions"]) == 90
        await written(
            pilot, page, tmp_path / "contacts.docx", lambda: "csv" in seen(app) and "not written" in seen(app)
        )


# -- hostile text


async def test_hostile_names_are_only_text() -> None:
    past = Past()
    evil = "\x1b[2J[red]Robert[/red]\u202e\nDROP"

    async def page_of(query: PastQuery) -> PastPage:
        one = contact(0, query.since)
        return PastPage((replace(one, customer_name=evil, agent_name=evil, queue=evil, codes=(evil,), outcome=evil),))

    past.past_interactions = page_of  # type: ignore[method-assign]
    app, _ = report_desk(past)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_page(pilot, "p", "5")
        screen = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "\x1b" not in screen and "\u202e" not in screen and "[red]Robert" in screen
        assert page.views.place == "contacts"


# -- faces


async def _face(pilot: Pilot[Any], keys: tuple[str, ...]) -> None:
    await settle(pilot)
    steady_cursors(pilot)
    await open_page(pilot, *keys[:-1])
    steady_cursors(pilot)
    await press(pilot, *keys[-1:])
    await settle(pilot)


FACES = {
    "plots": ("p", *["left"] * 8),
    "month": ("p", "p", "p"),
    "intervals": ("p", "2"),
    "week": ("p", "p", "p", "3"),
    "outlook": ("4",),
    "outlook_week": ("4", "s"),
    "contacts": ("p", "left", "enter"),
    "timeline": ("p", "left", "enter", "enter"),
}
OPENED = {
    "queues": ("p", "u", "space"),
    "own_period": ("p", "o"),
    "target": ("4", "t"),
    "service_level_map": ("p", "p", "p", "3", "m"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("face", FACES)
def test_face(face: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, _ = report_desk(Past())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _face(pilot, FACES[face]))


@pytest.mark.parametrize("name", OPENED)
def test_opened(name: str, snap_compare: Callable[..., bool]) -> None:
    app, _ = report_desk(Past())
    assert snap_compare(app, terminal_size=(120, 36), run_before=lambda pilot: _face(pilot, OPENED[name]))


@pytest.mark.parametrize("theme", ["desk-light", "desk-contrast"])
def test_theme(theme: str, snap_compare: Callable[..., bool]) -> None:
    app, _ = report_desk(Past())

    async def change(pilot: Pilot[Any]) -> None:
        pilot.app.theme = theme
        await _face(pilot, FACES["week"])

    assert snap_compare(app, terminal_size=(140, 40), run_before=change)


def test_failed(snap_compare: Callable[..., bool]) -> None:
    past = Past()
    past.failing = Unavailable("The contact centre cannot be reached.")
    app, _ = report_desk(past)
    assert snap_compare(app, terminal_size=(80, 24), run_before=lambda pilot: _face(pilot, ()))
