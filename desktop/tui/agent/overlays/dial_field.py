"""The number to call: the customer's, or any that is typed."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import line
from desktop.tui.words import wording
from desktop.words.catalogue import tr


class DialField(Input):
    """A small field over the conversation; enter calls, esc closes, up and down show the customer's other numbers."""

    DEFAULT_CSS = css_beside(__file__)

    class Dialled(Message):
        """This number is to be called."""

        def __init__(self, number: str) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        # Without letters: what is typed too early for the note is no part of a number.
        super().__init__(
            id="dial", placeholder=tr("a number, with + and the country"), restrict=r"[-0-9+()./ ]*", max_length=40
        )
        self._numbers: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, who: str, numbers: Sequence[str]) -> None:
        """Show it with the focus.

        Args:
            who: whom the numbers belong to; "" for nobody.
            numbers: as the CRM has them, the best one first.
        """
        self._numbers = tuple(map(wording.number, numbers))
        self.border_title = line((tr("Call"), "bold"), f" {who}" if who else "")
        more = (" ", key_hint("↑↓", tr("other number"), "  ")) if len(numbers) > 1 else ()
        self.border_subtitle = line(*more, key_hint("enter", tr("call"), "  "), _close())
        self.value = self._numbers[0] if self._numbers else ""
        self.cursor_position = len(self.value)
        self.add_class("open")
        self.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def on_key(self, event: events.Key) -> None:
        """Another number of the customer's."""
        if event.key in ("up", "down") and self._numbers:
            event.stop()
            step = 1 if event.key == "down" else -1
            at = self._numbers.index(self.value) + step if self.value in self._numbers else 0
            self.value = self._numbers[at % len(self._numbers)]
            self.cursor_position = len(self.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it over; whoever takes it closes the field."""
        event.stop()
        if event.value.strip():
            self.post_message(self.Dialled(event.value.strip()))


def _close() -> Content:
    return key_hint("esc", tr("close"))
