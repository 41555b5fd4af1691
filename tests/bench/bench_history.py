"""The past of a year: how long each question of the report screen takes, and what it costs in memory.

`python -m tests.bench.bench_history [--interactions N] [--days N] [--rounds N] [--alone] [--keep FOLDER]` prints one
JSON object. `--keep` leaves the past in a folder, where the next run finds it made.

The mock contact centre makes up the past and keeps it in DuckDB; the questions go through its HTTP server and the
adapter, as the desktop puts them (`http_ms`). Then the same file is asked without a server, and beside it the same rows
in SQLite with the indexes that these questions want (`engine_ms`, `sqlite_ms`, `ratio`): that is why it is DuckDB. A
page of interactions is a matter of an index, and SQLite is as quick; sums over a year, and filters that no index fits,
are not.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psutil

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.week_map import week_map
from desktop.backends.mock.contact_center import MockContactCenter
from desktop.domain.entities.history import IntervalQuery, PastQuery, WeekQuery
from desktop.ports.errors import RateLimited
from mock_backends import launcher
from mock_backends.archive.schema import SECONDS, SUMS
from mock_backends.http.settings import Settings
from tests.bench.figures import beside, spread

NOW = 1_795_219_200.0  # Saturday 21 November 2026, 00:00 in London: the past ends here
DAY = 86_400.0
TARGET = 1_000.0  # ms
Question = Callable[[], Awaitable[Any]]


def megabytes(process: psutil.Process) -> float:
    """Resident memory."""
    return round(process.memory_info().rss / 1e6, 1)


def questions(center: MockContactCenter, days: CentreDays, length: float) -> dict[str, Question]:
    """What a report screen asks of a past of `length` seconds."""
    begin = NOW - length
    page = PastQuery(begin, NOW, limit=100)

    async def week(since: float) -> object:
        return week_map(await center.week(WeekQuery(since, NOW)), days, since, NOW)

    async def one() -> object:
        newest = (await center.past_interactions(PastQuery(begin, NOW, limit=1))).interactions[0]
        return await center.past_interaction(newest.id)

    def pages(**how: Any) -> Question:
        return lambda: center.past_interactions(PastQuery(**{"since": begin, "until": NOW, "limit": 100, **how}))

    return {
        "day_by_half_hours": lambda: center.intervals(IntervalQuery(NOW - DAY, NOW, 1_800.0)),
        "all_by_days": lambda: center.intervals(IntervalQuery(begin, NOW, DAY)),
        "all_by_days_of_one_channel": lambda: center.intervals(IntervalQuery(begin, NOW, DAY, channels=("voice",))),
        "all_by_weeks_and_queues": lambda: center.intervals(IntervalQuery(begin, NOW, 7 * DAY, by_queue=True)),
        "all_by_half_hours": lambda: center.intervals(IntervalQuery(begin, NOW, 1_800.0)),
        "map_of_the_week": lambda: week(max(begin, NOW - 12 * 7 * DAY)),
        "map_of_the_week_over_all": lambda: week(begin),
        "newest_page": lambda: center.past_interactions(page),
        "page_in_the_middle": pages(until=NOW - length / 2),
        "page_by_code": pages(codes=("dispute",)),
        "page_of_a_customer": pages(customer="+442079460018"),
        "page_of_long_waits": pages(longer_than=600.0),
        "page_that_finds_nothing": pages(outcomes=("failed",), longer_than=1e6),
        "one_with_its_steps": one,
    }


async def over_http(running: launcher.Running, length: float, rounds: int) -> dict[str, Any]:
    """Every question through server and adapter, in turns."""
    center = MockContactCenter.create({"url": running.urls["contact_center"], "token": running.tokens["sam"]})
    await center.open()
    own, server = psutil.Process(), psutil.Process(running.pid)
    before = megabytes(server)
    began = time.perf_counter()
    while True:  # the past is being made up meanwhile
        try:
            await center.intervals(IntervalQuery(NOW - DAY, NOW, DAY))
            break
        except RateLimited as early:
            await asyncio.sleep(early.retry_after)
    made = time.perf_counter() - began
    days = CentreDays("Europe/London")
    took: dict[str, list[float]] = {}
    asked = questions(center, days, length)
    for question in asked.values():
        await question()
    desktop_before = megabytes(own)
    for _ in range(rounds):
        for name, question in asked.items():
            began = time.perf_counter()
            await question()
            took.setdefault(name, []).append((time.perf_counter() - began) * 1_000)
    memory = {
        "server_before_mb": before,
        "server_mb": megabytes(server),
        "desktop_before_mb": desktop_before,
        "desktop_mb": megabytes(own),
    }
    await center.close()
    return {
        "made_up_and_first_answer_s": round(made, 1),
        "http_ms": {name: spread(values) for name, values in took.items()},
        "slowest_p99_ms": beside(max(spread(values)["p99"] for values in took.values()), TARGET),
        "memory": memory,
    }


_COPIED = {
    "interaction": "number, id, keeper, channel, queue, customer, agent, arrived_at, answered_at, ended_at, outcome,"
    " wait_seconds, talk_seconds, hold_seconds, wrap_up_seconds, offers, transfers, codes",
    "counted": f"since, until, queue, channel, threshold, longest_wait, {', '.join((*SUMS, *SECONDS))}",
    "customer": "number, address, name",
}
_INDEXES = (
    "interaction (arrived_at, number)",
    "interaction (customer, arrived_at)",
    "interaction (wait_seconds)",
    "interaction (number)",
    "counted (since)",
    "customer (address)",
)


def copy(source: duckdb.DuckDBPyConnection, target: sqlite3.Connection) -> dict[str, float]:
    """The same rows in SQLite, with indexes; seconds."""
    began = time.perf_counter()
    target.execute("PRAGMA journal_mode=OFF")
    target.execute("PRAGMA synchronous=OFF")
    for table, columns in _COPIED.items():
        target.execute(f"CREATE TABLE {table} ({columns})")
        rows = source.execute(f"SELECT {columns} FROM {table}")
        marks = ", ".join("?" * (columns.count(",") + 1))
        while some := rows.fetchmany(50_000):
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
    loaded = time.perf_counter()
    for place, index in enumerate(_INDEXES):
        target.execute(f"CREATE INDEX index_{place} ON {index}")
    target.execute("ANALYZE")
    target.commit()
    return {"copied_s": round(loaded - began, 1), "indexed_s": round(time.perf_counter() - loaded, 1)}


def statements(source: duckdb.DuckDBPyConnection, length: float) -> dict[str, tuple[str, dict[str, Any]]]:
    """The same question to both engines, in the SQL that both understand."""
    (code,) = source.execute("SELECT number FROM code WHERE id = 'dispute'").fetchone() or (0,)
    sums = ", ".join(f"sum({name})" for name in (*SUMS, *SECONDS))
    page = "SELECT * FROM interaction WHERE arrived_at >= $begin AND arrived_at < $now"
    newest = "ORDER BY arrived_at DESC, number DESC LIMIT 101"
    span = {"begin": NOW - length, "now": NOW}
    return {
        "all_by_days": (
            f"SELECT CAST(since / 86400 AS BIGINT), max(longest_wait), {sums} FROM counted"
            " WHERE since >= $begin AND since < $now GROUP BY 1 ORDER BY 1",
            span,
        ),
        "map_of_the_week": (
            f"SELECT CAST(since / 1800 AS BIGINT), max(longest_wait), {sums} FROM counted"
            " WHERE since >= $begin AND since < $now GROUP BY 1 ORDER BY 1",
            {**span, "begin": max(span["begin"], NOW - 84 * DAY)},
        ),
        "newest_page": (f"{page} {newest}", {**span, "begin": NOW - 0.5 * DAY}),
        "page_by_rare_code_and_long_wait": (
            f"{page} AND codes & {1 << code} <> 0 AND talk_seconds >= 1500 {newest}",
            span,
        ),
        "page_of_long_waits": (f"{page} AND wait_seconds >= 600 {newest}", span),
        "page_that_finds_nothing": (f"{page} AND outcome = 'failed' AND hold_seconds > 100000 {newest}", span),
        "page_of_a_customer": (
            f"{page} AND customer IN (SELECT number FROM customer WHERE address = '+442079460018') {newest}",
            span,
        ),
        "all_interactions_by_hour_of_day": (
            "SELECT CAST(arrived_at / 3600 AS BIGINT) % 24, count(*), sum(talk_seconds), avg(wait_seconds)"
            " FROM interaction WHERE arrived_at >= $begin AND arrived_at < $now GROUP BY 1 ORDER BY 1",
            span,
        ),
    }


def timed(ask: Callable[[], Sequence[Any]], rounds: int) -> float:
    """The median of several, ms; the first one warms up."""
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1_000)
        if sum(took) > 20_000 and len(took) > 1:
            break
    return round(sorted(took[1:])[len(took[1:]) // 2], 1)


def beside_sqlite(path: Path, folder: Path, length: float, rounds: int) -> dict[str, Any]:
    """The engines alone, on the same rows."""
    with duckdb.connect(str(path), read_only=True, config={"threads": 2, "memory_limit": "1GB"}) as source:
        (count,) = source.execute("SELECT count(*) FROM interaction").fetchone() or (0,)
        (folder / "reference.sqlite").unlink(missing_ok=True)
        target = sqlite3.connect(folder / "reference.sqlite")
        loading = copy(source, target)
        compared = {}
        for name, (sql, values) in statements(source, length).items():
            used = {key: value for key, value in values.items() if f"${key}" in sql}
            duck = timed(lambda sql=sql, used=used: source.execute(sql, used).fetchall(), rounds)
            lite = timed(lambda sql=sql, used=used: target.execute(sql, used).fetchall(), min(rounds, 3))
            compared[name] = {"engine_ms": duck, "sqlite_ms": lite, "ratio": round(lite / max(duck, 0.01), 2)}
        target.close()
    return {
        "interactions": count,
        "duckdb_mb": round(path.stat().st_size / 1e6, 1),
        "sqlite_mb": round((folder / "reference.sqlite").stat().st_size / 1e6, 1),
        "sqlite": loading,
        "compared": compared,
    }


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interactions", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--alone", action="store_true", help="without the reference")
    parser.add_argument("--keep", metavar="FOLDER", help="where the past stays for the next run of the same size")
    options = parser.parse_args()
    length = options.days * DAY
    with tempfile.TemporaryDirectory(prefix="bench-history-") as name:
        folder = Path(options.keep or name)
        folder.mkdir(exist_ok=True)
        settings = Settings(
            rate_per_minute=1e9,
            burst=1e9,
            autonomous=False,
            clock_start=NOW + 60.0,
            history_days=options.days,
            history_interactions=options.interactions,
        )
        with launcher.start("contact_center", settings=settings, db=str(folder / "servers.sqlite")) as running:
            figures = asyncio.run(over_http(running, length, options.rounds))
        if not options.alone:
            figures |= beside_sqlite(folder / "servers.sqlite.archive", folder, length, options.rounds)
    figures["load_average"] = [round(load, 2) for load in os.getloadavg()]
    json.dump(figures, sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
