"""Rules of widgets come from files beside them, and a change is taken over while the program runs."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import StylesheetError
from textual.pilot import Pilot
from textual.widget import Widget

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.css import read_again
from tests.tui.desk import desk, settle
from tests.tui.states import active

ROOT = Path(__file__).parents[3]
SOURCE = """
from textual.widget import Widget
from desktop.tui.widgets.css import css_beside

class Planted(Widget):
    DEFAULT_CSS = css_beside(__file__)
"""


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[type[Widget]]:
    """A widget whose module and rules lie in `tmp_path`."""
    (tmp_path / "planted.py").write_text(SOURCE)
    (tmp_path / "planted.tcss").write_text("Planted { height: 3; }")
    spec = importlib.util.spec_from_file_location("planted", tmp_path / "planted.py")
    assert spec is not None and spec.loader is not None
    sys.modules["planted"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.Planted
    del sys.modules["planted"]


async def mounted(pilot: Pilot[Any], kind: type[Widget]) -> Widget:
    widget = kind()
    await pilot.app.screen.mount(widget)
    await pilot.pause()
    return widget


async def test_a_changed_file_changes_what_is_there_and_what_comes(planted: type[Widget], tmp_path: Path) -> None:
    async with TerminalApp().run_test() as pilot:
        first = await mounted(pilot, planted)
        assert first.size.height == 3
        (tmp_path / "planted.tcss").write_text("Planted { height: 5; }")
        read_again(pilot.app)
        second = await mounted(pilot, planted)
        assert (first.size.height, second.size.height) == (5, 5)


async def test_rules_that_are_wrong_change_nothing(planted: type[Widget], tmp_path: Path) -> None:
    async with TerminalApp().run_test() as pilot:
        first = await mounted(pilot, planted)
        (tmp_path / "planted.tcss").write_text("Planted { height: many; }")
        with pytest.raises(StylesheetError):
            read_again(pilot.app)
        second = await mounted(pilot, planted)
        assert (first.size.height, second.size.height) == (3, 3)


async def test_the_files_are_looked_at_in_debug_only(monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[Any] = []
    monkeypatch.setattr("desktop.tui.widgets.css.watch", watched.append)
    async with TerminalApp().run_test():
        assert watched == []
    monkeypatch.setenv("TEXTUAL", "debug")
    app = TerminalApp()
    async with app.run_test():
        assert watched == [app]


async def test_reading_again_what_did_not_change_leaves_the_desktop_as_it_is() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        before = [strip.text for strip in app.screen._compositor.render_strips()]
        read_again(app)
        await settle(pilot)
        assert [strip.text for strip in app.screen._compositor.render_strips()] == before


def test_no_rules_stand_in_python() -> None:
    for path in (ROOT / "desktop/tui").rglob("*.py"):
        lines = [line.strip() for line in path.read_text().splitlines()]
        assert {line for line in lines if line.startswith("DEFAULT_CSS")} <= {"DEFAULT_CSS = css_beside(__file__)"}, (
            path
        )


def test_every_file_of_rules_has_its_module() -> None:
    alone = {path.name for path in (ROOT / "desktop/tui").rglob("*.tcss") if not path.with_suffix(".py").is_file()}
    assert alone == {"theme.tcss"}  # the app's
