"""When a screen paints."""

from typing import Any

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen


class _Measured(Static):
    """Says how large it is."""

    def on_resize(self) -> None:
        self.update(f"{self.size.height} lines high")


class _Two(ImmediateScreen):
    def compose(self) -> ComposeResult:
        yield _Measured()
        yield Static("below", id="below")


class _App(TerminalApp):
    CSS = "_Measured { height: 1fr; } #below { height: 3; }"

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def get_default_screen(self) -> ImmediateScreen:
        return _Two()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if renderable is not None:
            self.shown.append(str(screen.query_one(_Measured).render()))


async def test_what_a_layout_gives_another_size_is_drawn_for_it_before_it_is_painted() -> None:
    app = _App()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        assert app.shown[-1] == "9 lines high"
        app.shown.clear()
        app.screen.query_one("#below").display = False
        await pilot.pause()
        assert set(app.shown) == {"12 lines high"}
