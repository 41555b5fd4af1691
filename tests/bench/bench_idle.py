"""What the desktop costs while nothing happens, beside a plain Textual app that shows the seconds.

`python -m tests.bench.bench_idle [--seconds 10]` prints JSON: CPU in percent of one core over that time, and bytes that
reach the terminal in a second (the median of the seconds, and the most): of the desktop signed in, available and
connected to four servers on which nothing moves, with and without a call on the screen, and of the plain app. All three
show the time, so each paints once a second.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import beside
from tests.bench.plain_app import READY
from tests.bench.workplace import workplace
from tests.e2e.workplace import ready, talking
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
AT_MOST = 1.0
START = 6.0
"""Seconds that are not looked at: what a start leaves to do."""


def idle(screen: PtyScreen, seconds: int) -> dict[str, float]:
    """CPU of the program on this terminal, and what it writes."""
    time.sleep(START)
    process = psutil.Process(screen.pid)
    before, since = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    used: float = sum(process.cpu_times()[:2]) - before
    cpu = used / (time.monotonic() - since) * 100
    written = [0] * seconds
    for at, data in list(screen.chunks):
        if since <= at < since + seconds:
            written[int(at - since)] += len(data)
    return {"cpu_percent": round(cpu, 2), "bytes_a_second": statistics.median(written), "most_bytes": max(written)}


def bench(seconds: int) -> dict[str, Any]:
    """One after the other, so that they do not share a core."""
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app", "clock"], rows=36, cols=120, cwd=ROOT) as screen:
        screen.wait_for(READY)
        plain = idle(screen, seconds)
    with workplace(autonomous=False) as place:
        with place.desktop() as screen:
            ready(screen)
            available = idle(screen, seconds)
        with place.desktop() as screen:
            talking(place, screen)
            on_a_call = idle(screen, seconds)
    return {
        "bench": "idle",
        "seconds": seconds,
        "load_of_the_machine": round(os.getloadavg()[0], 2),
        "reference_plain_with_clock": plain,
        "desktop_available": available,
        "desktop_on_a_call": on_a_call,
        "desktop_cpu_percent": beside(available["cpu_percent"], AT_MOST),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    print(json.dumps(bench(parser.parse_args().seconds), indent=1))


if __name__ == "__main__":
    main()
