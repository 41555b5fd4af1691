"""The queues of the floor, a line each, and all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop.domain.alerts.thresholds import NO_THRESHOLDS
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.queue_totals import all_together
from desktop.tui.supervisor.floor_view import STALE_SECONDS, FloorView
from desktop.tui.supervisor.panels.floor_table import FloorTable
from desktop.tui.supervisor.panels.queue_columns import QUEUE_COLUMNS
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, ptr, term, tr
from desktop.words.figures import known_as


class QueuePanel(FloorTable[QueueStats]):
    """Sortable by every column; the formula's name stands in the border."""

    def __init__(self) -> None:
        super().__init__(
            QUEUE_COLUMNS, lambda queue: queue.name, by="alert", empty=tr("No queue figures yet."), id="floor-queues"
        )
        self._totalled: tuple[object, Sequence[str], tuple[QueueStats | None, int, int]] | None = None

    @property
    def trends_in_sight(self) -> tuple[str, ...]:
        """The queues whose trend is on screen."""
        shown = any(self.floor_columns[index].id == "trend" for index, _ in self._fitted[1])
        keys, top = self.ordering.keys, self._top
        return tuple(keys[top : top + self._page]) if shown else ()

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The queues and their alerts, and how they are to be seen."""
        beside = (view.quarters, view.thresholds, view.summary)
        return (view.state.queues, view.worst, view.state.health, view.formula, view.held, self.asked, *beside)

    def draw_floor(self, view: FloorView) -> None:
        """Show the queues."""
        queues = view.state.queues
        self.show_entities(queues, view)
        self._draw_total(view)
        found = len(self.ordering.keys)
        count = tr("{n} of {all}", n=found, all=len(queues)) if self.ordering.wanted else str(len(queues))
        shown = [queues[name].as_of for name in self.ordering.keys if name in queues]
        age = view.age_of(min(shown)) if shown else view.age
        old = view.stale or (age is not None and age > STALE_SECONDS)
        self.border_title = line(
            (f"{tr('Queues')} · {count} · {self._order_words()}", ""),
            (f" · {tr('oldest figure {age}', age=wording.age(age))}", "bold $warning" if old else "$muted"),
            *self.filter_words(),
        )
        formula = view.formula
        self.border_subtitle = content(f"{ptr('column', 'SL')}: {term('formula', formula.id)} · {known_as(formula)[0]}")

    def row(self, key: str, queue: QueueStats, view: FloorView) -> Row:
        """One queue."""
        return Row(key, self.cells(queue, view), "$muted" if view.is_old(queue) else "")

    def beside(self, key: str, view: FloorView) -> object:
        """See the base class."""
        return (view.queue_alert(key), view.quarters.get(key), view.thresholds)

    def _order_words(self) -> str:
        """By what the rows are sorted."""
        ordering = self.ordering
        if ordering.by == "alert":
            return tr("worst last") if ordering.turned else tr("worst first")
        column = next(column for column in self.floor_columns if column.id == ordering.by).column
        heading = ptr("column", column.title).strip()
        return f"{tr('by {column}', column=heading)} {'▾' if ordering.down else '▴'}"

    def _draw_total(self, view: FloorView) -> None:
        if self.ordering.wanted:
            together, counted, every = self._filtered(view.state.queues)
        else:
            together, counted, every = view.summary.together, view.summary.counted, len(view.state.queues)
        if together is None:
            self.set_total(None)
            return
        if counted == every:
            name = ntr("{n} queue", "{n} queues", counted)
        else:
            name = tr("{n} of {all} counted", n=counted, all=every)
        cells = self.cells(replace(together, name=name), replace(view, thresholds=NO_THRESHOLDS))
        self.set_total(Row("", cells, "$muted" if view.is_old(together) else "bold"))

    def _filtered(self, queues: Mapping[str, QueueStats]) -> tuple[QueueStats | None, int, int]:
        """The queues behind the filter together, how many of them have counts, and how many they are."""
        keys, known = self.ordering.keys, self._totalled
        if known is None or known[0] is not queues or known[1] != keys:
            some = [queues[name] for name in keys if name in queues]
            together = all_together(some), sum(queue.counts is not None for queue in some), len(some)
            self._totalled = known = (queues, keys, together)
        return known[2]
