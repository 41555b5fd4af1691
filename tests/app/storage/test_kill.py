"""kill -9 at any moment: what was acknowledged is there, once and unaltered (R1)."""

import asyncio
import json
import multiprocessing
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from desktop.app.storage.local_store import LocalStore
from tests.app.storage.kill_victim import is_intact, saves_of, work

DEADLINE = 20.0


def kill_one(path: Path, generation: int, rng: random.Random) -> list[tuple[str, str, str | int]]:
    """Start a victim, kill it, and return what it had acknowledged."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.app.storage.kill_victim", "sqlite_utils"])
    ours, theirs = context.Pipe(duplex=False)
    victim = context.Process(target=work, args=(str(path), generation, theirs))
    victim.start()
    theirs.close()
    if rng.random() < 0.1:  # while it starts
        time.sleep(rng.uniform(0, 0.03))
    else:
        assert ours.poll(DEADLINE), "the victim never acknowledged anything"
        time.sleep(rng.uniform(0, 0.06))
    victim.kill()
    victim.join(DEADLINE)
    assert victim.exitcode == -signal.SIGKILL, "the victim ended by itself"
    acknowledged = []
    try:
        while ours.poll(0):
            acknowledged.append(ours.recv())
    except EOFError:
        pass
    ours.close()
    return acknowledged


@pytest.mark.thorough
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, full: bool) -> None:
    path = tmp_path / "profile" / "store.db"
    rng = random.Random(7)
    kills = 1_000 if full else 60
    drafts: dict[str, int] = {}
    rows: dict[str, str] = {}
    delivered: set[str] = set()
    for generation in range(kills):
        for kind, name, value in await asyncio.to_thread(kill_one, path, generation, rng):
            if kind == "draft":
                drafts[name] = int(value)
            elif kind == "row":
                rows[name] = str(value)
            else:
                delivered.add(name)

    store = await LocalStore.open(path)
    health = await store.check()
    kept = {row.interaction_id: row for row in await store.outbox(include_delivered=True)}
    times = Counter(row.interaction_id for row in await store.outbox(include_delivered=True))
    left = {draft.interaction_id: draft for draft in await store.drafts()}
    await store.close()

    lost = [name for name, sha256 in rows.items() if name not in kept or kept[name].sha256 != sha256]
    lost += [
        name
        for name, saves in drafts.items()
        if name not in kept and (name not in left or saves_of(left[name].note) < saves)
    ]
    notes = [json.loads(row.payload)["note"] for row in kept.values()] + [draft.note for draft in left.values()]
    print(f"{kills} kills, {len(rows)} rows and {len(drafts)} drafts acknowledged, {len(left)} drafts interrupted")
    assert health.is_sound
    assert lost == []
    assert [name for name, count in times.items() if count > 1] == []
    assert set(kept) & set(left) == set()
    assert [note for note in notes if not is_intact(note)] == []
    assert delivered <= {row.key for row in kept.values() if row.state == "delivered"}
    assert rows and drafts and left, "some were killed before a record was done, and some after"
