"""How much will come in each interval, from what came in the same intervals of past weeks.

Each past day is divided by its level (`day_levels`), which leaves what an interval of that weekday usually brings;
recent weeks count more, and single values far off count as little as they should. Times the level of now that is the
forecast; during a day its own level is corrected by what came so far. `forecast_error` measures what it is worth.

The domain knows no calendar. Whoever asks says of each interval which local day it belongs to and at which local
minute it begins, so that days of 23 or 25 hours need no thought here: an hour that happens twice is two intervals of
the same minute, one that does not happen is none. Coming holidays are not known.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, inf, sqrt

from desktop.domain.entities.instant import Instant
from desktop.domain.staffing.averages import average, median
from desktop.domain.staffing.day_levels import WEEKDAYS, DayLevels, day_levels
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.domain.text.sentence import Sentence

WEEKS = 10  # how far back is looked
FEWEST_DAYS = 14
_FADE = 0.85  # what a week counts next to the one after it
_CLIP = 3.0  # deviations from the middle beyond which a single interval counts no more
_MAD = 1.4826
_UNLIKE = 4.0  # deviations after which today is like no other day, and only what came so far counts
_FEW = 0.15  # of the intervals of a day that may be odd for themselves
_Z80 = 1.2815515655446004  # an interval that holds in 8 of 10 cases
_KNOWN = 50.0  # handled contacts after which an interval's own handle time counts as much as that of all


@dataclass(frozen=True, slots=True)
class Slot:
    """An interval: when it begins, on which local day (numbered without gaps, Mondays divisible by 7), and at which
    local minute of it."""

    start: Instant
    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What came in an interval that is over: contacts `offered`; `handled` were finished, in `handle_seconds`."""

    slot: Slot
    offered: int
    handled: int = 0
    handle_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """Contacts to be offered in an interval, `low` to `high` in 8 of 10 cases, and seconds to handle one if known."""

    slot: Slot
    offered: float
    low: float
    high: float
    handle: float | None


class Forecast:
    """Made of a history, asked for intervals after it."""

    def __init__(self, history: Sequence[Observed], today: int) -> None:
        """
        Arguments:
            history: every interval that there was (those without contacts too), in any order. What is older than ten
                weeks is not looked at.
            today: the local day that goes on; what there is of it corrects its level.

        Raises StaffingError: fewer than 14 days before today.
        """
        past = [one for one in history if today - WEEKS * WEEKDAYS <= one.slot.day < today]
        totals: dict[int, float] = defaultdict(float)
        for one in past:
            totals[one.slot.day] += one.offered
        if not totals or today - min(totals) < FEWEST_DAYS:
            raise StaffingError(Sentence("staffing.too_little_history", days=FEWEST_DAYS))
        self.levels: DayLevels = day_levels(totals)
        self._today = today
        self._usual, self._uneven = self._baseline(past)
        self._handle_all, self._handle_at = self._handles(past)
        self._factor, self._factor_spread = self._so_far([one for one in history if one.slot.day == today])

    def expected(self, slots: Sequence[Slot]) -> list[Expected]:
        """What is expected in each of `slots`, of today or later."""
        return [self._expect(slot) for slot in slots]

    def _expect(self, slot: Slot) -> Expected:
        mean = self._usual.get((slot.day % WEEKDAYS, slot.minute), 0.0) * self.levels.now
        off = self.levels.spread
        if slot.day == self._today:
            mean, off = mean * self._factor, self._factor_spread
        handle = self._handle_at.get(slot.minute, self._handle_all)
        if mean <= 0:
            return Expected(slot, 0.0, 0.0, 0.0, handle)
        variance = mean * self._uneven + (mean * off) ** 2
        low, high = (round(_gamma_quantile(sign * _Z80, mean, variance)) for sign in (-1, 1))
        return Expected(slot, mean, float(low), float(high), handle)

    def _baseline(self, past: Sequence[Observed]) -> tuple[dict[tuple[int, int], float], float]:
        """What an interval of a weekday brings at level 1, and by how much its variance exceeds that of chance."""
        values: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for one in past:
            day = one.slot.day
            closed = day not in self.levels.usual and day not in self.levels.outliers
            level = 1.0 if closed else self.levels.usual.get(day, 0.0)
            if level > 0:
                weight = _FADE ** ((self._today - day) // WEEKDAYS)
                values[day % WEEKDAYS, one.slot.minute].append((one.offered / level, weight))
        usual = {key: _robust_mean(found) for key, found in values.items()}
        excess = [
            (value - usual[key]) ** 2 / usual[key] * len(found) / (len(found) - 1)
            for key, found in values.items()
            for value, _ in found
            if usual[key] >= 1 and len(found) > 1
        ]
        return usual, max(1.0, average(sorted(excess)[: max(1, len(excess) * 99 // 100)])) if excess else 1.0

    def _handles(self, past: Sequence[Observed]) -> tuple[float | None, dict[int, float]]:
        """Mean seconds to handle a contact: of all, and by the minute of the day, drawn towards that of all."""
        done: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for one in past:
            if one.handled > 0:
                weight = _FADE ** ((self._today - one.slot.day) // WEEKDAYS)
                sums = done[one.slot.minute]
                sums[0] += weight * one.handle_seconds
                sums[1] += weight * one.handled
        count = sum(handled for _, handled in done.values())
        if not count:
            return None, {}
        mean = sum(seconds for seconds, _ in done.values()) / count
        at = {minute: (took + _KNOWN * mean) / (handled + _KNOWN) for minute, (took, handled) in done.items()}
        return mean, at

    def _so_far(self, today: Sequence[Observed]) -> tuple[float, float]:
        """Today's level next to the one expected, and its uncertainty (a standard deviation, as a share).

        A gamma distribution of mean 1 and the spread of days, and Poisson arrivals: the more has come, the more it
        counts. Where that much or little is out of all likelihood, the day is like no other, and what came counts
        alone.
        """
        wanted = came = 0.0
        odd: list[float] = []  # how much more came than is likely, in single intervals
        for one in today:
            mean = self._usual.get((one.slot.day % WEEKDAYS, one.slot.minute), 0.0) * self.levels.now
            wanted += mean
            came += one.offered
            most = _CLIP * sqrt(mean * self._uneven + (mean * self.levels.spread) ** 2 + 1)
            if abs(one.offered - mean) > most:
                odd.append(one.offered - mean - copysign(most, one.offered - mean))
        if len(odd) <= len(today) * _FEW:
            came -= sum(odd)  # a burst says nothing of the rest of the day
        prior = 1 / self.levels.spread**2
        if abs(came - wanted) > _UNLIKE * sqrt(wanted * self._uneven + (wanted * self.levels.spread) ** 2) > 0:
            prior = 1.0
        sure = wanted / self._uneven
        factor = (prior + came / self._uneven) / (prior + sure)
        return factor, sqrt(1 / (prior + sure))


def _robust_mean(found: Sequence[tuple[float, float]]) -> float:
    """Mean of (value, weight) with values far from the middle drawn in (P. J. Huber's winsorizing)."""
    middle = median(value for value, _ in found)
    spread = max(_MAD * median(abs(value - middle) for value, _ in found), sqrt(max(middle, 1.0)))
    low, high = (middle - _CLIP * spread, middle + _CLIP * spread) if len(found) > 2 else (-inf, inf)
    total = sum(min(high, max(low, value)) * weight for value, weight in found)
    return max(0.0, total / sum(weight for _, weight in found))


def _gamma_quantile(z: float, mean: float, variance: float) -> float:
    """Quantile of a gamma distribution at the normal deviate `z` (E. B. Wilson and M. M. Hilferty, PNAS 17, 1931)."""
    shape = mean**2 / variance
    return mean * max(0.0, 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3
