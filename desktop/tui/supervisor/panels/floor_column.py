"""Columns of the floor's tables: what stands in a cell, and what a table is sorted by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from textual.content import Content

from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.widgets.table_columns import Column

E = TypeVar("E")
Cell = tuple[str, str] | Content
"""Text and style: plain, so that it is made and compared at little cost, and made safe when it is drawn. Content where
one style will not do."""
NONE: Final = ("·", "$muted")
"""Stands for a zero: it must not look like a figure that wants somebody."""
Sorted = float | str | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class FloorColumn(Generic[E]):
    """One column over entities of one kind.

    Attributes:
        id: its name in preferences and exports.
        column: heading and width.
        cell: what is shown of an entity.
        order: what it is sorted by; None, not known, always comes last.
        down: whether the greatest comes first, unless turned round.
        metric: the figure's name in `metrics.METRICS`, "" for none.
    """

    id: str
    column: Column
    cell: Callable[[E, FloorView], Cell]
    order: Callable[[E, FloorView], Sorted]
    down: bool = True
    metric: str = ""
