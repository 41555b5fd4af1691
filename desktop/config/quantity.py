"""Times, shares and numbers as people write them in a profile: `"2 min"`, `"80 %"`, 0.8, 90."""

import re
from math import isfinite

from desktop.domain.figures.metric import Unit

_UNITS = {"s": 1.0, "min": 60.0, "h": 3_600.0}
_TIME = re.compile(r"(?:\s*\d+(?:\.\d+)?\s*(?:s|min|h))+\s*")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)")
_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")

FORMS = {
    Unit.SECONDS: 'a time like "90 s", "2 min" or "1 h 30 min", or a number of seconds',
    Unit.SHARE: 'a share like "80 %" or 0.8',
    Unit.COUNT: "a number",
}


def quantity(value: object, unit: Unit) -> float:
    """The value in seconds, in 0..1, or as it is.

    Raises:
        ValueError: it is written otherwise, or negative; the message says how to write it.
    """
    number: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if unit is Unit.SHARE and 1.0 < number <= 100.0:
            raise ValueError(f'is a share: write "{number:g} %" or {number / 100:g}')
    elif isinstance(value, str) and unit is Unit.SECONDS and _TIME.fullmatch(value):
        number = sum(float(count) * _UNITS[name] for count, name in _PART.findall(value))
    elif isinstance(value, str) and unit is Unit.SHARE and (percent := _PERCENT.fullmatch(value)):
        number = float(percent[1]) / 100.0
    if number is None or not isfinite(number) or number < 0 or (unit is Unit.SHARE and number > 1.0):
        raise ValueError(f"must be {FORMS[unit]}")
    return number
