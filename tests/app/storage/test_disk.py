"""A disk that is full, read-only, held by others or wrong: the text stays and the trouble has a name (R13)."""

import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.app.storage.errors import StoreDamaged, StoreError, StoreFull, StoreLocked, StoreReadOnly, store_error
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.recovery.salvage import set_aside
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key
from desktop.app.storage.transaction import transaction
from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words

CHILD = Path(__file__).with_name("disk_victim.py")


def draft(interaction_id: str, note: str) -> Draft:
    return Draft(interaction_id, "c1", note, (), (), 1, 0.0)


def child(*arguments: str, wrapper: tuple[str, ...] = ()) -> dict[str, Any]:
    done = subprocess.run(
        [*wrapper, sys.executable, str(CHILD), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_size_limit_set_by_the_system_counts_as_full(tmp_path: Path) -> None:
    told = child("size-limit", str(tmp_path / "store.db"))
    assert told["error"] == "StoreFull"
    assert told["before"] == told["acknowledged"]
    # The refused text stayed in memory, and is kept as soon as there is room.
    assert told["unsaved"] == [f"i{told['acknowledged']}"]
    assert told["saved_later"] == 1
    assert told["after"] == told["acknowledged"] + 1


def test_the_ballast_gives_the_last_words_room_on_a_full_disk(tmp_path: Path) -> None:
    wrapper = ("unshare", "--user", "--map-root-user", "--mount")
    try:
        subprocess.run([*wrapper, "mount", "-t", "tmpfs", "none", str(tmp_path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine gives no file system of one's own")
    told = child("tiny-disk", str(tmp_path), wrapper=wrapper)
    assert told["had_ballast"]
    assert told["saved_on_a_full_disk"]
    assert not told["has_ballast"]
    assert told["error"] == "StoreFull"
    assert told["after"] == told["acknowledged"]
    assert told["ballast_again"]
    assert told["saved_again"]


def test_a_folder_that_cannot_be_written_says_so() -> None:
    told = child("read-only")
    assert told == {"open_new": "StoreReadOnly", "open_old": "StoreReadOnly", "read": ["i1"]}


async def test_a_store_held_by_another_program_says_so_and_recovers(store: LocalStore, store_path: Path) -> None:
    other = sqlite3.connect(store_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked):
        await store.save_draft(draft("i1", "kept"))
    assert store.unsaved["i1"].note == "kept"
    other.execute("ROLLBACK")
    other.close()
    await store.save_draft(store.unsaved["i1"])
    assert store.unsaved == {}
    assert [kept.note for kept in await store.drafts()] == ["kept"]


async def test_a_file_that_is_no_store_is_named_and_can_be_set_aside(store_path: Path) -> None:
    store_path.parent.mkdir()
    store_path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamaged):
        await LocalStore.open(store_path)
    aside = set_aside(store_path, 17.0)
    assert aside.read_bytes().startswith(b"not a database")
    store = await LocalStore.open(store_path)
    assert (await store.check()).is_sound
    await store.close()


async def test_every_flipped_byte_in_a_text_is_found_and_never_sent(tmp_path: Path, full: bool) -> None:
    rng = random.Random(11)
    path = tmp_path / "store.db"
    store = await LocalStore.open(path)
    keys = [outbox_key("p", f"i{number}", "wrap_up", 1) for number in range(20)]
    rows = [
        new_row(key, "wrap_up", f"i{number}", "crm:mock", {"note": f"<{number}>" + "Größe " * 200}, created_at=1.0)
        for number, key in enumerate(keys)
    ]
    await store.enqueue(rows, drop_draft=None)
    await store.save_draft(draft("d", "the draft's own words " * 20))
    await store.cache_customer("c1", '{"name":"the cached name"}', 1.0, "mock", ["+49301"])
    await store.close()
    whole = path.read_bytes()
    seen_by_sqlite = 0
    flips = 200 if full else 25
    for _ in range(flips):
        number = rng.randrange(len(rows))
        text = rows[number].payload.encode()
        # Within the first part of the text, which lies in one piece on its page.
        position = whole.index(text[:30]) + rng.randrange(30)
        path.write_bytes(flipped(whole, position, rng))
        store = await LocalStore.open(path)
        due = await store.due(2.0)
        assert rows[number] not in due
        assert [found.key for found in due] == [key for key in keys if key != keys[number]]
        health = await store.check()
        seen_by_sqlite += bool(health.problems)
        assert health.damaged_outbox == (keys[number],)
        aside = await store.outbox_row(keys[number])
        assert aside is not None
        assert aside.state == "parked"
        assert "damaged" in in_words(aside.reason)
        with pytest.raises(StoreDamaged):
            await store.retry(keys[number])
        await store.close()
    print(f"{flips} flips, all found; SQLite's own check saw {seen_by_sqlite}")

    path.write_bytes(flipped(whole, whole.index(b"own words") + 1, rng))
    store = await LocalStore.open(path)
    health = await store.check()
    assert health.damaged_drafts == ("d",)
    assert await store.drafts() == [], "nobody takes it for what the agent wrote"
    (kept,) = [row for row in await store.outbox() if row.interaction_id == "d"]
    assert kept.state == "parked"
    assert len(json.loads(kept.payload)["note"]) > 100
    with pytest.raises(StoreDamaged):
        await store.retry(kept.key)
    await store.close()

    path.write_bytes(flipped(whole, whole.index(b"the cached name") + 1, rng))
    store = await LocalStore.open(path)
    assert await store.cached_by_key("+49301") == []
    assert (await store.check()).damaged_customers == ("c1",)
    assert (await store.check()).is_sound
    await store.close()


async def test_a_flipped_key_is_found_wherever_it_is_flipped(tmp_path: Path) -> None:
    rng = random.Random(5)
    path = tmp_path / "store.db"
    key = outbox_key("p", "i1", "wrap_up", 1)
    store = await LocalStore.open(path)
    await store.enqueue([new_row(key, "wrap_up", "i1", "crm:mock", {}, created_at=1.0)], drop_draft=None)
    await store.close()
    whole = path.read_bytes()
    in_table = whole.index(key.encode() + b"wrap_up")
    places = [at for at in range(len(whole)) if whole.startswith(key.encode(), at)]
    assert len(places) == 2
    for place in places:
        path.write_bytes(flipped(whole, place + 3, rng))
        store = await LocalStore.open(path)
        health = await store.check()
        assert health.damaged_outbox or health.warnings[1:] == (Sentence("store.index_wrong"),)
        due = await store.due(2.0)
        assert [found.key for found in due] == ([] if place == in_table else [key])
        if place != in_table:
            assert await store.outbox_row(key) == due[0]
        await store.close()


def flipped(whole: bytes, position: int, rng: random.Random) -> bytes:
    changed = bytearray(whole)
    changed[position] ^= 1 << rng.randrange(8)
    return bytes(changed)


def test_the_cause_is_told_though_sqlite_has_rolled_back_already(tmp_path: Path) -> None:
    """A second ROLLBACK after a full disk fails with "no transaction is active", which would hide the cause."""
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    with pytest.raises(ZeroDivisionError), transaction(connection):
        connection.execute("ROLLBACK")
        raise ZeroDivisionError
    with transaction(connection):
        connection.execute("CREATE TABLE works_again (a)")
    connection.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFull),
        (sqlite3.SQLITE_READONLY, StoreReadOnly),
        (sqlite3.SQLITE_CANTOPEN, StoreReadOnly),
        (sqlite3.SQLITE_BUSY, StoreLocked),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreLocked),
        (sqlite3.SQLITE_CORRUPT, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, StoreDamaged),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreError),
    ],
)
def test_every_cause_has_its_class(code: int, expected: type[StoreError]) -> None:
    error = sqlite3.OperationalError("why")
    error.sqlite_errorcode = code
    assert type(store_error(error, Path("store.db"))) is expected
