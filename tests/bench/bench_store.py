"""What a save costs beside a bare append and sync on the same disk, and what the screen notices of a slow one.

Run with `python -m tests.bench.bench_store [--saves N] [--folder DIR]`; prints JSON. Times are in milliseconds.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.app.storage import transaction
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key

NOTE = "The customer asked for a refund of the second invoice. " * 36
FRAME = 1 / 60
SLOW_SYNC = 0.1


def figures(times: list[float]) -> dict[str, float]:
    """Percentiles of times in seconds, given in milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    named = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(times)}
    return {name: round(value * 1_000, 3) for name, value in named.items()}


def draft(number: int) -> Draft:
    return Draft("i1", "c1", f"{number} {NOTE}", ("billing",), (), 1, 0.0)


def raw_append(descriptor: int, number: int) -> float:
    """The reference: as many bytes as a note has, appended and synced."""
    data = f"{number} {NOTE}".encode()
    began = time.perf_counter()
    os.write(descriptor, data)
    os.fdatasync(descriptor)
    return time.perf_counter() - began


async def commits(folder: Path, saves: int) -> dict[str, Any]:
    """Autosaves and wrap-ups in turn with the reference, so that all of them meet the same disk."""
    descriptor = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    store = await LocalStore.open(folder / "store" / "store.db")
    raw, autosaves, wrap_ups = [], [], []
    for number in range(saves):
        raw.append(raw_append(descriptor, number))
        began = time.perf_counter()
        await store.save_draft(draft(number))
        autosaves.append(time.perf_counter() - began)
        key = outbox_key("bench", f"i{number}", "wrap_up", 1)
        row = new_row(key, "wrap_up", f"i{number}", "crm:mock", {"note": NOTE}, created_at=0.0)
        began = time.perf_counter()
        await store.enqueue([row], drop_draft="i1")
        wrap_ups.append(time.perf_counter() - began)
    await store.close()
    os.close(descriptor)
    return {"reference_append_fdatasync": figures(raw), "autosave": figures(autosaves), "wrap_up": figures(wrap_ups)}


async def frame_delay(seconds: float, work: Callable[[int], Any]) -> dict[str, float]:
    """How late 60 frames a second come while work is done over and over."""
    stop = False

    async def save() -> None:
        number = 0
        while not stop:
            if (waiting := work(number)) is not None:
                await waiting
            await asyncio.sleep(FRAME)
            number += 1

    saving = asyncio.create_task(save())
    late = []
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        await asyncio.sleep(FRAME)
        late.append(max(0.0, time.perf_counter() - now - FRAME))
    stop = True
    await saving
    return figures(late)


async def slow_disk(folder: Path, seconds: float) -> dict[str, Any]:
    """The same screen idle, saving through the store, and (control) saving in the event loop itself."""
    store = await LocalStore.open(folder / "slow" / "store.db")
    commit = transaction.commit

    def slow_commit(connection: transaction.Connection) -> None:
        time.sleep(SLOW_SYNC)
        commit(connection)

    transaction.commit = slow_commit
    try:
        idle = await frame_delay(seconds, lambda _: asyncio.sleep(SLOW_SYNC))
        through_store = await frame_delay(seconds, lambda number: store.save_draft(draft(number)))
        in_loop = await frame_delay(seconds, lambda _: time.sleep(SLOW_SYNC))
    finally:
        transaction.commit = commit
        await store.close()
    return {"reference_idle": idle, "store": through_store, "control_in_event_loop": in_loop}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each frame-delay run")
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        result = {
            "python": sys.version.split()[0],
            "sqlite": sqlite3.sqlite_version,
            "saves": options.saves,
            "commit_ms": asyncio.run(commits(folder, options.saves)),
            "frame_delay_ms_with_100_ms_sync": asyncio.run(slow_disk(folder, options.seconds)),
        }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
