"""A window that was made larger or smaller looks as one that was opened at its size."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.widget import Widget

from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.history_filter import HistoryFilter
from desktop.tui.agent.overlays.thread_search import ThreadSearch
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.agent.panes.tabs import Tabs
from tests.tui.desk import desk, settle
from tests.tui.states import active, wrapping_up, written

SIZES = [(80, 24), (120, 36), (140, 40), (200, 50)]


def seen(app: Any) -> list[str]:
    """Every line of the screen, but for the cursor: a tab that hides the list takes the keyboard from it."""
    return [strip.text.replace("▌", " ") for strip in app.screen._compositor.render_strips()]


def sound(lines: list[str]) -> bool:
    """Whether neighbours share a border, and no hint in a border is cut."""
    return not any("││" in one or "╮╭" in one or re.search(r"\w… ?─", one) for one in lines)


@pytest.mark.parametrize("size", [*SIZES, (100, 30)])
@pytest.mark.parametrize("key", ["f6", "slash", "H"])
async def test_what_opens_in_a_column_has_its_borders(key: str, size: tuple[int, int]) -> None:
    app, _ = desk(active())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["escape", key])
        assert sound(seen(app)), "\n".join(seen(app))


@pytest.mark.parametrize(
    "state", [active, *(pytest.param(one, marks=pytest.mark.thorough) for one in (written, wrapping_up))]
)
async def test_it_is_drawn_as_if_it_had_always_been_so_large(state: Callable[[], AppState]) -> None:
    fresh = {}
    for size in SIZES:
        app, _ = desk(state())
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            fresh[size] = seen(app)
            assert sound(fresh[size]), "\n".join(fresh[size])
    app, _ = desk(state())
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot)
        for size in (*SIZES[1:], *reversed(SIZES[:-1])):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert seen(app) == fresh[size], size


@pytest.mark.parametrize(
    ("state", "keys", "field", "pane"),
    [
        (active, ["escape", "H"], HistoryFilter, TimelinePane),
        (written, ["escape", "F"], ThreadSearch, ConversationPane),
    ],
)
async def test_a_field_in_a_pane_goes_where_that_goes(
    state: Callable[[], AppState], keys: list[str], field: type[Widget], pane: type[Widget]
) -> None:
    app, _ = desk(state())
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot, keys)
        for size in ((120, 36), (140, 40)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            place, around = app.screen.query_one(field).region, app.screen.query_one(pane).region
            assert (place.x, place.right) == (around.x, around.right)
            assert around.y - place.height <= place.y < around.bottom


async def test_the_field_in_the_timeline_goes_with_it() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot, ["escape", "H", "f6"])
        assert app.desk_screen.query_one(ExpertFinder).is_open
        assert not app.desk_screen.query_one(HistoryFilter).is_open
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert seen(app)[0].startswith(" Maya Okafor")


async def test_the_tab_in_front_is_marked_in_the_moment_it_is_turned_to() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.desk_screen.show_tab("contact")
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        tabs = strips[app.desk_screen.query_one(Tabs).region.y]
        marked = [segment.text.strip() for segment in tabs if segment.style is not None and segment.style.reverse]
        assert marked == ["Contact"]
