"""The one list widget: a table drawn line by line, whose rows may change a thousand times a second."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from desktop.tui.textual_patches.line_cache import keep_lines
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.table_columns import GAP, Column, fit
from desktop.tui.widgets.table_rows import LazyRows, Row, as_content, cut, key_at, same
from desktop.words.catalogue import word

_MARK: Final = "▌"  # so that the row in hand is known without colour
FURTHER: Final = 3
"""Lines that a row has besides its first, at most."""
ROOM = 1
"""Lines by which a table may become lower at once, while all its rows fit, without a scrollbar for a moment."""


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
        "line-table--total",
    }
    DEFAULT_CSS = css_beside(__file__)
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

    class TitleClicked(_RowMessage):
        """A click on the heading of a column; `key` is its title."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        header: bool = True,
        empty: str = "",
        clears_selection: bool = False,
        click_chooses: bool = False,
        parts: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """A table without rows.

        Args:
            columns: left to right, at least one.
            header: whether the titles stand in the first line.
            empty: what is shown where there are no rows.
            clears_selection: whether no row is chosen once the one under the cursor is gone, until the cursor is
                moved; else its neighbour is. For rows that are acted on: a verb must not fall on whoever comes next.
            click_chooses: whether a click on the row under the cursor chooses it, as two do.
            parts: whether some rows are headings or further lines of others (`Row.of`), which the cursor passes over.
        """
        super().__init__(id=id, classes=classes)
        keep_lines(self)
        self._columns = tuple(columns)
        self._header = 1 if header else 0
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._total: Row | None = None
        self._index: dict[str, int] | None = None
        self._cursor = 0
        self._marked = False
        self._clears_selection = clears_selection
        self._click_chooses = click_chooses
        self._parts = parts
        self._removed: str | None = None
        self._strips: dict[str, tuple[Row, str, Strip]] = {}
        self._parsed: dict[tuple[str, str], Style] = {}
        self._fitted: tuple[int, list[tuple[int, int]]] = (-1, [])

    def mark(self, marked: bool) -> None:
        """Mark the row under the cursor as the one that enter in a field takes, or no more."""
        if marked != self._marked:
            self._marked = marked
            self._refresh_row(self._cursor - self._top)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they were last set."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key under the cursor, or None where there are no rows or its row is gone (`removed`)."""
        if not self._rows or self._removed is not None or not self._rests(self._cursor):
            return None
        return key_at(self._rows, self._cursor)

    @property
    def removed(self) -> str | None:
        """The key the cursor was on, where its row is gone and nothing was chosen since; see `clears_selection`."""
        return self._removed or None

    @property
    def cursor_offset(self) -> Offset:
        """Where on the screen the row under the cursor begins."""
        region = self.scrollable_content_region
        return Offset(region.x, region.y + self._header + max(0, min(self._cursor - self._top, self._page - 1)))

    def set_rows(self, rows: Sequence[Row], *, anew: bool = False, chosen: bool = True) -> None:
        """Show these rows from now on.

        Args:
            rows: all rows, top to bottom. The sequence is kept and must not be changed afterwards.
            anew: whether they are about something else than those before: then the first one is chosen.
            chosen: whether one is chosen at all before the cursor is moved.
        """
        before, removed, key = self._rows, self._removed, self._removed or self.cursor_key
        cursor_line = self._cursor - self._top
        was_visible = 0 <= cursor_line < self._page
        self._rows = rows
        self._index = None
        moved = self._place_first() if anew or not chosen else self._place_cursor(key)
        if not chosen:
            self._removed = ""
        if (removed is None) != (self._removed is None):
            self.refresh()
        if len(before) != len(rows):
            self._resize_virtual()
        if was_visible and moved:
            self._show_cursor()
        for y in range(self._page):
            i = self._top + y
            old = before[i] if i < len(before) else None
            new = rows[i] if i < len(rows) else None
            if old is not new and (old is None or new is None or not same(old, new)):
                self._refresh_body(y)
        if moved:
            # The mark moved with its row, which the comparison above cannot see where the rows are alike.
            self._refresh_row(cursor_line)
            self._refresh_row(self._cursor - self._top)
        if self.cursor_key is not None and self.cursor_key != key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def set_total(self, row: Row | None) -> None:
        """Show this row as the last line from now on, under all others; None for no such line."""
        before, self._total = self._total, row
        if (before is None) != (row is None):
            self._resize_virtual()
            self._show_cursor()
            self.refresh()
        elif before is not None and row is not None and not same(before, row):
            self.refresh(Region(0, self._header + self._page, self.scrollable_content_region.width, 1))

    def select_here(self) -> None:
        """Choose the row that stands where a removed one was."""
        if self._removed is not None:
            self._move(self._cursor)

    def cells_of(self, column: int) -> int:
        """How many cells a column has now; 0 where it is not shown, or nothing is yet."""
        return dict(fit(self._columns, max(0, self.scrollable_content_region.width - 1))).get(column, 0)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Have other columns from now on; rows set before must have cells for them."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._fitted = (-1, [])
            self.refresh()

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
        """Move the cursor down by `lines`, up where negative; down from a row that is gone is to the one after it."""
        by = lines - (self._removed is not None and lines > 0)
        if self._parts:
            resting = [i for i in range(len(self._rows)) if self._rests(i)]
            at = bisect_left(resting, self._cursor)
            self._move(resting[max(0, min(at + by, len(resting) - 1))] if resting else 0)
        else:
            self._move(self._cursor + by)

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
        """One click moves the cursor, two choose; see `click_chooses`."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self._header:
            self._title_clicked(offset.x)
            return
        if offset.y >= self._header + self._page:
            return
        i = offset.y - self._header + self._top
        if i < len(self._rows):
            i = self._rest(i, -1) if self._parts and self._rows[i].of else i
            if not self._rests(i):
                return
            again = self._click_chooses and i == self._cursor and self._removed is None
            self._move(i)
            if event.chain == 2 or again:
                self.action_choose()

    def _title_clicked(self, x: int) -> None:
        left = 1  # the mark
        for i, cells in self._fitted[1]:
            if left <= x < left + cells + GAP:
                self.post_message(self.TitleClicked(self, self._columns[i].title))
                return
            left += cells + GAP

    def on_resize(self) -> None:
        """Fit the columns again and keep the cursor in view."""
        self._strips.clear()
        self._resize_virtual()
        self._show_cursor()

    def on_focus(self) -> None:
        """Show the cursor as active."""
        self._refresh_row(self._cursor - self._top)

    def on_blur(self) -> None:
        """Show the cursor as resting."""
        self._refresh_row(self._cursor - self._top)

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
            titles = Row("", tuple(word(column.title) for column in self._columns))
            return self._draw(titles, "line-table--header", width)
        if self._total is not None and y == self._header + self._page:
            return self._draw(self._total, "line-table--total", width)
        i = y - self._header + self._top
        if i >= len(self._rows):
            if not self._rows and y == self._header and self._empty:
                return self._fill([(f" {word(self._empty)}", self._style("line-table--empty", ""))], "", width)
            return self._fill([], "", width)
        look = ""
        if self._is_current(i):
            look = "line-table--cursor" if self.has_focus or self._marked else "line-table--cursor-blurred"
        row = self._rows[i]
        kept = self._strips.get(row.key)
        if kept is not None and kept[1] == look and (kept[0] is row or same(kept[0], row)):
            return kept[2]
        strip = self._draw(row, look, width)
        if len(self._strips) >= 2 * self._page:
            self._strips.clear()
        self._strips[row.key] = (row, look, strip)
        return strip

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
        if len(row.cells) == 1 < len(self._columns):
            heading = cut(as_content(row.cells[0]), max(0, width - 1))
            return self._fill(
                [*pieces, *heading.render(base, end="", parse_style=self._span_style)], look, width, row.style
            )
        for n, (i, cells) in enumerate(self._fitted[1]):
            if n:
                pieces.append((" " * GAP, base))
            cell = row.cells[i] if i < len(row.cells) else ""
            column = self._columns[i]
            text = cut(as_content(cell), cells)
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

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _page(self) -> int:
        return max(0, self.scrollable_content_region.height - self._header - (self._total is not None))

    def _position(self, key: str) -> int:
        if isinstance(self._rows, LazyRows):
            return self._rows.position(key)
        if self._index is None:
            self._index = {row.key: i for i, row in enumerate(self._rows)}
        return self._index[key]

    def _place_first(self) -> bool:
        before, self._cursor, self._removed = self._cursor, self._rest(0, 1), None
        return before != self._cursor

    def _place_cursor(self, key: str | None) -> bool:
        before, rows = self._cursor, self._rows
        self._removed = None
        if key is not None and not (before < len(rows) and key_at(rows, before) == key):
            try:
                self._cursor = self._position(key)
            except KeyError:
                self._cursor = max(0, min(before, len(rows) - 1))
                self._removed = key if self._clears_selection else None
        if self._parts:
            self._cursor = self._rest(self._cursor, 1)
        return self._cursor != before

    def _move(self, to: int) -> None:
        to = max(0, min(to, len(self._rows) - 1))
        if self._parts:
            to = self._rest(to, 1 if to >= self._cursor and to < len(self._rows) - 1 else -1)
        if not self._rows or (to == self._cursor and self._removed is None):
            return
        before, self._cursor, self._removed = self._cursor, to, None
        self._refresh_row(before - self._top)
        self._show_cursor()
        self._refresh_row(to - self._top)
        if self.cursor_key is not None:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def _rests(self, i: int) -> bool:
        """Whether the cursor may stand on a row."""
        return not self._parts or (0 <= i < len(self._rows) and self._rows[i].of is None)

    def _rest(self, at: int, step: int) -> int:
        """The nearest place where the cursor may stand, looked for in one direction first."""
        for way in (step, -step):
            i = at
            while 0 <= i < len(self._rows):
                if self._rests(i):
                    return i
                i += way
        return max(0, min(at, len(self._rows) - 1))

    def _is_current(self, i: int) -> bool:
        """Whether a line is of the row under the cursor."""
        if i == self._cursor:
            return self._removed is None and self._rests(i)
        return self._parts and self._rows[i].of is not None and self._rows[i].of == self.cursor_key

    @property
    def _span(self) -> tuple[int, int]:
        """The lines to keep in sight with the cursor: a heading right above it, the further lines of its row."""
        first = last = self._cursor
        if self._parts and self._rows:
            while first > 0 and self._rows[first - 1].of == "":
                first -= 1
            while last + 1 < len(self._rows) and self._rows[last + 1].of:
                last += 1
        return first, last

    def _show_cursor(self) -> None:
        first, last = self._span
        top = max(min(self._top, first), last - max(1, self._page) + 1)
        if top != self._top:
            self.scroll_to(y=top, animate=False, force=True)

    @property
    def _lines(self) -> int:
        return len(self._rows) + self._header + (self._total is not None)

    def _resize_virtual(self) -> None:
        # While all rows fit with room, the size stays the same, so that rows may come and go without a new layout; a
        # little less than the widget's, so that no scrollbar comes when a line of the screen opens beside it.
        self.virtual_size = Size(1, max(self._lines, self.scrollable_content_region.height - ROOM))
        if self.show_vertical_scrollbar and self._lines <= self.scrollable_content_region.height:
            self.refresh(layout=True)  # it came when the table shrank by more
        if self._top > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _refresh_row(self, y: int) -> None:
        """Draw a row again, with its further lines where there may be some."""
        for line in range(y, y + (1 + FURTHER if self._parts else 1)):
            self._refresh_body(line)

    def _refresh_body(self, y: int) -> None:
        if 0 <= y < self._page:
            self.refresh(Region(0, y + self._header, self.scrollable_content_region.width, 1))
