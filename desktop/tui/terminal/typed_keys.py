"""Keys are applied one after another, each when everything the one before it set off has been done.

Textual hands a key to the focused widget and goes on to the next one at once. A key that moves the focus, opens a
field or finishes a wrap-up would then be overtaken: typed quickly, `s` `1` would be a digit for the work list, and
what was typed after F9 would land in the note. Whoever types ahead of a busy screen must get what they typed.

Letters are verbs only where somebody means them to be: when a field was asked for and none opened, or the field went
away between two letters, those that follow are words without a place, and nothing is carried out. Any key that is no
letter, such as esc, or a click says that letters are verbs again; so does a pause after they went nowhere, for whoever
has read that goes on to something else. A pause before that says nothing: they don't know yet.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widget import Widget

from desktop.tui.terminal.input_priority import InputPriority

SETTLE_SECONDS: Final = 0.5
"""How long a key waits at most for what the one before it set off: a widget that hangs must not take the keyboard."""

PAUSE_SECONDS: Final = 1.5
"""How long no letter has to come after one that went nowhere, for the next one to be a verb again."""

_ROUNDS: Final = 3
"""A key may make a widget post a message, whose handler posts another one, whose handler moves the focus."""


class TypedKeys:
    """The line in which keys and pastes wait."""

    def __init__(
        self,
        app: App[Any],
        apply: Callable[[events.Event], Awaitable[None]],
        field: Callable[[], Widget | None],
        first: InputPriority,
        *,
        before: Callable[[events.Event, bool, bool], bool],
        lost: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """A line of nothing yet.

        Args:
            app: whose widgets are waited for.
            apply: hands one key or paste to the app.
            field: the field that letters go into now, None where they are verbs.
            first: what is told of each key, from here until it has reached whoever wanted it.
            before: hears of each key or paste before it is applied, whether it goes into a field, and whether it is
                the first that is no letter after some that went nowhere; says whether that was all it meant.
            lost: called for each letter that goes nowhere.
            clock: counts seconds and never goes back.
        """
        self._app = app
        self._apply = apply
        self._field = field
        self._first = first
        self._before = before
        self._lost = lost
        self._clock = clock
        self._typed_in: Widget | None = None  # the field that got the last key, where that was a letter
        self._wanted = False  # a field was asked for and has not been seen yet
        self._leads = ""  # the keys that lead to where it can be asked for
        self._shut = False  # the field went away: letters go nowhere
        self._told = False  # `lost` was called since the last key that is no letter
        self._rested_at = 0.0  # when the pause after the last letter that went nowhere is over
        self._waiting: asyncio.Queue[events.Event] = asyncio.Queue()

    def want_field(self, leads: str = "") -> None:
        """A field was asked for: until one has the keyboard, letters are no verbs.

        Args:
            leads: the digits that a refusal names, as they lead to where the field can be asked for. Pressed next, one
                of them means what was read there.
        """
        self._wanted, self._leads = True, leads

    def release(self) -> None:
        """Letters are verbs again, where no field has the keyboard."""
        self._typed_in, self._wanted, self._shut, self._told = None, False, False, False

    def add(self, event: events.Event) -> None:
        """Put a key or a paste at the end of the line. What is pressed together with alt is no text, in no field."""
        self._first.came()
        if isinstance(event, events.Key) and event.key.startswith("alt+"):
            event.character = None
        self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Apply what is in the line until cancelled. Raises what applying raises."""
        while True:
            event = await self._waiting.get()
            letter = _is_letter(event)
            if (self._told and self._clock() >= self._rested_at) or self._leads_on(event):
                self.release()
            # A field keeps the order of the text it gets by itself; anything else waits.
            if not (letter and self._typed_in is not None and self._field() is self._typed_in):
                await self._settle()
            field = self._field() if letter else None
            if letter and self._goes_nowhere(field):
                self._app.bell()
                self._applied()
                continue
            after_lost = self._told and not letter
            if not letter and isinstance(event, events.Key):
                self.release()
            if self._before(event, field is not None, after_lost):
                self._applied()
                continue
            if letter:
                self._typed_in = field
            above = self._line_of_command()
            await self._apply(event)
            self._follow(above)

    def _goes_nowhere(self, field: Widget | None) -> bool:
        """Whether a letter has no place, now that `field` has the keyboard: neither in another field nor as a verb."""
        gone = self._typed_in is not None and field is not self._typed_in
        if field is not None and not gone and not self._shut:
            self._wanted = False  # it opened
        if not (gone or self._wanted or self._shut):
            return False
        self._shut = self._shut or gone
        self._told = True
        self._rested_at = self._clock() + PAUSE_SECONDS
        self._lost()
        return True

    def _leads_on(self, event: events.Event) -> bool:
        """Whether a key is the one that was just named, with no field to take it."""
        if not self._wanted or self._told or self._field() is not None:
            return False
        return isinstance(event, events.Key) and event.is_printable and event.key in self._leads

    def _follow(self, nodes: Sequence[MessagePump]) -> None:
        """Go the way of a key through the widgets that may want it, right behind it."""
        if not (nodes and nodes[0].call_later(self._follow, nodes[1:])):
            self._applied()

    def _applied(self) -> None:
        self._first.applied()
        for screen in self._app.screen_stack[-1:]:
            screen.check_idle()  # what was put off for the key is painted now, with what it changed

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
    return isinstance(event, events.Key) and event.is_printable and not event.key.startswith("ctrl+")


async def _handled(node: MessagePump) -> None:
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
