"""One line to a supervisor: what the agent needs help with, or an answer to what a supervisor wrote."""

from enum import Enum

from textual.message import Message
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import Part, content, line


class Line(Enum):
    """What is written."""

    HELP = "help"
    ANSWER = "answer"


class HelpField(Input):
    """A small field over the conversation; enter sends it, esc closes it. What was not sent is there again."""

    DEFAULT_CSS = css_beside(__file__)

    class Said(Message):
        """A line is to be sent. `subject` is an interaction or a supervisor."""

        def __init__(self, kind: Line, subject: str, text: str) -> None:
            super().__init__()
            self.kind = kind
            self.subject = subject
            self.text = text

    def __init__(self) -> None:
        super().__init__(id="help-line", max_length=500)
        self._about: tuple[Line, str] = (Line.HELP, "")
        self._kept: dict[tuple[Line, str], str] = {}

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def shows(self, supervisor_id: str) -> bool:
        """Whether it is open to answer this supervisor, with their last line above it."""
        return self.is_open and self._about == (Line.ANSWER, supervisor_id)

    def open(self, kind: Line, subject: str, *title: Part, hint: str) -> None:
        """Show it with the focus, and with what was written before and not sent."""
        self._about = (kind, subject)
        self.border_title = line(*title)
        self.border_subtitle = content(hint)
        self.value = self._kept.get(self._about, "")
        self.add_class("open")
        self.focus()

    def close(self) -> None:
        """Hide it; what is written stays."""
        if self.is_open:
            self._kept[self._about] = self.value
        self.remove_class("open")

    def arrived(self, kind: Line, subject: str) -> None:
        """What was written to there has arrived and need not be kept."""
        self._kept.pop((kind, subject), None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it over; whoever takes it closes the field."""
        event.stop()
        kind, subject = self._about
        self.post_message(self.Said(kind, subject, event.value.strip()))
