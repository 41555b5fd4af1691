"""What the supervisor's panes look at, and how old it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from desktop.app.history.centre_days import CentreDays
from desktop.domain.alerts.thresholds import NO_THRESHOLDS, Thresholds
from desktop.domain.entities.alert import About, Alert, Severity
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import HelpState, Schedule, StateStretch
from desktop.domain.entities.history import Interval
from desktop.domain.entities.model import Instant, Interaction, QueueStats
from desktop.domain.entities.words import Health, Monitoring
from desktop.domain.figures.adherence import FITS, Fits
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.select.centres import best_heard
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.tui.supervisor.floor_summary import FloorSummary
from desktop.tui.widgets.pane import View

if TYPE_CHECKING:
    from desktop.app.staffing.demand_forecast import DemandForecast
    from desktop.domain.staffing.what_if import WhatIf

T = TypeVar("T")
UTC_DAYS = CentreDays("")
CENTER = "contact_center"
HALF_HOUR = 1_800.0
QUARTER = 900.0
QUARTERS = 8
"""Of how many quarters of an hour, the one under way among them, the trend of a queue is made."""
ALL_QUEUES = ""
"""Stands for the queues together where others stand by their name."""
STALE_SECONDS = 15.0
"""After so long without a sign of life figures are shown dim."""
SEVERITY = {Severity.CRITICAL: ("✕", "bold $error"), Severity.WARNING: ("!", "bold $warning")}
"""Sign and style of how bad something is."""
HELP = "help|"
"""Begins the key of a request's row among the alerts; an alert's row has the alert's key."""
BELOW = "▼"
"""Stands before a service level that misses its target."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Whom I hear, how, and since when."""

    agent_id: str
    mode: Monitoring
    since: Instant


@dataclass(frozen=True, slots=True)
class LookedUp(Generic[T]):
    """What the contact centre answered about `of`, and when; `problem` when it could not be had."""

    of: str = ""
    value: T | None = None
    at: Instant | None = None
    problem: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class FloorView(View):
    """A view of the floor: which formula, which queue and agent are selected, which of the two is looked into."""

    formula: Formula = DEFAULT_FORMULA
    queue: str = ""
    agent: str = ""
    about: str = "queue"  # queue | agent
    heard: Heard | None = None
    worst: Mapping[str, Alert] = field(default_factory=dict)  # the worst alert of each row
    schedules: Mapping[str, Schedule] = field(default_factory=dict)  # today's, by agent, as far as there are any
    fits: Fits = field(default_factory=lambda: FITS)  # what fits which activity of a schedule
    blind: Mapping[str, int] = field(default_factory=dict)  # rules whose figure nobody knows, at how many subjects
    asking: frozenset[str] = frozenset()  # agents whose request for help is open
    waiting: LookedUp[Sequence[Interaction]] = LookedUp()  # of a queue
    today: LookedUp[Sequence[Interval]] = LookedUp()  # of a queue, by half hours
    day: LookedUp[Sequence[StateStretch]] = LookedUp()  # of an agent
    reading: str = ""  # the written contact that is read along
    thread: LookedUp[Interaction] = LookedUp()  # of that contact
    what_if: "LookedUp[WhatIf]" = LookedUp()  # of a queue by a formula
    forecast: "LookedUp[DemandForecast]" = LookedUp()  # of a queue, for the rest of the day
    days: CentreDays = field(default_factory=lambda: UTC_DAYS)  # of the contact centre
    held: bool = False  # something is being asked: rows stay where they are
    summary: FloorSummary = field(default_factory=FloorSummary)
    thresholds: Thresholds = NO_THRESHOLDS
    in_sight: tuple[str, ...] = ()  # queues whose trend is on screen
    quarters: Mapping[str, Sequence[Counts | None]] = field(default_factory=dict)  # by queue, None: nothing counted

    def queue_alert(self, name: str) -> Alert | None:
        """The alert to show with a queue."""
        return self.worst.get(f"queue|{name}")

    def agent_alert(self, agent_id: str) -> Alert | None:
        """The alert to show with an agent."""
        return self.worst.get(f"agent|{agent_id}")

    @property
    def age(self) -> float | None:
        """Seconds since the contact centre was heard last; None when it never was."""
        health = best_heard(self.state)
        return None if health is None or health.last_heard is None else max(0.0, self.now - health.last_heard)

    @property
    def stale(self) -> bool:
        """Whether what is shown may be wrong by now."""
        return self.age is None or self.age > STALE_SECONDS

    @property
    def _live(self) -> bool:
        health = best_heard(self.state)
        return health is not None and health.health is Health.LIVE

    @property
    def clock(self) -> Instant:
        """Until when times are counted: now, or the last sign of life where there is none any more."""
        return self.now if self._live or self.age is None else self.now - self.age

    def age_of(self, observed: Instant) -> float:
        """How old the figures of a queue are, seconds.

        A supervisor is told of each queue every few seconds, also when nothing happens, for its people's time goes on.
        So figures that nobody tells anew stand still, however well the line is.
        """
        return max(0.0, self.now - observed, 0.0 if self._live else self.age or 0.0)

    def clock_of(self, queue: QueueStats) -> Instant:
        """Until when the times of a queue are counted: a wait that may be over is not counted on."""
        return min(self.clock, queue.as_of) if self.age_of(queue.as_of) > STALE_SECONDS else self.clock

    def is_old(self, queue: QueueStats) -> bool:
        """Whether the figures of a queue may be wrong by now."""
        return self.stale or self.age_of(queue.as_of) > STALE_SECONDS


def worst_alerts(alerts: Mapping[str, Alert]) -> dict[str, Alert]:
    """The alert to show with each row, by `row_of`: the most urgent one."""
    worst: dict[str, Alert] = {}
    for alert in alerts.values():
        row = row_of(alert)
        known = worst.get(row)
        if known is None or urgency(alert) < urgency(known):
            worst[row] = alert
    return worst


def row_of(alert: Alert) -> str:
    """The row an alert belongs to: `queue|NAME`, `agent|ID` (also of a contact in their hands), `source|NAME`."""
    if alert.about in (About.AGENT, About.WORK):
        return f"agent|{alert.agent_id or alert.subject}"
    return f"{alert.about.value}|{alert.subject}"


def urgency(alert: Alert) -> tuple[bool, bool, bool, Instant]:
    """Sorts alerts: the most urgent first."""
    return (
        alert.over_at is not None,
        bool(alert.acknowledged_by),
        alert.severity is not Severity.CRITICAL,
        alert.raised_at,
    )


def alarm(alert: Alert | None) -> float:
    """Sorts rows by their alert: 0 for none, more for what is more urgent."""
    if alert is None:
        return 0.0
    over, acknowledged, mild, _ = urgency(alert)
    return 8.0 - 4 * over - 2 * acknowledged - mild


def fresh_alerts(state: AppState) -> list[Alert]:
    """Alerts that nobody has acknowledged and that are not over."""
    return [one for one in state.alerts.values() if not one.acknowledged_by and one.over_at is None]


def open_requests(state: AppState) -> int:
    """How many requests for help nobody has answered."""
    return sum(one.state is HelpState.OPEN for one in state.help.values())


def signed(alert: Alert | None) -> tuple[str, str]:
    """The sign of an alert and its style; blanks for none."""
    if alert is None:
        return " ", ""
    if alert.over_at is not None:
        return "·", "$muted"
    sign, style = SEVERITY[alert.severity]
    if alert.severity is Severity.WARNING and alert.forecast is not None:
        sign = "~"
    return sign, "$muted" if alert.acknowledged_by else style


def agent_name(state: AppState, agent_id: str) -> str:
    """What an agent is called; their id where nobody knows."""
    agent = state.agents.get(agent_id)
    return agent.name if agent is not None else agent_id
