"""Which of a queue's figures the rules for alerts call bad, and which service level they want of it."""

from collections.abc import Sequence

from desktop.domain.alerts.rules import Rule, matches
from desktop.domain.entities.alert import About, Severity
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL


class Thresholds:
    """The rules about queues, by what they watch. They judge a figure as it is shown, without waiting for it to hold
    or for a window to fill: what is marked may be an alert a little later."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.watch.about is About.QUEUE:
                self._rules.setdefault(rule.watch.id, []).append(rule)

    def target(self, queue: QueueStats) -> float | None:
        """The service level below which there is an alert, 0..1; None where no rule is about it."""
        wanted = [rule.raise_at for rule in self._of(queue, SERVICE_LEVEL) if rule.low_is_bad]
        return max(wanted, default=None)

    def judge(self, queue: QueueStats, figure: str, value: float | None, *, few: bool = False) -> Severity | None:
        """How bad a figure of the queue is; None where it is well, unknown or of no rule.

        Args:
            figure: what a rule watches.
            few: also where it is of fewer contacts than the rule wants before it alerts.
        """
        if value is None:
            return None
        rules = [
            rule for rule in self._of(queue, figure) if rule.is_bad(value) and (few or _counts_enough(rule, queue))
        ]
        found = [rule.severity_at(value, None) for rule in rules]
        return Severity.CRITICAL if Severity.CRITICAL in found else Severity.WARNING if found else None

    def _of(self, queue: QueueStats, figure: str) -> list[Rule]:
        rules = self._rules.get(figure)
        return [rule for rule in rules if _applies(rule, queue)] if rules else []


def _applies(rule: Rule, queue: QueueStats) -> bool:
    limit = queue.counts.threshold if queue.counts is not None else None
    within = rule.threshold_within is None or limit is None or limit <= rule.threshold_within
    return within and matches((queue.name,), rule.queues)


def _counts_enough(rule: Rule, queue: QueueStats) -> bool:
    """Whether there is as much under the line of a share as the rule wants."""
    if rule.ratio is None:
        return True
    parts = rule.ratio.parts(queue.counts) if queue.counts is not None else None
    return parts is not None and parts[1] >= rule.min_volume


NO_THRESHOLDS = Thresholds()
