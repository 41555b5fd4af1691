"""Every figure of a queue by name. Panel, alerts, reports and command line use this one list."""

from collections.abc import Callable
from math import inf, isfinite

from desktop.domain.entities.counts import EstimateScore
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL, Better, Metric, Unit
from desktop.domain.figures.ratio import Ratio, counted


def _longest_wait(queue: QueueStats, now: Instant) -> float | None:
    if queue.longest_since is not None:
        return max(now - queue.longest_since, 0.0)
    return 0.0 if queue.waiting == 0 else None


def _longest_wait_today(queue: QueueStats, now: Instant) -> float | None:
    ended = _count("longest_wait")(queue, now)
    return None if ended is None else max(ended, _longest_wait(queue, now) or 0.0)


def _reading(name: str, most: float = inf) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a figure that stands in the queue itself and must lie in 0..`most` to make sense."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        value: float | None = getattr(queue, name)
        return value if value is not None and isfinite(value) and 0 <= value <= most else None

    return read


def _count(name: str) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a single count."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        return None if queue.counts is None else counted(queue.counts, name)

    return read


def _score(part: Callable[[EstimateScore], float]) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a figure of the estimates' score: a part of it by the number of waits it was taken of."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        score = queue.estimates
        return part(score) / score.scored if score is not None and score.scored > 0 else None

    return read


_HIGHER, _LOWER, _NEITHER = Better.HIGHER, Better.LOWER, Better.NEITHER
_SECONDS, _SHARE, _COUNT = Unit.SECONDS, Unit.SHARE, Unit.COUNT


def _mean(over: tuple[str, ...], of: tuple[str, ...]) -> Ratio:
    return Ratio(over, of, share=False)


_ALL = (
    Metric("waiting", _COUNT, _LOWER, reads=_reading("waiting")),
    Metric("longest_wait", _SECONDS, _LOWER, reads=_longest_wait),
    Metric("estimated_wait", _SECONDS, _LOWER, reads=_reading("estimated_wait")),
    Metric("estimates_within", _SHARE, _HIGHER, reads=_score(lambda score: score.within)),
    Metric("estimate_bias", _SECONDS, _NEITHER, reads=_score(lambda score: score.error_seconds)),
    Metric("estimate_error", _SECONDS, _LOWER, reads=_score(lambda score: score.absolute_seconds)),
    Metric(SERVICE_LEVEL, _SHARE, _HIGHER),
    Metric("service_level_of_centre", _SHARE, _HIGHER, reads=_reading("service_level", 1.0)),
    Metric("offered", _COUNT, _NEITHER, reads=_count("offered")),
    Metric("answered", _COUNT, _HIGHER, reads=_count("answered")),
    Metric("abandoned", _COUNT, _LOWER, reads=_count("abandoned")),
    Metric("callbacks", _COUNT, _NEITHER, reads=_count("callbacks")),
    Metric("flow_outs", _COUNT, _NEITHER, reads=_count("flow_outs")),
    Metric("missed", _COUNT, _LOWER, reads=_count("missed")),
    Metric("declined", _COUNT, _LOWER, reads=_count("declined")),
    Metric("handled", _COUNT, _NEITHER, reads=_count("handled")),
    Metric("answer_rate", _SHARE, _HIGHER, Ratio(("answered",), ("answered", "abandoned"))),
    Metric("abandon_rate", _SHARE, _LOWER, Ratio(("abandoned",), ("offered",))),
    Metric("abandon_rate_of_settled", _SHARE, _LOWER, Ratio(("abandoned",), ("answered", "abandoned"))),
    Metric(
        "abandon_rate_less_short",
        _SHARE,
        _LOWER,
        Ratio(("abandoned",), ("offered",), ("short_abandons",), ("short_abandons",)),
    ),
    Metric("asa", _SECONDS, _LOWER, _mean(("wait_seconds",), ("answered",))),
    Metric("average_wait", _SECONDS, _LOWER, _mean(("wait_seconds", "abandon_seconds"), ("answered", "abandoned"))),
    Metric("average_abandon", _SECONDS, _NEITHER, _mean(("abandon_seconds",), ("abandoned",))),
    Metric("longest_wait_today", _SECONDS, _LOWER, reads=_longest_wait_today),
    Metric("aht", _SECONDS, _LOWER, _mean(("talk_seconds", "hold_seconds", "wrap_up_seconds"), ("handled",))),
    Metric("aht_without_wrap_up", _SECONDS, _LOWER, _mean(("talk_seconds", "hold_seconds"), ("handled",))),
    Metric("average_talk", _SECONDS, _NEITHER, _mean(("talk_seconds",), ("handled",))),
    Metric("average_hold", _SECONDS, _LOWER, _mean(("hold_seconds",), ("handled",))),
    Metric("average_wrap_up", _SECONDS, _LOWER, _mean(("wrap_up_seconds",), ("wrapped_up",))),
    Metric("occupancy", _SHARE, _NEITHER, Ratio(("staff.engaged",), ("staff.engaged", "staff.idle"))),
    Metric("occupancy_of_capacity", _SHARE, _NEITHER, Ratio(("staff.load",), ("staff.engaged", "staff.idle"))),
    Metric("agents_available", _COUNT, _HIGHER, reads=_reading("agents_available")),
    Metric("agents_busy", _COUNT, _NEITHER, reads=_reading("agents_busy")),
    Metric("agents_signed_in", _COUNT, _HIGHER, reads=_reading("agents_signed_in")),
)

METRICS = {metric.id: metric for metric in _ALL}
"""By id, in the order of a table."""
