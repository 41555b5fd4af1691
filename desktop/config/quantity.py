"""Times, shares and numbers as people write them in a profile: `"2 min"`, `"80 %"`, 0.8, 90."""

import re
from math import isfinite

from desktop.domain.figures.metric import Unit
from desktop.domain.text.sentence import Sentence

_UNITS = {"s": 1.0, "min": 60.0, "h": 3_600.0}
_TIME = re.compile(r"(?:\s*\d+(?:\.\d+)?\s*(?:s|min|h))+\s*")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)")
_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")

_WANTED = {
    Unit.SECONDS: "rule.time_wanted",
    Unit.SHARE: "rule.share_wanted",
    Unit.COUNT: "rule.number_wanted",
}


class QuantityError(ValueError):
    """A figure that is written otherwise, or negative; `of` says how to write it."""

    def __init__(self, kind: str, **facts: str) -> None:
        super().__init__(kind)
        self._kind = kind
        self._facts = facts

    def of(self, option: str) -> Sentence:
        """How to write the value of an option."""
        return Sentence(self._kind, option=option, **self._facts)


def quantity(value: object, unit: Unit) -> float:
    """The value in seconds, in 0..1, or as it is.

    Raises:
        QuantityError: it is written otherwise, or negative.
    """
    number: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if unit is Unit.SHARE and 1.0 < number <= 100.0:
            raise QuantityError("rule.is_a_share", percent=f"{number:g}", share=f"{number / 100:g}")
    elif isinstance(value, str) and unit is Unit.SECONDS and _TIME.fullmatch(value):
        number = sum(float(count) * _UNITS[name] for count, name in _PART.findall(value))
    elif isinstance(value, str) and unit is Unit.SHARE and (percent := _PERCENT.fullmatch(value)):
        number = float(percent[1]) / 100.0
    if number is None or not isfinite(number) or number < 0 or (unit is Unit.SHARE and number > 1.0):
        raise QuantityError(_WANTED[unit])
    return number
