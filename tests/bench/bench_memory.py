"""Memory of the desktop over a hundred calls, beside a plain Textual app.

`python -m tests.bench.bench_memory [--calls 100]` prints JSON: megabytes (10^6 bytes) of the desktop's process alone,
RSS and PSS, once it is connected and after the calls, and how much a call adds, in kilobytes: the slope of a straight
line through a sample after each tenth of the calls, the first fifth left out. Every call is worked with keys from ring
to wrap-up, each of another customer, with a note and a code.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench.bench_screen_pop import Callers
from tests.bench.figures import beside
from tests.bench.plain_app import READY
from tests.bench.workplace import workplace
from tests.e2e.workplace import Workplace, finish, ready, until
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
AT_MOST = 110.0
START = 6.0


def memory(screen: PtyScreen) -> dict[str, float]:
    """Megabytes of the program on this terminal."""
    found = psutil.Process(screen.pid).memory_full_info()
    return {"rss_mb": round(found.rss / 1e6, 1), "pss_mb": round(found.pss / 1e6, 1)}


def work(place: Workplace, screen: PtyScreen, number: str, note: str) -> None:
    """One call from ring to the end of its wrap-up."""
    interaction = place.call(number)
    screen.wait_for("Incoming")
    screen.press("f2")
    until(lambda: (place.interaction(interaction) or {}).get("phase") == "active")
    screen.wait_for("talking")
    screen.send(note)
    place.step("hangup", interaction=interaction)
    finish(screen)

    def over() -> bool:
        if "Press again to finish" in screen.text():  # so soon after the one before it is taken for a slip
            screen.press("alt+enter")
        return (place.interaction(interaction) or {}).get("phase") != "wrap_up"

    until(over)
    screen.wait_gone("still needed")


def bench(calls: int) -> dict[str, Any]:
    """The plain app, then the calls."""
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app"], rows=36, cols=120, cwd=ROOT) as screen:
        screen.wait_for(READY)
        plain = memory(screen)
    with workplace(autonomous=False) as place:
        callers = Callers(place)
        with place.desktop() as screen:
            ready(screen)
            time.sleep(START)
            start = memory(screen)
            samples = [(0, start)]
            for done in range(1, calls + 1):
                number, _ = callers.next()
                work(place, screen, number, f"Call {done}: charged twice, the second invoice is paid back.")
                if done % max(1, calls // 10) == 0:
                    samples.append((done, memory(screen)))
    later = [(done, sample["rss_mb"]) for done, sample in samples if done >= calls / 5]
    slope = statistics.linear_regression(*zip(*later, strict=True)).slope if len(later) > 1 else 0.0
    return {
        "bench": "memory",
        "calls": calls,
        "reference_plain": plain,
        "start": start,
        "after": samples[-1][1],
        "samples_rss_mb": [sample["rss_mb"] for _, sample in samples],
        "kb_a_call": round(slope * 1000, 1),
        "after_rss_mb": beside(samples[-1][1]["rss_mb"], AT_MOST),
        "after_pss_mb": beside(samples[-1][1]["pss_mb"], AT_MOST),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    print(json.dumps(bench(parser.parse_args().calls), indent=1))


if __name__ == "__main__":
    main()
