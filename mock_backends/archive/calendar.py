"""How busy each quarter of an hour of a pretend past was: weekdays, times of day, holidays, seasons, growth."""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER = 900.0
WEEKDAYS = (1.25, 1.08, 1.0, 0.98, 0.95, 0.42, 0.18)  # Monday first
HUMPS = ((10.5, 1.9, 1.0), (14.8, 2.4, 0.82), (19.0, 1.6, 0.28))  # clock hour, its width, how high
OPENS, CLOSES = 7.0, 22.0
GROWTH = 0.16  # a year
HOLIDAY, DAY_AFTER = 0.12, 1.3


@dataclass(slots=True)
class Calendar:
    """One entry a quarter of an hour, oldest first. `weight` is relative; `invoices` is how near the bills went out."""

    since: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    invoices: list[float] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    hour: list[float] = field(default_factory=list)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> frozenset[date]:
    """Days on which few people call."""
    sunday = easter(year)
    return frozenset(
        {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26), date(year, 5, 1)}
        | {sunday + timedelta(days=days) for days in (-2, 0, 1)}
    )


def calendar(zone: str, last: date, days: int) -> Calendar:
    """The quarters of `days` days of a zone, the last one being the day before `last`."""
    place = ZoneInfo(zone)
    made = Calendar()
    free = {year: holidays(year) for year in range((last - timedelta(days=days + 1)).year, last.year + 1)}
    for number in range(days):
        day = last - timedelta(days=days - number)
        begin = datetime(day.year, day.month, day.day, tzinfo=place).timestamp()
        following = day + timedelta(days=1)
        end = datetime(following.year, following.month, following.day, tzinfo=place).timestamp()
        factor = _day_factor(day, free) * (1.0 + GROWTH * number / 365.0)
        invoices = max(0.0, 1.0 - (day.day - 1) / 5.0)
        at = begin
        while at < end:
            local = datetime.fromtimestamp(at, place)
            hour = local.hour + local.minute / 60.0
            made.since.append(at)
            made.weight.append(factor * _hour_factor(hour))
            made.invoices.append(invoices)
            made.day.append(number)
            made.hour.append(hour)
            at += QUARTER
    return made


def _day_factor(day: date, free: dict[int, frozenset[date]]) -> float:
    if day in free[day.year]:
        return HOLIDAY
    yesterday = day - timedelta(days=1)
    after = DAY_AFTER if yesterday in free.get(yesterday.year, frozenset()) else 1.0
    season = 1.0 + 0.09 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 20) / 365.0)
    return WEEKDAYS[day.weekday()] * after * season


def _hour_factor(hour: float) -> float:
    if not OPENS <= hour < CLOSES:
        return 0.0
    return sum(high * math.exp(-(((hour - at) / width) ** 2) / 2) for at, width, high in HUMPS) + 0.03
