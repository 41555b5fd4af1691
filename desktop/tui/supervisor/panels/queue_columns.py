"""The columns of the queues."""

from collections.abc import Callable

from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit
from desktop.domain.figures.metrics import METRICS
from desktop.tui.supervisor.floor_view import FloorView, alarm, signed
from desktop.tui.supervisor.panels.floor_column import Cell, FloorColumn, Sorted
from desktop.tui.widgets.table_columns import Column
from desktop.tui.words import wording
from desktop.tui.words.figures import estimate, fitted, short_number, trend
from desktop.words.marks import pmark

QueueColumn = FloorColumn[QueueStats]
_WAITING, _PEOPLE = 5, 12
"""Cells of two columns."""


def _alert(queue: QueueStats, view: FloorView) -> Cell:
    return signed(view.queue_alert(queue.name))


def _name(queue: QueueStats, view: FloorView) -> Cell:
    alert = view.queue_alert(queue.name)
    return queue.name, "bold" if alert is not None and alert.over_at is None and not alert.acknowledged_by else ""


def _waiting(queue: QueueStats, view: FloorView) -> Cell:
    return short_number(queue.waiting, _WAITING), "bold" if queue.waiting else "$muted"


def _people(queue: QueueStats, view: FloorView) -> Cell:
    parts = (queue.agents_available, queue.agents_busy, queue.agents_signed_in)
    if parts == (None, None, None):
        return wording.UNKNOWN, "$muted"
    texts = ["—" if part is None else str(part) for part in parts]
    if sum(map(len, texts)) > _PEOPLE - 2:
        texts = [short_number(part, 3) for part in parts]
    return "/".join(texts), ""


def _known_at(queue: QueueStats, view: FloorView) -> Cell:
    return wording.age(view.age_of(queue.as_of)), "$muted"


def _of(
    name: str, width: int
) -> tuple[Callable[[QueueStats, FloorView], Cell], Callable[[QueueStats, FloorView], Sorted]]:
    metric = METRICS[name]

    def cell(queue: QueueStats, view: FloorView) -> Cell:
        return fitted(metric, queue, view.clock_of(queue), view.formula, width), ""

    def order(queue: QueueStats, view: FloorView) -> Sorted:
        return metric.value(queue, view.clock_of(queue), view.formula)

    return cell, order


def _metric(name: str, title: str, width: int, from_width: int) -> QueueColumn:
    cell, order = _of(name, width)
    unit = METRICS[name].unit
    down = unit is not Unit.SHARE or name in ("occupancy", "abandon_rate")
    return FloorColumn(name, Column(title, width, "right", from_width), cell, order, down, name)


QUEUE_COLUMNS: tuple[QueueColumn, ...] = (
    FloorColumn("queue", Column(pmark("column", "queue")), _name, lambda queue, _: queue.name.casefold(), down=False),
    FloorColumn("alert", Column("!", 1), _alert, lambda queue, view: alarm(view.queue_alert(queue.name))),
    FloorColumn(
        "waiting",
        Column(pmark("column", "wait"), _WAITING, "right"),
        _waiting,
        _of("waiting", _WAITING)[1],
        metric="waiting",
    ),
    _metric("longest_wait", pmark("column", "longest"), 7, 0),
    FloorColumn(
        "estimated_wait",
        Column(pmark("column", "est. wait"), 12, "right", 67),
        lambda queue, _: (estimate(queue), ""),
        _of("estimated_wait", 12)[1],
        metric="estimated_wait",
    ),
    _metric("offered", pmark("column", "offered"), 7, 75),
    _metric("answered", pmark("column", "answered"), 8, 107),
    _metric("abandoned", pmark("column", "abandoned"), 9, 50),
    _metric(SERVICE_LEVEL, pmark("column", "SL"), 4, 0),
    _metric("asa", pmark("column", "ASA"), 5, 60),
    _metric("aht", pmark("column", "AHT"), 5, 98),
    _metric("occupancy", pmark("column", "occupancy"), 9, 117),
    FloorColumn(
        "agents",
        Column(pmark("column", "free/busy/in"), _PEOPLE, "right", 92),
        _people,
        lambda queue, _: queue.agents_available,
        down=False,
        metric="agents_available",
    ),
    FloorColumn(
        "trend",
        Column(pmark("column", "  last hour"), 14, "left", 128),
        lambda queue, _: (f"  {trend(queue.trend)}", "$accent"),
        lambda queue, _: queue.trend[-1] if queue.trend else None,
    ),
    FloorColumn(
        "age", Column(pmark("column", "age"), 3, "right", 79), _known_at, lambda queue, view: view.age_of(queue.as_of)
    ),
)
