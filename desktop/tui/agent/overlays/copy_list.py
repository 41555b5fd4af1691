"""What of the selected contact, or of the customer looked at without one, can be copied; a digit or enter copies it."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from desktop.domain import select
from desktop.tui.agent.menu_keys import MENU, keep_signs
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import term, tr

MOST = 9
"""How many texts are offered: as many as there are digits."""


class CopyList(Pane, Vertical):
    """A short list over the screen."""

    DEFAULT_CSS = css_beside(__file__)

    class Chosen(Message):
        """This text is to be copied; `what` says what it is."""

        def __init__(self, what: str, text: str) -> None:
            super().__init__()
            self.what = what
            self.text = text

    def __init__(self) -> None:
        super().__init__(id="copy", classes=MENU)
        self._offered: tuple[select.Copyable, ...] = ()

    def compose(self) -> ComposeResult:
        """The list."""
        yield LineTable(
            (Column("", 1), Column("what", 16), Column("text")),
            header=False,
            empty=tr("Nothing to copy."),
            id="copy-list",
        )

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self) -> None:
        """Show what there is now: it stays so until it is closed, so that no digit comes to mean another text."""
        self._offered = _of(self.view)[:MOST] if self.view is not None else ()
        self.border_title = content(tr("Copy"))
        self.border_subtitle = line(
            key_hint(tr("digit"), tr("copies"), "  "),
            key_hint("esc", tr("close")),
        )
        table = self.query_one(LineTable)
        table.set_rows([_row(number, one) for number, one in enumerate(self._offered, start=1)])
        table.styles.height = max(1, len(self._offered))
        self.add_class("open")
        table.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """Nothing: it is made when it is opened."""
        return ()

    def draw(self, view: View) -> None:
        """Nothing changes while it is open."""

    def on_key(self, event: events.Key) -> None:
        """A digit copies."""
        keep_signs(event, "copy")
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._offered):
            self._choose(self._offered[int(event.key) - 1])

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter copies what is under the cursor."""
        event.stop()
        chosen = next((one for one in self._offered if one.text == event.key), None)
        if chosen is not None:
            self._choose(chosen)

    def _choose(self, one: select.Copyable) -> None:
        self.post_message(self.Chosen(_label(one), one.text))


def _of(view: View) -> tuple[select.Copyable, ...]:
    """What there is to copy on the card."""
    if view.interaction is not None:
        return select.copyables(view.state, view.interaction)
    return select.copyables_of_customer(view.state, view.preview) if view.preview is not None else ()


def _row(number: int, one: select.Copyable) -> Row:
    return Row(
        one.text,
        (content(str(number), "bold $accent"), content(_label(one), "$muted"), content(wording.number(one.text))),
    )


def _label(one: select.Copyable) -> str:
    return term("copyable", one.what)
