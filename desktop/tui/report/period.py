"""Which stretch of the past is looked at, in days of the centre."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.history import DAY, HOUR, WEEK
from desktop.domain.entities.instant import Instant
from desktop.words import formats
from desktop.words.catalogue import tr
from desktop.words.marks import mark

NAMES = (mark("today"), mark("yesterday"), mark("7 days"), mark("4 weeks"))
OWN = mark("custom")
LONGEST_DAYS = 400
WIDTHS = {900.0: mark("15 min"), 1_800.0: mark("30 min"), HOUR: mark("1 h"), DAY: mark("1 day"), WEEK: mark("1 week")}
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, from `first` to `last`, both in it; `name` is one of `NAMES`, or `OWN`."""

    name: str
    first: date
    last: date

    def edges(self, days: CentreDays) -> tuple[Instant, Instant]:
        """From the midnight that begins the first to the one that ends the last."""
        return days.period(self.first, self.last + timedelta(days=1))

    @property
    def count(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def usual_width(self) -> float:
        """Seconds of an interval that suit it."""
        return 1_800.0 if self.count <= 2 else DAY if self.count <= 100 else WEEK

    @property
    def words(self) -> str:
        """Its days for people, such as `Mon 9 – Sun 15 Nov 2026`."""
        return formats.days(self.first, self.last)


def named(name: str, today: date) -> Period:
    """One of `NAMES`. 7 days and 4 weeks end yesterday, so that every day of them is whole."""
    yesterday = today - timedelta(days=1)
    first, last = {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "7 days": (today - timedelta(days=7), yesterday),
        "4 weeks": (today - timedelta(days=28), yesterday),
    }[name]
    return Period(name, first, last)


def typed(text: str) -> Period:
    """A day or two of them, as in `2026-11-02 2026-11-08`.

    Raises ValueError with a sentence for people.
    """
    found = _DAY.findall(text)
    if not 1 <= len(found) <= 2 or _DAY.sub("", text).strip(" .-–to/"):
        raise ValueError(tr("Type one date or two: 2026-11-02 2026-11-08"))
    try:
        first, last = (date(*map(int, found[at])) for at in (0, -1))
    except ValueError:
        raise ValueError(tr("That date does not exist.")) from None
    if last < first:
        raise ValueError(tr("The end date is before the start date."))
    made = Period(OWN, first, last)
    if made.count > LONGEST_DAYS:
        raise ValueError(tr("The range can be at most {days} days.", days=LONGEST_DAYS))
    return made
