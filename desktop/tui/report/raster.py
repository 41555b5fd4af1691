"""Cells that a chart is put together from: one sign and one style each, drawn as lines."""

from textual.content import Content

from desktop.tui.widgets.safe_text import line

EIGHTHS = " ▁▂▃▄▅▆▇█"
CURSOR = "on $cursor"


class Raster:
    """`width` x `height` cells; (0, 0) is at the top left. What lies outside is left out."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells = [[(" ", "")] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write signs of one cell each."""
        if 0 <= y < self.height:
            row = self._cells[y]
            for place, sign in enumerate(text, x):
                if 0 <= place < self.width:
                    row[place] = (sign, style)

    def bar(self, x: int, wide: int, bottom: int, cells: float, style: str) -> None:
        """A bar that stands on row `bottom`, so many cells high in eighths; what is above nothing is seen."""
        eighths = round(cells * 8)
        if cells > 0 and not eighths:
            eighths = 1
        for up in range((eighths + 7) // 8):
            sign = EIGHTHS[min(8, eighths - up * 8)]
            self.put(x, bottom - up, sign * wide, style)

    def shade(self, x: int, wide: int, bottom: int, low: float, high: float, sign: str, style: str) -> None:
        """Whole cells of a sign from the first one above `low` cells up to `high` cells."""
        first = -(-round(low * 8) // 8)
        for up in range(first, round(high + 0.0)):
            self.put(x, bottom - up, sign * wide, style)

    def tint(self, x: int, wide: int, first: int, last: int, ground: str = CURSOR) -> None:
        """Lay the cursor's ground under these columns, from row `first` to `last`."""
        for y in range(max(0, first), min(self.height, last + 1)):
            row = self._cells[y]
            for place in range(max(0, x), min(self.width, x + wide)):
                sign, style = row[place]
                row[place] = (sign, f"{style.partition(' on ')[0]} {ground}".strip())

    def lines(self) -> list[Content]:
        """The rows as text."""
        drawn = []
        for row in self._cells:
            runs: list[tuple[list[str], str]] = []
            for sign, style in row:
                # A blank without a ground looks the same in any ink: so a row of bars is one run, not one for each.
                if runs and (runs[-1][1] == style or (sign == " " and not style and _is_ink(runs[-1][1]))):
                    runs[-1][0].append(sign)
                else:
                    runs.append(([sign], style))
            drawn.append(line(*(("".join(signs), style) for signs, style in runs)))
        return drawn


def _is_ink(style: str) -> bool:
    """Whether a style leaves the ground as it is."""
    return " on " not in f" {style}" and "reverse" not in style
