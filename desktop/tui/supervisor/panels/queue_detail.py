"""The selected queue in words: counts since midnight, the day by half hours, estimates, alerts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval
from desktop.domain.entities.model import Instant, QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.floor_view import HALF_HOUR, STALE_SECONDS, FloorView, LookedUp, signed
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, number, share, signed_duration, trend, written
from desktop.words.catalogue import in_words, ptr, term, tr
from desktop.words.figures import known_as

if TYPE_CHECKING:
    from desktop.domain.staffing.what_if import WhatIf

_COUNTS = ("offered", "answered", "abandoned", "callbacks", "flow_outs", "missed", "declined")
_TIMES = ("asa", "aht", "average_talk", "average_hold", "average_wrap_up", "longest_wait_today")


def queue_lines(queue: QueueStats, view: FloorView, width: int) -> list[Content]:
    """What is known of a queue beside its row.

    Args:
        width: cells there are for a line.
    """
    return [
        *_alert(view.queue_alert(queue.name)),
        _service_level(queue, view),
        *_what_if(queue, view),
        *flowed([_named(queue, name, view) for name in _COUNTS], width, head=content(f"{tr('today')}  ", "$muted")),
        *flowed([_named(queue, name, view) for name in _TIMES], width),
        *_estimates(queue, view),
        *_day(view.today, queue.name, view, width),
        *_assumed(queue, view),
    ]


def _alert(alert: Alert | None) -> list[Content]:
    if alert is None:
        return []
    return [line(signed(alert), " ", (in_words(alert.text), signed(alert)[1]))]


def _service_level(queue: QueueStats, view: FloorView) -> Content:
    formula, counts = view.formula, queue.counts
    value = formula.value(counts) if counts is not None else None
    limit = counts.threshold if counts is not None else None
    threshold = f" {tr('in {seconds:.0f} s', seconds=limit)}" if limit else ""
    parts: list[Part] = [
        (f"{tr('service level today')} ", "$muted"),
        (exact_share(value), "bold"),
        (f"{threshold} · {term('formula', formula.id)} ", ""),
        (f"({known_as(formula)[0]})", "$muted"),
    ]
    if queue.service_level is not None:
        own = tr("contact centre's own figure")
        parts.append((f"  {own} {share(queue.service_level)}", "$muted"))
    parts += [("   ", ""), (FLOOR_BY_ID["compare"].shown, "bold $accent"), (f" {tr('all formulas')}", "$muted")]
    return line(*parts)


def _named(queue: QueueStats, name: str, view: FloorView) -> tuple[str, str]:
    metric = METRICS[name]
    value = metric.value(queue, view.clock_of(queue), view.formula)
    return term("figure", name), written(value, metric.unit)


def _estimates(queue: QueueStats, view: FloorView) -> list[Content]:
    score = queue.estimates
    if score is None or not score.scored:
        return []
    return [
        line(
            (f"{tr('estimated waits')} ", "$muted"),
            (tr("{share} within the predicted range", share=share(score.within / score.scored)), ""),
            (f" · {tr('average error')} ", "$muted"),
            (wording.duration(score.absolute_seconds / score.scored), ""),
            (f" · {tr('bias')} ", "$muted"),
            (signed_duration(score.error_seconds / score.scored), ""),
            (f" · {tr('{n} answered', n=number(score.scored))}", "$muted"),
        )
    ]


def _found(queue: QueueStats, view: FloorView) -> "WhatIf | None":
    return view.what_if.value if view.what_if.of == f"{queue.name}|{view.formula.id}" else None


def _assumed(queue: QueueStats, view: FloorView) -> list[Content]:
    found = _found(queue, view)
    if found is None or not found.steps or not found.assumes:
        return []
    return [line((f"{tr('what-if assumes')} ", "$muted"), (" · ".join(map(in_words, found.assumes)), "$muted"))]


def _what_if(queue: QueueStats, view: FloorView) -> list[Content]:
    """What agents more or fewer would make of the service level, by the pace of the last while."""
    found = _found(queue, view)
    if found is None:
        return []
    if not found.steps:
        return [line((f"{tr('what-if')}: ", "$muted"), (in_words(found.why_not), "$muted"))]
    period = f"{tr('what-if, last {minutes:.0f} min', minutes=found.window / 60)}: "
    parts: list[Part] = [(period, "$muted"), *_aged(view.what_if.at, view)]
    for more in (1, 2, -1):
        said = in_words(found.line(more))
        if said:
            parts.append((f"{said}   ", "bold" if more == 1 else ""))
    step = next((one for one in found.steps if one.more == 1), None)
    if step is not None and step.low is not None and step.high is not None:
        low_to_high = f"{share(step.low)}–{share(step.high)}"
        parts.append((tr("80 % range of +1: {range}", range=low_to_high), "$muted"))
    return [line(*parts)]


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


def _day(today: LookedUp[Sequence[Interval]], queue: str, view: FloorView, width: int) -> list[Content]:
    """Offered, answered, abandoned and service level by half hours, one sign each, from midnight to now.

    The last one is the half hour under way, as it was when the centre was asked: fewer than the live counts of today.
    """
    if today.of != queue:
        return []
    if today.problem:
        return [content(tr("half hours of today: {problem}", problem=today.problem), "$warning")]
    if not today.value:
        return []
    most = max(8, width - 24)
    slots = _slots([one.counts for one in today.value], today.at or view.clock)
    times, shown = [*slots][-most:], [*slots.values()][-most:]
    latest = wording.clock(times[-1])[:5]
    labels = {name: term("figure", name) for name in ("offered", "answered", "abandoned")}
    room = max(10, *(len(label) + 1 for label in labels.values()))
    lines = []
    for name, label in labels.items():
        values = [0 if counts is None else getattr(counts, name) for counts in shown]
        found = [int(value) for value in values if value is not None]
        if any(counts is not None and getattr(counts, name) is not None for counts in shown):
            bars = zip(values, trend([int(value or 0) for value in values]), strict=True)
            drawn = "".join(" " if value is None else bar for value, bar in bars)
            told = tr("{n} since {at}, peak {most}", n=number(values[-1]), at=latest, most=number(max(found)))
            lines.append(line((f"{label:<{room}}", "$muted"), (drawn, "$accent"), (f" {told}", "$muted")))
    levels = [None if counts is None else view.formula.value(counts) for counts in shown]
    known = [level for level in levels if level is not None]
    if known:
        drawn = "".join(" " if level is None else trend((round(level * 100), 100))[0] for level in levels)
        last, least = exact_share(levels[-1]), share(min(known))
        told = tr("{share} since {at}, lowest {least}", share=last, at=latest, least=least)
        lines.append(line((f"{ptr('column', 'SL'):<{room}}", "$muted"), (drawn, "$accent"), (f" {told}", "$muted")))
    aged = wording.since(None if today.at is None else view.now - today.at)
    axis = tr("by half hour from {at} · updated {ago}", at=wording.clock(times[0])[:5], ago=aged)
    lines.append(content(f"{'':<{room}}{axis}", "$muted"))
    return lines
