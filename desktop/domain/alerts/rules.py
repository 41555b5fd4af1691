"""What a rule can watch, and what a rule is: a threshold on one figure of some queues, agents, contacts or sources."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import inf

from desktop.domain.entities.alert import About, Severity
from desktop.domain.figures.adherence import FITS, Fits
from desktop.domain.figures.metric import Better, Unit
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import Ratio
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.text.sentence import Sentence

MAX_AGE = 60.0
"""Seconds after which figures are too old to judge anything by."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Something a rule can watch. `low_is_bad` unless the rule says otherwise; `grows` where time alone raises it."""

    id: str
    about: About
    unit: Unit
    low_is_bad: bool = False
    grows: bool = False


def _timer(name: str, about: About) -> Watched:
    return Watched(name, about, Unit.SECONDS, grows=True)


_OTHERS = (
    _timer("agent_time_in_state", About.AGENT),
    Watched("agent_missed", About.AGENT, Unit.COUNT),
    _timer("agent_out_of_adherence", About.AGENT),
    _timer("work_ringing", About.WORK),
    _timer("work_talking", About.WORK),
    _timer("work_on_hold", About.WORK),
    _timer("work_wrap_up", About.WORK),
    _timer("work_overdue", About.WORK),
    _timer("source_down", About.SOURCE),
    _timer("source_silent", About.SOURCE),
)

WATCHED = {
    metric.id: Watched(
        metric.id,
        About.QUEUE,
        metric.unit,
        metric.better is Better.HIGHER,
        metric.id == "longest_wait",
    )
    for metric in METRICS.values()
} | {one.id: one for one in _OTHERS}
"""By id: every metric of a queue, and what else there is to watch."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When to alert. Times in seconds, shares 0..1.

    It begins to hold when the figure reaches `raise_at` and ends when it has come back to `clear_at`: what lies
    between changes nothing. It is raised when it has held for `hold` seconds, and is critical from `critical_at` on:
    then it is raised at once.
    `min_volume` is the least number of contacts (for occupancy: seconds of agents' time) under the line of a share or
    an average. `window` takes the last so many seconds instead of the time since midnight. With `forecast` it also
    warns of a breach that is so many seconds ahead, going by the rate of the last `rate` seconds.
    Names are patterns as in a shell; none means all. An agent is in several queues, one that fits is enough.
    `threshold_within` leaves out queues whose own threshold of service level is longer: such as those of e-mail.
    `state` is an availability, `not_ready`, or one with its reason, `not_ready:lunch`. With `stays` an alert that is
    over stays until somebody has acknowledged it. `ratio` is the arithmetic over counts that follows, if any.
    """

    name: str
    watch: Watched
    raise_at: float
    clear_at: float
    low_is_bad: bool
    severity: Severity = Severity.WARNING
    critical_at: float | None = None
    hold: float = 0.0
    min_volume: float = 1.0
    window: float | None = None
    forecast: float | None = None
    rate: float = 600.0
    formula: Formula = DEFAULT_FORMULA
    threshold_within: float | None = None
    queues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    state: str = ""
    stays: bool = False
    ring: bool = False
    notify: bool = False
    ratio: Ratio | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        metric = METRICS.get(self.watch.id)
        object.__setattr__(self, "ratio", None if metric is None else metric.ratio_by(self.formula))

    @property
    def calm(self) -> float:
        """A figure that certainly does not meet the rule."""
        return inf if self.low_is_bad else -inf

    def is_bad(self, value: float) -> bool:
        """Whether the figure has reached the threshold."""
        return value < self.raise_at if self.low_is_bad else value > self.raise_at

    def is_good(self, value: float) -> bool:
        """Whether the figure has come back far enough."""
        return value >= self.clear_at if self.low_is_bad else value <= self.clear_at

    def severity_at(self, value: float, before: Severity | None) -> Severity:
        """How bad the figure is; what was critical stays so until it has come back as far as an alert must to be over.

        Args:
            before: what the alert was until now, None for a new one.
        """
        if self.critical_at is None:
            return self.severity
        spare = self.clear_at - self.raise_at if before is Severity.CRITICAL else 0.0
        return Severity.CRITICAL if self.is_beyond(value, self.critical_at + spare) else self.severity

    def is_critical(self, value: float) -> bool:
        """Whether the figure is so far over the line that nobody needs to see first whether it holds."""
        return self.critical_at is not None and self.is_beyond(value, self.critical_at)

    def is_beyond(self, value: float, limit: float) -> bool:
        """Whether the figure lies on the bad side of a limit."""
        return value < limit if self.low_is_bad else value > limit


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What alerts go by. `fits` says what an agent may be seen doing during an activity of their schedule."""

    rules: tuple[Rule, ...] = ()
    fits: Fits = field(default_factory=lambda: FITS)
    max_age: float = MAX_AGE
    problems: tuple[Sentence, ...] = ()


def matches(names: Iterable[str], patterns: tuple[str, ...]) -> bool:
    """Whether one of the names fits one of the patterns; always when there are none."""
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
