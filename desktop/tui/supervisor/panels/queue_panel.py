"""The queues of the floor, a line each, and all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

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

TOTALS_SECONDS = 0.5
"""How often the line of totals is made anew at most: it reads every queue."""


class QueuePanel(FloorTable[QueueStats]):
    """Sortable by every column; the formula's name stands in the border."""

    def __init__(self) -> None:
        super().__init__(
            QUEUE_COLUMNS, lambda queue: queue.name, by="alert", empty=tr("No queue figures yet."), id="floor-queues"
        )
        self._totalled: tuple[Mapping[str, QueueStats], Sequence[str], tuple[object, ...]] | None = None
        self._totalled_at = float("-inf")

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The queues and their alerts, and how they are to be seen."""
        return (view.state.queues, view.worst, view.state.health, view.formula, view.held, self.asked)

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
            (f"{tr('Queues')} · {count}", ""),
            (f" · {tr('updated {ago}', ago=wording.since(age))}", "bold $warning" if old else "$muted"),
            *self.filter_words(),
        )
        formula = view.formula
        self.border_subtitle = content(f"{ptr('column', 'SL')}: {term('formula', formula.id)} · {known_as(formula)[0]}")

    def row(self, key: str, queue: QueueStats, view: FloorView) -> Row:
        """One queue."""
        return Row(key, self.cells(queue, view), "$muted" if view.is_old(queue) else "")

    def beside(self, key: str, view: FloorView) -> object:
        """See the base class."""
        return view.queue_alert(key)

    def _draw_total(self, view: FloorView) -> None:
        keys = self.ordering.keys
        beside = (view.formula, view.stale, int(view.now))
        known = self._totalled
        early = abs(view.now - self._totalled_at) < TOTALS_SECONDS
        if known is not None and known[1:] == (keys, beside) and (early or known[0] is view.state.queues):
            return
        self._totalled, self._totalled_at = (view.state.queues, keys, beside), view.now
        queues = [view.state.queues[name] for name in keys if name in view.state.queues]
        together = all_together(queues)
        if together is None:
            self.set_total(None)
            return
        counted = sum(queue.counts is not None for queue in queues)
        if counted == len(queues):
            name = ntr("{n} queue", "{n} queues", counted)
        else:
            name = tr("{n} of {all} counted", n=counted, all=len(queues))
        together = replace(together, name=name)
        self.set_total(Row("", self.cells(together, view), "$muted" if view.is_old(together) else "bold"))
