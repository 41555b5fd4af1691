"""How one line of a table becomes cells of the terminal."""

from typing import ClassVar, Final

from rich.segment import Segment
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.table_columns import GAP, Column
from desktop.tui.widgets.table_rows import Row, as_content, cut

_MARK: Final = "▌"  # so that the row in hand is known without colour


class TablePainting(ScrollView):
    """Draws a row with the columns that fit, each look and style parsed once."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--header",
        "line-table--cursor",
        "line-table--cursor-blurred",
        "line-table--empty",
        "line-table--total",
    }
    DEFAULT_CSS = css_beside(__file__)
    _columns: tuple[Column, ...]
    _fitted: tuple[int, list[tuple[int, int]]]
    _parsed: dict[tuple[str, str], Style]

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
