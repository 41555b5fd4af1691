"""What the agent looks for in the customer's timeline: a field over its last lines."""

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import key_hints
from desktop.tui.widgets.safe_text import content
from desktop.words.catalogue import tr

LINES = 3
"""With its border."""
LEAST = 9
"""Lines of the timeline from which there is room for the field in it."""
CORNERS = 6


class HistoryFilter(Input):
    """Each key narrows the list; enter goes to what was found, esc shows everything again."""

    DEFAULT_CSS = css_beside(__file__)

    class Wanted(Message):
        """Show what has these words. `done`: the agent goes on in the list."""

        def __init__(self, text: str, *, done: bool = False) -> None:
            super().__init__()
            self.text = text
            self.done = done

    def __init__(self) -> None:
        super().__init__(id="history-filter", max_length=100, placeholder=tr("words, names, an order number …"))

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, wanted: str, over: Region) -> None:
        """Show it with the focus.

        Args:
            wanted: what is looked for so far; typing replaces it.
            over: where the timeline stands.
        """
        self.border_title = content(tr("Find in the timeline"))
        with self.prevent(Input.Changed):
            self.value = wanted
        self.place(over)
        self.add_class("open")
        self.focus()
        self.action_select_all()

    def place(self, over: Region) -> None:
        """Stand in the last lines of the timeline; where it has few, before the first one."""
        self.styles.width = over.width
        y = over.bottom - LINES if over.height >= LEAST else over.y - LINES
        self.styles.offset = (over.x, max(0, y))
        self.border_subtitle = key_hints(
            max(0, over.width - CORNERS),
            (("enter", tr("go to the entries")), ("esc", tr("shows all"))),
        )

    def close(self) -> None:
        """Hide it; what is looked for stays."""
        self.remove_class("open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list at once."""
        event.stop()
        self.post_message(self.Wanted(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the list."""
        event.stop()
        self.post_message(self.Wanted(event.value, done=True))

    def on_key(self, event: events.Key) -> None:
        """Down goes there, too."""
        if event.key == "down":
            event.stop()
            self.post_message(self.Wanted(self.value, done=True))
