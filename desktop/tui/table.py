"""The one list widget: a table drawn line by line, whose rows may change a thousand times a second."""

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from desktop.tui.safe_text import Part, content, line
from desktop.tui.table_columns import GAP, Column, fit

_CELL_LIMIT: Final = 512
_MARK: Final = "▌"  # so that the row in hand is known without colour


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        key: what the row is about; unique in its table.
        cells: one for each column: text, (text, style) or content.
        style: a Textual style for the whole row, such as `$muted` where its data is stale.
    """

    key: str
    cells: tuple[Part, ...]
    style: str = ""


class LineTable(ScrollView, can_focus=True):
    """Rows with a cursor that stays on its key when rows move.

    The model stays outside: `set_rows` takes what is true now, and only the lines that are visible and changed are
    drawn again. The page is laid out again only when the number of rows that don't fit changes.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--header",
        "line-table--cursor",
        "line-table--cursor-blurred",
        "line-table--empty",
    }
    DEFAULT_CSS = """
    LineTable {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .line-table--header { color: $muted; text-style: none; }
        & > .line-table--cursor { background: $cursor; text-style: bold; }
        & > .line-table--cursor-blurred { background: $cursor-blurred; }
        & > .line-table--empty { color: $muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge(-1)", "First", show=False),
        Binding("end", "edge(1)", "Last", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    class _RowMessage(Message):
        def __init__(self, table: "LineTable", key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> "LineTable":
            return self.table

    class Highlighted(_RowMessage):
        """The cursor is on another key, `key` in `table`."""

    class Chosen(_RowMessage):
        """Enter or a double click on the row `key` in `table`."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        header: bool = True,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """A table without rows.

        Args:
            columns: left to right, at least one.
            header: whether the titles stand in the first line.
            empty: what is shown where there are no rows.
        """
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._header = 1 if header else 0
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._index: dict[str, int] | None = None
        self._cursor = 0
        self._strips: dict[str, tuple[Row, str, Strip]] = {}
        self._parsed: dict[tuple[str, str], Style] = {}
        self._fitted: tuple[int, list[tuple[int, int]]] = (-1, [])

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they were last set."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key under the cursor, or None where there are no rows."""
        return self._rows[self._cursor].key if self._rows else None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows from now on.

        Args:
            rows: all rows, top to bottom. The sequence is kept and must not be changed afterwards.
        """
        before, key = self._rows, self.cursor_key
        cursor_line = self._cursor - self._top
        was_visible = 0 <= cursor_line < self._page
        self._rows = rows
        self._index = None
        moved = self._place_cursor(key)
        if len(before) != len(rows):
            self._resize_virtual()
        if was_visible and moved:
            self._show_cursor()
        for y in range(self._page):
            i = self._top + y
            old = before[i] if i < len(before) else None
            new = rows[i] if i < len(rows) else None
            if old is not new and (old is None or new is None or not _same(old, new)):
                self._refresh_body(y)
        if moved:
            # The mark moved with its row, which the comparison above cannot see where the rows are alike.
            self._refresh_body(cursor_line)
            self._refresh_body(self._cursor - self._top)
        if self.cursor_key is not None and self.cursor_key != key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def set_empty(self, text: str) -> None:
        """Say from now on what is shown where there are no rows."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def move_to(self, key: str) -> bool:
        """Put the cursor on a key and scroll it into view; says whether there is such a row."""
        try:
            self._move(self._position(key))
        except KeyError:
            return False
        return True

    def action_move(self, lines: int) -> None:
        """Move the cursor down by `lines`, up where negative."""
        self._move(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor down by `pages`, up where negative."""
        self._move(self._cursor + pages * max(1, self._page - 1))

    def action_edge(self, side: int) -> None:
        """Move the cursor to the first row (-1) or the last (1)."""
        self._move(0 if side < 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Tell that the row under the cursor is chosen."""
        if (key := self.cursor_key) is not None:
            self.post_message(self.Chosen(self, key))

    def on_click(self, event: events.Click) -> None:
        """One click moves the cursor, two choose."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._header:
            return
        i = offset.y - self._header + self._top
        if i < len(self._rows):
            self._move(i)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Fit the columns again and keep the cursor in view."""
        self._strips.clear()
        self._resize_virtual()
        self._show_cursor()

    def on_focus(self) -> None:
        """Show the cursor as active."""
        self._refresh_body(self._cursor - self._top)

    def on_blur(self) -> None:
        """Show the cursor as resting."""
        self._refresh_body(self._cursor - self._top)

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme."""
        super().notify_style_update()
        self._strips.clear()
        self._parsed.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the widget, 0 at the top of the widget, cells of its present width."""
        width = self.scrollable_content_region.width
        if width != self._fitted[0]:
            self._fitted = (width, fit(self._columns, max(0, width - 1)))
            self._strips.clear()
        if y < self._header:
            return self._draw(Row("", tuple(column.title for column in self._columns)), "line-table--header", width)
        i = y - self._header + self._top
        if i >= len(self._rows):
            if not self._rows and y == self._header and self._empty:
                return self._fill([(f" {self._empty}", self._style("line-table--empty", ""))], "", width)
            return self._fill([], "", width)
        look = ""
        if i == self._cursor:
            look = "line-table--cursor" if self.has_focus else "line-table--cursor-blurred"
        row = self._rows[i]
        kept = self._strips.get(row.key)
        if kept is not None and kept[1] == look and (kept[0] is row or _same(kept[0], row)):
            return kept[2]
        strip = self._draw(row, look, width)
        if len(self._strips) > 8 * self._page + 64:
            self._strips.clear()
        self._strips[row.key] = (row, look, strip)
        return strip

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _page(self) -> int:
        return max(0, self.scrollable_content_region.height - self._header)

    def _position(self, key: str) -> int:
        if self._index is None:
            self._index = {row.key: i for i, row in enumerate(self._rows)}
        return self._index[key]

    def _place_cursor(self, key: str | None) -> bool:
        before, rows = self._cursor, self._rows
        if key is not None and not (before < len(rows) and rows[before].key == key):
            try:
                self._cursor = self._position(key)
            except KeyError:
                self._cursor = max(0, min(before, len(rows) - 1))
        return self._cursor != before

    def _move(self, to: int) -> None:
        to = max(0, min(to, len(self._rows) - 1))
        if to == self._cursor or not self._rows:
            return
        before, self._cursor = self._cursor, to
        self._refresh_body(before - self._top)
        self._show_cursor()
        self._refresh_body(to - self._top)
        self.post_message(self.Highlighted(self, self._rows[to].key))

    def _show_cursor(self) -> None:
        top = max(min(self._top, self._cursor), self._cursor - max(1, self._page) + 1)
        if top != self._top:
            self.scroll_to(y=top, animate=False, force=True)

    def _resize_virtual(self) -> None:
        # While all rows fit, the size stays that of the widget, so that rows may come and go without a new layout.
        self.virtual_size = Size(1, max(len(self._rows) + self._header, self.scrollable_content_region.height))
        if self._top > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _refresh_body(self, y: int) -> None:
        if 0 <= y < self._page:
            self.refresh(Region(0, y + self._header, self.scrollable_content_region.width, 1))

    def _style(self, look: str, style: str) -> Style:
        if (known := self._parsed.get((look, style))) is None:
            known = self.get_visual_style(look) if look else self.visual_style
            if style:
                known += self.app.stylesheet.parse_style(style)
            self._parsed[(look, style)] = known
        return known

    def _draw(self, row: Row, look: str, width: int) -> Strip:
        base = self._style(look, row.style)
        marked = look == "line-table--cursor"
        pieces = [(_MARK, self._style(look, "$accent"))] if marked else [(" ", base)]
        for n, (i, cells) in enumerate(self._fitted[1]):
            if n:
                pieces.append((" " * GAP, base))
            cell = row.cells[i] if i < len(row.cells) else ""
            column = self._columns[i]
            text = _cut(_as_content(cell), cells)
            padding = (" " * (cells - text.cell_length), base)
            if column.align == "right":
                pieces.append(padding)
            pieces.extend(text.render(base, end="", parse_style=self._span_style))
            if column.align == "left":
                pieces.append(padding)
        return self._fill(pieces, look, width, row.style)

    def _span_style(self, style: str | Style) -> Style:
        return style if isinstance(style, Style) else self.app.stylesheet.parse_style(style)

    def _fill(self, pieces: list[tuple[str, Style]], look: str, width: int, style: str = "") -> Strip:
        segments = [Segment(text, shape.rich_style) for text, shape in pieces if text]
        return Strip(segments).adjust_cell_length(width, self._style(look, style).rich_style)


def _as_content(cell: Part) -> Content:
    if isinstance(cell, str):
        return content(cell, limit=_CELL_LIMIT)
    if isinstance(cell, tuple):
        return content(cell[0], cell[1], limit=_CELL_LIMIT)
    return line(cell)


def _cut(text: Content, cells: int) -> Content:
    return text if text.cell_length <= cells else text.truncate(cells, ellipsis=True)


def _same(a: Row, b: Row) -> bool:
    # Content compares by its text alone, and a change of colour is a change.
    if a.key != b.key or a.style != b.style or len(a.cells) != len(b.cells):
        return False
    for x, y in zip(a.cells, b.cells, strict=True):
        if isinstance(x, Content) and isinstance(y, Content):
            if x is not y and (x.plain != y.plain or x.spans != y.spans):
                return False
        elif type(x) is not type(y) or x != y:
            return False
    return True
