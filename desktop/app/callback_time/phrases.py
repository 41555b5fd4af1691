"""How agents write times: patterns of whole phrases, each of which begins where it is tried.

They are tried on text in which each gap is one space.
"""

import re
from collections.abc import Iterable

from dateutil.parser import parserinfo

DAY_PARTS = {
    # word: the hour when no time is named, first and last hour that can be meant by it
    "morning": (9, 0, 11),
    "first thing": (9, 5, 11),
    "noon": (12, 12, 12),
    "midday": (12, 12, 12),
    "afternoon": (14, 12, 17),
    "evening": (19, 17, 23),
    "night": (19, 18, 23),
    "tonight": (19, 18, 23),
}


WEEKDAYS = (
    ("mon", "monday"),
    ("tue", "tues", "tuesday"),
    ("wed", "weds", "wednesday"),
    ("thu", "thur", "thurs", "thursday"),
    ("fri", "friday"),
    ("sat", "saturday"),
    ("sun", "sunday"),
)
MONTHS = parserinfo.MONTHS
TOMORROW = "tomorrow|tomorow|tommorow|tommorrow|tomorrrow|tmrw|tmr|tmw|tom"
COUNT = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40},
    **{"forty-five": 45, "fifty": 50},
}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


WEEKDAY = _any(name for names in WEEKDAYS for name in names)
MONTH = _any(name.lower() for names in MONTHS for name in names)
HOUR_WORD = _any(word for word, n in COUNT.items() if n <= 12 and word not in ("a", "an"))
NUMBER = rf"[0-9]{{1,3}}|{_any(COUNT)}"
HALF_DAY = r"a\.?m\b\.?|p\.?m\b\.?"
END = r"(?![:.,/\-–—][0-9])(?=[\s,;:.!?)\-–—]|$)"  # "14:00€", "10:6" and "friday's" are something else
DAY_END = r"(?:(?![:./\-–—][0-9])(?=[\s,;:.!?)\-–—]|$)|(?=[0-9]{1,2}:[0-9]{2}))"  # "tomorrow14:00"
TIME = r"(?:['’]?s?['’]?\s+time)?"  # "in two days' time"
YEAR = r"(?P<year>20[0-9]{2})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


LEAD_IN = _pattern(
    r"\s*(?:(?:please|pls)\s+)?(?:(?:callback|call|ring|phone|cb)\b"
    r"(?:\s+(?:back|again|me|us|him|her|them|(?:the )?customer))*)?\s*[:,]?\s*"
)
LINK = _pattern(r"(?:t(?=[0-9]{2}:)|[\s,]|[:;.](?=\s))*(?:(?P<mark>@|(?:at|around|approx\.?|ca\.?)\b)|(?:on|of)\b)?\s*")
RELATIVE = _pattern(
    rf"(?:(?:later\s+)?(?P<today>today)|(?P<after>(?:the\s+)?day\s+after\s+(?:{TOMORROW}))|(?P<tomorrow>{TOMORROW})"
    rf"|(?:a\s+)?week\s+(?:(?P<week_today>today)|(?P<week_tomorrow>{TOMORROW}))){DAY_END}"
)
WEEK_DAY = _pattern(
    rf"(?:(?P<next_week>next\s+week)\s+(?:on\s+)?|(?P<week_on>(?:a\s+)?week\s+on)\s+|(?P<which>this\s+coming|coming|this|next)\s+)?"
    rf"(?P<day>{WEEKDAY})\b\.?(?P<later>\s+week|\s+(?:of\s+|in\s+)?next\s+week)?{DAY_END}"
)
NAMED_DATE = _pattern(
    rf"(?:(?:the\s+)?(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th|\.)?[\s\-]*(?:of\s+)?(?P<month>{MONTH})\b\.?"
    rf"|(?P<month_first>{MONTH})\b\.?\s*(?:the\s+)?(?P<day_last>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![0-9]))"
    rf"(?:,?[\s\-]+{YEAR}(?![0-9:]))?{DAY_END}"
)
ISO_DATE = _pattern(r"(?P<iso>20[0-9]{2}(?P<sign>[-/])[0-9]{2}(?P=sign)[0-9]{2})(?=t[0-9]{2}:|\s|,|$)")
NUMBER_DATE = _pattern(
    r"(?P<one>[0-9]{1,2})(?P<sign>[/.]|-(?=[0-9]{1,2}-20))(?P<two>[0-9]{1,2})"
    r"(?:(?P=sign)(?P<year>20[0-9]{2}|[0-9]{2})|\.)?(?=\s|,|$)"
)
ORDINAL = _pattern(rf"(?:the\s+)?(?P<day>[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th){END}")
DAYS_AHEAD = _pattern(
    rf"(?:in\s+(?P<count>{NUMBER})\s*(?P<unit>d|days?|w|weeks?|fortnights?|months?){TIME}"
    rf"|(?P<count_from>{NUMBER})\s*(?P<unit_from>days?|weeks?|fortnights?|months?)\s+from\s+(?:now|today)){END}"
)


def _span(end: str) -> str:
    """A number of hours and minutes; `end` keeps the names of its groups apart where it is used twice."""
    return rf"""(?:
        (?P<quarter{end}>(?:a\s+)?quarter\s+of\s+an\s+hour) | (?P<half{end}>half\s+(?:an?\s+)?hour)
      | (?P<and_half{end}>(?:an?|one)\s+hour\s+and\s+a\s+half)
      | (?P<count_half{end}>{NUMBER})\s+and\s+a\s+half\s+hours
      | (?P<hours{end}>[0-9]{{1,3}}(?:[.,][0-9])?|{_any(COUNT)})\s*(?:h|hrs?|hours?)
        (?:\s*(?:and\s+)?(?P<more{end}>[0-9]{{1,2}})\s*(?:m|mins?|minutes?)|(?<=h)(?P<tight{end}>[0-5][0-9]))?
      | (?P<minutes{end}>[0-9]{{1,4}}|{_any(COUNT)})\s*(?:m|mins?|minutes?)
    )"""


IN_SPAN = re.compile(
    rf"(?:in\s+{_span('')}{TIME}|{_span('_')}\s+from\s+now){END}", re.ASCII | re.IGNORECASE | re.VERBOSE
)
CLOCK = _pattern(
    rf"(?P<hour>[0-9]{{1,2}})[:.h](?P<minute>[0-9]{{2}})(?::00)?(?:\s*(?P<half>{HALF_DAY})|\s*h(?:rs?|ours)?\b)?{END}"
)
HALF_DAY_CLOCK = _pattern(rf"(?P<hour>[0-9]{{1,2}})(?P<minute>[0-9]{{2}})?\s*(?P<half>{HALF_DAY}){END}")
SPOKEN_CLOCK = _pattern(
    rf"(?:a\s+)?(?P<minute>half|quarter|[0-9]{{1,2}}|{_any(COUNT)})(?P<unit>\s+min(?:ute)?s?)?"
    rf"\s+(?P<side>past|to)\s+(?P<hour>[0-9]{{1,2}}|{HOUR_WORD})(?:\s*(?P<half>{HALF_DAY}))?{END}"
)
FULL_HOUR = _pattern(
    rf"(?:(?P<hour>[0-9]{{1,2}}|{HOUR_WORD})\s*o['’]?\s?clock|(?P<hour_h>[0-9]{{1,2}})\s?h"
    rf"|(?P<hour_hrs>[0-9]{{2}})(?P<minute>[0-9]{{2}})\s?h(?:rs?|ours)?){END}"
)
COMPACT = _pattern(rf"(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9]){END}")
BARE_HOUR = _pattern(rf"(?P<hour>[0-9]{{1,2}}){END}")
HOUR_IN_WORDS = _pattern(rf"(?P<hour>{HOUR_WORD}){END}")
HALF_HOUR = _pattern(rf"half\s+(?:[0-9]{{1,2}}|{HOUR_WORD}){END}")
DAY_PART = _pattern(
    rf"(?P<lead>(?P<today>this)\s+|in\s+the\s+|at\s+)?(?:12\s+(?=noon))?(?P<part>{_any(DAY_PARTS)}){END}"
)
THIS_PART = _pattern(rf"(?:tonight|this\s+(?:morning|afternoon|evening)){END}")
NOTE = _pattern(
    r"\s*(?:$|[,;:]|[-–—]\s|(?:about|re|regarding|concerning|for|because|with|please|pls|call|ring|phone|ask|to|and)"
    r"(?=[\s:.]|$)(?!\s*[0-9]))"
)
SECOND = _pattern(
    r"\s*,?\s*(?P<link>[-–—/:.&]|;(?=[0-9])|(?:or|and|to|till?|until|before|after)\b)?\s*(?:at\s+|on\s+)?"
)
VAGUE = _pattern(rf"\s*,?\s*(?:or\s+(?:so|{HOUR_WORD})|[+\-][0-9]{{2}}:?[0-9]{{2}})(?!\s?[0-9]){END}")
LONE_NUMBER = _pattern(r"\s*[0-9]{1,2}(?=\s*(?:$|[,;:]))")
OWNER = _pattern(
    rf"(?:(?P<mine>my|our)|(?P<theirs>their|his|her|(?:the\s+)?(?:customer|client|caller)(?:['’]?s)?))\s+time{END}"
)
UTC_OFFSET = _pattern(r"(?:utc|gmt)\s?[+\-−–]\s?[0-9]")
UTC = _pattern(rf"(?:utc|gmt|z){END}")
ABBREVIATION = _pattern(
    rf"(?:bst|cest|cet|eet|eest|wet|west|ist|est|edt|cst|cdt|mst|mdt|pst|pdt|jst|aest|aedt|msk|et|pt|local\s+time){END}"
)
PLACE_TIME = _pattern(rf"(?:in\s+)?(?!in\s)(?P<place>(?u:[^\W\d_][\w.\-]*(?:\s+[^\W\d_][\w.\-]*){{0,2}}?))\s+time{END}")
PLACES = [
    _pattern(rf"(?P<inside>in\s+)?(?P<place>(?u:[^\W\d_][\w.\-]*(?:\s+[^\W\d_][\w.\-]*){{{more}}}))(?=[\s,;:]|$)")
    for more in (2, 1, 0)
]

ANOTHER_TIME = (RELATIVE, WEEK_DAY, DAYS_AHEAD, ISO_DATE, NAMED_DATE, NUMBER_DATE, IN_SPAN, THIS_PART)
"""What is a time whatever comes next."""


def count(text: str) -> int:
    """The number that one of these patterns matched, in figures or a word."""
    return int(text) if text.isdigit() else COUNT[text.lower()]


def weekday(name: str) -> int:
    """The weekday that one of these patterns matched; Monday is 0."""
    return next(number for number, names in enumerate(WEEKDAYS) if name.lower() in names)
