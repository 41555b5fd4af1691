"""Keys are applied one after another, each when everything the one before it set off has been done.

Textual hands a key to the focused widget and goes on to the next one at once. A key that moves the focus, opens a
field or finishes a wrap-up would then be overtaken: typed quickly, `s` `1` would be a digit for the work list, and
what was typed after F9 would land in the note. Whoever types ahead of a busy screen must get what they typed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widget import Widget

from desktop.tui.keys_first import KeysFirst

SETTLE_SECONDS: Final = 0.5
"""How long a key waits at most for what the one before it set off: a widget that hangs must not take the keyboard."""

WORD_SECONDS: Final = 1.0
"""How long after a letter the next one belongs to the same word."""

_ROUNDS: Final = 3
"""A key may make a widget post a message, whose handler posts another one, whose handler moves the focus."""


class TypedKeys:
    """The line in which keys and pastes wait."""

    def __init__(
        self,
        app: App[Any],
        apply: Callable[[events.Event], Awaitable[None]],
        field: Callable[[], Widget | None],
        first: KeysFirst,
    ) -> None:
        """A line of nothing yet.

        Args:
            app: whose widgets are waited for.
            apply: hands one key or paste to the app.
            field: the field that letters go into now, None where they are verbs.
            first: what is told of each key, from here until it has reached whoever wanted it.
        """
        self._app = app
        self._apply = apply
        self._field = field
        self._first = first
        self._waiting: asyncio.Queue[events.Event] = asyncio.Queue()

    def add(self, event: events.Event) -> None:
        """Put a key or a paste at the end of the line."""
        self._first.came()
        self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Apply what is in the line until cancelled. Raises what applying raises."""
        typed_in: Widget | None = None  # the field that got the last key, where that was a letter
        at = 0.0
        while True:
            event = await self._waiting.get()
            letter = _is_letter(event)
            # A field keeps the order of the text it gets by itself; anything else waits.
            if not (letter and typed_in is not None and self._field() is typed_in):
                await self._settle()
            field = self._field() if letter else None
            if letter and typed_in is not None and field is not typed_in and event.time - at < WORD_SECONDS:
                # The field went by itself, with its contact: the rest of the word is no verb, nor text for another.
                self._app.bell()
                self._first.applied()
            else:
                typed_in = field
                above = self._line_of_command()
                await self._apply(event)
                self._follow(above)
            at = event.time

    def _follow(self, nodes: Sequence[MessagePump]) -> None:
        """Go the way of a key through the widgets that may want it, right behind it."""
        if not (nodes and nodes[0].call_later(self._follow, nodes[1:])):
            self._first.applied()

    async def _settle(self) -> None:
        """Wait until the focused widget and all above it have handled what they were sent."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                for _ in range(_ROUNDS):
                    for node in self._line_of_command():
                        await _handled(node)
        except TimeoutError:
            return

    def _line_of_command(self) -> list[DOMNode]:
        focused = self._app.focused
        return [*focused.ancestors_with_self] if focused is not None else [self._app.screen, self._app]


def _is_letter(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.is_printable and not event.key.startswith(("alt+", "ctrl+"))


async def _handled(node: MessagePump) -> None:
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
