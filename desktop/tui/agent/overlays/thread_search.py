"""What the agent looks for in the conversation: a field over its last lines."""

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import key_hints
from desktop.tui.widgets.safe_text import content, line
from desktop.words.catalogue import ntr, tr

LINES = 3
CORNERS = 6


class ThreadSearch(Input):
    """Each key looks anew from the newest message; up goes to the one found before it, down to the one after."""

    DEFAULT_CSS = css_beside(__file__)

    class Wanted(Message):
        """Show a message with these words, `step` further up (-1) or down (1) from the one that is shown."""

        def __init__(self, text: str, step: int = 0) -> None:
            super().__init__()
            self.text = text
            self.step = step

    def __init__(self) -> None:
        super().__init__(id="thread-search", max_length=100, placeholder=tr("words in the conversation …"))

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, over: Region) -> None:
        """Show it with the focus, in the last lines of the conversation."""
        with self.prevent(Input.Changed):
            self.value = ""
        self.found(0, 0)
        self.place(over)
        self.add_class("open")
        self.focus()

    def place(self, over: Region) -> None:
        """Stand in the last lines of the conversation."""
        self.styles.width = over.width
        self.styles.offset = (over.x, max(0, over.bottom - LINES))
        self.border_subtitle = key_hints(
            max(0, over.width - CORNERS), (("enter ↑", tr("earlier")), ("↓", tr("later")), ("esc", tr("close")))
        )

    def found(self, number: int, of: int) -> None:
        """Say which of how many messages is shown."""
        count = tr("{n} of {all}", n=number, all=of) if of else ""
        if self.value.strip() and not of:
            count = tr("none has these words")
        elif of == 1:
            count = ntr("{n} message", "{n} messages", 1)
        self.border_title = line(content(tr("Find in the conversation")), (f"  {count}" if count else "", "$accent"))

    def close(self) -> None:
        """Hide it; the conversation stays where it was found."""
        self.remove_class("open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at once."""
        event.stop()
        self.post_message(self.Wanted(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The one before."""
        event.stop()
        self.post_message(self.Wanted(event.value, -1))

    def on_key(self, event: events.Key) -> None:
        """Up and down, too."""
        if event.key in ("up", "down"):
            event.stop()
            self.post_message(self.Wanted(self.value, -1 if event.key == "up" else 1))
