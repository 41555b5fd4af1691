"""Figures of a report in words for people."""

from datetime import date, timedelta

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.history import DAY, HOUR, WEEK
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.ratio import percent

UNKNOWN = "—"


def count(value: float | None) -> str:
    """A number of things."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    """A share of 1 in per cent."""
    return UNKNOWN if value is None else f"{percent(value, 1)}\u00a0%"


def whole_share(value: float) -> str:
    """The same, for an axis."""
    return f"{value * 100:.0f}\u00a0%"


def span(value: float | None) -> str:
    """Seconds as minutes and seconds, or hours and minutes; cut, as on the screen."""
    if value is None:
        return UNKNOWN
    seconds = int(value)
    if seconds >= HOUR:
        return f"{seconds // 3600}:{seconds // 60 % 60:02} h"
    return f"{seconds // 60}:{seconds % 60:02}"


def day(one: date) -> str:
    """A day with its weekday."""
    return f"{one:%a} {one.day} {one:%b %Y}"


def period(since: Instant, until: Instant, days: CentreDays) -> str:
    """The days of a period, or its times where it ends within a day."""
    first, last = days.local(since), days.local(until)
    if first.hour == first.minute == last.hour == last.minute == 0:
        final = last.date() - timedelta(days=1)
        return day(first.date()) if final <= first.date() else f"{day(first.date())} – {day(final)}"
    return f"{day(first.date())} {first:%H:%M} – {day(last.date())} {last:%H:%M}"


def interval(at: Instant, width: float, days: CentreDays) -> str:
    """An interval by its beginning."""
    local = days.local(at)
    if width >= WEEK:
        return f"week of {local.day} {local:%b %Y}"
    return day(local.date()) if width >= DAY else f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


WIDTH_NAMES = {900.0: "quarter of an hour", 1_800.0: "half hour", HOUR: "hour", DAY: "day", WEEK: "week"}
