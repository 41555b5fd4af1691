"""Keys come before news, and news are not held up for long by any key."""

import asyncio
import time
from typing import ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desktop.tui.base_app import TerminalApp
from desktop.tui.keys_first import MOST_SECONDS, KeysFirst
from desktop.tui.prompt_screen import PromptScreen

DEADLINE = 5.0


class Order(TerminalApp):
    """Writes down what it did in which order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "mark", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def get_default_screen(self) -> PromptScreen:
        """One line of text."""
        return _Line()

    def on_frame(self) -> None:
        """Write it down."""
        self.done.append("frame")

    def action_mark(self) -> None:
        """Write it down."""
        self.done.append("key")


class _Line(PromptScreen):
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
    first = KeysFirst(Hand())
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
    first = KeysFirst(hand := Hand())
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
    first = KeysFirst(hand := Hand())
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
    first = KeysFirst(hand := Hand())
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


async def test_it_is_known_how_long_nobody_has_typed() -> None:
    first = KeysFirst(hand := Hand())
    assert first.rested(2)
    hand.now = 1.0
    first.came()
    hand.now = 2.5
    assert not first.rested(2)
    hand.now = 3.0
    assert first.rested(2)


async def test_a_frame_that_is_due_waits_for_the_key() -> None:
    app = Order()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.done.clear()
        app.keys_first.heard()
        app.request_frame()
        app.post_message(events.Key("x", "x"))
        await _until(app, 2)
        assert app.done == ["key", "frame"]


async def test_a_frame_comes_also_when_the_key_never_does() -> None:
    app = Order()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.done.clear()
        app.keys_first.heard()
        app.request_frame()
        await _until(app, 1)
        assert app.done == ["frame"]
