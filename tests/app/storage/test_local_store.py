"""What the store promises while nothing goes wrong."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.app.storage import transaction
from desktop.app.storage.errors import StoreAbsent, StoreError, StoreReadOnly, StoreTooNew
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.schema import MIGRATIONS, prepare, schema_version, seal
from desktop.app.storage.tables.drafts import Draft, draft_body, write_draft
from desktop.app.storage.tables.outbox_rows import OutboxRow, checked, kept_values, new_row, outbox_key
from desktop.app.storage.tables.parked_record_rows import record_of
from desktop.domain.entities.identity import said
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.text.sentence import verbatim

HOSTILE = "\x1b]52;c;aGk=\x07 [/] \x00 \ud800 🙂 ' OR 1=1 --"


def draft(interaction_id: str = "i1", note: str = "hello", revision: int = 1, customer_id: str | None = "c1") -> Draft:
    return Draft(interaction_id, customer_id, note, ("billing",), ({"due": "2026-11-23"},), revision, 0.0)


def row(interaction_id: str = "i1", note: str = "hello", kind: str = "wrap_up") -> OutboxRow:
    key = outbox_key("p", interaction_id, kind, 1)
    return new_row(key, kind, interaction_id, "crm:mock", {"note": note}, created_at=1_000_000.0)


async def test_a_draft_comes_back_as_it_was_after_a_restart(store: LocalStore, store_path: Path) -> None:
    saved = await store.save_draft(draft(note=HOSTILE))
    assert saved == replace(draft(note=HOSTILE), saved_at=1_000_000.0)
    await store.close()
    again = await LocalStore.open(store_path)
    assert await again.drafts() == [saved]
    assert await again.draft("i1") == saved
    assert await again.draft("i2") is None
    await again.close()


async def test_saving_again_replaces_and_discarding_forgets(store: LocalStore) -> None:
    await store.save_draft(draft(note="one"))
    await store.save_draft(draft(note="two"))
    assert [kept.note for kept in await store.drafts()] == ["two"]
    await store.discard_draft("i1")
    assert await store.drafts() == []


async def test_enqueue_takes_the_draft_with_it_and_a_double_press_makes_one_row(store: LocalStore) -> None:
    await store.save_draft(draft())
    first, second = await asyncio.gather(
        store.enqueue([row()], drop_draft="i1"), store.enqueue([row(note="other")], drop_draft="i1")
    )
    assert first == second == await store.outbox()
    assert json.loads(first[0].payload) == {"note": "hello"}
    assert await store.drafts() == []


async def test_enqueue_is_all_or_nothing(store: LocalStore) -> None:
    await store.save_draft(draft())
    unstorable = replace(row("i2"), target="\ud800")
    with pytest.raises(StoreError):
        await store.enqueue([row(), unstorable], drop_draft="i1")
    assert await store.outbox() == []
    assert [kept.interaction_id for kept in await store.drafts()] == ["i1"]


async def test_a_row_with_a_wrong_digest_is_refused_and_an_empty_one_filled_in(store: LocalStore) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        await store.enqueue([replace(row(), sha256="0" * 64)], drop_draft=None)
    assert await store.enqueue([replace(row(), sha256="")], drop_draft=None) == [row()]


async def test_rows_fall_due_in_order_and_wait_for_their_time(store: LocalStore) -> None:
    one, two = await store.enqueue([row("i1"), row("i2")], drop_draft=None)
    assert await store.due(0.0) == [one, two]
    waiting = await store.mark_waiting(one.key, verbatim("503"), 50.0)
    assert (waiting.attempts, waiting.reason, waiting.not_before) == (1, verbatim("503"), 50.0)
    assert await store.due(49.9) == [two]
    assert [found.key for found in await store.due(50.0)] == [one.key, two.key]


async def test_parking_and_retrying(store: LocalStore) -> None:
    (one,) = await store.enqueue([row()], drop_draft=None)
    parked = await store.park(one.key, verbatim("422: no such customer"))
    assert (parked.state, parked.reason, parked.attempts) == ("parked", verbatim("422: no such customer"), 1)
    assert await store.due(1e12) == []
    assert (await store.retry(one.key)).state == "waiting"
    assert [found.key for found in await store.due(0.0)] == [one.key]


async def test_a_delivery_is_never_undone(store: LocalStore, clock: Any) -> None:
    (one,) = await store.enqueue([row()], drop_draft=None)
    clock.now += 5
    delivered = await store.mark_delivered(one.key, "note-17")
    assert (delivered.state, delivered.receipt, delivered.delivered_at) == ("delivered", "note-17", clock.now)
    assert await store.park(one.key, verbatim("late answer")) == delivered
    assert await store.mark_waiting(one.key, verbatim("late timeout"), 0.0) == delivered
    assert await store.retry(one.key) == delivered
    assert await store.outbox() == []
    assert await store.outbox(include_delivered=True) == [delivered]


@pytest.mark.parametrize("verb", ["park", "retry", "mark_delivered"])
async def test_an_unknown_key_is_an_error(store: LocalStore, verb: str) -> None:
    arguments = ("nowhere",) if verb == "retry" else ("nowhere", verbatim("why") if verb == "park" else "why")
    with pytest.raises(LookupError):
        await getattr(store, verb)(*arguments)


async def test_a_parked_draft_becomes_a_row_and_no_text_is_lost(store: LocalStore) -> None:
    await store.save_draft(draft(note="typed before the forced end"))
    parked = await store.park_draft("i1", verbatim("wrap-up ran out"))
    assert parked is not None
    assert (parked.state, parked.reason, parked.target) == ("parked", verbatim("wrap-up ran out"), "")
    assert json.loads(parked.payload)["note"] == "typed before the forced end"
    assert await store.drafts() == []
    assert await store.park_draft("i1", verbatim("again")) is None
    # The agent wrote more in the same wrap-up, and it ran out once more.
    await store.save_draft(draft(note="typed afterwards"))
    await store.park_draft("i1", verbatim("wrap-up ran out"))
    assert [json.loads(kept.payload)["note"] for kept in await store.outbox()] == [
        "typed before the forced end",
        "typed afterwards",
    ]


async def test_a_parked_draft_is_whole_and_comes_back_as_it_was(store: LocalStore) -> None:
    facts = ContactFacts("a1", "Maya", "voice", "Billing", "+44", records=(("crm:mock", "c1"),), callbacks=True)
    whole = replace(draft(), follow_ups=({"kind": "sms", "text": "Thanks"},), half={"kind": "sms"}, facts=facts)
    await store.save_draft(draft())
    parked = await store.park_draft("i1", verbatim("signed out"), draft=whole)
    assert parked is not None
    assert (parked.kind, parked.state, parked.reason, parked.author) == (
        "record",
        "parked",
        verbatim("signed out"),
        "a1",
    )
    assert await store.drafts() == []
    kept = record_of(parked)
    assert (kept.words, kept.facts, kept.intact) == (whole.words, facts, True)
    assert await store.resume(parked.key, kept) is not None
    assert await store.outbox() == []
    (again,) = await store.drafts()
    assert (again.words, again.facts, again.revision) == (whole.words, facts, whole.revision)
    assert await store.resume(parked.key, kept) is None


async def test_what_nobody_wrote_is_not_parked(store: LocalStore) -> None:
    await store.save_draft(replace(draft(), note=" ", codes=(), follow_ups=()))
    assert await store.park_draft("i1", verbatim("closed")) is None
    assert (await store.drafts(), await store.outbox()) == ([], [])


@given(st.text(), st.text(), st.text(), st.integers(1, 9), st.integers(0, 9))
def test_an_outbox_key_depends_on_every_part_and_on_nothing_else(
    profile: str, interaction: str, kind: str, revision: int, part: int
) -> None:
    key = outbox_key(profile, interaction, kind, revision, part)
    assert key == outbox_key(profile, interaction, kind, revision, part)
    others = {
        outbox_key(profile + "x", interaction, kind, revision, part),
        outbox_key(profile, interaction + "x", kind, revision, part),
        outbox_key(profile, interaction, kind + "x", revision, part),
        outbox_key(profile, interaction, kind, revision + 1, part),
        outbox_key(profile, interaction, kind, revision, part + 1),
    }
    assert len(others | {key}) == 6


async def test_the_cache_finds_by_every_key_and_only_by_the_latest_keys(store: LocalStore) -> None:
    await store.cache_customer("c1", '{"name":"Ana"}', 10.0, "mock", ["+4930111", "ana@example.org"])
    await store.cache_customer("c2", '{"name":"Ben"}', 20.0, "mock", ["+4930111"])
    assert [found.customer_id for found in await store.cached_by_key("+4930111")] == ["c2", "c1"]
    await store.cache_customer("c1", '{"name":"Ana M"}', 30.0, "mock", ["+4930222"])
    assert [found.customer_id for found in await store.cached_by_key("+4930111")] == ["c2"]
    assert await store.cached_by_key("ana@example.org") == []
    (found,) = await store.cached_by_key("+4930222")
    assert (found.json, found.fetched_at, found.source) == ('{"name":"Ana M"}', 30.0, "mock")


async def test_preferences(store: LocalStore) -> None:
    assert await store.preference("columns") is None
    await store.set_preference("columns", {"name": 20})
    await store.set_preference("columns", [1, 2])
    assert await store.preference("columns") == [1, 2]


async def test_only_its_owner_can_read_the_files(store: LocalStore, store_path: Path) -> None:
    await store.save_draft(draft())
    assert stat.S_IMODE(store_path.parent.stat().st_mode) == 0o700
    for file in store_path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


async def test_a_file_others_could_read_is_closed_to_them(store_path: Path) -> None:
    store_path.parent.mkdir()
    store_path.touch(mode=0o644)
    opened = await LocalStore.open(store_path)
    await opened.close()
    assert stat.S_IMODE(store_path.stat().st_mode) == 0o600


async def test_a_reader_sees_what_is_kept_while_the_writer_works(store: LocalStore, store_path: Path) -> None:
    await store.enqueue([row("i1")], drop_draft=None)
    reader = await LocalStore.open(store_path, read_only=True)
    assert [found.interaction_id for found in await reader.outbox()] == ["i1"]
    await store.enqueue([row("i2")], drop_draft=None)
    assert [found.interaction_id for found in await reader.outbox()] == ["i1", "i2"]
    with pytest.raises(StoreReadOnly):
        await reader.park(row().key, verbatim("no"))
    assert (await reader.check()).is_sound
    await reader.close()


async def test_a_reader_of_nothing_says_so_and_makes_nothing(store_path: Path) -> None:
    with pytest.raises(StoreAbsent):
        await LocalStore.open(store_path, read_only=True)
    assert not store_path.parent.exists()


async def test_a_later_versions_file_is_left_alone(store: LocalStore, store_path: Path) -> None:
    await store.close()
    connection = sqlite3.connect(store_path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StoreTooNew):
            await LocalStore.open(store_path, read_only=read_only)


def insert_as_then(connection: sqlite3.Connection, row: OutboxRow, **changes: Any) -> None:
    """Insert a row as the versions before the fourth schema did."""
    names = [field.name for field in fields(OutboxRow)][:13]
    values = [changes.get(name, kept_values(row)[name]) for name in names]
    sealed = seal(row.key, row.kind, row.interaction_id, row.target, row.payload, row.sha256, row.created_at)
    connection.execute(
        f"INSERT INTO outbox ({', '.join(names)}, seal) VALUES ({', '.join('?' * 14)})",
        (*values, sealed),
    )


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_what_an_older_version_kept_is_there_and_can_be_written_on(store_path: Path, version: int) -> None:
    store_path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(store_path, isolation_level=None)
    prepare(connection, MIGRATIONS[:version])
    write_draft(connection, draft("i1", "words"), draft_body(draft("i1", "words")))
    insert_as_then(connection, checked(row("i2")))
    connection.close()
    store = await LocalStore.open(store_path)
    assert [(kept.note, kept.target) for kept in await store.drafts()] == [("words", "")]
    assert [kept.interaction_id for kept in await store.outbox()] == ["i2"]
    await store.keep_link(said("customer", "a:1", "b:1", same=True))
    assert len(await store.links()) == 1
    assert (await store.check()).is_sound
    await store.close()


async def test_what_an_older_version_parked_in_pieces_is_made_whole(store_path: Path) -> None:
    store_path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(store_path, isolation_level=None)
    prepare(connection, MIGRATIONS[:3])
    payload = {
        "key": "k1", "interaction_id": "i1", "customer_id": "c1", "agent_id": "b2", "agent_name": "Ben", "channel": "",
        "queue": "", "started_at": 5.0, "ended_at": 5.0, "codes": ["sold"], "code_labels": ["Sold"], "note": "mine",
        "follow_ups": [{"kind": "sms", "text": "Thanks", "due": None, "to": ""}], "experts": [], "address": "",
    }  # fmt: skip
    stuck = new_row("k1", "wrap_up", "i1", "crm:mock", payload, created_at=5.0)
    insert_as_then(connection, stuck, state="parked", reason="422: channel", attempts=3)
    known = new_row("k2", "wrap_up", "i2", "crm:mock", payload | {"channel": "voice", "key": "k2"}, created_at=6.0)
    why = "the contact was closed before the note was finished"
    insert_as_then(connection, known, state="parked", reason=why)
    refused = new_row("k3", "wrap_up", "i3", "crm:mock", payload | {"channel": "voice", "key": "k3"}, created_at=7.0)
    insert_as_then(connection, refused, state="parked", reason="422: too long", attempts=1)
    connection.close()
    store = await LocalStore.open(store_path)
    assert await store.heal() == 2
    assert await store.heal() == 0
    rows = {row.interaction_id: row for row in await store.outbox()}
    assert [(row.kind, row.state) for row in rows.values()] == [
        ("wrap_up", "parked"), ("record", "parked"), ("record", "parked"),
    ]  # fmt: skip
    whole = record_of(rows["i1"])
    assert (whole.note, whole.codes, len(whole.follow_ups), whole.revision) == ("mine", ("sold",), 1, 2)
    assert whole.facts is not None
    assert (whole.facts.agent_id, whole.facts.channel, whole.facts.records) == ("", "", (("crm:mock", "c1"),))
    kept = record_of(rows["i2"]).facts
    assert kept is not None
    assert (kept.agent_id, kept.channel) == ("b2", "voice")
    await store.close()


async def test_a_migration_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    prepare(connection)
    half = (*MIGRATIONS, ("CREATE TABLE later (a)", "CREATE TABLE drafts (a)"))
    with pytest.raises(sqlite3.OperationalError):
        prepare(connection, half)
    assert schema_version(connection) == len(MIGRATIONS)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone() == (0,)
    prepare(connection, (*MIGRATIONS, ("CREATE TABLE later (a)",)))
    assert schema_version(connection) == len(MIGRATIONS) + 1
    connection.close()


async def test_every_commit_is_fully_synced_and_deletes_overwrite(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    prepare(connection)
    found = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    connection.close()


async def test_a_closed_store_says_so(store: LocalStore) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.drafts()


async def test_the_screen_goes_on_while_a_commit_takes_its_time(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk = threading.Event()
    commit = transaction.commit

    def slow(connection: Any) -> None:
        assert on_disk.wait(10)
        commit(connection)

    monkeypatch.setattr(transaction, "commit", slow)
    saving = asyncio.create_task(store.save_draft(draft()))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not saving.done()
    assert set(store.unsaved) == {"i1"}
    on_disk.set()
    await saving
    assert store.unsaved == {}


async def test_what_was_handed_over_is_kept_though_the_caller_was_cancelled(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    commit = transaction.commit

    def slow(connection: Any) -> None:
        assert go.wait(10)
        commit(connection)

    monkeypatch.setattr(transaction, "commit", slow)
    first = asyncio.create_task(store.save_draft(draft("i1")))
    second = asyncio.create_task(store.save_draft(draft("i2")))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    go.set()
    assert {kept.interaction_id for kept in await store.drafts()} == {"i1", "i2"}


def test_importing_the_store_imports_nothing_slow() -> None:
    code = "import sys, desktop.app.storage.local_store; print({'sqlite_utils', 'pluggy', 'click'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["save", "enqueue", "park", "retry", "deliver", "wait", "park_draft", "restart"]),
            st.integers(0, 2),
            st.text(max_size=20),
        ),
        max_size=25,
    )
)
def test_no_sequence_of_verbs_loses_or_doubles_a_text(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str]]
) -> None:
    async def run() -> None:
        path = tmp_path_factory.mktemp("verbs") / "store.db"
        store = await LocalStore.open(path, clock=lambda: 5.0)
        drafts: dict[str, str] = {}
        rows: dict[str, tuple[str, str]] = {}
        parked_texts: set[str] = set()
        for verb, number, text in steps:
            interaction_id = f"i{number}"
            key = row(interaction_id).key
            if verb == "save":
                await store.save_draft(draft(interaction_id, text))
                drafts[interaction_id] = text
            elif verb == "enqueue":
                await store.enqueue([row(interaction_id, text)], drop_draft=interaction_id)
                rows.setdefault(key, ("waiting", text))
                drafts.pop(interaction_id, None)
            elif verb == "park_draft":
                await store.park_draft(interaction_id, verbatim("forced"))
                if interaction_id in drafts:
                    parked_texts.add(drafts.pop(interaction_id))
            elif verb == "restart":
                await store.close()
                store = await LocalStore.open(path, clock=lambda: 5.0)
            elif key in rows:
                state, kept = rows[key]
                if verb == "park":
                    await store.park(key, verbatim(text))
                elif verb == "retry":
                    await store.retry(key)
                elif verb == "deliver":
                    await store.mark_delivered(key, text)
                else:
                    await store.mark_waiting(key, verbatim(text), 1.0)
                after = {"park": "parked", "retry": "waiting", "deliver": "delivered", "wait": state}[verb]
                rows[key] = (state if state == "delivered" else after, kept)
        found = await store.outbox(include_delivered=True)
        sent = {kept.key: (kept.state, json.loads(kept.payload)["note"]) for kept in found if kept.target}
        assert sent == rows
        assert {json.loads(kept.payload)["note"] for kept in found if not kept.target} == parked_texts
        assert {kept.interaction_id: kept.note for kept in await store.drafts()} == drafts
        assert {kept.key for kept in await store.due(9.0)} == {k for k, (s, _) in rows.items() if s == "waiting"}
        await store.close()

    asyncio.run(run())
