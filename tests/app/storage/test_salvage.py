"""A damaged file: what can be read is taken over, what was altered is never shown as intact, notes can be saved."""

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_file import LocalFile
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.recovery.page_reader import records
from desktop.app.storage.recovery.salvage import salvage
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import OutboxRow, new_row, outbox_key
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.text.sentence import verbatim
from desktop.words.catalogue import in_words

DRAFTS, ROWS = 40, 60
NOW = 1_700_000_000.0
PAGE = 4096


def draft(number: int) -> Draft:
    words = random.Random(number).choices(["refund", "£49.90", "Tuesday", "naïve", "Zürich", "card", "twice"], k=30)
    return Draft(f"i{number}", f"c{number}", f"{number}: {' '.join(words)}", ("billing",), (), 1, 0.0)


def row(number: int) -> OutboxRow:
    payload = {"note": f"record {number} " + "x" * (9000 if number % 20 == 0 else 200), "number": number}
    key = outbox_key("p", f"o{number}", "wrap_up", 1)
    return new_row(key, "wrap_up", f"o{number}", "crm:mock", payload, created_at=NOW + number)


async def fill(path: Path, *, leave_log: bool = False) -> None:
    """A store with something in every table; with `leave_log` as a kill leaves it."""
    if leave_log:
        async with killed(path) as store:
            await fill_open(store)
    else:
        store = await open_store(path)
        await fill_open(store)
        await store.close()


async def open_store(path: Path) -> LocalStore:
    ticks = iter(range(10_000))
    return await LocalStore.open(path, clock=lambda: NOW + next(ticks))


@asynccontextmanager
async def killed(path: Path) -> AsyncIterator[LocalStore]:
    """A store that is left as a kill leaves it, with its log."""
    store = await open_store(path)
    yield store
    for suffix in ("", "-wal"):
        shutil.copyfile(path.with_name(path.name + suffix), path.with_name(f"killed.db{suffix}"))
    await store.close()
    for suffix in ("", "-wal"):
        path.with_name(f"killed.db{suffix}").replace(path.with_name(path.name + suffix))


async def fill_open(store: LocalStore) -> None:
    for number in range(DRAFTS):
        await store.save_draft(draft(number))
    await store.enqueue([row(number) for number in range(ROWS)], drop_draft=None)
    await store.mark_delivered(row(1).key, "receipt")
    await store.park(row(2).key, verbatim("refused"))
    await store.keep_link(IdentityLink("customer", "a:1", "b:2", True))
    await store.set_preference("experts", ["noor"])


class Desk:
    """A session's file, and what was told."""

    def __init__(self, path: Path) -> None:
        self.store = Store()
        self.restored = 0

        async def restore() -> None:
            self.restored += 1
            await self.file.opened().drafts()

        self.file = LocalFile(lambda: LocalStore.open(path), restore, self.store, Timing())

    @property
    def told(self) -> str:
        return " ".join(in_words(one.text) for one in self.store.drain().notices)


@asynccontextmanager
async def taken_up(path: Path) -> AsyncIterator[Desk]:
    desk = Desk(path)
    try:
        assert await desk.file.restore(), desk.told
        yield desk
    finally:
        await desk.file.close()


async def check_sane(desk: Desk) -> tuple[int, int]:
    """Nothing altered is shown as intact and notes can be saved; how many drafts and waiting rows are there."""
    local = desk.file.opened()
    found = await local.drafts()
    for one in found:
        assert replace(one, saved_at=0.0, target="") == draft(int(one.interaction_id[1:])), (
            "altered and shown as intact"
        )
    due = await local.due(NOW * 2)
    originals = {row(number).key: row(number).payload for number in range(ROWS)}
    for one in due:
        assert one.payload == originals[one.key], "altered and sent"
    await local.save_draft(Draft("new", None, "saved again", (), (), 1, 0.0))
    kept = await local.draft("new")
    assert kept is not None
    assert kept.note == "saved again"
    return len(found), len(due)


@pytest.fixture
async def sound(store_path: Path) -> bytes:
    await fill(store_path)
    return store_path.read_bytes()


@pytest.mark.thorough
async def test_flips_over_the_whole_file(store_path: Path, sound: bytes, full: bool) -> None:
    rng = random.Random(9)
    flips = 3000 if full else 220
    drafts = rows = tries = 0
    for number in range(flips):
        for leftover in store_path.parent.glob("*"):
            leftover.unlink()
        at = len(sound) * number // flips + rng.randrange(len(sound) // flips)
        damaged = bytearray(sound)
        damaged[at] ^= 1 << rng.randrange(8)
        store_path.write_bytes(damaged)
        desk = Desk(store_path)
        try:
            if not await desk.file.restore():
                assert "newer desktop" in desk.told or 0 <= at < 100, (at, desk.told)
                continue
            found = await check_sane(desk)
        finally:
            await desk.file.close()
        tries += 1
        drafts, rows = drafts + found[0], rows + found[1]
    print(f"{tries} flips: {drafts / tries / DRAFTS:.4f} of the drafts, {rows / tries / (ROWS - 2):.4f} of the rows")
    assert drafts > tries * DRAFTS * 0.97
    assert rows > tries * (ROWS - 2) * 0.97


DESTROYED: dict[str, Callable[[bytearray], object]] = {
    "header": lambda data: data.__setitem__(slice(0, 100), os.urandom(100)),
    "first page": lambda data: data.__setitem__(slice(0, PAGE), bytes(PAGE)),
    "second page": lambda data: data.__setitem__(slice(PAGE, 2 * PAGE), bytes(PAGE)),
    "fifth page": lambda data: data.__setitem__(slice(4 * PAGE, 5 * PAGE), os.urandom(PAGE)),
    "every third page": lambda data: [
        data.__setitem__(slice(at, at + PAGE), bytes(PAGE)) for at in range(2 * PAGE, len(data) - PAGE, 3 * PAGE)
    ],
    "truncated in a page": lambda data: data.__delitem__(slice(len(data) * 2 // 3 + 100, None)),
    "truncated to a page": lambda data: data.__delitem__(slice(PAGE, None)),
    "one byte": lambda data: data.__delitem__(slice(1, None)),
    "appended": lambda data: data.extend(os.urandom(5 * PAGE)),
    "all of it": lambda data: data.__setitem__(slice(0, len(data)), os.urandom(len(data))),
}


@pytest.mark.parametrize("how", DESTROYED)
async def test_what_is_left_of_a_destroyed_file_is_taken_over(store_path: Path, sound: bytes, how: str) -> None:
    damaged = bytearray(sound)
    DESTROYED[how](damaged)
    store_path.write_bytes(damaged)
    async with taken_up(store_path) as desk:
        drafts, rows = await check_sane(desk)
        print(f"{how}: {drafts} of {DRAFTS} drafts, {rows} of {ROWS - 2} rows")
        if how != "appended":
            assert "was damaged" in desk.told
            (aside,) = store_path.parent.glob("*.damaged-*")
            assert aside.name in desk.told
            assert aside.read_bytes() == damaged, "the old file is as it was found"
        if how in ("header", "first page", "appended"):
            assert (drafts, rows) == (DRAFTS, ROWS - 2)
        if how in ("fifth page", "truncated in a page", "every third page"):
            assert drafts + rows >= 10
    async with taken_up(store_path) as again:
        assert "damaged" not in again.told, "it is told once"


async def test_a_text_file_and_a_folder_in_its_place(store_path: Path) -> None:
    store_path.parent.mkdir()
    store_path.write_text("Dear diary,\n" * 500)
    async with taken_up(store_path) as desk:
        assert await check_sane(desk) == (0, 0)
        assert "was damaged" in desk.told
    for part in store_path.parent.glob("store.db*"):
        part.unlink()
    store_path.mkdir()
    (store_path / "somebody's").write_text("file")
    async with taken_up(store_path) as desk:
        assert await check_sane(desk) == (0, 0)
    (aside,) = (one for one in store_path.parent.glob("*.damaged-*") if one.is_dir())
    assert (aside / "somebody's").read_text() == "file"


@pytest.mark.parametrize("what", ["header", "a frame", "cut off", "emptied file", "destroyed first page"])
async def test_a_log_that_was_not_written_back(store_path: Path, what: str) -> None:
    """What a killed desktop leaves: the newest words are in the log only."""
    await fill(store_path, leave_log=True)
    log = store_path.with_name("store.db-wal")
    data, main = bytearray(log.read_bytes()), bytearray(store_path.read_bytes())
    assert len(data) > 20 * PAGE
    if what == "header":
        data[:32] = os.urandom(32)
    elif what == "a frame":
        data[len(data) // 2] ^= 0x10
    elif what == "cut off":
        del data[len(data) * 2 // 3 :]
    elif what == "emptied file":
        main.clear()
    else:
        main[:] = bytes(len(main))
    log.write_bytes(data)
    store_path.write_bytes(main)
    async with taken_up(store_path) as desk:
        found = await check_sane(desk)
        if what in ("emptied file", "destroyed first page"):
            assert found == (DRAFTS, ROWS - 2), "the log holds it all"


async def test_a_note_that_was_altered_is_parked_and_said(store_path: Path, sound: bytes) -> None:
    at = sound.index(b"49.90")
    damaged = bytearray(sound)
    damaged[at] ^= 1  # £49.90 becomes £59.90
    store_path.write_bytes(damaged)
    async with taken_up(store_path) as desk:
        drafts, _ = await check_sane(desk)
        assert drafts == DRAFTS - 1
        assert "not what was written: 1 note" in desk.told
        (parked,) = [one for one in await desk.file.opened().outbox() if one.interaction_id.startswith("i")]
        assert parked.state == "parked"
        assert "£59.90" in parked.payload or "59.90" in parked.payload
        with pytest.raises(StoreError, match="read_over_first"):
            await desk.file.opened().retry(parked.key)
    async with taken_up(store_path) as desk:
        assert "not what was written" not in desk.told, "it is told once"


async def test_a_file_that_is_destroyed_while_it_is_used(store_path: Path) -> None:
    await fill(store_path)
    async with taken_up(store_path) as desk:
        heard = asyncio.Event()

        async def hear() -> None:
            heard.set()

        desk.file.mended.append(hear)
        local = desk.file.opened()
        with closing(sqlite3.connect(store_path)) as other:  # what another wrote is read from the disk again
            other.execute("INSERT INTO preferences VALUES ('x', '1')")
            other.commit()
        with store_path.open("r+b") as file:
            file.seek(PAGE)
            file.write(os.urandom(PAGE * 8))
        with pytest.raises(StoreError):
            for number in range(200):
                await local.draft(f"i{number}")
                await local.save_draft(Draft(f"n{number}", None, "more", (), (), 1, 0.0))
        async with asyncio.timeout(20):
            await heard.wait()
        assert desk.restored == 2
        assert "was damaged" in desk.told
        await check_sane(desk)


async def test_what_was_handed_over_does_not_come_back(store_path: Path) -> None:
    """A page that nobody uses any more may still hold a draft that has become a record."""
    await fill(store_path)
    store = await LocalStore.open(store_path, clock=lambda: NOW + 50_000)
    done = new_row(outbox_key("p", "i3", "wrap_up", 1), "wrap_up", "i3", "crm:mock", {"n": 3}, created_at=NOW + 50_000)
    await store.enqueue([done], drop_draft="i3")
    await store.close()
    damaged = bytearray(store_path.read_bytes())
    damaged[:PAGE] = bytes(PAGE)
    store_path.write_bytes(damaged)
    saved = salvage(store_path, NOW)
    assert saved.kept["drafts"] == DRAFTS - 1
    store = await LocalStore.open(store_path)
    assert await store.draft("i3") is None
    await store.close()


async def test_where_no_new_file_can_be_made_the_old_one_stays(
    store_path: Path, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = bytearray(sound)
    damaged[:PAGE] = bytes(PAGE)
    store_path.write_bytes(damaged)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("desktop.app.storage.recovery.salvage.make_private", full)
        with pytest.raises(StoreError, match=r"store\.full"):
            salvage(store_path, NOW)
    assert store_path.read_bytes() == damaged
    assert [one.name for one in store_path.parent.iterdir() if "damaged" in one.name] == []
    assert salvage(store_path, NOW).kept["drafts"] == DRAFTS


# -- pages


@settings(max_examples=200)
@given(st.binary(max_size=3 * 512), st.integers(9, 16), st.binary(max_size=600))
def test_no_bytes_break_the_reader(noise: bytes, power: int, log: bytes) -> None:
    header = b"SQLite format 3\x00" + (1 << power).to_bytes(3, "big")[-2:]
    for file in (noise, header + noise, header.ljust(100, b"\0") + b"\x0d" + noise):
        for record in records(file, log):
            assert isinstance(record.values, tuple)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.binary())))
def test_the_reader_reads_what_sqlite_writes(rows: list[tuple[str, int, float, bytes]]) -> None:
    rows = [(text.encode("utf-8", "replace").decode(), *rest) for text, *rest in rows]  # type: ignore[misc]
    rows = [
        (f"row {number} {row[0].replace(chr(0), '')}" * (number % 300 + 1), *row[1:]) for number, row in enumerate(rows)
    ]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a TEXT, b INTEGER, c REAL, d BLOB)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        file = connection.serialize()
    found = [one.values for one in records(file) if len(one.values) == 4]
    assert sorted(found, key=repr) == sorted(rows, key=repr)


@pytest.mark.parametrize(("part", "garbage"), [(0.2, 1), (0.5, 1), (0.8, 1), (0.3, PAGE), (0.6, PAGE), (0.0, 32)])
async def test_what_was_written_after_a_damage_in_the_log_is_not_dropped(
    store_path: Path, part: float, garbage: int
) -> None:
    store_path.parent.mkdir(mode=0o700)
    await fill(store_path, leave_log=True)
    log = store_path.with_name(store_path.name + "-wal")
    damaged = bytearray(log.read_bytes())
    at = int(len(damaged) * part)
    damaged[at : at + garbage] = bytes(one ^ 0x5A for one in damaged[at : at + garbage])
    log.write_bytes(damaged)
    async with taken_up(store_path) as one:
        local = one.file.opened()
        notes = {kept.interaction_id: kept for kept in await local.drafts()}
        rows = {kept.key: kept for kept in await local.outbox(include_delivered=True)}
    assert all(notes[f"i{number}"].note == draft(number).note for number in range(DRAFTS) if f"i{number}" in notes)
    assert len(notes) >= DRAFTS - 4
    assert len(rows) >= ROWS - 4
    assert (rows[row(1).key].state, rows[row(2).key].state) == ("delivered", "parked")
    assert "damaged" in one.told


async def test_a_bit_flipped_in_the_last_save_of_the_log_is_told(store_path: Path) -> None:
    store_path.parent.mkdir(mode=0o700)
    await fill(store_path, leave_log=True)
    async with killed(store_path) as store:
        await store.save_draft(Draft("i0", "c0", "the last word", (), (), 2, 0.0))
    log = store_path.with_name(store_path.name + "-wal")
    damaged = bytearray(log.read_bytes())
    damaged[damaged.rfind(b"the last word")] ^= 4
    log.write_bytes(damaged)
    async with taken_up(store_path) as one:
        local = one.file.opened()
        notes = {kept.interaction_id: kept.note for kept in await local.drafts()}
        rows = await local.outbox()
    assert "damaged" in one.told
    assert "i0" not in notes or notes["i0"] == draft(0).note
    assert "i0" in notes or any(row.interaction_id == "i0" for row in rows)
    assert len(notes) >= DRAFTS - 4


async def test_the_torn_end_of_a_log_is_no_damage(store_path: Path) -> None:
    store_path.parent.mkdir(mode=0o700)
    await fill(store_path, leave_log=True)
    log = store_path.with_name(store_path.name + "-wal")
    log.write_bytes(log.read_bytes()[:-100])
    async with taken_up(store_path) as one:
        assert len(await one.file.opened().drafts()) == DRAFTS
    assert "damaged" not in one.told
