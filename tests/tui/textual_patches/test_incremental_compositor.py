"""What the incremental compositor paints is what Textual's own paints, and it leaves no circles behind."""

import asyncio
import gc
import random
import re
from itertools import pairwise

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, Compositor
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.textual_patches.incremental_compositor import IncrementalCompositor

WIDTH, HEIGHT = 90, 24
MOVED_IN_VAIN = re.compile(r"\x1b\[\d+;\d+H(?=\x1b\[\d+;\d+H|\n|$)")
"""Textual moves the cursor to the piece behind a part, too, of which it paints nothing."""


CSS = """
Screen { layers: default above; }
#left { width: 60%; border: round red; }
#box { height: 6; overflow-y: auto; border: heavy green; }
#long { height: 40; }
#front { layer: above; offset: 4 3; width: 20; height: 5; border: heavy yellow; }
#over { layer: above; offset: 40 15; width: 60; height: 8; border: heavy blue; }
"""


class _Panes(ImmediateScreen):
    """Panes beside each other, one that scrolls, one in front of another, and one above all, partly outside."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("left 表 é\n" * 30, id="left")
            with Vertical():
                with Vertical(id="box"):
                    yield Static("inside\n" * 40, id="long")
                yield Static("right\n" * 10)
        yield Static("in front", id="front")
        yield Static("over all", id="over")


class _App(TerminalApp):
    CSS = CSS

    def get_default_screen(self) -> ImmediateScreen:
        return _Panes()


def _painted(screen: ImmediateScreen, kind: type[Compositor], crop: Region, lines: set[int]) -> list[object]:
    """The pieces of some lines of which anything is inside."""
    chops = kind._render_chops(screen._compositor, crop, lines.__contains__)
    ends = {y: dict(pairwise(screen._compositor.cuts[y])) for y in lines}
    return [
        (y, [(x, strip and list(strip)) for x, strip in chops[y].items() if x < crop.right and ends[y][x] > crop.x])
        for y in sorted(lines)
    ]


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


async def test_what_reaches_the_terminal_of_any_part_is_what_textual_sends() -> None:
    chance = random.Random(11)
    app = _App()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        screen = app.screen
        for _ in range(80):
            dirty = set()
            for _ in range(chance.randint(1, 4)):
                x, y = chance.randrange(WIDTH), chance.randrange(HEIGHT)
                dirty.add(Region(x, y, chance.randint(1, WIDTH - x), chance.randint(1, min(6, HEIGHT - y))))
            sent = []
            for kind in (IncrementalCompositor, Compositor):
                screen._compositor._dirty_regions = set(dirty)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(IncrementalCompositor, "_render_chops", kind._render_chops)
                    update = screen._compositor.render_partial_update()
                assert update is not None
                sent.append(MOVED_IN_VAIN.sub("", update.render_segments(app.console)))
            assert sent[0] == sent[1], dirty


async def test_only_what_is_seen_of_a_part_is_asked_for_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _App()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        asked = []
        of_all = Widget.render_lines
        monkeypatch.setattr(Widget, "render_lines", lambda one, crop: (asked.append(one), of_all(one, crop))[1])
        app.screen.query_one("#left", Static).refresh()
        app.screen.query_one("#over", Static).refresh()
        await pilot.pause()
        assert {one.id for one in asked} == {"left", "front", "over"}


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

    CSS = CSS

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
