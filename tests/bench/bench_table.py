"""LineTable against Textual's DataTable under row updates: CPU and key delay on a real terminal, as JSON.

Each table runs in a process of its own with 8 columns, gets 1,000 row updates a second in frames of 1/15 s, and is sent
a key every 50 ms. CPU is that of the process; key delay is from writing the key to the first bytes that come after it,
which may be those of an update. The last case is idle: no updates, no keys.

    python -m tests.bench.bench_table [--seconds 3]
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path

import psutil
from textual.app import ComposeResult
from textual.widgets import DataTable

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
ROWS, COLUMNS, UPDATES_A_SECOND = 1_000, 8, 1_000
FRAME = 1 / 15
CASES = (("line_table", ROWS, UPDATES_A_SECOND), ("data_table", ROWS, UPDATES_A_SECOND), ("line_table", 100_000, 1_000))
IDLE = (("line_table", ROWS, 0),)


def cells(row: int, value: int) -> tuple[str, ...]:
    return (f"name {row}", *(f"{column}:{value % 1000:03d}" for column in range(1, COLUMNS)))


class BenchApp(TerminalApp):
    """One table and a source of updates."""

    def __init__(self, kind: str, count: int, rate: int) -> None:
        super().__init__(log_path=Path("bench-crash.log").absolute())
        self.kind, self.rate = kind, rate
        self.lines = [Row(str(i), cells(i, 0)) for i in range(count)]
        self.random = random.Random(1)
        self.tick = 0

    def compose(self) -> ComposeResult:
        if self.kind == "line_table":
            yield LineTable([Column(f"c{i}", 12) for i in range(COLUMNS)])
        else:
            yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        if self.kind == "line_table":
            self.query_one(LineTable).set_rows(self.lines)
        else:
            table = self.query_one(DataTable)
            for i in range(COLUMNS):
                table.add_column(f"c{i}", key=f"c{i}", width=12)
            for row in self.lines:
                table.add_row(*row.cells, key=row.key)
        if self.rate:
            self.set_interval(FRAME, self.change)

    def change(self) -> None:
        self.tick += 1
        changed = {self.random.randrange(len(self.lines)) for _ in range(round(self.rate * FRAME))}
        if self.kind == "line_table":
            self.lines = list(self.lines)
            for i in changed:
                self.lines[i] = Row(str(i), cells(i, self.tick))
            self.query_one(LineTable).set_rows(self.lines)
            return
        table = self.query_one(DataTable)
        for i in changed:
            for column, value in enumerate(cells(i, self.tick)):
                table.update_cell(str(i), f"c{column}", value)


def measure(kind: str, count: int, rate: int, seconds: float) -> dict[str, object]:
    """CPU (percent of a core) and key delays (ms) of one table."""
    argv = [sys.executable, "-m", "tests.bench.bench_table", "--app", kind, str(count), str(rate)]
    started = time.monotonic()
    with PtyScreen(argv, rows=40, cols=120, cwd=ROOT) as screen:
        screen.wait_raw(b"name 1", 30)
        ready = time.monotonic() - started
        process = psutil.Process(screen.pid)
        time.sleep(0.5)
        before, since = sum(process.cpu_times()[:2]), time.monotonic()
        delays: list[float] = []
        while (at := time.monotonic()) < since + seconds:
            if rate:
                chunks = len(screen.chunks)
                screen.press("down" if len(delays) % 40 < 20 else "up")
                while len(screen.chunks) == chunks and time.monotonic() < at + 2:
                    time.sleep(0.0005)
                delays.append((time.monotonic() - at) * 1000)
            time.sleep(0.05)
        cpu = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - since) * 100
        memory = process.memory_info().rss / 1e6
    delays.sort()
    result: dict[str, object] = {
        "table": kind, "rows": count, "updates_a_second": rate, "start_s": round(ready, 2),
        "cpu_percent": round(cpu, 1), "memory_mb": round(memory),
    }  # fmt: skip
    if delays:
        result |= {
            "key_ms_p50": round(delays[len(delays) // 2], 1),
            "key_ms_p99": round(delays[int(len(delays) * 0.99)], 1),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--app", nargs=3, metavar=("KIND", "ROWS", "RATE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.app:
        kind, count, rate = options.app
        sys.exit(BenchApp(kind, int(count), int(rate)).run_to_exit())
    print(json.dumps({"bench": "table", "cases": [measure(*case, options.seconds) for case in CASES + IDLE]}, indent=1))


if __name__ == "__main__":
    main()
