"""What the forecast was worth on days it had not seen, next to "the same as a week before"."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.staffing.averages import average
from desktop.domain.staffing.day_levels import WEEKDAYS
from desktop.domain.staffing.forecast import FEWEST_DAYS, Expected, Forecast, Observed

HELD_OUT_WEEKS = 4


@dataclass(frozen=True, slots=True)
class ForecastError:
    """Over `intervals` of `weeks` that were held out, each forecast whole from the end of the one before.

    `wape`: sum of errors without their sign by the sum of what came. `naive`: the same of "as a week before". `bias`:
    what was forecast too much, by what came (below 0: too little). `within`: share that lay from low to high, of the
    intervals in which anything was expected; it should be 0.8 or a little more, as whole contacts are coarse.
    `handle`: mean error of the handle time without its sign, by the handle time. None where nothing came.
    """

    weeks: int
    intervals: int
    wape: float | None
    naive: float | None
    bias: float | None
    within: float | None
    handle: float | None


def backtest(history: Sequence[Observed], today: int, weeks: int = HELD_OUT_WEEKS) -> ForecastError:
    """Forecast each of the last `weeks` before `today` from what was known when it began.

    Weeks for which there is too little history before them are left out.
    """
    by_day: dict[int, list[Observed]] = defaultdict(list)
    for one in history:
        by_day[one.slot.day].append(one)
    first = min(by_day, default=today)
    pairs: list[tuple[Expected, Observed]] = []
    before: dict[tuple[int, int], list[int]] = defaultdict(list)
    tried = 0
    for back in range(1, weeks + 1):
        begin = today - back * WEEKDAYS
        if begin - first < FEWEST_DAYS:
            break
        seen = [one for day, found in by_day.items() if day < begin for one in found]
        held_out = [one for day in range(begin, begin + WEEKDAYS) for one in by_day.get(day, ())]
        expected = Forecast(seen, begin).expected([one.slot for one in held_out])
        pairs += zip(expected, held_out, strict=True)
        tried += 1
    for one in history:
        before[one.slot.day, one.slot.minute].append(one.offered)

    came = sum(one.offered for _, one in pairs)
    if not came:
        return ForecastError(tried, len(pairs), None, None, None, None, None)
    naive = 0.0
    for _, one in pairs:
        week_before = before.get((one.slot.day - WEEKDAYS, one.slot.minute))
        naive += abs(one.offered - (average(week_before) if week_before else 0.0))
    took = sum(one.handle_seconds for _, one in pairs)
    off = sum(
        abs(expected.handle * one.handled - one.handle_seconds)
        for expected, one in pairs
        if expected.handle is not None
    )
    told = [(expected, one) for expected, one in pairs if expected.offered > 0]
    return ForecastError(
        weeks=tried,
        intervals=len(pairs),
        wape=sum(abs(expected.offered - one.offered) for expected, one in pairs) / came,
        naive=naive / came,
        bias=(sum(expected.offered for expected, _ in pairs) - came) / came,
        within=average(expected.low <= one.offered <= expected.high for expected, one in told) if told else None,
        handle=off / took if took else None,
    )
