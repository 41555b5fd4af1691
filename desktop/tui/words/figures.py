"""How figures are written: `—` for what is not known, never a zero in its place."""

from collections.abc import Sequence
from math import ceil, floor

from desktop.domain.entities.model import Instant, QueueStats
from desktop.domain.figures.metric import Metric, Unit
from desktop.domain.figures.ratio import percent
from desktop.domain.figures.service_level import Formula
from desktop.tui.words import wording
from desktop.words import formats

_BARS = "▁▂▃▄▅▆▇█"
_MISSED, _MET = _BARS[:4], _BARS[5:]
"""Bars of a share that misses its target and of one that meets it: between them lies one that is never drawn."""
_SIZES = ((1, "s"), (60, "m"), (3600, "h"))
_LEAST_SCALE = 4
"""A trend up to so many is drawn on this scale: one who waits is not a mountain."""


def fitted(metric: Metric, queue: QueueStats, now: Instant, formula: Formula, width: int) -> str:
    """A metric of a queue in its unit and in so many cells."""
    value = metric.value(queue, now, formula)
    if metric.unit is Unit.SECONDS:
        return short_duration(value, width)
    return share(value) if metric.unit is Unit.SHARE else short_number(value, width)


def written(value: float | None, unit: Unit) -> str:
    """A figure in its unit: `7`, `71 %` as `71%`, `02:10`."""
    if value is None:
        return wording.UNKNOWN
    if unit is Unit.SHARE:
        return share(value)
    return wording.duration(value) if unit is Unit.SECONDS else number(value)


def number(value: float | None) -> str:
    """`7`; `1,204`."""
    return formats.number(value)


def short_number(value: float | None, width: int) -> str:
    """A number in so many cells: `12,345`, else `12345`, else `123k`, `4M`; never one with its end cut off."""
    if value is None:
        return wording.UNKNOWN
    text = number(value)
    if len(text) <= width:
        return text
    texts = (f"{value:.0f}", f"{value // 1_000:.0f}k", f"{value // 1_000_000:.0f}M")
    return next((text for text in texts if len(text) <= width), texts[-1])


def short_duration(seconds: float | None, width: int) -> str:
    """A duration in so many cells: `03:41`, `1:02:09`, else `1h02m`, `12h`, `30d`."""
    text = wording.duration(seconds)
    if seconds is None or len(text) <= width:
        return text
    minutes = int(seconds) // 60
    texts = (f"{minutes // 60}h{minutes % 60:02}m", f"{minutes // 60}h", f"{minutes // 1440}d")
    return next((text for text in texts if len(text) <= width), texts[-1])


def share(value: float | None) -> str:
    """`71%`. Cut, not rounded: 79.9 % is not yet 80."""
    return wording.UNKNOWN if value is None else f"{int(value * 100 + 1e-9)}%"


def exact_share(value: float | None) -> str:
    """`71.43 %`, for comparing formulas."""
    return wording.UNKNOWN if value is None else f"{formats.number(float(percent(value, 2)), '.2f')} %"


def signed_duration(seconds: float | None) -> str:
    """`+00:24` or `−01:10`."""
    if seconds is None:
        return wording.UNKNOWN
    return ("+" if seconds >= 0 else "−") + wording.duration(abs(seconds))


def estimate(queue: QueueStats) -> str:
    """The estimated wait with its interval, rounded outwards so that the estimate lies in it: `02:10 1–5m`."""
    text = short_duration(queue.estimated_wait, 5)
    low, high = queue.estimated_low, queue.estimated_high
    if queue.estimated_wait is None or low is None or high is None:
        return text
    size, unit = next(((size, unit) for size, unit in _SIZES if ceil(high / size) < 100), _SIZES[-1])
    return f"{text} {floor(low / size)}–{ceil(high / size)}{unit}"


def trend(values: Sequence[int]) -> str:
    """A sparkline, oldest first."""
    top = max(_LEAST_SCALE, *values) if values else 0
    return "".join(_BARS[min(len(_BARS) - 1, max(0, value) * (len(_BARS) - 1) // top)] for value in values)


def bar_to_target(level: float, target: float | None) -> str:
    """One bar for a share: so high from its target on, lower below, whatever the target is; to scale without one."""
    if target is None or target <= 0:
        return trend((round(level * 100), 100))[0]
    if level < target:
        return _MISSED[min(len(_MISSED) - 1, int(level / target * len(_MISSED)))]
    above = (level - target) / (1 - target) if target < 1 else 1.0
    return _MET[min(len(_MET) - 1, int(above * len(_MET)))]
