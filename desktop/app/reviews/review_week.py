"""The week that a sample is drawn from: Monday to Sunday of the centre's zone."""

from dataclasses import dataclass
from datetime import timedelta

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.instant import Instant


@dataclass(frozen=True, slots=True)
class Week:
    """[since, until), and the week's ISO 8601 name, such as `2026-W47`."""

    since: Instant
    until: Instant
    name: str


def week_of(days: CentreDays, at: Instant, back: int = 0) -> Week:
    """The week that a moment lies in, or the one `back` weeks before it."""
    monday = days.monday(days.day(at)) - timedelta(weeks=back)
    since, until = days.period(monday, monday + timedelta(weeks=1))
    year, week, _ = monday.isocalendar()
    return Week(since, until, f"{year}-W{week:02}")
