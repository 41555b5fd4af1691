"""The selected queue in words: counts since midnight, the day by half hours, estimates, alerts."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval
from desktop.domain.entities.model import Instant, QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL
from desktop.domain.figures.metrics import METRICS
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.alert_advice import advice
from desktop.tui.supervisor.floor_view import BELOW, HALF_HOUR, SEVERITY, STALE_SECONDS, FloorView, LookedUp, signed
from desktop.tui.supervisor.panels.queue_plot import QueueDay, plot_lines
from desktop.tui.widgets.fitting import lines_of
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, number, share, written
from desktop.words.catalogue import in_words, ntr, ptr, term, tr
from desktop.words.figures import known_as

_COUNTS = ("offered", "answered", "abandoned")
_TIMES = ("asa", "aht", "longest_wait_today")
_OTHERS = (
    *("callbacks", "flow_outs", "missed", "declined"),
    *("average_talk", "average_hold", "average_wrap_up"),
)
"""Figures for which there must be room."""
_FEWEST_ROWS, _ENOUGH_ROWS, _MOST_ROWS = 4, 8, 13
"""Of a plot; with fewer than enough, other things go first."""
_GAP = 3
_LEGEND = 2
"""Lines below a plot at most."""


def queue_lines(queue: QueueStats, view: FloorView, width: int, height: int) -> list[Content]:
    """What is known of a queue beside its row: a plot as high as there is room, and what else there is room for.

    Args:
        width: cells there are for a line.
        height: lines there are.
    """
    alert = view.queue_alert(queue.name)
    level = _service_level(queue, view, width)
    said = [*_what_if(queue, view), *_estimate(queue, width)]
    above, figures, rows = [level], list[Content](), 0
    for least, advised, names in (
        (_MOST_ROWS, True, (*_COUNTS, *_TIMES, *_OTHERS)),
        (_ENOUGH_ROWS, True, (*_COUNTS, *_TIMES)),
        (_ENOUGH_ROWS, False, (*_COUNTS, *_TIMES)),
        (_FEWEST_ROWS, False, _COUNTS),
    ):
        above = [*_alert(alert, view, advised=advised), level]
        figures = flowed([_named(queue, name, view) for name in names], width)
        rows = height - _LEGEND - sum(lines_of(one, width) for one in (*above, *said)) - len(figures)
        if rows >= least:
            break
    rows = max(_FEWEST_ROWS, min(_MOST_ROWS, rows))
    return [*above, *_day(view.today, queue, view, width, rows), *said, *figures]


def _shortened(width: int, *versions: Content) -> Content:
    """The first version that fits on a line, else the last, which is broken."""
    return next((one for one in versions if one.cell_length <= width), versions[-1])


def _alert(alert: Alert | None, view: FloorView, *, advised: bool) -> list[Content]:
    if alert is None:
        return []
    todo = advice(alert, view, opened=True) if advised else ""
    said = line(signed(alert), " ", (in_words(alert.text), signed(alert)[1]))
    return [said, *([line((f"  → {todo}", "$muted"))] if todo else [])]


def _service_level(queue: QueueStats, view: FloorView, width: int) -> Content:
    """The one service level of the formula in force, with its target and, where there is room, the formula's name,
    which stands below the queues as well."""
    formula, counts = view.formula, queue.counts
    value = formula.value(counts) if counts is not None else None
    limit = counts.threshold if counts is not None else None
    severity = None if view.is_old(queue) else view.thresholds.judge(queue, SERVICE_LEVEL, value)
    sign, style = ("", "bold") if severity is None else (BELOW, SEVERITY[severity][1])
    target = view.thresholds.target(queue)
    figure: list[Part] = [
        (f"{sign}{exact_share(value)}", style),
        (f" {tr('in {time}', time=wording.limit(limit))}" if limit else "", ""),
        (f" ({tr('target {share}', share=share(target))})" if target is not None else "", "$muted"),
    ]
    said = [(f"{tr('service level today')} ", "$muted"), *figure]
    name, vendors = term("formula", formula.id), known_as(formula)[0]
    all_of_them = key_hint(FLOOR_BY_ID["compare"].shown, tr("all formulas"))
    return _shortened(
        width,
        line(*said, (f" · {name} · {vendors}  ", "$muted"), all_of_them),
        line(*said, (f" · {name}  ", "$muted"), all_of_them),
        line(*said, (f" · {name}", "$muted")),
        line(*said, "  ", all_of_them),
        line(*said),
        line((f"{ptr('column', 'SL')} ", "$muted"), *figure),
    )


def _named(queue: QueueStats, name: str, view: FloorView) -> tuple[str, str]:
    metric = METRICS[name]
    value = metric.value(queue, view.clock_of(queue), view.formula)
    return term("figure", name), written(value, metric.unit)


def _estimate(queue: QueueStats, width: int) -> list[Content]:
    """The wait that is told to who comes now, and how often such a prediction held."""
    score = queue.estimates
    if queue.estimated_wait is None and (score is None or not score.scored):
        return []
    low, high = queue.estimated_low, queue.estimated_high
    between = "" if low is None or high is None else f" ({wording.duration(low)}–{wording.duration(high)})"
    wait: list[Part] = [
        (f"{term('figure', 'estimated_wait')} ", "$muted"),
        (f"{wording.duration(queue.estimated_wait)}{between}", ""),
    ]
    if score is None or not score.scored:
        return [line(*wait)]
    held = (f" · {tr('{share} within the predicted range', share=share(score.within / score.scored))}", "")
    error = f"{tr('average error')} {wording.duration(score.absolute_seconds / score.scored)}"
    of = tr("{n} answered", n=number(score.scored))
    return [_shortened(width, line(*wait, held, (f" ({of}, {error})", "$muted")), line(*wait, held))]


def _what_if(queue: QueueStats, view: FloorView) -> list[Content]:
    """What one agent more would make of the service level, if the last while goes on."""
    found = view.what_if.value if view.what_if.of == f"{queue.name}|{view.formula.id}" else None
    if found is None:
        return []
    step = next((one for one in found.steps if one.more == 1), None)
    if step is None or step.service_level is None or found.now is None or found.now.service_level is None:
        why_not = in_words(found.why_not)
        return [line((f"{tr('What-if')}: {why_not}", "$muted"))] if why_not else []
    result = f"{found.now.service_level * 100:.0f} → {step.service_level * 100:.0f} %"
    if step.low is not None and step.high is not None:
        between = f"{step.low * 100:.0f}–{step.high * 100:.0f} %"
        result += f" ({tr('likely {range}', range=between)})"
    assumed = tr("if the last {minutes:.0f} min continue", minutes=found.window / 60)
    return [
        line(
            *_aged(view.what_if.at, view),
            (f"{ntr('With {n} more agent', 'With {n} more agents', step.more)}: ", ""),
            (result, "bold"),
            (f", {assumed}", ""),
        )
    ]


def _aged(at: Instant | None, view: FloorView) -> tuple[Part, ...]:
    """How old an answer is, where it is older than the figures around it may be."""
    old = at is not None and view.now - at > STALE_SECONDS
    return ((f"{wording.since(view.now - at)}: ", "$warning"),) if at is not None and old else ()


def _slots(counted: Sequence[Counts], until: Instant) -> dict[Instant, Counts | None]:
    """Every half hour from the first until now; the centre leaves out those in which nothing was counted."""
    known = {counts.since: counts for counts in counted}
    first = min(known)
    between = range(int((max(until, *known) - first) // HALF_HOUR) + 1)
    return {at: known.get(at) for at in (first + HALF_HOUR * n for n in between)}


def _day(
    today: LookedUp[Sequence[Interval]], queue: QueueStats, view: FloorView, width: int, rows: int
) -> list[Content]:
    """The day by half hours as a plot, from the first contact to now, and what is expected of the rest.

    The half hour under way is as it was when the centre was asked: less than the live counts of today.
    """
    if today.of != queue.name:
        return []
    if today.problem:
        return [content(tr("half hours of today: {problem}", problem=today.problem), "$warning")]
    if not today.value:
        return []
    until = today.at or view.clock
    slots = _slots([one.counts for one in today.value], until)
    forecast = view.forecast.value if view.forecast.of == queue.name else None
    target = view.thresholds.target(queue)
    plot = plot_lines(QueueDay(slots, forecast, view.formula, target, view.days), width, rows)
    ago = wording.since(None if today.at is None else view.now - today.at)
    told = content(tr("by half hour · updated {ago}", ago=ago), "$muted")
    if len(plot) > rows and plot[-1].cell_length + told.cell_length + _GAP <= width:
        return [*plot[:-1], line(plot[-1], " " * _GAP, told)]
    return [*plot, told]
