"""How true the estimated waits are over simulated days through the distributor.

`python -m tests.bench.bench_estimates [--days 3]` prints JSON for each kind of day, over all who had to wait and were
answered: `within`: share whose wait lay in the interval told on arrival, where 0.8 is meant; `bias`: mean of told minus
actual wait; `error`: mean of it without the sign; both by the mean wait. Who waits long gives up before being answered,
so the answered are those of the shorter waits; weights (the inverse of the chance to stay that long, patience being
known here) make up for that. Two references in the same run: `last_wait` tells what the one before waited,
`by_staffing` tells (ahead + 1) x handle time / agents. `by_load`: the same by how many were ahead.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from math import exp, inf
from statistics import fmean

from tests.bench.simulated_day import CLOSE, OPEN, Day, Desk, Told, simulate, waves

MOST_WEIGHT = 20.0  # of a single wait: a few very long ones must not stand for all
AHEAD = ((0, 0), (1, 3), (4, 9), (10, 10_000))


def steps(low: int, high: int) -> Callable[[float], int]:
    """More agents around noon."""
    return lambda at: high if (at - OPEN) % (CLOSE - OPEN) > 9_000 and at < CLOSE - 14_400 else low


DAYS = (
    Day("even load, nobody gives up", (Desk("q", lambda at: 200.0),), lambda at: 13),
    Day("waves, nobody gives up", (Desk("q", waves(200)),), steps(13, 17)),
    Day("waves, patience 120 s", (Desk("q", waves(190), patience=120),), steps(11, 14)),
    Day("small team, patience 300 s", (Desk("q", waves(38), patience=300),), steps(2, 4)),
    Day("great team, patience 90 s", (Desk("q", waves(950), patience=90),), steps(50, 70)),
    Day("overloaded all day, patience 180 s", (Desk("q", waves(300), patience=180),), lambda at: 12),
    Day("uneven handle times", (Desk("q", waves(220), patience=300, spread=1.0),), steps(13, 15)),
    Day("ringing and missed offers", (Desk("q", waves(220), patience=240),), steps(13, 16), ringing=6, missed=0.04),
    Day(
        "two queues, one team",
        (Desk("q", waves(120), patience=240), Desk("r", waves(80), handle=260, patience=150)),
        steps(12, 15),
    ),
)


def figures(day: Day, told: Sequence[Told]) -> dict[str, object]:
    """Calibration and errors over the answered, weighted."""
    patience = {one.name: one.patience for one in day.desks}
    handle = {one.name: one.handle + one.wrap_up for one in day.desks}
    weights = [
        min(MOST_WEIGHT, exp(one.waited / patience[one.queue])) if patience[one.queue] < inf else 1.0 for one in told
    ]
    total = sum(weights)
    mean = sum(weight * one.waited for weight, one in zip(weights, told, strict=True)) / total

    def off(said: Sequence[float], absolute: bool) -> float:
        errors = [a - one.waited for a, one in zip(said, told, strict=True)]
        return round(
            sum(w * (abs(e) if absolute else e) for w, e in zip(weights, errors, strict=True)) / total / mean, 3
        )

    ours = [one.estimate.seconds for one in told]
    staffing = [(one.ahead + 1) * handle[one.queue] / max(1, day.agents(one.at)) for one in told]
    inside = [one.estimate.low <= one.waited <= one.estimate.high for one in told]
    return {
        "waits": len(told),
        "mean_wait": round(mean, 1),
        "within": round(sum(w * i for w, i in zip(weights, inside, strict=True)) / total, 3),
        "within_unweighted": round(fmean(inside), 3),
        "bias": off(ours, False),
        "error": off(ours, True),
        "last_wait": off([one.last_wait for one in told], True),
        "by_staffing": off(staffing, True),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=3)
    chosen = parser.parse_args()
    for day in DAYS:
        told = [one for seed in range(chosen.days) for one in simulate(day, seed)]
        answered = [one for one in told if one.answered]
        found = figures(day, answered)
        found["gave_up"] = round(1 - len(answered) / max(1, len(told)), 3)
        parts = {}
        for low, high in AHEAD:
            some = [one for one in answered if low <= one.ahead <= high]
            if len(some) >= 30:
                parts[f"{low}-{high}" if high < 10_000 else f"{low}+"] = figures(day, some)["within"]
        print(json.dumps({day.name: found | {"within_by_ahead": parts}}), flush=True)


if __name__ == "__main__":
    main()
