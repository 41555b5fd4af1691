"""Figures and times of a report in words for people."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.history import DAY, HOUR, WEEK
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.ratio import percent
from desktop.words import formats
from desktop.words.catalogue import tr
from desktop.words.formats import UNKNOWN
from desktop.words.marks import mark


def count(value: float | None) -> str:
    """A number of things."""
    return formats.number(value)


def share(value: float | None) -> str:
    """A share of 1 in per cent."""
    return UNKNOWN if value is None else f"{formats.number(float(percent(value, 1)), '.1f')}\u00a0%"


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


def period(since: Instant, until: Instant, days: CentreDays) -> str:
    """The days of a period, or its times where it ends within a day."""
    first, last = days.local(since), days.local(until)
    begin = formats.day_and_year(first.date())
    if first.hour == first.minute == last.hour == last.minute == 0:
        final = last.date() - timedelta(days=1)
        return begin if final <= first.date() else f"{begin} – {formats.day_and_year(final)}"
    return f"{begin} {first:%H:%M} – {formats.day_and_year(last.date())} {last:%H:%M}"


def interval(at: Instant, width: float, days: CentreDays) -> str:
    """An interval by its beginning."""
    local = days.local(at)
    day: date = local.date()
    if width >= WEEK:
        return tr("week of {day}", day=formats.day_of_month(day, year=True))
    return formats.day_and_year(day) if width >= DAY else f"{formats.weekday_and_day(day)} {local:%H:%M}"


BY_WIDTH: Final[Mapping[float, str]] = {
    900.0: mark("by quarter of an hour"),
    1_800.0: mark("by half hour"),
    HOUR: mark("by hour"),
    DAY: mark("by day"),
    WEEK: mark("by week"),
}
"""What the intervals of a report are, in the middle of a line."""
HEADING_BY_WIDTH: Final[Mapping[float, str]] = {
    900.0: mark("By quarter of an hour"),
    1_800.0: mark("By half hour"),
    HOUR: mark("By hour"),
    DAY: mark("By day"),
    WEEK: mark("By week"),
}
