"""A list to choose from, with a field above it where there is something to type."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from desktop.tui.textual_patches.steady_title import SteadyTitle
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row


class Picker(Vertical):
    """Hidden until something is to be chosen. Digits choose, and alt with a digit while typing."""

    DEFAULT_CSS = css_beside(__file__)
    border_title = SteadyTitle()
    border_subtitle = SteadyTitle()

    class Typed(Message):
        """The field holds other words."""

    class Asked(Message):
        """Enter in the field."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Picked(Message):
        """The row `key` was chosen."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self) -> None:
        super().__init__(id="outbox-picker")
        self.enter_picks = True
        """Whether enter in the field chooses the row under the cursor; else the words are asked for."""

    def compose(self) -> ComposeResult:
        """A field and a list."""
        yield Input(id="outbox-picker-field", compact=True)
        yield LineTable(
            (Column("key", width=2), Column("name", weight=3), Column("more", weight=2, min_width=40)),
            header=False,
            id="outbox-picker-list",
        )

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self._field.value

    @property
    def typing(self) -> bool:
        """Whether letters go into the field."""
        return self._field.has_focus

    def open(self, heading: str, keys: Content, placeholder: str, *, enter_picks: bool = True) -> None:
        """Show it with nothing in it, and go there.

        Args:
            heading: what is chosen.
            keys: what to press, for the border.
            placeholder: what is to be typed; "" for no field.
            enter_picks: see the attribute.
        """
        self.border_title, self.border_subtitle = content(heading, "bold"), keys
        self.enter_picks = enter_picks
        with self.prevent(Input.Changed):
            self._field.value = ""
        self._field.placeholder = placeholder
        self._field.display = bool(placeholder)
        self._list.set_rows([])
        self.add_class("open")
        (self._field if placeholder else self._list).focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def set_rows(self, rows: Sequence[Row], empty: str = "") -> None:
        """Offer these; `empty` is said where there are none."""
        self._list.set_empty(empty)
        self._list.set_rows(rows)

    def clear(self) -> None:
        """What was typed has done its work."""
        self._field.value = ""

    def go_to_list(self) -> None:
        """What was asked for is there: the first of it is under the cursor."""
        self._list.action_edge(-1)
        self._list.focus()

    def digit(self, key: str) -> bool:
        """Choose by a digit, or by alt and a digit; says whether the key was one."""
        plain = key.removeprefix("alt+")
        if not (plain.isdecimal() and len(plain) == 1) or (self.typing and plain == key):
            return False
        at = int(plain) - 1
        if 0 <= at < len(self._list.rows):
            self.post_message(self.Picked(self._list.rows[at].key))
        return True

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list from the field, too."""
        if self.digit(event.key):
            event.stop()
        elif self.typing and event.key in ("up", "down"):
            event.stop()
            self._list.action_move(-1 if event.key == "up" else 1)
        elif event.key in ("tab", "shift+tab") and self._field.display:
            event.stop()
            (self._list if self.typing else self._field).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Other words: other rows."""
        event.stop()
        self.post_message(self.Typed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field."""
        event.stop()
        if not self.enter_picks:
            self.post_message(self.Asked(event.value.strip()))
        elif (key := self._list.cursor_key) is not None:
            self.post_message(self.Picked(key))

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter or a double click on a row."""
        event.stop()
        self.post_message(self.Picked(event.key))

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """The cursor moves here, and nowhere else."""
        event.stop()

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    @property
    def _list(self) -> LineTable:
        return self.query_one(LineTable)
