"""`python -m tests.simulation`: run the simulation, and show what does not hold."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter

from tests.simulation.breaks import BREAKS
from tests.simulation.planted import PLANTED
from tests.simulation.schedule import (
    Campaign,
    Failure,
    at_random,
    exhaustively,
    play,
    random_campaign,
    shrink,
)
from tests.simulation.world import Setting


def _one(arguments: tuple[int, int, int, int]) -> Campaign:
    seed, steps, length, stop_after = arguments
    return random_campaign(seed, steps, length, stop_after=stop_after)


def _depth(arguments: tuple[int, int, int]) -> Campaign:
    depth, part, parts = arguments
    done = Campaign()
    begun = time.monotonic()
    for number, events in enumerate(exhaustively(depth)):
        if number % parts == part:
            failure = play(Setting(), 0, events)
            done.schedules += 1
            done.steps += len(events)
            if failure is not None:
                done.failures.append(failure)
                break
    done.seconds = time.monotonic() - begun
    return done


def _report(found: list[Campaign], *, shrink_seconds: float) -> int:
    steps, schedules = sum(one.steps for one in found), sum(one.schedules for one in found)
    seconds = max(one.seconds for one in found)
    failures = [failure for one in found for failure in one.failures]
    print(f"{steps:,} steps in {schedules:,} schedules, {seconds:.0f} s, {steps / max(seconds, 1e-9):,.0f} steps/s")
    print(f"violations: {len(failures)}", dict(Counter(failure.rule for failure in failures)))
    shown: set[str] = set()
    for failure in failures:
        if failure.rule not in shown:
            shown.add(failure.rule)
            print(shrink(failure, seconds=shrink_seconds), flush=True)
        else:
            print(f"also seed {failure.seed}: [{failure.rule}] {failure.what[:160]}")
    return 1 if failures else 0


def _breaks(seconds: float) -> int:
    found = 0
    for known in BREAKS:
        failure = play(known.setting, 1, known.events)
        found += failure is not None
        print(f"{known.name}: {'holds' if failure is None else shrink(failure, seconds=seconds)}", flush=True)
    print(f"{found} of {len(BREAKS)} go wrong")
    return 1 if found else 0


def _planted_one(arguments: tuple[int, int, int]) -> tuple[str, Failure | None, int]:
    number, seed, steps = arguments
    planted = PLANTED[number]
    with planted.there():
        found = random_campaign(seed, steps)
        if found.failures:
            return planted.name, found.failures[0], found.steps
        for known in BREAKS:
            found.steps += len(known.events)
            if (failure := play(known.setting, 1, known.events)) is not None:
                return planted.name, failure, found.steps
    return planted.name, None, found.steps


def _planted(seed: int, steps: int, jobs: int, only: str) -> int:
    missed = 0
    wanted = [(number, seed, steps) for number, one in enumerate(PLANTED) if only in one.name]
    with multiprocessing.Pool(jobs, maxtasksperchild=1) as pool:
        for name, failure, done in pool.imap_unordered(_planted_one, wanted, chunksize=1):
            missed += failure is None
            what = "NOT FOUND" if failure is None else f"{failure.rule} (seed {failure.seed})"
            print(f"{done:>8,} steps  {name}: {what}", flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} planted faults were found")
    return 1 if missed else 0


def main() -> int:
    """Read the command line and run.

    Returns:
        0 when everything held, 1 when something did not.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="how many steps at random")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first schedule")
    parser.add_argument("--length", type=int, default=60, help="events in a schedule")
    parser.add_argument("--depth", type=int, default=0, help="every schedule of this length over the small alphabet")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--stop-after", type=int, default=1, help="violations after which a process stops")
    parser.add_argument("--shrink", type=float, default=60.0, help="seconds for making one schedule shorter")
    parser.add_argument("--replay", type=int, help="play the one schedule of this seed")
    parser.add_argument("--breaks", action="store_true", help="play what once went wrong, and say what goes wrong now")
    parser.add_argument("--survey", action="store_true", help="go on after a violation, and count what is found")
    parser.add_argument("--planted", action="store_true", help="plant faults, and say which are found")
    parser.add_argument("--only", default="", help="of these, those whose name has this in it")
    chosen = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets of texts is part of what a seed stands for.
        again = [sys.executable, "-m", "tests.simulation", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONHASHSEED": "0"})
    if chosen.planted:
        return _planted(chosen.seed, chosen.steps, chosen.jobs, chosen.only)
    if chosen.breaks:
        return _breaks(chosen.shrink)
    if chosen.replay is not None:
        setting, events = at_random(chosen.replay, chosen.length)
        failure: Failure | None = play(setting, chosen.replay, events)
        print(failure or "everything holds")
        return 1 if failure else 0
    with multiprocessing.Pool(chosen.jobs) as pool:
        if chosen.depth:
            found = pool.map(_depth, [(chosen.depth, part, chosen.jobs) for part in range(chosen.jobs)])
        else:
            each = chosen.steps // chosen.jobs
            found = pool.map(
                _one,
                [
                    (
                        chosen.seed + part * 10_000_000,
                        each,
                        chosen.length,
                        10**9 if chosen.survey else chosen.stop_after,
                    )
                    for part in range(chosen.jobs)
                ],
            )
    return _report(found, shrink_seconds=chosen.shrink)


if __name__ == "__main__":
    sys.exit(main())
