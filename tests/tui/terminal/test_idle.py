"""A second in which nothing happens paints what moved with the clock, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.widget import Widget

from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.header import Header
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.app import DesktopApp
from tests.tui import states
from tests.tui.desk import RecordedSession, settle
from tests.tui.states import NOW

SIZE = (140, 40)


class Painted:
    """Which cells of a desktop were painted."""

    def __init__(self, app: DesktopApp, patch: pytest.MonkeyPatch) -> None:
        self._app = app
        self.cells: set[tuple[int, int]] = set()
        display = app._display

        def noted(screen: Any, update: Any) -> None:
            if isinstance(update, ChopsUpdate):
                self.cells |= {(x, y) for y, left, right in update.spans for x in range(left, right)}
            elif isinstance(update, LayoutUpdate):
                self.cells |= {(x, y) for x in range(update.region.width) for y in range(update.region.height)}
            display(screen, update)

        patch.setattr(app, "_display", noted)

    def inside(self, kind: type[Widget]) -> set[tuple[int, int]]:
        """The painted cells of the one widget of this kind, from its own corner."""
        region = self._app.screen.query_one(kind).region
        return {(x - region.x, y - region.y) for x, y in self.cells if region.contains(x, y)}

    def lines(self, kind: type[Widget]) -> set[int]:
        """The lines of it in which something was painted."""
        return {y for _, y in self.inside(kind)}


def _desk(state: AppState) -> tuple[DesktopApp, Callable[[float], None]]:
    now = [NOW]
    session = RecordedSession(state)

    async def build() -> Any:
        return session

    def later(seconds: float) -> None:
        now[0] += seconds

    return DesktopApp(build, guide=False, clock=lambda: now[0]), later


async def test_an_idle_second_paints_the_header_and_the_age_in_the_title(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_waits = {name: replace(queue, longest_since=None) for name, queue in states.QUEUES.items()}
    app, later = _desk(replace(states.IDLE, queues=nobody_waits))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for seconds in (1.0, 10.0):  # the second makes the title longer
            later(seconds)
            app.on_second()
            await pilot.pause()
            painted = Painted(app, monkeypatch)
            later(1.0)
            app.on_second()
            await pilot.pause()
            queues = painted.inside(QueuesPane)
            title = app.screen.query_one(QueuesPane)._border_title
            assert {y for _, y in queues} == {0}
            assert title is not None and max(x for x, _ in queues) < title.cell_length + 6
            region = app.screen.query_one(Header).region
            assert {y for _, y in painted.cells} == {region.y, app.screen.query_one(QueuesPane).region.y}


async def test_a_second_of_a_call_paints_the_lines_that_count_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app, later = _desk(states.active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        later(1.0)
        app.on_second()
        await pilot.pause()
        painted = Painted(app, monkeypatch)
        later(1.0)
        app.on_second()
        await pilot.pause()
        assert len(painted.lines(ConversationPane)) == 1
        assert len(painted.lines(WorkPane)) == 1
        waiting = [queue for queue in states.QUEUES.values() if queue.longest_since is not None]
        assert len(painted.lines(QueuesPane)) == 1 + len(waiting)  # the title, and each wait that goes on
