"""A table of the floor: sorted and filtered, with rows that are made only while they are in sight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.message import Message

from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.floor_column import FloorColumn
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.supervisor.panels.ordering import Ordering
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, plain
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import LazyRows, Row
from desktop.words.catalogue import ptr, tr

E = TypeVar("E")
_MOVES = frozenset({"up", "down", "pageup", "pagedown", "home", "end"})
_KEPT_ROWS = 512


class FloorTable(FloorPane, LineTable, Generic[E]):
    """A frame costs what is in sight, however many rows there are: the order is another matter (`ordering.py`)."""

    ticks: ClassVar[bool] = True

    class Rearranged(Message):
        """The agent asked for another order."""

    def __init__(
        self,
        columns: Sequence[FloorColumn[E]],
        text: Callable[[E], str],
        *,
        by: str,
        empty: str,
        id: str,  # noqa: A002 - Textual's name
    ) -> None:
        self.floor_columns = tuple(columns)
        self.ordering = Ordering(self.floor_columns, text, by)
        self.asked = 0
        """Rises with every wish of the person, so that the table is drawn again at once."""
        self._nothing = empty
        self._ticking = False
        self._entities: Mapping[str, E] = {}
        self._floor: FloorView | None = None
        self._kept: dict[str, tuple[E, tuple[object, ...], Row]] = {}
        super().__init__(self._titled(), empty=empty, clears_selection=True, id=id)

    def row(self, key: str, entity: E, view: FloorView) -> Row:
        """One row."""
        raise NotImplementedError

    def beside(self, key: str, view: FloorView) -> object:
        """What a row is made from beside its entity and the clock, for an entity of that key."""
        raise NotImplementedError

    def cells(self, entity: E, view: FloorView) -> tuple[Part, ...]:
        """One cell for each column."""
        if view.stale:
            return tuple(plain(column.cell(entity, view)) for column in self.floor_columns)
        return tuple(column.cell(entity, view) for column in self.floor_columns)

    def tick(self, view: View) -> None:
        """A second has passed: rows may stand in another order."""
        self._ticking = True
        super().tick(view)
        self._ticking = False

    def show_entities(self, entities: Mapping[str, E], view: FloorView) -> None:
        """Show these entities."""
        self._entities, self._floor = entities, view
        self.ordering.arrange(entities, view, due=self._ticking)
        self.set_rows(LazyRows(self.ordering.keys, self.ordering.places, self._row_of))

    def _row_of(self, key: str) -> Row:
        view, entity = self._floor, self._entities.get(key)
        if view is None or entity is None:
            return Row(key, ())
        # The view's clock stands still within a second: a frame costs what changed in it.
        made_from = (self.beside(key, view), view.formula, view.stale, view.now)
        kept = self._kept.get(key)
        if kept is not None and kept[0] is entity and kept[1] == made_from:
            return kept[2]
        row = self.row(key, entity, view)
        if len(self._kept) >= _KEPT_ROWS:
            self._kept.clear()
        self._kept[key] = (entity, made_from, row)
        return row

    def go_to(self, key: str) -> bool:
        """Put the cursor on an entity; says whether it is there."""
        return self.move_to(key)

    # What the person wants

    def sort_beside(self, step: int) -> None:
        """Sort by the column to the right, or to the left with -1, of those in sight."""
        shown = [self.floor_columns[i].id for i, _ in self._fitted[1]] or [column.id for column in self.floor_columns]
        at = shown.index(self.ordering.by) if self.ordering.by in shown else -1
        self.sort(shown[(at + step) % len(shown)])

    def toggle(self) -> None:
        """Turn the order round."""
        self.sort(self.ordering.by, turned=not self.ordering.turned)

    def sort(self, column: str, *, turned: bool = False) -> None:
        """Sort by a column, the cursor on the same row as before."""
        self.ordering.sort_by(column, turned=turned)
        self.set_columns(self._titled())
        self._wanted()
        self.post_message(self.Rearranged())

    def filter(self, text: str) -> None:
        """Show only rows that contain these words; all with an empty text."""
        self.ordering.filter(text)
        self.set_empty(tr("No matches.") if text.strip() else self._nothing)
        self._wanted()
        self.select_here()

    def filter_words(self) -> tuple[Part, ...]:
        """The filter in force, for the border."""
        wanted = self.ordering.wanted
        return ((" · ", "$muted"), (f'"{wanted}"', "bold $accent")) if wanted else ()

    def _wanted(self) -> None:
        self.asked += 1
        if self._floor is not None:
            self.show_entities(self._entities, self._floor)

    def _titled(self) -> list[Column]:
        by, mark = self.ordering.by, "▾" if self.ordering.down else "▴"
        titled = []
        for column in self.floor_columns:
            one = column.column
            one = replace(one, title=ptr("column", one.title) if one.title else "")
            if column.id == by:
                one = replace(one, title=mark if one.width is not None and one.width < 2 else _marked(one, mark))
            titled.append(one)
        return titled

    def on_key(self, event: events.Key) -> None:
        """Whoever moves in the table finds the rows where they were."""
        if event.key in _MOVES and self._floor is not None:
            self.ordering.touched(self._floor.now)

    def on_line_table_title_clicked(self, event: LineTable.TitleClicked) -> None:
        """A click on a heading sorts by it, another one turns the order round."""
        event.stop()
        for column, titled in zip(self.floor_columns, self._titled(), strict=True):
            if titled.title == event.key:
                self.sort(column.id, turned=column.id == self.ordering.by and not self.ordering.turned)
                return


def _marked(column: Column, mark: str) -> str:
    if column.width is None:
        return f"{column.title} {mark}"
    return (
        f"{mark}{column.title[: column.width - 1]}"
        if column.align == "right"
        else f"{column.title[: column.width - 1]}{mark}"
    )
