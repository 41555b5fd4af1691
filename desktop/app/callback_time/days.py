"""Days as agents write them: named, counted from today, weekdays and dates."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.parser import parse
from dateutil.relativedelta import relativedelta
from dateutil.relativedelta import weekday as nth_weekday

from desktop.app.callback_time import phrases
from desktop.app.callback_time.clocks import clock_at
from desktop.app.callback_time.refusal import Refusal

FARTHEST = timedelta(days=30)
"""How far ahead a callback is planned at most: contact centres refuse later ones."""

MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "AS", "PR", "VI", "MP"})
"""Regions that write the month before the day."""
MIXED_ORDER = frozenset({"", "CA", "KE", "GH", "ZA"})
"""Regions that write both: there, and where no region is set, 03/12 is refused."""

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named. `relative`: it was counted from today."""

    date: date
    relative: bool = True


class Days:
    """Reads days in one text, as they are meant on a certain day in a certain region."""

    def __init__(self, text: str, today: date, region: str) -> None:
        self._text = text
        self._today = today
        self._region = region

    def at(self, at: int) -> tuple[Day, int] | None:
        """The day that begins at a place in the text, and where it ends; None if there is none.

        A weekday may stand beside a date, and must be that date's.
        """
        if (week_day := phrases.WEEK_DAY.match(self._text, at)) is not None:
            number = phrases.weekday(week_day["day"])
            found = self._date(self._after_link(week_day.end()))
            day, end = found or (Day(self._of_week_day(week_day)), week_day.end())
        elif (found := self._date(at)) is not None:
            day, end = found
            week_day = phrases.WEEK_DAY.match(self._text, self._after_link(end))
            number = phrases.weekday(week_day["day"]) if week_day else day.date.weekday()
            end = week_day.end() if week_day else end
        else:
            return None
        if day.date.weekday() != number:
            raise Refusal("not_that_weekday", day=day.date.isoformat(), weekday=number)
        return day, end

    def _after_link(self, at: int) -> int:
        link = phrases.LINK.match(self._text, at)
        return link.end() if link else at

    def _date(self, at: int) -> tuple[Day, int] | None:
        for pattern, read in (
            (phrases.RELATIVE, self._of_relative),
            (phrases.DAYS_AHEAD, self._of_days_ahead),
            (phrases.ISO_DATE, self._of_iso),
            (phrases.NAMED_DATE, self._of_name),
            (phrases.NUMBER_DATE, self._of_numbers),
            (phrases.ORDINAL, self._of_ordinal),
        ):
            if (found := pattern.match(self._text, at)) is not None and (day := read(found)) is not None:
                return day, found.end()
        return None

    def _of_relative(self, found: re.Match[str]) -> Day:
        days = {"today": 0, "tomorrow": 1, "after": 2, "week_today": 7, "week_tomorrow": 8}
        return Day(self._today + timedelta(days=days[found.lastgroup or ""]))

    def _of_days_ahead(self, found: re.Match[str]) -> Day:
        number = phrases.count(found["count"] or found["count_from"])
        step = {
            "d": relativedelta(days=number),
            "w": relativedelta(weeks=number),
            "f": relativedelta(weeks=2 * number),
            "m": relativedelta(months=number),
        }
        return Day(self._today + step[(found["unit"] or found["unit_from"])[0].lower()])

    def _of_iso(self, found: re.Match[str]) -> Day:
        return Day(self._calendar(found["iso"], found["iso"]), relative=False)

    def _of_name(self, found: re.Match[str]) -> Day:
        day, month = found["day"] or found["day_last"], found["month"] or found["month_first"]
        return self._of_year(f"{day} {month}", found["year"], found[0])

    def _of_numbers(self, found: re.Match[str]) -> Day | None:
        typed, one, two, year = found[0], int(found["one"]), int(found["two"]), found["year"]
        short = found["sign"] == "." and not year and not typed.endswith(".") and one <= 23
        # "10.12" may be a time; it is a date where a time comes after it
        if short and clock_at(self._text, self._after_link(found.end()), on_a_day=True) is None:
            if 1 <= two <= 12:
                raise Refusal("date_or_time", typed=typed, time=f"{one}:{found['two']}")
            return None
        if one <= 12 and two <= 12 and one != two:
            if self._region in MIXED_ORDER:
                raise Refusal("which_month", typed=typed, one=one, two=two)
            if self._region in MONTH_FIRST:
                one, two = two, one
        elif two > 12 >= one:
            one, two = two, one
        if not 1 <= two <= 12:
            raise Refusal("no_such_day", typed=typed)
        return self._of_year(f"{one} {_month_name(two)}", year and f"20{year[-2:]}", typed)

    def _of_ordinal(self, found: re.Match[str]) -> Day:
        ahead = (self._today + timedelta(days=days) for days in range(FARTHEST.days + 1))
        day = next((day for day in ahead if day.day == int(found["day"])), None)
        if day is None:
            raise Refusal("not_within", typed=found[0], days=FARTHEST.days)
        return Day(day, relative=False)

    def _of_year(self, day_and_month: str, year: str | None, typed: str) -> Day:
        """A date of the year named, else the one that is next; one that is just over stays past, and is refused."""
        if year:
            return Day(self._calendar(f"{day_and_month} {year}", typed), relative=False)
        day = self._calendar(f"{day_and_month} {self._today.year}", typed)
        if day < self._today and (again := day + relativedelta(years=1)) - self._today <= FARTHEST:
            day = again
        return Day(day, relative=False)

    def _calendar(self, written: str, typed: str) -> date:
        try:
            return parse(written, default=datetime(2000, 1, 1)).date()
        except (ValueError, OverflowError):
            raise Refusal("no_such_day", typed=typed) from None

    def _of_week_day(self, found: re.Match[str]) -> date:
        """The one day that a weekday means, whoever reads it."""
        number, which, later = phrases.weekday(found["day"]), (found["which"] or "").lower(), (found["later"] or "")
        coming = self._today + relativedelta(days=1, weekday=nth_weekday(number))
        next_monday = self._today + relativedelta(days=1, weekday=nth_weekday(0))
        if later and (which or found["next_week"] or found["week_on"]):
            raise Refusal("which_week")
        if found["next_week"] or later.lower().endswith("next week"):
            return next_monday + timedelta(days=number)
        if number == self._today.weekday() and which != "next":
            raise Refusal("today_is", weekday=number, day=coming.isoformat())
        if later or found["week_on"]:
            return coming + timedelta(weeks=1)
        if which == "next" and coming < next_monday:
            raise Refusal("which_of_two", one=coming.isoformat(), other=(coming + timedelta(weeks=1)).isoformat())
        if which == "this" and coming >= next_monday and self._today.weekday() != SUNDAY:
            raise Refusal("this_is_past", weekday=number, day=coming.isoformat())
        return coming


def _month_name(number: int) -> str:
    return phrases.MONTHS[number - 1][0]
