"""All queues together: one more queue, whose figures come from the sums of the others' counts."""

from collections.abc import Collection

from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.count_sums import total


def all_together(queues: Collection[QueueStats]) -> QueueStats | None:
    """The sums over some queues, under no name; None where there are no queues.

    Agents have no sum: one of several queues would count several times. Nor have estimated waits. In time is who was
    so by the threshold of their own queue, as in reports. The longest wait is unknown where that of one queue is, for
    it may be the longest.
    """
    if not queues:
        return None
    waits = [queue.longest_since for queue in queues if queue.longest_since is not None]
    blind = any(queue.longest_since is None and queue.waiting != 0 for queue in queues)
    trends = [queue.trend for queue in queues if queue.trend]
    length = min(map(len, trends), default=0)
    counts = [queue.counts for queue in queues if queue.counts is not None]
    return QueueStats(
        "",
        0,
        min(queue.as_of for queue in queues),
        waiting=_sum([queue.waiting for queue in queues]),
        longest_since=None if blind else min(waits, default=None),
        counts=total(counts, by_own_threshold=True),
        trend=tuple(sum(trend[len(trend) - length + i] for trend in trends) for i in range(length)),
    )


def _sum(values: Collection[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
