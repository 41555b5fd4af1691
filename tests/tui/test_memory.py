"""What a desktop keeps is bounded, and what it throws away is found."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.tui import app as desktop_app
from desktop.tui.textual_patches.line_cache import LineCache
from tests.tui import states
from tests.tui.desk import desk, settle
from tests.tui.widgets.test_table import TableApp, rows


@pytest.fixture
def _collector_as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


@pytest.mark.usefixtures("_collector_as_before")
async def test_garbage_is_looked_for_as_soon_as_the_desktop_has_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop_app, "SETTLED_SECONDS", 0.01)
    gc.disable()  # as the command does before it imports the screen
    app, _ = desk(states.IDLE)
    async with app.run_test() as pilot:
        while not gc.isenabled():
            await pilot.pause(0.01)
        assert gc.get_freeze_count() > 0, "what a start has made is searched once and left alone"


async def test_a_table_keeps_lines_for_what_is_in_sight(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        table = app.table
        assert isinstance(table._styles_cache, LineCache)
        for second in range(100):
            table.set_rows(rows("0", "1", "2", "3", wait=f"{second}:00"))
            await pilot.pause()
        for page in range(20):
            table.set_rows(rows(*(str(page * 10 + n) for n in range(30))))
            await pilot.press("end", "home")
        await settle(pilot)
        assert len(table._strips) <= 2 * table.size.height
        assert len(table._styles_cache._kept) <= 2 * table.outer_size.height
