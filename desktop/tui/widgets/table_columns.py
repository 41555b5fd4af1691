"""Columns of a table, and how they share the width that there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

GAP: Final = 1
"""Cells between two columns."""

_LEAST: Final = 4
"""Cells below which a flexible column is of no use."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: its heading, `mark`ed; it is translated where it is drawn.
        width: cells, or None for a share of what the fixed columns leave.
        align: where its text stands.
        min_width: cells the whole table must have for this column to be shown. Where columns do not fit all the same,
            the one with the greatest number goes first, of equals the rightmost; the first column always stays.
        weight: how large a share a flexible column takes, at least 1.
    """

    title: str
    width: int | None = None
    align: Literal["left", "right"] = "left"
    min_width: int = 0
    weight: int = 1


def fit(columns: Sequence[Column], width: int) -> list[tuple[int, int]]:
    """Choose the columns to show and their widths.

    Args:
        columns: all columns, left to right.
        width: cells there are, 0 and more.

    Returns:
        (index of the column, its cells) of each column that is shown. Their sum with the gaps is at most `width`.
    """
    shown = [i for i, column in enumerate(columns) if i == 0 or column.min_width <= width]
    while len(shown) > 1 and _need(columns, shown) > width:
        shown.remove(max(shown[1:], key=lambda i: (columns[i].min_width, i)))
    fixed = sum(columns[i].width or 0 for i in shown)
    left = max(0, width - fixed - GAP * max(0, len(shown) - 1))
    weight = sum(columns[i].weight for i in shown if columns[i].width is None)
    result = []
    for i in shown:
        column = columns[i]
        if column.width is None:
            # Dividing what is left by the weight that is left hands out every cell.
            cells = left * column.weight // weight
            left -= cells
            weight -= column.weight
        else:
            cells = min(column.width, width)
        result.append((i, cells))
    return result


def _need(columns: Sequence[Column], shown: list[int]) -> int:
    cells = (_LEAST if columns[i].width is None else columns[i].width or 0 for i in shown)
    return sum(cells) + GAP * (len(shown) - 1)
