"""What the incremental compositor paints is what Textual's own paints, and it leaves no circles behind."""

import asyncio
import gc
import random
from typing import ClassVar

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, Compositor
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.textual_patches.incremental_compositor import IncrementalCompositor

WIDTH, HEIGHT = 90, 24


class _Panes(ImmediateScreen):
    """Panes beside each other, one that scrolls, and one above all, partly outside."""

    CSS: ClassVar[str] = """
    _Panes { layers: default above; }
    #left { width: 60%; border: round red; }
    #box { height: 6; overflow-y: auto; border: heavy green; }
    #long { height: 40; }
    #over { layer: above; offset: 40 20; width: 60; height: 8; border: heavy blue; }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("left 表 é\n" * 30, id="left")
            with Vertical():
                with Vertical(id="box"):
                    yield Static("inside\n" * 40, id="long")
                yield Static("right\n" * 10)
        yield Static("over all", id="over")


class _App(TerminalApp):
    def get_default_screen(self) -> ImmediateScreen:
        return _Panes()


def _painted(screen: ImmediateScreen, kind: type[Compositor], crop: Region, lines: set[int]) -> list[object]:
    chops = kind._render_chops(screen._compositor, crop, lines.__contains__)
    return [(y, [(cut, strip and list(strip)) for cut, strip in chops[y].items()]) for y in sorted(lines)]


async def test_it_paints_what_textual_paints() -> None:
    chance = random.Random(7)
    app = _App()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ImmediateScreen)
        assert isinstance(screen._compositor, IncrementalCompositor)
        screen.query_one("#box").scroll_to(y=5, animate=False, force=True)
        await pilot.pause()
        for _ in range(60):
            x, y = chance.randrange(WIDTH), chance.randrange(HEIGHT)
            crop = Region(x, y, chance.randint(1, WIDTH - x), chance.randint(1, HEIGHT - y))
            lines = {line for line in crop.line_range if chance.random() < 0.4}
            ours = _painted(screen, IncrementalCompositor, crop, lines)
            assert ours == _painted(screen, Compositor, crop, lines)
        everything = Region(0, 0, WIDTH, HEIGHT)
        lines = set(everything.line_range)
        assert _painted(screen, IncrementalCompositor, everything, lines) == _painted(
            screen, Compositor, everything, lines
        )


async def test_painting_leaves_no_circles_of_lines() -> None:
    app = _App()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for text in ("one", "two", "three"):
                app.screen.query_one("#left", Static).update(text)
                await pilot.pause()
            gc.collect()
            strips = sum(isinstance(one, Strip) for one in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
        assert strips == 0


class _Slow(_Panes):
    LINES_AT_ONCE = 5


class _SlowApp(TerminalApp):
    """Writes down which lines it painted, together."""

    def __init__(self) -> None:
        super().__init__()
        self.painted_lines: list[set[int]] = []

    def get_default_screen(self) -> ImmediateScreen:
        return _Slow()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate):
            self.painted_lines.append({y for y, _, _ in renderable.spans})
        super()._display(screen, renderable)


async def test_news_are_painted_some_lines_at_a_time_and_all_of_them() -> None:
    app = _SlowApp()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        for turn in range(5):
            app.painted_lines.clear()
            with app.batch_update():
                app.screen.query_one("#left", Static).update(f"{turn}\n" * 30, layout=False)
                app.screen.query_one("#over", Static).update(f"over {turn}", layout=False)
            async with asyncio.timeout(10):
                while set(range(HEIGHT)) - set().union(*app.painted_lines):
                    await pilot.pause(0.01)
            assert max(map(len, app.painted_lines)) <= 5


async def test_what_a_key_changed_is_painted_at_once() -> None:
    app = _SlowApp()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        app.painted_lines.clear()
        app.input_priority.came()
        app.screen.query_one("#left", Static).update("new\n" * 30, layout=False)
        app.input_priority.applied()
        async with asyncio.timeout(10):
            while not app.painted_lines:
                await pilot.pause(0.01)
        assert len(app.painted_lines[0]) > 5
