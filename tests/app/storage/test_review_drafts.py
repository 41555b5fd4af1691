"""What a reviewer is writing lies in a table of its own, also where an older version kept it among the drafts."""

import json
import os
import sqlite3
from pathlib import Path

from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.recovery.salvage import salvage
from desktop.app.storage.schema import MIGRATIONS, prepare, seal
from desktop.app.storage.tables.drafts import Draft, draft_body, write_draft
from desktop.app.storage.tables.parked_record_rows import record_of
from desktop.app.storage.tables.review_drafts import ReviewDraft

CARD = ReviewDraft("card/voice/i-1", '{"comment":"kind and quick"}')


def older_file(path: Path) -> None:
    """As the fourth schema kept them: a note, a review, and a review in which a letter was changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    prepare(connection, MIGRATIONS[:4])
    for draft_id, words in (
        ("i-7", "a note"),
        ("kept-words/card/voice/i-1", CARD.body),
        ("kept-words/note/maya/e-1", '{"text":"well done"}'),
    ):
        draft = Draft(draft_id, None, words, (), (), 1, 5.0)
        write_draft(connection, draft, draft_body(draft))
    connection.execute("UPDATE drafts SET body = replace(body, 'well', 'hell') WHERE interaction_id LIKE '%maya%'")
    connection.close()


async def test_an_older_file_has_them_among_the_drafts(tmp_path: Path) -> None:
    path = tmp_path / "p" / "store.db"
    older_file(path)
    store = await LocalStore.open(path)
    assert [(one.subject, one.body, one.saved_at, one.intact) for one in await store.review_drafts()] == [
        (CARD.subject, CARD.body, 5.0, True)
    ]
    health = await store.check()
    assert health.damaged_drafts == ("kept-words/note/maya/e-1",)
    assert [one.interaction_id for one in await store.drafts()] == ["i-7"]
    (row,) = await store.outbox()
    assert "hell done" in record_of(row).note
    await store.close()


async def test_one_that_was_changed_on_disk_is_parked_and_never_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "p" / "store.db"
    store = await LocalStore.open(path)
    await store.save_review_draft(CARD)
    await store.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE review_drafts SET body = replace(body, 'kind', 'rude')")
    connection.close()
    store = await LocalStore.open(path)
    assert (await store.check()).damaged_drafts == (CARD.subject,)
    assert await store.review_drafts() == []
    (row,) = await store.outbox()
    assert "rude and quick" in record_of(row).note
    await store.close()


async def test_it_is_taken_out_of_a_destroyed_file(tmp_path: Path) -> None:
    path = tmp_path / "p" / "store.db"
    store = await LocalStore.open(path)
    await store.save_review_draft(CARD)
    await store.close()
    data = bytearray(path.read_bytes())
    data[:100] = os.urandom(100)
    path.write_bytes(data)
    assert salvage(path, 9.0).kept["review_drafts"] == 1
    store = await LocalStore.open(path)
    (kept,) = await store.review_drafts()
    assert (kept.subject, json.loads(kept.body), kept.intact) == (CARD.subject, {"comment": "kind and quick"}, True)
    await store.close()


async def test_the_seal_covers_subject_words_and_time(tmp_path: Path) -> None:
    store = await LocalStore.open(tmp_path / "store.db", clock=lambda: 7.0)
    saved = await store.save_review_draft(CARD)
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    (sealed,) = connection.execute("SELECT seal FROM review_drafts").fetchone()
    assert (saved.saved_at, sealed) == (7.0, seal(CARD.subject, CARD.body, 7.0))
    connection.close()
    await store.close()
