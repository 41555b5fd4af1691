"""`python -m tests.campaign`: see the package."""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.campaign.mixed import MIXED
from tests.campaign.report import Report
from tests.campaign.shift import Shift
from tests.campaign.site import Site
from tests.campaign.ways import WAYS

SHIFT = 24
"""Contacts on one store."""
LAST = ("a bit flipped", "a page destroyed")
"""Ways that spoil the store for those after them."""


def deck(names: list[str], count: int, rng: random.Random) -> list[str]:
    """So many ways, each as often as its weight says and none left out while there is room."""
    cards: list[str] = []
    while len(cards) < count:
        round_ = [name for name in names for _ in range(max(1, round(WAYS[name].weight)))]
        rng.shuffle(round_)
        cards += round_
    return cards[:count]


def plan(
    job: int, seed: int, wrap_ups: int, kills: int, power_cuts: int, only: list[str]
) -> list[tuple[list[str], bool]]:
    """The shifts of a job: their ways, and whether the power goes instead of a kill."""
    rng = random.Random(f"{seed}/{job}")
    dealt = only or [name for name in WAYS if WAYS[name].weight]
    calm = [name for name in dealt if not WAYS[name].kills]
    deadly = [name for name in dealt if WAYS[name].kills]
    share = min(1.0, kills / wrap_ups) if calm and deadly else float(bool(deadly))
    killing = math.ceil(wrap_ups * share)
    cards = deck(deadly, killing, rng) + deck(calm, wrap_ups - killing, rng) if calm else deck(deadly, wrap_ups, rng)
    rng.shuffle(cards)
    size = 1 if only == [MIXED] else SHIFT
    shifts = [cards[at : at + size] for at in range(0, len(cards), size)]
    for ways in shifts:
        ways.sort(key=lambda name: name in LAST)
    wanted = min(len(shifts), math.ceil(power_cuts * 1.15 / max(1.0, SHIFT * share))) if power_cuts else 0
    powered = {round(at * len(shifts) / wanted) for at in range(wanted)} if wanted else set()
    return [(ways, number in powered) for number, ways in enumerate(shifts)]


def work(arguments: argparse.Namespace) -> None:
    """One job: its shifts, a line of JSON for each."""
    job, jobs = arguments.job, arguments.jobs
    shifts = plan(
        job,
        arguments.seed,
        math.ceil(arguments.wrap_ups / jobs),
        math.ceil(arguments.kills / jobs),
        math.ceil(arguments.power_cuts / jobs),
        arguments.ways,
    )
    until = time.monotonic() + arguments.minutes * 60
    with tempfile.TemporaryDirectory(prefix=f"campaign-{job}-") as folder, arguments.out.open("a") as out:
        site = Site(Path(folder))
        try:
            for number, (ways, power) in enumerate(shifts):
                if arguments.shift not in (None, number) or time.monotonic() > until:
                    continue
                only_this = arguments.shift is not None
                report = Shift(site, job, number, arguments.seed, ways, power=power, keep_all=only_this).run()
                out.write(report.json() + "\n")
                out.flush()
        finally:
            site.end()


def campaign(arguments: argparse.Namespace) -> int:
    """All jobs, then the table."""
    out = Path(arguments.out or tempfile.mkdtemp(prefix="campaign-"))
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    chosen = [arguments.only_job] if arguments.only_job is not None else range(arguments.jobs)
    files = [out / f"job-{job}.jsonl" for job in chosen]
    for file in files:
        file.unlink(missing_ok=True)
    common = [
        "--wrap-ups", arguments.wrap_ups, "--kills", arguments.kills, "--power-cuts", arguments.power_cuts,
        "--jobs", arguments.jobs, "--seed", arguments.seed, "--minutes", arguments.minutes,
        *(["--shift", arguments.shift] if arguments.shift is not None else []),
        *(["--ways", *arguments.ways] if arguments.ways else []),
    ]  # fmt: skip
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.campaign", "--job", str(job), "--out", str(file), *map(str, common)]
        )
        for job, file in zip(chosen, files, strict=True)
    ]
    told = 0
    while True:
        done = all(child.poll() is not None for child in children)
        lines = [line for file in files if file.exists() for line in file.read_text().splitlines(keepends=True)]
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) > told or done:
            told = len(whole)
            report = Report([json.loads(line) for line in whole], time.monotonic() - began)
            if not arguments.quiet:
                sys.stderr.write(report.line() + "\n")
        if done:
            break
        time.sleep(1.0)
    failed = [child.returncode for child in children if child.returncode]
    text = report.text(arguments.seed, histories=arguments.histories)
    (out / "report.txt").write_text(report.text(arguments.seed, histories=10_000))
    print(text)
    print(f"everything: {out}/report.txt")
    if failed:
        print(f"jobs ended with {failed}")
    return 1 if failed or report.is_red else 0


def main() -> int:
    """Read the arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--wrap-ups", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=520)
    parser.add_argument("--power-cuts", type=int, default=55)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no shift after so long")
    parser.add_argument("--ways", nargs="*", default=[], help="only these")
    parser.add_argument("--written", action="store_true", help="only the ways of contacts in writing")
    parser.add_argument("--mixed", action="store_true", help="only mixed hours, as many as wrap-ups")
    parser.add_argument("--shift", type=int, help="only the shift of this number")
    parser.add_argument("--only-job", type=int, help="only the job of this number")
    parser.add_argument("--histories", type=int, default=3, help="how many histories of what went wrong are printed")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--out", type=Path, help="folder for what was found")
    parser.add_argument("--job", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.written:
        arguments.ways = [name for name in WAYS if WAYS[name].written]
    if arguments.mixed:
        arguments.ways = [MIXED]
    unknown = [name for name in arguments.ways if name not in WAYS]
    if unknown:
        parser.error(f"no such way: {unknown}; there are {sorted(WAYS)}")
    if arguments.job is not None:
        work(arguments)
        return 0
    return campaign(arguments)


if __name__ == "__main__":
    sys.exit(main())
