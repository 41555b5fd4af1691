"""Reads when a callback is wanted from what an agent types: `tomorrow 14:00 about the refund`."""

import re
from datetime import datetime, timedelta

from desktop.domain.model import Instant

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MORNING = (9, 0)
FARTHEST = timedelta(days=30)

_DAY = re.compile(
    r"^(today|tomorrow|in (\d{1,3}) ?(m|min|h|hours?|d|days?)|(?:on )?([a-z]{3,9}day))\b[, ]*", re.IGNORECASE
)
_TIME = re.compile(r"^(?:at )?(\d{1,2})[:.](\d{2})\b[, ]*", re.IGNORECASE)


def read_due(text: str, now: Instant) -> tuple[Instant, str]:
    """When and what.

    Args:
        text: what was typed; a day (`today`, `tomorrow`, `monday`, `in 2 h`, `in 3 days`), then a time, then words.
        now: the server's time; days are those of the local time zone.

    Returns:
        The moment, at most 30 days ahead and never in the past (without a time: nine in the morning; without a day:
        the next such time, or in an hour), and the words that are left.
    """
    here = datetime.fromtimestamp(now)
    moment: datetime | None = None
    rest = text.strip()
    timed = False
    if found := _DAY.match(rest):
        word = found.group(1).lower()
        rest = rest[found.end() :]
        if found.group(2):
            amount, unit = int(found.group(2)), found.group(3)[0].lower()
            step = {"m": timedelta(minutes=amount), "h": timedelta(hours=amount), "d": timedelta(days=amount)}[unit]
            moment, timed = here + step, unit != "d"
        elif found.group(4):
            name = found.group(4).lower()
            if name not in DAYS:
                return (here + timedelta(hours=1)).timestamp(), text.strip()
            ahead = (DAYS.index(name) - here.weekday()) % 7 or 7
            moment = here + timedelta(days=ahead)
        else:
            moment = here + timedelta(days=1 if word == "tomorrow" else 0)
    if found := _TIME.match(rest):
        hour, minute = int(found.group(1)), int(found.group(2))
        if hour < 24 and minute < 60:
            rest = rest[found.end() :]
            day = moment or here
            moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if day is here and moment <= here:
                moment += timedelta(days=1)
            timed = True
    if moment is None:
        moment, timed = here + timedelta(hours=1), True
    if not timed:
        moment = moment.replace(hour=MORNING[0], minute=MORNING[1], second=0, microsecond=0)
    moment = min(max(moment, here + timedelta(minutes=1)), here + FARTHEST)
    return moment.timestamp(), rest.strip()
