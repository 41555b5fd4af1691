"""From starting the program to its first useful paint on a real terminal, beside a plain Textual app.

`python -m tests.bench.bench_start [--runs 15]` prints JSON, in milliseconds. Useful is a screen on which every pane has
its frame and the footer its keys; no backend has answered by then. The two start in turn, so that a busy machine slows
them alike, and the target is about the ratio of the medians.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import beside, spread
from tests.bench.plain_app import READY
from tests.bench.workplace import workplace
from tests.tui.pty_screen import PtyScreen

AT_MOST = 1.5
ROOT = Path(__file__).parents[2]
PLAIN = [sys.executable, "-m", "tests.bench.plain_app"]
MARKS = (b"Work", b"Queues", b"Customer", b"Timeline", b"state")
"""Titles of panes, and a key of the footer."""


def until_painted(screen: PtyScreen, marks: tuple[bytes, ...], started: float) -> float:
    """Milliseconds from `started` to the read that brought the last of the marks."""
    for mark in marks:
        screen.wait_raw(mark, 30)
    seen = b""
    for at, data in screen.chunks:
        seen += data
        if all(mark in seen for mark in marks):
            return (at - started) * 1000
    raise AssertionError("the marks were there a moment ago")


def bench(runs: int) -> dict[str, Any]:
    """Both programs `runs` times in turn, after one run of each that is not counted."""
    plain, desktop = [], []
    with workplace(autonomous=False) as place:
        for _ in range(runs + 1):
            started = time.monotonic()
            with PtyScreen(PLAIN, rows=36, cols=120, cwd=ROOT) as screen:
                plain.append(until_painted(screen, (READY.encode(),), started))
            started = time.monotonic()
            with place.desktop() as screen:
                desktop.append(until_painted(screen, MARKS, started))
    ratio = statistics.median(desktop[1:]) / statistics.median(plain[1:])
    return {
        "bench": "start",
        "reference_plain_ms": spread(plain[1:]),
        "desktop_ms": spread(desktop[1:]),
        "ratio_of_medians": beside(ratio, AT_MOST),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    print(json.dumps(bench(parser.parse_args().runs), indent=1))


if __name__ == "__main__":
    main()
