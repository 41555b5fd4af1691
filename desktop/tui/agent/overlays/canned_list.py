"""The canned replies that fit what was typed, above the reply: a list that never takes the keyboard."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from desktop.tui.agent.canned import CannedChoice
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import key_hints
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.words.catalogue import tr

ROWS = 6
"""Replies in sight at once."""
NAME_CELLS = 24
_EDGES = 2
_CORNERS = 6


class CannedList(TextPane):
    """What `ReplyPane.Offered` brought, with the row that enter takes."""

    DEFAULT_CSS = css_beside(__file__)

    class Picked(Message):
        """A reply was clicked; `at` is its place in the choice."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self) -> None:
        super().__init__(id="canned")
        self._choice: CannedChoice | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def offer(self, choice: CannedChoice | None, over: Region) -> None:
        """Show a choice, or nothing.

        Args:
            over: where the reply stands; the list ends where that begins.
        """
        self._choice = choice
        self.set_class(choice is not None, "open")
        self.place(over)

    def place(self, over: Region) -> None:
        """Stand above the reply."""
        choice = self._choice
        if choice is None or self.view is None:
            return
        rows = max(1, min(ROWS, len(choice.replies), over.y - _EDGES))
        self.border_title = content(tr("Canned replies"))
        enter = [("enter", tr("insert")), ("↑↓", tr("choose"))] if choice.replies else []
        self.border_subtitle = key_hints(max(0, over.width - _CORNERS), [*enter, ("esc", tr("keep what was typed"))])
        self.styles.width, self.styles.height = over.width, rows + _EDGES
        self.styles.offset = (over.x, max(0, over.y - rows - _EDGES))
        self.draw(self.view)

    def look(self, view: View) -> tuple[object, ...]:
        """Nothing: it is told what to show."""
        return ()

    def lines(self, view: View) -> Sequence[Content]:
        """A line for each reply: its name, and how it would begin."""
        if self._choice is None:
            return []
        if not self._choice.replies:
            return [content(tr("No canned reply has these words."), "$muted")]
        first = self._first(self._choice)
        return [self._row(self._choice, at) for at in range(first, min(first + ROWS, len(self._choice.replies)))]

    def on_click(self, event: events.Click) -> None:
        """The mouse takes one."""
        if self._choice is not None and event.y >= 1:
            at = self._first(self._choice) + event.y - 1
            if at < len(self._choice.replies):
                self.post_message(self.Picked(at))

    def _row(self, choice: CannedChoice, at: int) -> Content:
        here = at == choice.at
        room = max(20, self.styles.width.cells or 0) - _EDGES * 2 if self.styles.width is not None else 76
        name = content(choice.replies[at].name, "bold" if here else "")
        name = name.truncate(NAME_CELLS, ellipsis=True, pad=True)
        text = content(" ".join(choice.texts[at].split()), "" if here else "$muted")
        row = line(("▌" if here else " ", "$accent"), name, "  ", text)
        return row.truncate(room, ellipsis=True)

    def _first(self, choice: CannedChoice) -> int:
        """The first reply in sight, so that the one under the cursor is."""
        rows = int(self.styles.height.value) - _EDGES if self.styles.height is not None else ROWS
        return max(0, choice.at - rows + 1)
