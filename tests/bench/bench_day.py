"""Every figure of a supervisor against the recount of the raw log over simulated days. Prints JSON.

`python -m tests.bench.bench_day [--contacts 100000] [--agents 400] [--queues 40]`

Each day crosses midnights of its zone, and on two of them the clocks change. `tests/mocks/acd/day_check.py` says
what is compared.
The reference is the recount itself: how much longer the plain way takes than counting as things happen.
"""

import argparse
import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.mocks.acd.day_check import check
from tests.mocks.acd.raw_day import RawDay, Size
from tests.mocks.acd.recount import Recount

DAYS = {
    "a day of 25 hours": ("Europe/London", (2026, 10, 24, 21), 30.0),
    "a day of 23 hours": ("Europe/London", (2026, 3, 28, 20), 29.0),
    "an ordinary day": ("Europe/London", (2026, 6, 9, 20), 29.0),
}


def _speed(size: Size) -> dict[str, float]:
    began = time.process_time()
    day = RawDay(size)
    last = size.start
    for now in day.moments():
        last = now
    played = time.process_time()
    Recount(day.log, day.policies, day.profiles, size.start, last)
    recounted = time.process_time()
    return {
        "played_and_counted_s": round(played - began, 2),
        "recounted_s": round(recounted - played, 2),
        "ratio": round((recounted - played) / (played - began), 2),
    }


def main() -> None:
    """Play each day and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=400)
    parser.add_argument("--queues", type=int, default=40)
    options = parser.parse_args()
    report: dict[str, object] = {"contacts": options.contacts, "agents": options.agents, "queues": options.queues}
    figures = different = 0
    for name, (zone, begins, hours) in DAYS.items():
        start = datetime(*begins, tzinfo=ZoneInfo(zone)).timestamp() + 137.25
        size = Size(zone, start, hours, options.queues, options.agents, options.contacts)
        verdict = check(size, looks=6)
        figures += verdict.figures
        different += len(verdict.different)
        report[name] = {
            "lines_of_the_log": verdict.lines,
            "midnights": verdict.midnights,
            "intervals": verdict.intervals,
            "moments": verdict.moments,
            "figures": verdict.figures,
            "different": len(verdict.different),
            "the_first": verdict.different[:3],
        }
    zone, begins, hours = DAYS["an ordinary day"]
    start = datetime(*begins, tzinfo=ZoneInfo(zone)).timestamp()
    report["speed"] = _speed(Size(zone, start, hours, options.queues, options.agents, options.contacts))
    report["figures_compared"] = figures
    report["all_equal"] = different == 0
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
