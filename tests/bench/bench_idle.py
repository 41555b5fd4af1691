"""What the desktop costs while nothing happens, beside a plain Textual app that shows the seconds.

`python -m tests.bench.bench_idle [--seconds 10]` prints JSON: CPU in percent of one core over that time, of the desktop
signed in and connected to four servers on which nothing moves, with and without a call on the screen, and of the plain
app. A desktop with a call shows how long it takes, so it paints once a second.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import beside
from tests.bench.plain_app import READY
from tests.bench.workplace import workplace
from tests.e2e.workplace import talking
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
AT_MOST = 1.0
START = 6.0
"""Seconds that are not looked at: what a start leaves to do."""


def percent(screen: PtyScreen, seconds: float) -> float:
    """CPU of the program on this terminal."""
    time.sleep(START)
    process = psutil.Process(screen.pid)
    before, since = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    used: float = sum(process.cpu_times()[:2]) - before
    return round(used / (time.monotonic() - since) * 100, 2)


def bench(seconds: float) -> dict[str, Any]:
    """One after the other, so that they do not share a core."""
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app", "clock"], rows=36, cols=120, cwd=ROOT) as screen:
        screen.wait_for(READY)
        plain = percent(screen, seconds)
    with workplace(autonomous=False) as place:
        with place.desktop() as screen:
            screen.wait_for("Maya")
            idle = percent(screen, seconds)
        with place.desktop() as screen:
            talking(place, screen)
            on_a_call = percent(screen, seconds)
    return {
        "bench": "idle",
        "seconds": seconds,
        "reference_plain_with_clock_cpu_percent": plain,
        "desktop_on_a_call_cpu_percent": on_a_call,
        "desktop_cpu_percent": beside(idle, AT_MOST),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    print(json.dumps(bench(parser.parse_args().seconds), indent=1))


if __name__ == "__main__":
    main()
