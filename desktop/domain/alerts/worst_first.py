"""Which of several queues is worst off, by the thresholds of each: what a table of queues is sorted by."""

from desktop.domain.alerts.thresholds import Thresholds
from desktop.domain.entities.alert import Alert, Severity
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula

JUDGED = (SERVICE_LEVEL, "longest_wait", "waiting", "abandon_rate")
"""The figures that say how well off the customers of a queue are."""
_DEGREE = {None: 0.0, Severity.WARNING: 1.0, Severity.CRITICAL: 2.0}


def trouble(
    queue: QueueStats, alert: Alert | None, now: Instant, formula: Formula, thresholds: Thresholds
) -> tuple[float, ...]:
    """How badly off a queue is; the greatest is the worst. No figure that gets worse makes it less.

    What weighs most stands first: how bad the worst of figures and alert is; whether an alert waits for somebody, or
    is foreseen; how many figures are beyond a threshold, and how many are of fewer contacts than an alert wants, so
    that a queue whose few callers all gave up is not among those that are well; by how much the service level misses
    its target, by how much abandons are over theirs, and how many gave up; the longest wait; the abandon rate.

    Args:
        alert: the most urgent one about it.
        now: as for `Metric.value`.
    """
    values = {name: METRICS[name].value(queue, now, formula) for name in JUDGED}
    degrees = [thresholds.judge(queue, name, value) for name, value in values.items()]
    few = [thresholds.judge(queue, name, value, few=True) for name, value in values.items()]
    stands = alert is not None and alert.over_at is None
    foreseen = alert is not None and alert.forecast is not None
    of_alert = alert.severity if alert is not None and stands and not foreseen else None
    waits = alert is not None and stands and not alert.acknowledged_by
    missing, over = _short_of_target(queue, values[SERVICE_LEVEL], thresholds), 0
    rate, lost = values["abandon_rate"] or 0.0, 0.0
    if few[JUDGED.index("abandon_rate")] is not None:
        over, lost = round(rate * 100), METRICS["abandoned"].value(queue, now) or 0.0
    beyond = sum(one is not None for one in degrees)
    return (
        max(_DEGREE[one] for one in (*degrees, of_alert)),
        waits - waits * foreseen / 2,
        beyond,
        sum(one is not None for one in few) - beyond,
        missing,
        over,
        lost,
        values["longest_wait"] or 0.0,
        rate,
    )


def _short_of_target(queue: QueueStats, level: float | None, thresholds: Thresholds) -> int:
    """Points of percent, so that rows do not change places with every contact; 0 where the target is met or there is
    none."""
    target = thresholds.target(queue)
    return 0 if level is None or target is None else max(0, round((target - level) * 100))
