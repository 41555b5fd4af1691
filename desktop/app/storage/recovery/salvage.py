"""Takes what can still be read out of a damaged file into a new one, so that notes can be saved again."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop.app.storage.errors import store_error
from desktop.app.storage.private_file import make_private
from desktop.app.storage.recovery.page_reader import Record, log_is_cut, records
from desktop.app.storage.schema import MIGRATIONS, is_sealed, prepare, schema_version
from desktop.app.storage.tables import outbox_rows
from desktop.app.storage.tables.drafts import draft_of_body
from desktop.app.storage.tables.outbox_rows import PARKED, STATES, WAITING
from desktop.app.storage.tables.parked_record_rows import record_row
from desktop.app.storage.tables.reasons import DAMAGED
from desktop.app.storage.tables.review_drafts import ReviewDraft, as_record
from desktop.app.storage.transaction import transaction
from desktop.domain.text.sentence import NOTHING, Sentence

Row = dict[str, Any]

_SEALED: Mapping[str, Callable[[Row], bool]] = {
    "drafts": lambda row: _fits(row, "interaction_id", "customer_id", "body", "revision", "saved_at"),
    "outbox": lambda row: (
        row["state"] in STATES
        and _fits(row, "key", "kind", "interaction_id", "target", "payload", "sha256", "created_at")
    ),
    "review_drafts": lambda row: _fits(row, "subject", "body", "saved_at"),
    "messages": lambda row: _fits(row, "id", "body"),
    "links": lambda row: _fits(row, "kind", "first", "second", "same"),
}
"""By table, whether a row is what was written."""
_BROKEN = (sqlite3.Error, UnicodeError, OverflowError)
"""What a file that is not as it was written may lead to; an error's own words may be broken, too."""
_UNSEALED = ("interaction_customers", "preferences")
_TOLD_AS = {
    "drafts": "drafts",
    "review_drafts": "review_drafts",
    "outbox": "outbox",
    "messages": "messages",
    "links": "links",
    "interaction_customers": "links",
    "preferences": "preferences",
}
"""As which table a person is told of one."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of it.

    aside: where the damaged file is now. kept: rows by table. damaged: how many of those are not what was written;
    they can be read in the outbox and are never sent. unread: tables of which something could not be read.
    """

    aside: Path
    kept: Mapping[str, int]
    damaged: int
    unread: tuple[str, ...]

    @property
    def sentence(self) -> Sentence:
        """For the agent, in a few sentences that three lines of 80 columns hold."""
        notes = self.kept.get("drafts", 0) + self.kept.get("review_drafts", 0)
        records = self.kept.get("outbox", 0)
        told = Sentence("store.was_damaged") + Sentence("store.taken_over", notes=notes, records=records)
        if self.damaged:
            told += Sentence("store.of_them_damaged", n=self.damaged)
        return told + _unreadable(self.unread) + Sentence("store.old_file", file=self.aside.name)

    @property
    def lost(self) -> Sentence:
        """What may be missing of what the agent wrote; nothing where all of that could be read."""
        unreadable = _unreadable(one for one in self.unread if one in ("drafts", "review_drafts", "outbox"))
        return unreadable + Sentence("store.some_missing", file=self.aside.name) if unreadable else NOTHING


def _unreadable(tables: Iterable[str]) -> Sentence:
    told = tuple(dict.fromkeys(_TOLD_AS[one] for one in tables))
    return Sentence("store.unreadable_in_part", tables=told) if told else NOTHING


def salvage(path: Path, now: float) -> Salvaged:
    """Set a damaged file aside, make a new one, and take over every row that can be read. The store must be closed.

    Args:
        path: the profile's file, or whatever stands in its place.
        now: seconds since the epoch.

    Raises:
        StoreError: the new file cannot be made; what was there is where it was, or set aside, and not touched.
    """
    try:
        aside = set_aside(path, now)
        try:
            return _into_new(path, aside, _read(aside))
        except BaseException:
            # The next try reads it again, and nothing of it may be missing there.
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    path.with_name(path.name + suffix).unlink()
                with suppress(OSError):
                    aside.with_name(aside.name + suffix).rename(path.with_name(path.name + suffix))
            raise
    except (OSError, *_BROKEN) as error:
        raise store_error(error, path) from error


def set_aside(path: Path, now: float) -> Path:
    """Rename a file that cannot be used, so that work can go on with a new one.

    Returns the new name; nothing is deleted. now: seconds since the epoch. The store must not be open.
    """
    moment = int(now)
    while (aside := path.with_name(f"{path.name}.damaged-{moment}")).exists():
        moment += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


@dataclass(frozen=True, slots=True)
class _Found:
    version: int
    rows: Mapping[str, list[Row]]
    unread: frozenset[str]


def _fits(row: Row, *names: str) -> bool:
    return is_sealed(row["seal"], *(row[name] for name in names))


def _columns(version: int) -> dict[str, dict[str, str]]:
    """By table, its columns in order with their types, as a new file of that version has them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        prepare(connection, MIGRATIONS[:version])
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")} for table in tables
        }


def _read(aside: Path) -> _Found:
    """All that can be read of a file that was set aside; it is not changed."""
    everything = frozenset((*_SEALED, *_UNSEALED))
    if not aside.is_file():
        return _Found(len(MIGRATIONS), {}, everything)
    # Named so that whoever erases what was set aside finds what a kill left of this.
    copy, log = aside.with_name(f"{aside.name}-copy"), aside.with_name(f"{aside.name}-wal")
    try:
        for part, suffix in ((aside, ""), (log, "-wal")):
            if part.is_file():
                make_private(copy.with_name(copy.name + suffix))
                shutil.copyfile(part, copy.with_name(copy.name + suffix))
        version, rows, unread = _by_sql(copy)
    finally:
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    logged = log.read_bytes() if log.is_file() else b""
    if cut := log_is_cut(logged):
        unread |= frozenset(_SEALED)  # what SQLite gives ends where the damage is
    columns = _columns(version)
    if carved := [table for table in unread if table in _SEALED and table in columns]:
        found = list(records(aside.read_bytes(), logged))
        for table in carved:
            told, newer = rows.get(table, []), _carved(table, columns[table], found)
            rows[table] = _joined(table, newer, told) if cut else _joined(table, told, newer)
        rows["drafts"] = _not_handed_over(rows["drafts"], rows["outbox"]) if "drafts" in carved else rows["drafts"]
    return _Found(version, rows, unread)


def _by_sql(copy: Path) -> tuple[int, dict[str, list[Row]], frozenset[str]]:
    """The version of the file, and by table what SQLite still gives; the tables of which it does not give all."""
    rows: dict[str, list[Row]] = {}
    unread: set[str] = set()
    version = len(MIGRATIONS)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
        with suppress(*_BROKEN):
            told = schema_version(connection)
            version = told if 0 < told <= len(MIGRATIONS) else version
        sound = False
        with suppress(*_BROKEN):
            sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        columns = _columns(version)
        for table in (*_SEALED, *_UNSEALED):
            if table not in columns:
                continue
            names = list(columns[table])
            found: dict[tuple[Any, ...], None] = {}
            whole = sound
            for order in ("ASC", "DESC"):
                try:
                    key = "rowid" if table not in ("links", "interaction_customers") else names[0]
                    asked = f"SELECT {', '.join(names)} FROM {table} NOT INDEXED ORDER BY {key} {order}"  # noqa: S608
                    for row in connection.execute(asked):
                        found[row] = None
                    break
                except _BROKEN:
                    whole = False
            rows[table] = [dict(zip(names, row, strict=True)) for row in found]
            if not whole:
                unread.add(table)
    return version, rows, frozenset(unread)


def _carved(table: str, columns: Mapping[str, str], found: Iterable[Record]) -> list[Row]:
    """Those of the records that are, by their seal, rows of the table."""
    rows = []
    for record in found:
        if len(record.values) != len(columns):
            continue
        row: Row = {}
        for (name, kind), value in zip(columns.items(), record.values, strict=True):
            row[name] = float(value) if kind == "REAL" and isinstance(value, int) else value
            if kind == "INTEGER" and value is None:
                row[name] = record.rowid
        if _SEALED[table](row):
            rows.append(row)
    return rows


def _joined(table: str, first: list[Row], second: list[Row]) -> list[Row]:
    """What SQLite gave and what its pages hold, each row once; what is as it was written counts, and else the first."""
    primary = {"drafts": ("interaction_id",), "review_drafts": ("subject",), "outbox": ("key",), "messages": ("id",)}
    names = primary.get(table, ("kind", "first", "second"))
    rows: dict[tuple[Any, ...], Row] = {}
    for row in (*first, *second):
        key = tuple(row[name] for name in names)
        if key not in rows or not _SEALED[table](rows[key]):
            rows[key] = row
    return list(rows.values())


def _not_handed_over(drafts: list[Row], outbox: list[Row]) -> list[Row]:
    """The drafts without those that a page nobody uses any more still holds although they are in the outbox."""
    handed_over: dict[str, float] = {}
    for row in outbox:
        if _SEALED["outbox"](row):
            handed_over[row["interaction_id"]] = max(row["created_at"], handed_over.get(row["interaction_id"], 0.0))
    return [
        row
        for row in drafts
        if not _SEALED["drafts"](row) or row["saved_at"] > handed_over.get(row["interaction_id"], float("-inf"))
    ]


def _into_new(path: Path, aside: Path, found: _Found) -> Salvaged:
    make_private(path)
    kept: dict[str, int] = {}
    unread = set(found.unread)
    damaged = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(connection, MIGRATIONS[: found.version])
        columns = _columns(found.version)
        with transaction(connection):
            for table, rows in found.rows.items():
                for row in rows:
                    intact = table not in _SEALED or _SEALED[table](row)
                    if not intact and table not in ("drafts", "review_drafts", "outbox"):
                        unread.add(table)
                        continue
                    into, made = (table, row) if intact else ("outbox", _to_be_read(table, row))
                    if _insert(connection, into, columns[into], made):
                        kept[into] = kept.get(into, 0) + 1
                        damaged += not intact
                    else:
                        unread.add(table)
    return Salvaged(aside, kept, damaged, tuple(one for one in _TOLD_AS if one in unread))


def park_damaged(connection: sqlite3.Connection, table: str, damaged: Iterable[str]) -> None:
    """Turn drafts that are not what was written into rows of the outbox that can be read and are never sent.

    Nobody may take what a flipped bit has made of them for what was written.

    Args:
        table: `drafts` or `review_drafts`.
        damaged: their ids, which are in the table's first column.
    """
    wanted = set(damaged)
    if not wanted:
        return
    columns = _columns(len(MIGRATIONS))
    names = list(columns[table])
    asked = f"SELECT rowid, {', '.join(names)} FROM {table}"  # noqa: S608 - our own names
    for rowid, *values in connection.execute(asked).fetchall():
        row = dict(zip(names, values, strict=True))
        if str(row[names[0]]) in wanted and not _SEALED[table](row):
            _insert(connection, "outbox", columns["outbox"], _to_be_read(table, row))
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608


def _to_be_read(table: str, row: Row) -> Row:
    """A damaged row as one of the outbox that can be read and is never sent."""
    words = {name: value if isinstance(value, str) else repr(value) for name, value in row.items()}
    if table == "drafts":
        customer_id = None if row["customer_id"] is None else words["customer_id"]
        saved_at = _time(row["saved_at"])
        draft = draft_of_body(words["interaction_id"], customer_id, words["body"], 1, saved_at, intact=False)
        made = record_row(draft, DAMAGED, saved_at)
    elif table == "review_drafts":
        saved_at = _time(row["saved_at"])
        review = ReviewDraft(words["subject"], words["body"], saved_at, intact=False)
        made = record_row(as_record(review), DAMAGED, saved_at)
    else:
        made = outbox_rows.OutboxRow(
            words["key"], words["kind"], words["interaction_id"], words["target"], words["payload"], words["sha256"],
            WAITING, NOTHING, 0, 0.0, _time(row["created_at"]), None, words["receipt"],
        )  # fmt: skip
    made = replace(made, state=PARKED, reason=DAMAGED)
    # No seal: whoever looks takes it for damaged, whatever else is changed.
    return {**outbox_rows.kept_values(made), "seal": ""}


def _time(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e11 else 0.0


def _insert(connection: sqlite3.Connection, table: str, columns: Mapping[str, str], row: Row) -> bool:
    names = [name for name in columns if name in row and (table, name) != ("outbox", "id")]
    values = [_kept(columns[name], row[name]) for name in names]
    marks = ", ".join("?" * len(names))
    try:
        done = connection.execute(
            f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - our own names
            values,
        )
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError):
        return False
    return done.rowcount == 1


def _kept(kind: str, value: Any) -> Any:
    """A value that its column may hold: what is not sealed may have become anything."""
    if isinstance(value, str):
        # Bytes that are no UTF-8 are told apart by their escapes; the database takes no lone half of a character.
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if kind in ("REAL", "INTEGER") and value is not None and not isinstance(value, int | float):
        return 0
    return value
