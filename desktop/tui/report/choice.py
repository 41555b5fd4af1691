"""What a report is about, as it was chosen on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from desktop.app.staffing.demand_forecast import Span
from desktop.domain.entities.history import DAY
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS, Formula
from desktop.tui.report.period import NAMES as PERIODS
from desktop.tui.report.period import WIDTHS, Period, named
from desktop.tui.report.week import METRICS_OF_MAP
from desktop.words.catalogue import tr
from desktop.words.marks import mark

T = TypeVar("T")
VIEWS = ("plots", "intervals", "week", "outlook", "contacts")
NAMES = {
    "plots": mark("charts"),
    "intervals": mark("intervals"),
    "week": mark("week"),
    "outlook": mark("forecast"),
    "contacts": mark("contacts"),
    "timeline": mark("timeline"),
}
"""What a view, or the place that was gone into from it, is called on screen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Period, queues (none: all), width of intervals in seconds, formula, which view, and what each view shows."""

    period: Period
    queues: tuple[str, ...] = ()
    width: float = 1_800.0
    formula: Formula = DEFAULT_FORMULA
    view: str = "plots"
    metric: str = METRICS_OF_MAP[0]
    span: Span = Span.TODAY

    def with_period(self, period: Period) -> "Choice":
        """Another period, with intervals that suit it."""
        return replace(self, period=period, width=period.usual_width)

    def turn_period(self, step: int, today: date) -> "Choice":
        """The next named period."""
        return self.with_period(named(_beside(PERIODS, self.period.name, step), today))

    def turn_width(self, step: int) -> "Choice":
        """The next width; weeks only where there are some."""
        fitting = [one for one in WIDTHS if one < DAY or self.period.count > 1]
        return replace(self, width=_beside(fitting, self.width, step))

    def turn_formula(self, step: int) -> "Choice":
        """The next formula of service level."""
        return replace(self, formula=FORMULAS[_beside(tuple(FORMULAS), self.formula.id, step)])

    def turn_metric(self, step: int) -> "Choice":
        """The next figure of the map."""
        return replace(self, metric=_beside(METRICS_OF_MAP, self.metric, step))

    def turn_span(self) -> "Choice":
        """The rest of the day, or the coming week."""
        return replace(self, span=Span.WEEK if self.span is Span.TODAY else Span.TODAY)

    def pressed(self, key: str, today: date) -> "Choice | None":
        """The choice after a key; None for a key that chooses nothing."""
        if key.isdecimal() and 1 <= int(key) <= len(VIEWS):
            return replace(self, view=VIEWS[int(key) - 1])
        step = -1 if key.isupper() else 1
        match key.lower():
            case "p":
                return self.turn_period(step, today)
            case "w":
                return self.turn_width(step)
            case "f":
                return self.turn_formula(step)
            case "m":
                return self.turn_metric(step)
            case "s":
                return self.turn_span()
        return None

    @property
    def queue_words(self) -> str:
        """The queues for people."""
        return ", ".join(self.queues) if self.queues else tr("all queues")


def _beside(several: Sequence[T], one: T, step: int) -> T:
    at = several.index(one) if one in several else -1 if step > 0 else 0
    return several[(at + step) % len(several)]
