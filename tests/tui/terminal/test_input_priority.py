"""Keys come before news, and news are not held up for long by any key."""

import asyncio
import time
from typing import ClassVar

import pytest
from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.terminal.input_priority import MOST_SECONDS, InputPriority
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row

DEADLINE = 5.0


class Order(TerminalApp):
    """Writes down what it did in which order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "mark", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def get_default_screen(self) -> ImmediateScreen:
        """One line of text."""
        return _Line()

    def on_frame(self) -> None:
        """Write it down."""
        self.done.append("frame")

    def action_mark(self) -> None:
        """Write it down."""
        self.done.append("key")


class _Line(ImmediateScreen):
    def compose(self) -> ComposeResult:
        yield Static("text", id="text")


class Hand:
    """A clock that is moved on by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


async def _turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def _until(app: Order, count: int) -> None:
    end = time.monotonic() + DEADLINE
    while len(app.done) < count and time.monotonic() < end:
        await asyncio.sleep(0.005)


async def test_news_wait_for_a_key_and_go_on_after_it() -> None:
    first = InputPriority(Hand())
    first.came()
    news = asyncio.create_task(first.give_way())
    await _turns()
    assert not news.done()
    first.applied()
    assert first.under_way
    assert first.just_applied  # what it changed is painted at once
    await _turns()
    assert news.done()
    assert not first.under_way
    assert not first.just_applied


async def test_a_key_on_its_way_into_the_loop_counts_already() -> None:
    first = InputPriority(hand := Hand())
    hand.now = 1.0
    first.heard()
    assert first.under_way
    assert not first.just_applied
    hand.now = 1.001
    first.came()
    first.applied()
    await _turns()
    assert not first.under_way


@pytest.mark.parametrize("came", [False, True], ids=["never came", "never done"])
async def test_a_key_that_hangs_holds_up_news_no_longer_than_a_tenth_of_a_second(came: bool) -> None:
    first = InputPriority(hand := Hand())
    hand.now = 1.0
    first.heard()
    if came:
        first.came()
    hand.now += MOST_SECONDS - 0.001
    assert first.under_way
    news = asyncio.create_task(first.give_way())
    hand.now += 0.002
    assert not first.under_way
    await asyncio.wait_for(news, DEADLINE)


async def test_keys_held_down_let_news_through() -> None:
    first = InputPriority(hand := Hand())
    hand.now = 1.0
    for _ in range(10):  # each comes before the one before it is done
        first.came()
        hand.now += 0.03
    assert not first.under_way
    for _ in range(10):
        first.applied()
    await _turns()
    first.came()
    assert first.under_way  # the line was empty in between


async def test_a_frame_that_is_due_waits_for_the_key() -> None:
    app = Order()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.done.clear()
        app.input_priority.heard()
        app.request_frame()
        app.post_message(events.Key("x", "x"))
        await _until(app, 2)
        assert app.done == ["key", "frame"]


async def test_a_frame_comes_also_when_the_key_never_does() -> None:
    app = Order()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.done.clear()
        app.input_priority.heard()
        app.request_frame()
        await _until(app, 1)
        assert app.done == ["frame"]


class _Field(Static, can_focus=True):
    """Takes its time with a key, after it has changed what is on screen."""

    async def on_key(self, event: events.Key) -> None:
        """Change the text at once, and be done later."""
        if event.key == "s":
            self.screen.query_one("#text", Static).update("slow")
            assert isinstance(self.app, _Echo)
            await self.app.goes_on.wait()


class _Typing(ImmediateScreen):
    def compose(self) -> ComposeResult:
        with Container(), Container(), Container(), Container(), Container():  # the key goes a long way up
            yield TextArea()
        yield _Field()
        yield LineTable((Column("name"),))
        yield Static("text", id="text")


class _Echo(Order):
    """A screen with fields; writes down when a key was applied and when something was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()
        applied = self.input_priority.applied

        def noted() -> None:
            self.done.append("applied")
            applied()

        self.input_priority.applied = noted  # type: ignore[method-assign]

    def get_default_screen(self) -> ImmediateScreen:
        return _Typing()

    def on_text_area_changed(self) -> None:
        self.query_one("#text", Static).update(self.query_one(TextArea).text)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            self.done.append("painted")
        super()._display(screen, renderable)


def _stop_all_timers(app: _Echo, patch: pytest.MonkeyPatch) -> None:
    """No timer of Textual's comes from now on, and no clock of the loop's for frames."""

    async def never(_: Timer) -> None:
        await asyncio.Event().wait()

    for pump in (app, app.screen, *app.screen.walk_children()):
        for timer in list(pump._timers):
            timer.stop()
    patch.setattr(Timer, "_run", never)
    app.screen._on_timer_update()  # what was still to be painted
    app.done.clear()


@pytest.mark.parametrize("key", ["a", "left", "ctrl+u"], ids=["a letter", "a move", "a verb of the field"])
async def test_no_timer_lies_between_a_key_and_its_paint(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _Echo()
    async with app.run_test() as pilot:
        await pilot.press("x", "y")
        await pilot.pause()
        _stop_all_timers(app, monkeypatch)
        app.post_message(events.Key(key, key if len(key) == 1 else None))
        await _turns(200)
        assert app.done[0] == "applied"
        assert "painted" in app.done
        assert not app.screen._dirty_widgets


async def test_what_was_put_off_for_a_key_is_painted_when_it_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _Echo()
    async with app.run_test() as pilot:
        app.screen.query_one(_Field).focus()
        await pilot.pause()
        _stop_all_timers(app, monkeypatch)
        app.post_message(events.Key("s", "s"))
        await _turns(200)
        assert app.screen._dirty_widgets
        assert app.done == []
        app.goes_on.set()
        await _turns(200)
        assert app.done == ["applied", "painted"]
        assert not app.screen._dirty_widgets


async def test_a_key_that_scrolls_waits_for_no_timer_either(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _Echo()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.screen.query_one(LineTable)
        table.set_rows([Row(str(n), (f"row {n}",)) for n in range(100)])
        table.focus()
        await pilot.pause()
        _stop_all_timers(app, monkeypatch)
        app.post_message(events.Key("end", None))
        await _turns(200)
        assert table.scroll_offset.y > 0
        assert app.done[:2] == ["applied", "painted"]
        assert not app.screen._scroll_required
        assert not app.screen._dirty_widgets
