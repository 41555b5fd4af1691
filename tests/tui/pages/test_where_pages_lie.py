"""A page covers every pane and nothing else: what stands above and below stays in sight, and no border peeps out."""

from typing import Any

import pytest

from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.status_line import StatusLine
from tests.tui.desk import desk, settle
from tests.tui.outbox.outbox_desk import PARKED_RECORD, outbox_desk
from tests.tui.states import active, offered
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

SIZES = [(80, 24), (120, 36), (140, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", [active(), offered()], ids=["talking", "ringing"])
async def test_a_page_lies_over_the_desk_and_under_the_offer(size: tuple[int, int], state: AppState) -> None:
    app, _ = desk(state)
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["f1"])
        await _covers(app.desk_screen, app.desk_screen.query_one(Page), "#desk")


async def test_so_do_the_pages_of_a_door() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot, ["alt+o"])
        await _covers(app.screen, app.screen.query_one("#outbox"), "#desk")


@pytest.mark.parametrize("size", SIZES)
async def test_and_those_of_the_floor(size: tuple[int, int]) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["f1"])
        await _covers(app.screen, app.screen.query_one(Page), "#floor")


async def _covers(screen: Any, page: Any, panes: str) -> None:
    assert page.is_open and page.region == screen.query_one(panes).region
    above = [one for one in screen.query("Header, Tabs, StatusLine, FloorStatus, Footer") if one.is_on_screen]
    assert above and not any(page.region.overlaps(one.region) for one in above)
    for line in screen.query(StatusLine):
        assert not line.has_class("offered") or line.is_on_screen
