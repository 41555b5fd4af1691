"""The power goes at any write or sync; whatever was acknowledged is there afterwards (R1)."""

import contextlib
import itertools
import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import apsw

from desktop.app.storage.schema import prepare
from desktop.app.storage.tables.drafts import Draft, delete_draft, draft_body, read_drafts, write_draft
from desktop.app.storage.tables.outbox_rows import damaged_rows, insert_rows, new_row, outbox_key, read_rows
from desktop.app.storage.transaction import transaction
from tests.app.storage.power_cut_disk import PowerCut, PowerCutDisk, write_survivors


@dataclass
class Tally:
    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    altered: int = 0
    corrupt: int = 0


_names = itertools.count()


def work_until_the_cut(connection: apsw.Connection, rng: random.Random, acknowledged: dict[str, int]) -> None:
    """Drafts and wrap-ups as LocalStore writes them; acknowledged: interaction -> saves, 99 for a wrap-up."""
    for number in itertools.count():
        interaction_id = f"i{number}"
        for save in range(1, rng.randint(2, 4)):
            draft = Draft(interaction_id, "c1", f"{save}:" + "word " * rng.randint(1, 500), (), (), 1, float(number))
            with transaction(connection):
                write_draft(connection, draft, draft_body(draft))
            acknowledged[interaction_id] = save
        row = new_row(
            outbox_key("p", interaction_id, "wrap_up", 1),
            "wrap_up",
            interaction_id,
            "crm:mock",
            {"note": "word " * rng.randint(1, 500)},
            created_at=float(number),
        )
        with transaction(connection):
            insert_rows(connection, [row])
            delete_draft(connection, interaction_id)
        acknowledged[interaction_id] = 99


def one_cut(folder: Path, seed: int, tally: Tally, *, control: bool) -> None:
    rng = random.Random(seed)
    folder.mkdir()
    disk = PowerCutDisk(f"power-cut-{next(_names)}")
    acknowledged: dict[str, int] = {}
    connection = apsw.Connection(str(folder / "store.db"), vfs=disk.name)
    try:
        with contextlib.suppress(PowerCut, apsw.Error):
            if seed % 10 == 0:  # while the file is being made
                disk.cut_after(rng.randint(1, 60))
            prepare(connection)
            if control:
                connection.execute("PRAGMA synchronous = NORMAL")
            # Often enough for cuts to fall into checkpoints too.
            connection.execute("PRAGMA wal_autocheckpoint = 12")
            disk.cut_after(rng.randint(1, 400))
            work_until_the_cut(connection, rng, acknowledged)
    finally:
        assert disk.is_dead
        with contextlib.suppress(PowerCut, apsw.Error):
            connection.close()
    after = folder / "after"
    write_survivors(disk.survivors(rng, lose_all=seed % 2 == 0), after)
    disk.unregister()

    tally.cuts += 1
    tally.acknowledged += len(acknowledged)
    found = sqlite3.connect(after / "store.db", isolation_level=None)
    try:
        prepare(found)
        if found.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            tally.corrupt += 1
            return
        drafts = {draft.interaction_id: draft for draft in read_drafts(found)}
        rows = [row.interaction_id for row in read_rows(found, include_delivered=True)]
        tally.altered += len(damaged_rows(found))
        tally.duplicated += len(rows) - len(set(rows)) + len(set(rows) & set(drafts))
        for interaction_id, saves in acknowledged.items():
            draft = drafts.get(interaction_id)
            kept = 99 if interaction_id in rows else int(draft.note.split(":")[0]) if draft else 0
            tally.lost += kept < saves
    except sqlite3.DatabaseError:
        tally.corrupt += 1
    finally:
        found.close()


def campaign(folder: Path, cuts: int, *, control: bool = False) -> Tally:
    tally = Tally()
    for seed in range(cuts):
        one_cut(folder / str(seed), seed, tally, control=control)
    print(tally)
    return tally


def test_no_acknowledged_word_is_lost_when_the_power_goes(tmp_path: Path, full: bool) -> None:
    tally = campaign(tmp_path, 2_000 if full else 300)
    assert tally.acknowledged > tally.cuts
    assert (tally.lost, tally.duplicated, tally.altered, tally.corrupt) == (0, 0, 0, 0)


def test_the_simulated_disk_does_lose_words_without_full_syncs(tmp_path: Path, full: bool) -> None:
    tally = campaign(tmp_path, 200 if full else 40, control=True)
    assert tally.lost > 0
