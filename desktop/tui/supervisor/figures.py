"""How figures are written: `—` for what is not known, never a zero in its place."""

from collections.abc import Sequence

from desktop.domain.metric import Metric, Unit
from desktop.domain.model import Instant, QueueStats
from desktop.domain.service_level import Formula
from desktop.tui import wording

_BARS = "▁▂▃▄▅▆▇█"
_LEAST_SCALE = 4
"""A trend up to so many is drawn on this scale: one who waits is not a mountain."""


def figure(metric: Metric, queue: QueueStats, now: Instant, formula: Formula) -> str:
    """A metric of a queue in its unit."""
    return written(metric.value(queue, now, formula), metric.unit)


def written(value: float | None, unit: Unit) -> str:
    """A figure in its unit: `7`, `71 %` as `71%`, `02:10`."""
    if value is None:
        return wording.UNKNOWN
    if unit is Unit.SHARE:
        return share(value)
    return wording.duration(value) if unit is Unit.SECONDS else number(value)


def number(value: float | None) -> str:
    """`7`; `1,204`; `123k` from 100,000 on."""
    if value is None:
        return wording.UNKNOWN
    return f"{value:,.0f}" if value < 100_000 else f"{value / 1000:,.0f}k"


def share(value: float | None) -> str:
    """`71%`. Cut, not rounded: 79.9 % is not yet 80."""
    return wording.UNKNOWN if value is None else f"{int(value * 100 + 1e-9)}%"


def exact_share(value: float | None) -> str:
    """`71.43 %`, for comparing formulas."""
    return wording.UNKNOWN if value is None else f"{value * 100:.2f} %"


def signed_duration(seconds: float | None) -> str:
    """`+00:24` or `−01:10`."""
    if seconds is None:
        return wording.UNKNOWN
    return ("+" if seconds >= 0 else "−") + wording.duration(abs(seconds))


def estimate(queue: QueueStats) -> str:
    """The estimated wait with its interval: `02:10 1–4m`."""
    if queue.estimated_wait is None:
        return wording.UNKNOWN
    text = wording.duration(queue.estimated_wait)
    low, high = queue.estimated_low, queue.estimated_high
    if low is None or high is None:
        return text
    if high < 100:
        return f"{text} {low:.0f}–{high:.0f}s"
    return f"{text} {low / 60:.0f}–{high / 60:.0f}m"


def trend(values: Sequence[int]) -> str:
    """A sparkline, oldest first."""
    top = max(_LEAST_SCALE, *values) if values else 0
    return "".join(_BARS[min(len(_BARS) - 1, max(0, value) * (len(_BARS) - 1) // top)] for value in values)
