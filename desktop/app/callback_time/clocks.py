"""Times of day, parts of the day and spans of hours as agents write them."""

import re
from dataclasses import dataclass
from datetime import timedelta

from desktop.app.callback_time import phrases
from desktop.app.callback_time.refusal import Refusal

FIRST_CLEAR_HOUR = 8
"""The first hour that needs no am or pm: nobody means 20:00 by "tomorrow 8", but "tomorrow 3" may be either."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as typed. `open`: it does not say which half of the day is meant."""

    hour: int
    minute: int
    open: bool


def clock_at(text: str, at: int, *, marked: bool = False, on_a_day: bool = False) -> tuple[Clock, int] | None:
    """The time of day that begins at a place in the text, and where it ends; None if there is none.

    Args:
        marked: "at" or "@" stands before it, so that a bare number is a time and no count.
        on_a_day: the day is known already.
    """
    if phrases.HALF_HOUR.match(text, at):
        raise Refusal("half_hour")
    for pattern in (phrases.SPOKEN_CLOCK, phrases.CLOCK, phrases.HALF_DAY_CLOCK, phrases.FULL_HOUR):
        if (found := pattern.match(text, at)) is not None and (clock := _read(found)) is not None:
            hours = pattern is phrases.FULL_HOUR and found["hour_h"] is not None  # "2h" may be in two hours
            return None if hours and clock.open and not on_a_day else (clock, found.end())
    found = phrases.COMPACT.match(text, at) or phrases.BARE_HOUR.match(text, at)
    if found is None and marked:
        found = phrases.HOUR_IN_WORDS.match(text, at)
    if found is None or not (marked or _no_count(text, found.end(), on_a_day)):
        return None
    clock = _read(found)
    return None if clock is None else (clock, found.end())


def begins_with_clock(text: str, at: int) -> bool:
    """Whether something begins there that is a time of day whatever comes next."""
    return any(
        (found := pattern.match(text, at)) is not None and _read(found) is not None
        for pattern in (phrases.CLOCK, phrases.HALF_DAY_CLOCK, phrases.SPOKEN_CLOCK)
    )


def times_of(clock: Clock | None, part: str) -> list[tuple[int, int]]:
    """The hours and minutes that can be meant, in order: one, or two half a day apart.

    Args:
        part: the part of the day that was named, "" for none; it must be named if there is no clock.
    """
    usual, first, last = phrases.DAY_PARTS[part] if part else (0, 0, 23)
    if clock is None:
        return [(usual, 0)]
    hours = [clock.hour]
    if clock.open and clock.hour < 12 and (clock.hour < FIRST_CLEAR_HOUR or part):
        hours.append(clock.hour + 12)
    meant = [(hour, clock.minute) for hour in hours if first <= hour <= last]
    if not meant:
        time = f"{clock.hour}:{clock.minute:02}"
        raise Refusal("not_tonight", time=time) if part == "tonight" else Refusal("not_in_part", time=time, part=part)
    return meant


def span_of(found: re.Match[str]) -> timedelta:
    """How long the span is that was matched."""
    got = {name.rstrip("_"): value for name, value in found.groupdict().items() if value is not None}
    if "quarter" in got:
        return timedelta(minutes=15)
    if "half" in got:
        return timedelta(minutes=30)
    if "and_half" in got:
        return timedelta(minutes=90)
    if "count_half" in got:
        return timedelta(hours=phrases.count(got["count_half"]), minutes=30)
    if "minutes" in got:
        return timedelta(minutes=phrases.count(got["minutes"]))
    hours = got["hours"].replace(",", ".")
    minutes = int(got.get("more") or got.get("tight") or 0)
    return timedelta(hours=float(hours) if hours[0].isdigit() else phrases.count(hours), minutes=minutes)


def _read(found: re.Match[str]) -> Clock | None:
    """The time that was matched; None for one that is none, as 25:00 and 14am."""
    got = {name: value for name, value in found.groupdict().items() if value is not None}
    typed = got.get("hour") or got.get("hour_h") or got["hour_hrs"]
    hour, minute_text, half = phrases.count(typed), got.get("minute", "0").lower(), got.get("half", "")[:1].lower()
    if "side" in got:
        spoken = _spoken(hour, minute_text, got["side"].lower(), exact="unit" in got)
        if spoken is None:
            return None
        hour, minute = spoken
    else:
        minute = int(minute_text)
    if minute > 59:
        return None
    if half:
        if not 1 <= hour <= (11 if half == "a" else 12 if "side" in got else 23) and (half, hour) != ("p", 12):
            return None
        return Clock(hour + 12 if half == "p" and hour < 12 else hour, minute, open=False)
    if hour > 23 or (typed == "0" and "minute" not in got):
        return None
    return Clock(hour, minute, open=not typed.startswith("0") and 1 <= hour <= 12)


def _spoken(hour: int, minute_text: str, side: str, *, exact: bool) -> tuple[int, int] | None:
    """Hour and minute of "quarter to ten"."""
    minute = {"half": 30, "quarter": 15}.get(minute_text) or phrases.count(minute_text)
    if minute >= 60 or not 1 <= hour <= 12 or (minute_text, side) == ("half", "to"):
        return None
    if side == "past":
        return hour, minute
    if minute <= 12 and not exact:
        return None  # "10 to 12" may be two hours long
    return hour - 1 or 12, 60 - minute


def _no_count(text: str, at: int, on_a_day: bool) -> bool:
    """Whether a bare number that ends there can be a time: in "10 invoices" it is none."""
    if phrases.NOTE.match(text, at):
        return True
    link = phrases.LINK.match(text, at)
    after = link.end() if link else at
    part = phrases.DAY_PART.match(text, at + (text[at : at + 1] == " "))
    if part is not None and (part["lead"] or part["part"].lower() == "tonight"):
        return True
    if phrases.OWNER.match(text, after):
        return True
    days = (phrases.RELATIVE, phrases.WEEK_DAY, phrases.NAMED_DATE, phrases.ISO_DATE)
    return not on_a_day and any(pattern.match(text, after) for pattern in days)
