"""The keypad: every digit typed is sent as a tone at once."""

from textual.message import Message
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import content
from desktop.words.catalogue import tr

TONES = frozenset("0123456789*#ABCD")


class Keypad(Input):
    """A small field over the conversation; esc or enter closes it."""

    DEFAULT_CSS = css_beside(__file__)

    class Typed(Message):
        """One tone is to be sent."""

        def __init__(self, digits: str) -> None:
            super().__init__()
            self.digits = digits

    def __init__(self) -> None:
        super().__init__(
            placeholder=tr("0-9 * # are sent as typed"), id="tones", restrict="[0-9*#A-Da-d]*", max_length=64
        )
        self.border_title = content(tr("Tones"))
        self._sent = 0

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self) -> None:
        """Show it, empty, with the focus."""
        with self.prevent(Input.Changed):
            self.value = ""
        self._sent = 0
        self.add_class("open")
        self.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Send what is new; taking a digit away sends nothing."""
        event.stop()
        fresh = event.value[self._sent :].upper()
        self._sent = len(event.value)
        if fresh and set(fresh) <= TONES:
            self.post_message(self.Typed(fresh))
