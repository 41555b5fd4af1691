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
from desktop.words.catalogue import in_words

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
        *flowed([_named(queue, name, view) for name in _COUNTS], width, head=content("today  ", "$muted")),
        *flowed([_named(queue, name, view) for name in _TIMES], width),
        *_estimates(queue, view),
        *_day(view.today, queue.name, view, width),
        *_assumed(queue, view),
    ]


def _alert(alert: Alert | None) -> list[Content]:
    if alert is None:
        return []
    return [line(signed(alert), " ", (alert.text, signed(alert)[1]))]


def _service_level(queue: QueueStats, view: FloorView) -> Content:
    formula, counts = view.formula, queue.counts
    value = formula.value(counts) if counts is not None else None
    threshold = f" in {counts.threshold:.0f} s" if counts is not None and counts.threshold else ""
    parts: list[Part] = [
        ("service level today ", "$muted"),
        (exact_share(value), "bold"),
        (f"{threshold} · {formula.label} ", ""),
        (f"({formula.known_as[0]})", "$muted"),
    ]
    if queue.service_level is not None:
        parts.append((f"  contact centre's own figure {share(queue.service_level)}", "$muted"))
    parts += [("   ", ""), (FLOOR_BY_ID["compare"].shown, "bold $accent"), (" all formulas", "$muted")]
    return line(*parts)


def _named(queue: QueueStats, name: str, view: FloorView) -> tuple[str, str]:
    metric = METRICS[name]
    value = metric.value(queue, view.clock_of(queue), view.formula)
    return metric.label, written(value, metric.unit)


def _estimates(queue: QueueStats, view: FloorView) -> list[Content]:
    score = queue.estimates
    if score is None or not score.scored:
        return []
    return [
        line(
            ("estimated waits ", "$muted"),
            (f"{share(score.within / score.scored)} within the predicted range", ""),
            (" · average error ", "$muted"),
            (wording.duration(score.absolute_seconds / score.scored), ""),
            (" · bias ", "$muted"),
            (signed_duration(score.error_seconds / score.scored), ""),
            (f" · {number(score.scored)} answered", "$muted"),
        )
    ]


def _found(queue: QueueStats, view: FloorView) -> "WhatIf | None":
    return view.what_if.value if view.what_if.of == f"{queue.name}|{view.formula.id}" else None


def _assumed(queue: QueueStats, view: FloorView) -> list[Content]:
    found = _found(queue, view)
    if found is None or not found.steps or not found.assumes:
        return []
    return [line(("what-if assumes ", "$muted"), (" · ".join(map(in_words, found.assumes)), "$muted"))]


def _what_if(queue: QueueStats, view: FloorView) -> list[Content]:
    """What agents more or fewer would make of the service level, by the pace of the last while."""
    found = _found(queue, view)
    if found is None:
        return []
    if not found.steps:
        return [line(("what-if: ", "$muted"), (in_words(found.why_not), "$muted"))]
    period = f"what-if, last {found.window / 60:.0f} min: "
    parts: list[Part] = [(period, "$muted"), *_aged(view.what_if.at, view)]
    for more in (1, 2, -1):
        said = in_words(found.line(more))
        if said:
            parts.append((f"{said}   ", "bold" if more == 1 else ""))
    step = next((one for one in found.steps if one.more == 1), None)
    if step is not None and step.low is not None and step.high is not None:
        parts.append((f"80 % range of +1: {share(step.low)}–{share(step.high)}", "$muted"))
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
        return [content(f"half hours of today: {today.problem}", "$warning")]
    if not today.value:
        return []
    most = max(8, width - 24)
    slots = _slots([one.counts for one in today.value], today.at or view.clock)
    times, shown = [*slots][-most:], [*slots.values()][-most:]
    latest = f"since {wording.clock(times[-1])[:5]}"
    lines = []
    for label in ("offered", "answered", "abandoned"):
        values = [0 if counts is None else getattr(counts, label) for counts in shown]
        found = [int(value) for value in values if value is not None]
        if any(counts is not None and getattr(counts, label) is not None for counts in shown):
            bars = zip(values, trend([int(value or 0) for value in values]), strict=True)
            drawn = "".join(" " if value is None else bar for value, bar in bars)
            told = f" {number(values[-1])} {latest}, peak {number(max(found))}"
            lines.append(line((f"{label:<10}", "$muted"), (drawn, "$accent"), (told, "$muted")))
    levels = [None if counts is None else view.formula.value(counts) for counts in shown]
    known = [level for level in levels if level is not None]
    if known:
        drawn = "".join(" " if level is None else trend((round(level * 100), 100))[0] for level in levels)
        last = exact_share(levels[-1])
        lines.append(
            line(
                (f"{'SL':<10}", "$muted"),
                (drawn, "$accent"),
                (f" {last} {latest}, lowest {share(min(known))}", "$muted"),
            )
        )
    aged = wording.since(None if today.at is None else view.now - today.at)
    lines.append(content(f"{'':<10}by half hour from {wording.clock(times[0])[:5]} · updated {aged}", "$muted"))
    return lines
