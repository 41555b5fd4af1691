"""The tables on this machine and how an older file becomes a newer one."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from desktop.app.storage.errors import StoreTooNew
from desktop.app.storage.transaction import Connection, transaction
from desktop.domain.text.sentence import Sentence

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # NORMAL loses acknowledged notes when the power goes; FULL costs one fsync per save.
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    # A rewritten file must not leave customers' words in a temporary one.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 1048576",
    "PRAGMA foreign_keys = ON",
)

Step: TypeAlias = str | Callable[[Connection], None]
"""A statement, or what a statement cannot do because seals are made here."""


def _take_review_drafts_apart(connection: Connection) -> None:
    """Until now they lay among the drafts of contacts, as a note. A damaged one stays there, to be parked."""
    rows = connection.execute(
        "SELECT interaction_id, customer_id, body, revision, saved_at, seal FROM drafts"
        " WHERE substr(interaction_id, 1, 11) = 'kept-words/'"
    ).fetchall()
    for draft_id, customer_id, body, revision, saved_at, sealed in rows:
        if not is_sealed(sealed, draft_id, customer_id, body, revision, saved_at):
            continue
        fields = (draft_id.removeprefix("kept-words/"), json.loads(body)["note"], float(saved_at))
        connection.execute("INSERT INTO review_drafts VALUES (?, ?, ?, ?)", (*fields, seal(*fields)))
        connection.execute("DELETE FROM drafts WHERE interaction_id = ?", (draft_id,))


MIGRATIONS: tuple[tuple[Step, ...], ...] = (
    (
        """CREATE TABLE drafts (
            interaction_id TEXT PRIMARY KEY, customer_id TEXT, body TEXT NOT NULL,
            revision INTEGER NOT NULL, saved_at REAL NOT NULL, seal TEXT NOT NULL)""",
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, interaction_id TEXT NOT NULL,
            target TEXT NOT NULL, payload TEXT NOT NULL, sha256 TEXT NOT NULL, seal TEXT NOT NULL,
            state TEXT NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL, not_before REAL NOT NULL,
            created_at REAL NOT NULL, delivered_at REAL, receipt TEXT NOT NULL)""",
        "CREATE INDEX outbox_waiting ON outbox (not_before) WHERE state = 'waiting'",
        # Whose words an outbox row holds, so that erasing a customer finds rows that do not name them.
        "CREATE TABLE interaction_customers (interaction_id TEXT, customer_id TEXT, seen_at REAL NOT NULL,"
        " PRIMARY KEY (interaction_id, customer_id)) WITHOUT ROWID",
        """CREATE TABLE customers (
            customer_id TEXT PRIMARY KEY, json TEXT NOT NULL, fetched_at REAL NOT NULL,
            source TEXT NOT NULL, seal TEXT NOT NULL)""",
        """CREATE TABLE customer_keys (
            key TEXT, customer_id TEXT REFERENCES customers ON DELETE CASCADE,
            PRIMARY KEY (key, customer_id)) WITHOUT ROWID""",
        "CREATE INDEX customer_keys_customer ON customer_keys (customer_id)",
        "CREATE TABLE preferences (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ),
    (
        # address: kind:value in lower case, as the keys of customers are written.
        """CREATE TABLE messages (
            id TEXT PRIMARY KEY, address TEXT NOT NULL, body TEXT NOT NULL, kept_at REAL NOT NULL,
            seal TEXT NOT NULL)""",
    ),
    (
        # Which records of several systems are one customer or person, and which are not, as the agent said.
        """CREATE TABLE links (
            kind TEXT, first TEXT, second TEXT, same INTEGER NOT NULL, said_at REAL NOT NULL, seal TEXT NOT NULL,
            PRIMARY KEY (kind, first, second)) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN author TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE outbox ADD COLUMN customer TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE outbox ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE outbox ADD COLUMN sending INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX outbox_interaction ON outbox (interaction_id)",
    ),
    (
        """CREATE TABLE review_drafts (
            subject TEXT PRIMARY KEY, body TEXT NOT NULL, saved_at REAL NOT NULL, seal TEXT NOT NULL)""",
        _take_review_drafts_apart,
    ),
    # Whether a message is one that we sent; those of customers came first.
    ("ALTER TABLE messages ADD COLUMN sent INTEGER NOT NULL DEFAULT 0",),
)


def schema_version(connection: Connection) -> int:
    """How many migrations the file has been through; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def prepare(connection: Connection, migrations: Sequence[Sequence[Step]] = MIGRATIONS) -> None:
    """Set the connection up for writing and bring the tables to the present version, one transaction per step.

    Raises StoreTooNew, having changed nothing, when a later version wrote the file.
    """
    refuse_newer(connection, len(migrations))
    for pragma in PRAGMAS:
        connection.execute(pragma).fetchall()
    for version in range(schema_version(connection), len(migrations)):
        with transaction(connection):
            for step in migrations[version]:
                if isinstance(step, str):
                    connection.execute(step)
                else:
                    step(connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")


def refuse_newer(connection: Connection, known: int = len(MIGRATIONS)) -> None:
    """Raise StoreTooNew when the file has been through more migrations than `known`."""
    if (found := schema_version(connection)) > known:
        raise StoreTooNew(Sentence("store.too_new", found=found, known=known))


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value: sorted names, no spaces, ASCII only.

    ASCII because text from outside may hold lone surrogates, which no UTF-8 column takes; escaped they survive.
    Raises ValueError for NaN and infinities, TypeError for what JSON cannot say.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def seal(*parts: str | int | float | None) -> str:
    """SHA-256 (64 hex digits) over the parts and where each ends.

    SQLite's own checks do not see a changed letter inside a text; this does.
    """
    return hashlib.sha256(canonical_json(parts).encode("ascii")).hexdigest()


def is_sealed(found: object, *parts: Any) -> bool:
    """Whether a seal read back is that of the parts read back. A flipped bit may also have changed their types."""
    try:
        return found == seal(*parts)
    except (TypeError, ValueError):
        return False
