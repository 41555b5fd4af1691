"""What a figure of a queue is: its name, its unit, and how it comes about. `metrics.py` lists them all."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.ratio import Ratio
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula

SERVICE_LEVEL = "service_level"


class Unit(StrEnum):
    """What a figure is measured in."""

    COUNT = "count"
    SHARE = "share"  # 0..1
    SECONDS = "seconds"


class Better(StrEnum):
    """Which way a figure gets better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a queue.

    `ratio` is the arithmetic over the queue's counts where there is one; service level takes that of the formula.
    """

    id: str
    unit: Unit
    better: Better
    ratio: Ratio | None = None
    reads: Callable[[QueueStats, Instant], float | None] | None = None

    def ratio_by(self, formula: Formula) -> Ratio | None:
        """The arithmetic over the counts under a formula; None for a figure that is none of counts."""
        return formula.ratio if self.id == SERVICE_LEVEL else self.ratio

    def value(self, queue: QueueStats, now: Instant, formula: Formula = DEFAULT_FORMULA) -> float | None:
        """The figure, None when it is unknown or there is nothing to have a figure of.

        Args:
            now: the moment it is asked for, on the server's clock. Give `queue.as_of` where the source is down, else
                a wait would seem to go on that may have ended.
            formula: which service level is meant; other figures do not depend on it.
        """
        if self.reads is not None:
            return self.reads(queue, now)
        ratio = self.ratio_by(formula)
        return None if ratio is None or queue.counts is None else ratio.value(queue.counts)
