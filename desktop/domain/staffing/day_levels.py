"""How busy whole days are next to others of their weekday, which of them are like no other, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import sqrt

from desktop.domain.staffing.averages import average, median

WEEKDAYS = 7
_WINDOW = 9  # days around one whose middle is what is usual then
_OUTLIER = 3.5  # robust deviations from what is usual, after which a day counts as an outlier (F. R. Hampel's rule)
_LEAST_SPREAD = 0.04
_MAD = 1.4826  # of a median absolute deviation to a standard deviation
_PACES = (0.05, 0.15, 0.35)  # of exponential smoothing: what the last day weighs in the level
_BEGIN = 5  # days whose middle the smoothing begins with
_DOUBT = 2  # outliers in a row at the end, all off the same way, after which the level may have changed


@dataclass(frozen=True, slots=True)
class DayLevels:
    """Levels are next to the middle one of the same weekday: 1.1 is a tenth more.

    `usual` maps each ordinary day to the level at that time; outliers and days of weekdays on which nothing comes are
    not in it. `now` is the level after the last of the days, `spread` how far one day lies from what was expected of
    it (a standard deviation, as a share; chance of Poisson arrivals not counted), `outliers` the days like no other.
    """

    usual: Mapping[int, float]
    now: float
    spread: float
    outliers: frozenset[int]


def day_levels(totals: Mapping[int, float]) -> DayLevels:
    """From what came in on each day (numbered without gaps; equal remainders by 7 are the same weekday).

    A day far off is an outlier unless most of the days around it are off the same way: then that is the level. So
    three days of holidays are overlooked, and a lasting change is believed from its fifth day on. Until then nobody
    can know which of the two it is: from the second such day on the spread is as great as the change would be.
    """
    middles = [_middle([total for day, total in totals.items() if day % WEEKDAYS == w]) for w in range(WEEKDAYS)]
    ratio = {day: total / middles[day % WEEKDAYS] for day, total in sorted(totals.items()) if middles[day % WEEKDAYS]}
    days = list(ratio)
    around = {day: median(ratio[one] for one in _window(days, at)) for at, day in enumerate(days)}
    spread = max(_LEAST_SPREAD, _MAD * _middle([abs(ratio[day] - around[day]) for day in days]))

    def odd(day: int) -> bool:
        chance = around[day] / middles[day % WEEKDAYS]
        return abs(ratio[day] - around[day]) > _OUTLIER * sqrt(spread**2 + chance)

    outliers = frozenset(day for day in days if odd(day))
    ordinary = [day for day in days if day not in outliers]
    if not ordinary:
        return DayLevels({}, 1.0, _LEAST_SPREAD, outliers)
    levels = [ratio[day] for day in ordinary]
    pace = min(_PACES, key=lambda one: average(abs(error) for error in _smooth(levels, one)[1]))
    expected, errors = _smooth(levels, pace)
    chance = average(level / middles[day % WEEKDAYS] for day, level in zip(ordinary, levels, strict=True))
    off = sqrt(max(_LEAST_SPREAD**2, average(error**2 for error in errors) - chance))
    off = max(off, _change([ratio[day] / expected[-1] - 1 for day in _last_outliers(days, outliers)]))
    usual = {day: (before + after) / 2 for day, before, after in zip(ordinary, expected, expected[1:], strict=False)}
    return DayLevels(usual, expected[-1], off, outliers)


def _last_outliers(days: Sequence[int], outliers: frozenset[int]) -> list[int]:
    """The outliers that nothing ordinary has come after."""
    return list(takewhile(outliers.__contains__, reversed(days)))


def _change(off: Sequence[float]) -> float:
    """By how much the level has changed if it has: from how far the newest days are off, newest first."""
    alike = list(takewhile(lambda one: one * off[0] > 0, off))
    return abs(average(alike)) if len(alike) >= _DOUBT else 0.0


def _smooth(levels: Sequence[float], pace: float) -> tuple[list[float], list[float]]:
    """The level before each day and after the last, and how far each day was off it."""
    level = median(levels[:_BEGIN])
    expected, errors = [level], []
    for one in levels:
        errors.append(one - level)
        level += pace * (one - level)
        expected.append(level)
    return expected, errors


def _window(days: Sequence[int], at: int) -> Sequence[int]:
    """The days around one, as many at the ends as in the middle."""
    first = max(0, min(at - _WINDOW // 2, len(days) - _WINDOW))
    return days[first : first + _WINDOW]


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else 0.0
