"""From a key to its letter as bytes on the terminal, while a contact centre sends 1,000 events a second.

`python -m tests.bench.bench_keys [--keys 200] [--rounds 3]` prints JSON, in milliseconds. The agent types a note; every
letter is one that was never on the screen before, so that the bytes that hold it are those the key made. There are
10,000 interactions waiting and 500 agents, with 1,000 events a second, most of them about what is in sight, and without
events; beside it a plain Textual app with a text area. The three take turns, round by round.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import beside, spread
from tests.cli.command_line import clean_env
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
EVENTS, P99 = 1_000, 30.0
LETTERS = [
    chr(code) for code in (*range(0x3B1, 0x3C2), *range(0x400, 0x482), *range(0x48A, 0x530), *range(0x561, 0x587))
]
LETTERS += [chr(code) for code in range(0x13A0, 0x13F0)]


@contextlib.contextmanager
def desktop(rate: int) -> Iterator[PtyScreen]:
    """A desktop that looks on a busy contact centre, with the keyboard in the note."""
    command = [sys.executable, "-m", "tests.bench.busy_center", str(rate)]
    center = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert center.stdin is not None and center.stdout is not None
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            token = folder / "token"
            token.touch(0o600)
            token.write_text("bench")
            config = folder / "config.toml"
            config.write_text(
                f'default = "work"\n[profiles.work]\ndata_dir = "{folder / "data"}"\n[profiles.work.contact_center]\n'
                f'backend = "mock"\nurl = "http://127.0.0.1:{center.stdout.readline().strip()}"\n'
                f'token_file = "{token}"\n'
            )
            argv = [sys.executable, "-m", "desktop.cli", "--config", str(config)]
            with PtyScreen(argv, rows=40, cols=120, env=clean_env(folder)) as screen:
                screen.wait_for("My own call", 30)
                screen.press("n")
                yield screen
    finally:
        center.stdin.close()
        center.wait(10)
        center.stdout.close()


def typed(screen: PtyScreen, keys: int) -> tuple[list[float], float]:
    """Type letters; milliseconds until each is painted, and the CPU of the program meanwhile, in percent of a core."""
    time.sleep(4)  # what a start leaves to do
    process = psutil.Process(screen.pid)
    before, since = sum(process.cpu_times()[:2]), time.monotonic()
    delays = []
    for letter in LETTERS[:keys]:
        first, mark = len(screen.chunks), letter.encode()
        at = time.monotonic()
        screen.send(letter)
        while (painted := _when(screen, first, mark)) is None:
            assert time.monotonic() < at + 10, f"{letter} was never painted:\n{screen.text()}"
            time.sleep(0.001)
        delays.append((painted - at) * 1000)
        time.sleep(random.uniform(0.06, 0.14))
    cpu = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - since) * 100
    return delays, cpu


def _when(screen: PtyScreen, first: int, mark: bytes) -> float | None:
    end = b""
    for at, data in screen.chunks[first:]:
        if mark in end + data:
            return at
        end = data[-3:]
    return None


def bench(keys: int, rounds: int) -> dict[str, Any]:
    """The plain app, the desktop without events, the desktop with them, and again."""
    each = min(keys // rounds, len(LETTERS))
    delays: dict[str, list[float]] = {"reference_plain": [], "desktop_no_events": [], "desktop_busy": []}
    cpu: dict[str, list[float]] = {name: [] for name in delays}
    kept, argv = True, [sys.executable, "-m", "tests.bench.plain_app", "typing"]
    for _ in range(rounds):
        with PtyScreen(argv, rows=40, cols=120, cwd=ROOT) as plain:
            plain.wait_quiet(1.0)
            _add(delays, cpu, "reference_plain", plain, each)
        with desktop(0) as screen:
            _add(delays, cpu, "desktop_no_events", screen, each)
        with desktop(EVENTS) as screen:
            _add(delays, cpu, "desktop_busy", screen, each)
            kept = kept and "lost" not in screen.text().lower()
    found = {
        name: {"key_ms": spread(all_of_it), "cpu_percent": round(statistics.mean(cpu[name]), 1)}
        for name, all_of_it in delays.items()
    }
    reference = statistics.median(delays["reference_plain"])
    return {
        "bench": "keys",
        "rounds": rounds,
        "events_a_second_when_busy": EVENTS,
        "load_of_the_machine": round(os.getloadavg()[0], 2),
        **found,
        "p50_to_reference": {name: round(statistics.median(each) / reference, 2) for name, each in delays.items()},
        "connection_kept": kept,
        "target_p99_ms": beside(spread(delays["desktop_busy"])["p99"], P99),
    }


def _add(delays: dict[str, list[float]], cpu: dict[str, list[float]], name: str, screen: PtyScreen, keys: int) -> None:
    took, used = typed(screen, keys)
    delays[name] += took
    cpu[name].append(used)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(json.dumps(bench(options.keys, options.rounds), indent=1))


if __name__ == "__main__":
    main()
