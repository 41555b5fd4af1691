"""An entry of the past is read whole beside the call, and the way back leads to its row."""

from dataclasses import replace

import pytest
from textual.content import Content
from textual.pilot import Pilot

from desktop.domain.entities.customer import TimelineEntry
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.entry import EntryPane
from desktop.tui.agent.panes.history import CasesPane, TimelinePane
from desktop.tui.app import DesktopApp
from desktop.tui.widgets.page_text import PageText
from tests.tui.desk import desk, settle, told
from tests.tui.states import DETAILS, NOW, active

SIZES = [(80, 24), (120, 36), (152, 40), (200, 50)]
MAIL = "Hello,\n\nI was told five days.\n\x1b[31m[bold]When?[/bold]\u202e\n\nPriya"


def with_mail() -> AppState:
    state = active()
    (known, details), *others = state.details.items()
    mail = TimelineEntry("T-9", NOW - 5, "email", "Asked where the refund is.", "S. Brandt", MAIL)
    return replace(state, details={known: replace(details, timeline=(mail, *(details.timeline or ()))), **dict(others)})


def shown(app: DesktopApp) -> str:
    return str(app.desk_screen.query_one("#entry-text", PageText).render())


def heading(app: DesktopApp) -> str:
    return Content.from_markup(app.desk_screen.query_one(EntryPane).border_title or "").plain.strip()


async def to_mail(app: DesktopApp, pilot: Pilot[object]) -> None:
    await settle(pilot)
    app.desk_screen.show_tab("customer")
    app.desk_screen.query_one(TimelinePane).focus()
    app.desk_screen.query_one(TimelinePane).move_to("T-9")
    await settle(pilot, ["enter"])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_mail_is_read_whole_and_esc_goes_back_to_its_row(size: tuple[int, int]) -> None:
    app, _ = desk(with_mail())
    async with app.run_test(size=size) as pilot:
        await to_mail(app, pilot)
        pane = app.desk_screen.query_one(EntryPane)
        assert pane.display and pane.has_focus
        text = shown(app)
        assert "Asked where the refund is." in text and "S. Brandt" in text and "I was told five days." in text
        assert "\x1b" not in text and "\u202e" not in text and "[bold]When?[/bold]" in text
        await settle(pilot, ["escape"])
        assert not pane.display
        assert app.desk_screen.query_one(TimelinePane).has_focus


async def test_left_and_right_turn_and_stop_at_the_ends() -> None:
    app, _ = desk(with_mail())
    async with app.run_test(size=(120, 36)) as pilot:
        await to_mail(app, pilot)
        rows = len(app.desk_screen.query_one(TimelinePane).rows)
        seen = [heading(app)]
        for key in ["left"] * 3 + ["right"] * (rows + 2):
            await settle(pilot, [key])
            seen.append(heading(app))
        assert any(f"1 of {rows}" in one for one in seen)
        assert f"{rows} of {rows}" in seen[-1]


async def test_a_case_opens_too() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        app.desk_screen.query_one(CasesPane).focus()
        await settle(pilot, ["enter"])
        case = (DETAILS.cases or ())[0]
        assert f"Case {case.id}" in heading(app)
        assert case.subject in shown(app)


async def test_it_closes_with_its_contact() -> None:
    app, session = desk(with_mail())
    async with app.run_test(size=(152, 40)) as pilot:
        await to_mail(app, pilot)
        session.store.state = replace(session.store.state, interactions={})
        app.request_frame()
        await settle(pilot)
        assert not app.desk_screen.query_one(EntryPane).display


async def test_what_was_said_is_copied_with_its_lines() -> None:
    app, _ = desk(with_mail())
    async with app.run_test(size=(152, 40)) as pilot:
        await to_mail(app, pilot)
        await settle(pilot, ["b"])
        assert "Asked where the refund is.\nHello,\n\nI was told five days." in app.clipboard
        assert "\x1b" not in app.clipboard
        assert "Copied" in told(app.desk_screen)
