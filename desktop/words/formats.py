"""Numbers, times and durations as the language in force writes them.

English is written here, with the 24-hour clock that columns have room for; Babel knows the others, and is imported for
them only, since it takes longer than the first paint may.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from desktop.words import language

if TYPE_CHECKING:
    from desktop.domain.text.sentence import Fact

UNKNOWN: Final = "—"
"""What is not known; never a zero in its place."""


def number(value: "Fact", spec: str = ",.0f") -> str:
    """A number in a format of Python's, with the separators of the language: `1,204.5`, `1.204,5`; `—` for none."""
    if not isinstance(value, int | float):
        return UNKNOWN if value is None else str(value)
    if not _finite(value):
        return UNKNOWN
    text = format(value, spec)
    if language.current() == language.ENGLISH:
        return text
    from babel import Locale

    symbols = Locale.parse(language.current()).number_symbols["latn"]
    signs = {ord(","): str(symbols["group"]), ord("."): str(symbols["decimal"])}
    return text.translate(signs)


def clock(instant: "Fact") -> str:
    """The local time of day, `14:03`; `—` when not known."""
    moment = _local(instant)
    return UNKNOWN if moment is None else f"{moment:%H:%M}"


def day(instant: "Fact") -> str:
    """The local day, `Mon 23 Nov`; `—` when not known."""
    moment = _local(instant)
    return UNKNOWN if moment is None else weekday_and_day(moment.date())


def weekday_and_day(value: date) -> str:
    """`Mon 23 Nov`, `Mo., 23. Nov.`"""
    return _date(value, f"{value:%a} {value.day} {value:%b}", "EEE, d. MMM")


def day_of_month(value: date, *, year: bool = False) -> str:
    """`23 Nov`, with the year `23 Nov 2024`; in German `23. Nov.`, `23. Nov. 2024`."""
    text = f"{value.day} {value:%b}"
    return _date(value, f"{text} {value.year}" if year else text, "d. MMM yyyy" if year else "d. MMM")


def day_and_year(value: date) -> str:
    """`Mon 23 Nov 2026`, in German `Mo., 23. Nov. 2026`."""
    return _date(value, f"{value:%a} {value.day} {value:%b %Y}", "EEE, d. MMM yyyy")


def long_day(value: date) -> str:
    """`Monday 23 Nov 2026`, in German `Montag, 23. Nov. 2026`."""
    return _date(value, f"{value:%A} {value.day} {value:%b %Y}", "EEEE, d. MMM yyyy")


def short_day(value: date) -> str:
    """`Mon 23`, in German `Mo 23.`"""
    return _date(value, f"{value:%a} {value.day}", "ccc d.")


def days(first: date, last: date) -> str:
    """The days of a period, in which what both have in common stands once: `Mon 16 – Sun 22 Nov 2026`."""
    if first == last:
        return day_and_year(first)
    if first.year != last.year:
        return f"{day_and_year(first)} – {day_and_year(last)}"
    if first.month != last.month:
        return f"{weekday_and_day(first)} – {day_and_year(last)}"
    begin = _date(first, f"{first:%a} {first.day}", "EEE, d.")
    return f"{begin} – {day_and_year(last)}"


def short_weekday(number: int) -> str:
    """`Mon` for 0, in German `Mo`."""
    value = date(2024, 1, 1 + number)  # that was a Monday
    return _date(value, f"{value:%a}", "ccc")


def weekday(value: date) -> str:
    """`Mon`, in German `Mo.`"""
    return _date(value, f"{value:%a}", "EEE")


def iso_date(text: "Fact") -> str:
    """`Mon 23 Nov` of a date in ISO's form."""
    return weekday_and_day(date.fromisoformat(str(text)))


def weekday_name(number: "Fact") -> str:
    """`Monday` for 0."""
    value = date(2024, 1, 1 + int(str(number)))  # that was a Monday
    return _date(value, f"{value:%A}", "EEEE")


def month_name(number: "Fact") -> str:
    """`Jan` for 1."""
    value = date(2024, int(str(number)), 1)
    return _date(value, f"{value:%b}", "LLL")


def span(seconds: "Fact") -> str:
    """`45 s`, `3 min 20 s`, `25 min`, `2 h 5 min`; the part that has passed, never rounded up; `—` when not known."""
    if not isinstance(seconds, int | float) or not _finite(seconds):
        return UNKNOWN
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def percent(share: "Fact") -> str:
    """`74 %` of a share between 0 and 1. Cut, never rounded up."""
    if not isinstance(share, int | float) or not _finite(share * 100):
        return UNKNOWN
    return f"{math.floor(share * 100 + 1e-9)} %"


def _finite(value: float) -> bool:
    """Whether it can be written as a number: an integer may be too large for that, too."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    if language.current() != language.ENGLISH:
        from babel.lists import format_list

        return format_list(words, locale=language.current())
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"


def _local(instant: "Fact") -> datetime | None:
    if not isinstance(instant, int | float):
        return None
    try:
        return datetime.fromtimestamp(instant)
    except (ValueError, OverflowError, OSError):  # outside of the calendar
        return None


def _date(value: date, english: str, pattern: str) -> str:
    if language.current() == language.ENGLISH:
        return english
    from babel.dates import format_date

    return format_date(value, pattern, locale=language.current())
