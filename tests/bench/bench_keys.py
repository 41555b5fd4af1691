"""From a key to its letter as bytes on the terminal, while a contact centre sends 1,000 events a second.

`python -m tests.bench.bench_keys [--keys 200]` prints JSON, in milliseconds. The agent types a note; every letter is
one that was never on the screen before, so that the bytes that hold it are those the key made. There are 10,000
interactions waiting and 500 agents, with 1,000 events a second and without events; beside it a plain Textual app with a
text area.
"""

import argparse
import contextlib
import json
import random
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


def typed(screen: PtyScreen, keys: int) -> dict[str, Any]:
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
    return {"key_ms": spread(delays), "cpu_percent": round(cpu, 1)}


def _when(screen: PtyScreen, first: int, mark: bytes) -> float | None:
    end = b""
    for at, data in screen.chunks[first:]:
        if mark in end + data:
            return at
        end = data[-3:]
    return None


def bench(keys: int) -> dict[str, Any]:
    """The plain app, the desktop without events, the desktop with them."""
    keys = min(keys, len(LETTERS))
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app", "typing"], rows=40, cols=120, cwd=ROOT) as screen:
        screen.wait_quiet(1.0)
        plain = typed(screen, keys)
    with desktop(0) as screen:
        still = typed(screen, keys)
    with desktop(EVENTS) as screen:
        busy = typed(screen, keys)
        live = "lost" not in screen.text().lower()
    return {
        "bench": "keys",
        "reference_plain": plain,
        "desktop_no_events": still,
        f"desktop_{EVENTS}_events_a_second": busy,
        "connection_kept": live,
        "target_p99_ms": beside(busy["key_ms"]["p99"], P99),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    print(json.dumps(bench(parser.parse_args().keys), indent=1))


if __name__ == "__main__":
    main()
