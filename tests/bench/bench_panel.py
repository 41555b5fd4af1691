"""The supervisor's screen on a large floor: keys, CPU, memory, and how soon a change on the server is on the screen.

`python -m tests.bench.bench_panel [--keys 150] [--seconds 40]` prints JSON, in milliseconds, percent of one core and
megabytes (10^6 bytes). 500 queues, 5,000 agents, 1,000 changes a second on a terminal of 200 by 50 with every pane in
sight, and without changes; beside it a plain Textual app with a table, idle, in the same run. Keys are `down` in the
agents, painted when the mark stands before the next name, and letters of a filter over 5,000 agents.
"""

import argparse
import contextlib
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import beside, spread
from tests.cli.command_line import clean_env
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
QUEUES, AGENTS, RATE = 500, 5_000, 1_000
KEY_P99, CPU, MEMORY, PAINTED_P99 = 30.0, 60.0, 150.0, 250.0
LETTERS = [chr(code) for code in (*range(0x3B1, 0x3C2), *range(0x410, 0x450), *range(0x48A, 0x4C0))]
SETTLING = 6.0


class Told:
    """When the server told how many wait in the queue `Probe`, by the number."""

    def __init__(self, stdout: Any) -> None:
        self.at: dict[int, float] = {}
        self._thread = threading.Thread(target=self._read, args=(stdout,), daemon=True)
        self._thread.start()

    def _read(self, stdout: Any) -> None:
        with contextlib.suppress(ValueError):
            for line in stdout:
                number, _, at = line.partition(" ")
                self.at[int(number)] = float(at)


@contextlib.contextmanager
def floor(rate: int) -> Iterator[tuple[PtyScreen, Told, float]]:
    """A supervisor's desktop on the floor, how it is told, and the seconds from its start until the floor was there."""
    command = [sys.executable, "-m", "tests.bench.busy_floor", str(QUEUES), str(AGENTS), str(rate)]
    center = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert center.stdin is not None and center.stdout is not None
    try:
        port = center.stdout.readline().strip()
        told = Told(center.stdout)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            token = folder / "token"
            token.touch(0o600)
            token.write_text("bench")
            config = folder / "config.toml"
            config.write_text(
                f'default = "work"\n[profiles.work]\ndata_dir = "{folder / "data"}"\n[profiles.work.contact_center]\n'
                f'backend = "mock"\nurl = "http://127.0.0.1:{port}"\ntoken_file = "{token}"\n'
            )
            argv = [sys.executable, "-m", "desktop.cli", "--config", str(config)]
            began = time.monotonic()
            with PtyScreen(argv, rows=50, cols=200, env=clean_env(folder)) as screen:
                screen.wait_for("Agent 0001", 30)
                yield screen, told, time.monotonic() - began
    finally:
        center.stdin.close()
        center.wait(10)
        center.stdout.close()


def pressed(screen: PtyScreen, key: str, painted: "re.Pattern[bytes]") -> float:
    """Milliseconds from a key to the bytes that show it."""
    first = len(screen.chunks)
    at = time.monotonic()
    screen.press(key) if len(key) > 1 else screen.send(key)
    while (seen := _when(screen, first, painted)) is None:
        assert time.monotonic() < at + 10, f"{key} was never painted:\n{screen.text()}"
        time.sleep(0.001)
    return (seen - at) * 1000


def _when(screen: PtyScreen, first: int, painted: "re.Pattern[bytes]") -> float | None:
    seen = b""
    for at, data in screen.chunks[first:]:
        seen = seen[-600:] + data
        if painted.search(seen):
            return at
    return None


def marked(name: str) -> "re.Pattern[bytes]":
    """The mark of the row in hand, and this name in the same row."""
    return re.compile("▌".encode() + rb"[^\r\n]{0,160}?" + name.encode())


def measured(screen: PtyScreen, told: Told, keys: int, seconds: float) -> dict[str, Any]:
    """Everything about one floor."""
    time.sleep(SETTLING)
    process = psutil.Process(screen.pid)
    screen.press("2", ">")  # the agents, and not by their state: a row that moves could not be told from a late one
    order = ["state", "time", "work", "next", "use", "missed", "adherence", "team", "sign", "agent"]
    for _ in order[1:]:
        time.sleep(0.3)
        if "agent ▴" in screen.text():
            break
        screen.press(">")
    screen.press("home")
    time.sleep(2)
    down = []
    for number in range(1, keys + 1):
        down.append(pressed(screen, "down", marked(f"Agent {number:04}")))
        time.sleep(random.uniform(0.06, 0.14))
    screen.press("/")
    time.sleep(0.5)
    typed = []
    for letter in LETTERS[: keys // 3]:
        typed.append(pressed(screen, letter, re.compile(letter.encode())))
        time.sleep(random.uniform(0.06, 0.14))
    screen.press("escape")
    time.sleep(1)
    screen.press("1")
    time.sleep(1)
    before, since = sum(process.cpu_times()[:2]), time.monotonic()
    first = len(screen.chunks)
    time.sleep(seconds)
    cpu = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - since) * 100
    found = process.memory_full_info()
    return {
        "down_ms": spread(down),
        "filter_letter_ms": spread(typed),
        "cpu_percent": round(cpu, 1),
        "rss_mb": round(found.rss / 1e6, 1),
        "pss_mb": round(found.pss / 1e6, 1),
        **({"told_to_painted_ms": spread(_painted(screen, told, first, since))} if told.at else {}),
    }


def _painted(screen: PtyScreen, told: Told, first: int, since: float) -> list[float]:
    """Milliseconds from each telling to the bytes that show its number."""
    waiting = {f"{number:,}".encode(): at for number, at in told.at.items() if at >= since}
    delays, seen = [], b""
    for at, data in screen.chunks[first:]:
        seen = seen[-8:] + data
        for number in [number for number in waiting if number in seen]:
            delays.append((at - waiting.pop(number)) * 1000)
    return delays


def bench(keys: int, seconds: float) -> dict[str, Any]:
    """The plain app, the floor without changes, the floor with them."""
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app", "table"], rows=50, cols=200, cwd=ROOT) as screen:
        screen.wait_for("Agent 0001", 30)
        time.sleep(2)
        process = psutil.Process(screen.pid)
        plain = [pressed(screen, "down", re.compile(f"Agent {number:04}".encode())) for number in range(1, 40)]
        reference = {"down_ms": spread(plain), "rss_mb": round(process.memory_info().rss / 1e6, 1)}
    with floor(0) as (screen, told, opened):
        still = measured(screen, told, keys // 3, seconds / 4) | {"opened_s": round(opened, 2)}
    with floor(RATE) as (screen, told, opened):
        busy = measured(screen, told, keys, seconds) | {"opened_s": round(opened, 2)}
        live = "lost" not in screen.text().lower()
    return {
        "bench": "panel",
        "queues": QUEUES,
        "agents": AGENTS,
        "reference_plain_table": reference,
        "no_changes": still,
        f"{RATE}_changes_a_second": busy,
        "connection_kept": live,
        "target_key_p99_ms": beside(max(busy["down_ms"]["p99"], busy["filter_letter_ms"]["p99"]), KEY_P99),
        "target_cpu_percent": beside(busy["cpu_percent"], CPU),
        "target_rss_mb": beside(busy["rss_mb"], MEMORY),
        "target_told_to_painted_p99_ms": beside(busy["told_to_painted_ms"]["p99"], PAINTED_P99),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=40.0)
    options = parser.parse_args()
    print(json.dumps(bench(options.keys, options.seconds), indent=1))


if __name__ == "__main__":
    main()
