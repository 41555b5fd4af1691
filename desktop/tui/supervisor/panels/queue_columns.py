"""The columns of the queues.

Where there is no room for all of them, they go in the order of what least needs to be seen at a glance: occupancy and
agents, AHT, ASA, the estimated wait, the target (the bars' colours say as much), the trend, and only then the counts,
of which "answered" goes first and "abandoned" last.
"""

from collections.abc import Callable, Sequence

from desktop.domain.alerts.worst_first import trouble
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit
from desktop.domain.figures.metrics import METRICS
from desktop.tui.supervisor.floor_view import BELOW, SEVERITY, FloorView, signed
from desktop.tui.supervisor.panels.floor_column import NONE, Cell, FloorColumn, Sorted
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.widgets.table_columns import Column
from desktop.tui.words import wording
from desktop.tui.words.figures import bar_to_target, estimate, fitted, share, short_number
from desktop.words.marks import pmark

QueueColumn = FloorColumn[QueueStats]
_PEOPLE = 19
"""Cells of the agents' column."""
OLD = ("◐", "$warning")
_TOO_FEW = "!"
"""Before a figure that is beyond its threshold, of too few contacts for an alert."""


def _alert(queue: QueueStats, view: FloorView) -> Cell:
    alert = view.queue_alert(queue.name)
    return OLD if alert is None and view.is_old(queue) else signed(alert)


def _worst(queue: QueueStats, view: FloorView) -> Sorted:
    return trouble(queue, view.queue_alert(queue.name), view.clock_of(queue), view.formula, view.thresholds)


def _name(queue: QueueStats, view: FloorView) -> Cell:
    alert = view.queue_alert(queue.name)
    return queue.name, "bold" if alert is not None and alert.over_at is None and not alert.acknowledged_by else ""


def marked(queue: QueueStats, view: FloorView, name: str, text: str, *, by: str = "", sign: str = "") -> Cell:
    """A figure as it is written, with a sign before it where it is beyond a threshold of its queue: in no colour where
    that is of too few contacts for an alert.

    Args:
        name: the figure.
        text: how it is written.
        by: the figure that is judged, where that is another one.
        sign: stands for both severities, in the style of either.
    """
    judged = METRICS[by or name].value(queue, view.clock_of(queue), view.formula)
    if view.is_old(queue):
        return text, ""
    severity = view.thresholds.judge(queue, by or name, judged)
    usual, style = SEVERITY[severity] if severity is not None else (_TOO_FEW, "")
    if severity is None and view.thresholds.judge(queue, by or name, judged, few=True) is None:
        return text, ""
    return (f"{sign}{text}" if sign else f"{usual} {text}"), style


def _people(queue: QueueStats, view: FloorView) -> Cell:
    parts = (queue.agents_available, queue.agents_busy, queue.agents_signed_in)
    if parts == (None, None, None):
        return wording.UNKNOWN, "$muted"
    texts = ["—" if part is None else str(part) for part in parts]
    if sum(map(len, texts)) > _PEOPLE - 2:
        texts = [short_number(part, 3) for part in parts]
    return "/".join(texts), ""


def levels(queue: QueueStats, view: FloorView) -> Sequence[float | None]:
    """The service level of each of the last quarters of an hour, as far as it is known."""
    counted = view.quarters.get(queue.name, ())
    return [None if one is None else view.formula.value(one) for one in counted]


def _trend(queue: QueueStats, view: FloorView) -> Cell:
    """A bar for each quarter of an hour, high enough only where it met the target."""
    if queue.name not in view.state.queues:
        return "", ""  # of all together: the status line has it
    known, target = levels(queue, view), view.thresholds.target(queue)
    if not any(level is not None for level in known):
        return wording.UNKNOWN, "$muted"
    parts: list[Part] = []
    for level in known:
        missed = level is not None and target is not None and level < target
        style = "$muted" if level is None else "$warning" if missed else "$accent"
        parts.append((NONE[0] if level is None else bar_to_target(level, target), style))
    return line(*parts)


def _target(queue: QueueStats, view: FloorView) -> Cell:
    target = view.thresholds.target(queue) if queue.name in view.state.queues else None
    return (f"┄{share(target)}" if target is not None else "", "$muted")


def _of(
    name: str, width: int, by: str = "", sign: str = ""
) -> tuple[Callable[[QueueStats, FloorView], Cell], Callable[[QueueStats, FloorView], Sorted]]:
    metric = METRICS[name]

    def cell(queue: QueueStats, view: FloorView) -> Cell:
        now = view.clock_of(queue)
        just_come = name == "longest_wait" and queue.waiting != 0  # they wait, if for no second yet
        if metric.unit is not Unit.SHARE and metric.value(queue, now, view.formula) == 0 and not just_come:
            return NONE
        return marked(queue, view, name, fitted(metric, queue, now, view.formula, width), by=by, sign=sign)

    def order(queue: QueueStats, view: FloorView) -> Sorted:
        return metric.value(queue, view.clock_of(queue), view.formula)

    return cell, order


def _metric(
    name: str, title: str, width: int, from_width: int, *, marks: int = 0, by: str = "", sign: str = ""
) -> QueueColumn:
    """A column of a figure, of so many cells and those for the sign before it."""
    cell, order = _of(name, width, by, sign)
    unit = METRICS[name].unit
    down = unit is not Unit.SHARE or name in ("occupancy", "abandon_rate")
    return FloorColumn(name, Column(title, width + marks, "right", from_width), cell, order, down, name)


QUEUE_COLUMNS: tuple[QueueColumn, ...] = (
    FloorColumn("alert", Column("", 1), _alert, _worst),
    FloorColumn("queue", Column(pmark("column", "queue")), _name, lambda queue, _: queue.name.casefold(), down=False),
    _metric("waiting", pmark("column", "waiting"), 5, 0, marks=2),
    _metric("longest_wait", pmark("column", "longest"), 5, 0, marks=2),
    FloorColumn(
        "estimated_wait",
        Column(pmark("column", "estimated wait"), 14, "right", 100),
        lambda queue, _: (estimate(queue), "") if queue.estimated_high or queue.estimated_wait != 0 else NONE,
        _of("estimated_wait", 12)[1],
        metric="estimated_wait",
    ),
    _metric("offered", pmark("column", "offered"), 7, 54),
    _metric("answered", pmark("column", "answered"), 8, 66),
    _metric("abandoned", pmark("column", "abandoned"), 7, 50, marks=2, by="abandon_rate"),
    _metric(SERVICE_LEVEL, pmark("column", "SL"), 4, 0, sign=BELOW),
    FloorColumn(
        "trend",
        Column(pmark("column", "last 2 h"), 8, "left", 70),
        _trend,
        lambda queue, view: next((one for one in reversed(levels(queue, view)) if one is not None), None),
        down=False,
    ),
    FloorColumn(
        "target",
        Column(pmark("column", "target"), 6, "left", 88),
        _target,
        lambda queue, view: view.thresholds.target(queue),
    ),
    _metric("asa", pmark("column", "ASA"), 5, 110),
    _metric("aht", pmark("column", "AHT"), 5, 116),
    FloorColumn(
        "agents",
        Column(pmark("column", "free/busy/signed in"), _PEOPLE, "right", 136),
        _people,
        lambda queue, _: queue.agents_available,
        down=False,
        metric="agents_available",
    ),
    _metric("occupancy", pmark("column", "occupancy"), 9, 146),
)
