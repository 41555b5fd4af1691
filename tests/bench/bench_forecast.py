"""How far the forecast is off, next to "the same as a week before", on days it has not seen.

`python -m tests.bench.bench_forecast [--weeks 12] [--seeds 3]` prints JSON: for each nature of history WAPE (sum of
errors without their sign by the sum of what came) of the forecast of a whole coming week and of the naive one, their
ratio, bias, and the share of intervals that lay in the interval told (0.8 is meant). The last four weeks are held out,
one after the other. Of chance alone the ratio would be 0.71 (two Poisson variables are further from each other than one
from its mean by the root of 2); nobody gets below that where nothing else differs. `rest_of_day`: the last week's
afternoons from noon, with and without what came in the morning. `seconds`: one forecast made, on this machine.
`change of ...`: the share of intervals told that held over the seven days after the first, second ... tenth day of a
lasting change; on the first it cannot be told from a day like no other.
"""

import argparse
import json
import time
from statistics import fmean

from desktop.domain.staffing.forecast import Forecast, Observed
from desktop.domain.staffing.forecast_error import backtest
from tests.bench.histories import Nature, history, natures, shifted

NOON = 720
CHANGE = 63  # the day of it, after nine weeks
CHANGES = (0.5, 1.25, 1.5)
DAYS_AFTER = (1, 2, 3, 4, 5, 7, 10)


def afternoons(found: list[Observed], days: int) -> dict[str, float]:
    """WAPE from noon on over the last week: by the night's forecast and by noon's."""
    errors = {"at_midnight": 0.0, "at_noon": 0.0}
    came = 0
    for day in range(days - 7, days):
        before = [one for one in found if one.slot.day < day]
        morning = [one for one in found if one.slot.day == day and one.slot.minute < NOON]
        rest = [one for one in found if one.slot.day == day and one.slot.minute >= NOON]
        came += sum(one.offered for one in rest)
        for name, known in (("at_midnight", before), ("at_noon", before + morning)):
            expected = Forecast(known, day).expected([one.slot for one in rest])
            errors[name] += sum(abs(e.offered - o.offered) for e, o in zip(expected, rest, strict=True))
    return {name: round(error / came, 4) for name, error in errors.items()}


def measure(nature: Nature, days: int, seeds: int) -> dict[str, object]:
    """All figures of one nature, as means over seeds."""
    tests, rests, seconds = [], [], []
    for seed in range(seeds):
        found = history(nature, days, seed)
        began = time.perf_counter()
        Forecast(found, days)
        seconds.append(time.perf_counter() - began)
        tests.append(backtest(found, days))
        rests.append(afternoons(found, days))

    def mean(name: str) -> float:
        return round(fmean(getattr(one, name) for one in tests), 4)

    return {
        "wape": mean("wape"),
        "naive": mean("naive"),
        "ratio": round(mean("wape") / mean("naive"), 3),
        "bias": mean("bias"),
        "within": mean("within"),
        "handle": mean("handle"),
        "rest_of_day": {name: round(fmean(one[name] for one in rests), 4) for name in rests[0]},
        "seconds": round(fmean(seconds), 4),
    }


def after_a_change(factor: float, seeds: int) -> dict[int, float]:
    """By how many days of a changed level were seen: the share of the next seven days' intervals that held."""
    held: dict[int, list[bool]] = {seen: [] for seen in DAYS_AFTER}
    for seed in range(seeds):
        found = history(Nature(f"changed by {factor}", shifted(CHANGE, factor)), CHANGE + DAYS_AFTER[-1] + 7, seed)
        for seen in DAYS_AFTER:
            today = CHANGE + seen
            coming = [one for one in found if today <= one.slot.day < today + 7]
            expected = Forecast([one for one in found if one.slot.day < today], today).expected(
                [one.slot for one in coming]
            )
            held[seen] += [
                told.low <= one.offered <= told.high
                for told, one in zip(expected, coming, strict=True)
                if told.offered > 0
            ]
    return {seen: round(fmean(found), 3) for seen, found in held.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    days = chosen.weeks * 7
    for nature in natures(days):
        print(json.dumps({nature.name: measure(nature, days, chosen.seeds)}), flush=True)
    for factor in CHANGES:
        print(json.dumps({f"change of {factor - 1:+.0%}": after_a_change(factor, chosen.seeds)}), flush=True)


if __name__ == "__main__":
    main()
