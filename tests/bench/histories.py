"""Histories of a queue by seed, most of them not made the way the forecast thinks they are."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi, sin
from random import Random

from desktop.domain.staffing.forecast import Observed, Slot

WIDTH = 30  # minutes
WEEKDAY_LEVELS = (1.2, 1.05, 1.0, 1.0, 0.95, 0.5, 0.3)


@dataclass(frozen=True)
class Nature:
    """How days come about: `level(day, chance)` multiplies the whole day, `bump(day, minute, chance)` one interval."""

    name: str
    level: Callable[[int, Random], float] = lambda day, chance: chance.gauss(1, 0.06)
    bump: Callable[[int, int, Random], float] = lambda day, minute, chance: 1.0
    shape: Callable[[int, int], float] | None = None
    mean: float = 25.0


def _two_humps(day: int, minute: int) -> float:
    """Open from 8 to 20, more in the morning than in the afternoon, another shape at weekends."""
    if not 480 <= minute < 1_200:
        return 0.0
    if day % 7 >= 5:
        return 1.2 * sin(pi * (minute - 480) / 720)
    return 1.5 * exp(-(((minute - 620) / 110) ** 2)) + exp(-(((minute - 900) / 150) ** 2)) + 0.2


def _flat(day: int, minute: int) -> float:
    return 1.0 / WEEKDAY_LEVELS[day % 7]


def shifted(after: int, factor: float) -> Callable[[int, Random], float]:
    """From the day `after` on, `factor` times as much."""
    return lambda day, chance: chance.gauss(1, 0.06) * (factor if day >= after else 1.0)


def _holidays(day: int, chance: Random) -> float:
    """One in twenty days hardly anybody calls, one in twenty everybody does."""
    return chance.choices((chance.gauss(1, 0.06), 0.1, 2.2), (0.9, 0.05, 0.05))[0]


def _wandering() -> Callable[[int, Random], float]:
    kept = {"level": 1.0}

    def level(day: int, chance: Random) -> float:
        kept["level"] *= exp(chance.gauss(0, 0.04))
        return kept["level"]

    return level


def _bursts(day: int, minute: int, chance: Random) -> float:
    return 4.0 if chance.random() < 0.02 else chance.lognormvariate(0, 0.2)


def natures(days: int) -> list[Nature]:
    """Every kind of history; `days` is where it ends."""
    return [
        Nature("ordinary"),
        Nature("ordinary, 2 an interval", mean=2.0),
        Nature("ordinary, 300 an interval", mean=300.0),
        Nature("level up by half, 3 weeks ago", shifted(days - 21, 1.5)),
        Nature("level down by half, 10 days ago", shifted(days - 10, 0.5)),
        Nature("growth of 1 % a week", lambda day, chance: chance.gauss(1, 0.06) * 1.01 ** (day / 7)),
        Nature("wandering level", _wandering()),
        Nature("holidays and storms", _holidays),
        Nature("bursts", bump=_bursts),
        Nature("noise only", lambda day, chance: 1.0, shape=_flat),
    ]


def history(nature: Nature, days: int, seed: int) -> list[Observed]:
    """`days` whole days from a Monday on."""
    chance = Random(f"{nature.name} {seed}")
    shape = nature.shape or _two_humps
    found = []
    for day in range(days):
        level = max(0.0, nature.level(day, chance)) * WEEKDAY_LEVELS[day % 7]
        for minute in range(0, 1_440, WIDTH):
            mean = nature.mean * level * shape(day, minute) * nature.bump(day, minute, chance)
            offered = poisson(mean, chance)
            handle = sum(chance.expovariate(1 / (180 + 40 * sin(minute / 1_440 * pi))) for _ in range(min(offered, 50)))
            slot = Slot(day * 86_400.0 + minute * 60, day, minute)
            found.append(Observed(slot, offered, min(offered, 50), handle))
    return found


def poisson(mean: float, chance: Random) -> int:
    """By counting exponential gaps; by the normal approximation for great means."""
    if mean > 500:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    count, left = 0, chance.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + chance.expovariate(1.0)
    return count
