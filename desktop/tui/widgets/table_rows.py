"""Rows of a table: as they are given, or made when they come into sight."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, overload

from textual.content import Content

from desktop.tui.widgets.safe_text import Part, content, line

_CELL_LIMIT: Final = 512


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        key: what the row is about; unique in its table.
        cells: one for each column: text, (text, style) or content. A single one takes the whole line, as a heading.
        style: a Textual style for the whole row, such as `$muted` where its data is stale.
        of: in a table of `parts`, the key of the row that this is a further line of; "" for a heading, None for a row.
    """

    key: str
    cells: tuple[Part, ...]
    style: str = ""
    of: str | None = None


class LazyRows(Sequence[Row]):
    """Rows of which only the keys are there: each is made when it is asked for, once."""

    __slots__ = ("_keys", "_made", "_make", "_places")

    def __init__(self, keys: Sequence[str], places: Mapping[str, int], make: Callable[[str], Row]) -> None:
        """Rows that are not made yet.

        Args:
            keys: of all rows, top to bottom.
            places: where each key stands; several of these may share one.
            make: the row of a key.
        """
        self._keys = keys
        self._places = places
        self._make = make
        self._made: dict[str, Row] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._row(key) for key in self._keys[index]]
        return self._row(self._keys[index])

    def position(self, key: str) -> int:
        """Where a key stands. Raises KeyError when it is not there."""
        return self._places[key]

    def key_at(self, index: int) -> str:
        """The key of a row, without making it."""
        return self._keys[index]

    def _row(self, key: str) -> Row:
        if (row := self._made.get(key)) is None:
            row = self._made[key] = self._make(key)
        return row


def key_at(rows: Sequence[Row], index: int) -> str:
    """The key of a row."""
    return rows.key_at(index) if isinstance(rows, LazyRows) else rows[index].key


def as_content(cell: Part) -> Content:
    """A cell as it is drawn."""
    if isinstance(cell, str):
        return content(cell, limit=_CELL_LIMIT)
    if isinstance(cell, tuple):
        return content(cell[0], cell[1], limit=_CELL_LIMIT)
    return line(cell)


def cut(text: Content, cells: int) -> Content:
    """As much of a text as fits into so many cells."""
    return text if text.cell_length <= cells else text.truncate(cells, ellipsis=True)


def same(a: Row, b: Row) -> bool:
    """Whether two rows look alike. Content compares by its text alone, and a change of colour is a change."""
    if a.key != b.key or a.style != b.style or a.of != b.of or len(a.cells) != len(b.cells):
        return False
    for x, y in zip(a.cells, b.cells, strict=True):
        if isinstance(x, Content) and isinstance(y, Content):
            if x is not y and (x.plain != y.plain or x.spans != y.spans):
                return False
        elif type(x) is not type(y) or x != y:
            return False
    return True
