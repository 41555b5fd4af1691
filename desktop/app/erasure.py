"""What leaves this machine: by age, and by a customer's wish."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.app.outbox_rows import DELIVERED
from desktop.app.store_errors import StoreLocked
from desktop.app.transaction import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

DAY = 86_400.0


@dataclass(frozen=True)
class Retention:
    """How long things are kept, in seconds. Waiting and parked rows and unsent text are kept for ever."""

    drafts: float = 7 * DAY
    delivered: float = 30 * DAY
    customers: float = 1 * DAY
    journal: float = 30 * DAY


@dataclass(frozen=True)
class Purged:
    """How many rows went, by table."""

    drafts: int
    delivered: int
    customers: int
    journal: int


def purge_old(connection: Connection, now: float, retention: Retention) -> Purged:
    """Delete what is older than its retention. now: seconds since the epoch."""

    def delete(sql: str, *parameters: float) -> int:
        return len(connection.execute(f"{sql} RETURNING 1", parameters).fetchall())

    # Drafts first, while the rows that prove their text was handed on are still there. Only a row made after the
    # last key press can hold all of the text.
    drafts = delete(
        "DELETE FROM drafts WHERE saved_at < ? AND EXISTS (SELECT 1 FROM outbox WHERE"
        " outbox.interaction_id = drafts.interaction_id AND outbox.kind IN ('wrap_up', 'note')"
        " AND outbox.created_at >= drafts.saved_at)",
        now - retention.drafts,
    )
    delivered = delete(
        f"DELETE FROM outbox WHERE state = '{DELIVERED}' AND delivered_at < ?",  # noqa: S608 - a constant
        now - retention.delivered,
    )
    customers = delete("DELETE FROM customers WHERE fetched_at < ?", now - retention.customers)
    journal = delete("DELETE FROM journal WHERE at < ?", now - retention.journal)
    connection.execute(
        "DELETE FROM interaction_customers WHERE seen_at < ?"
        " AND interaction_id NOT IN (SELECT interaction_id FROM drafts UNION SELECT interaction_id FROM outbox)",
        (now - retention.delivered,),
    )
    return Purged(drafts, delivered, customers, journal)


def delete_customer(connection: Connection, customer_id: str) -> int:
    """Delete every row about a customer and return how many there were.

    About a customer is: their record and its keys, the drafts and outbox rows of their interactions, and whatever
    names the customer, one of those interactions or one of those keys as a value.
    """
    one = (customer_id,)
    interactions = {
        row[0]
        for table in ("drafts", "interaction_customers")
        for row in connection.execute(f"SELECT interaction_id FROM {table} WHERE customer_id = ?", one).fetchall()  # noqa: S608
    }
    outbox = connection.execute("SELECT id, interaction_id, payload FROM outbox").fetchall()
    interactions |= {row[1] for row in outbox if customer_id in set(_values(row[2]))}
    keys = {row[0] for row in connection.execute("SELECT key FROM customer_keys WHERE customer_id = ?", one).fetchall()}
    marks = {customer_id} | interactions | keys
    journal = connection.execute("SELECT id, data FROM journal").fetchall()
    doomed = [
        *(("drafts", "interaction_id", interaction_id) for interaction_id in interactions),
        *(("outbox", "id", row[0]) for row in outbox if row[1] in interactions),
        *(("journal", "id", row[0]) for row in journal if marks & set(_values(row[1]))),
        ("customers", "customer_id", customer_id),
    ]
    gone = 0
    for table, column, value in doomed:
        rows = connection.execute(f"DELETE FROM {table} WHERE {column} = ? RETURNING 1", (value,))  # noqa: S608
        gone += len(rows.fetchall())
    for interaction_id in interactions:
        connection.execute("DELETE FROM interaction_customers WHERE interaction_id = ?", (interaction_id,))
    return gone


def leave_no_byte(connection: Connection, database: "Database") -> None:
    """Rewrite the file and empty the write-ahead log, so that deleted words are in neither.

    Raises StoreLocked when a reader keeps the log in use; the rows are deleted all the same, and calling again
    after the reader has left finishes the work.
    """
    database.vacuum()
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreLocked("The rows are deleted, but another program keeps their traces in use; erase once more")


def _values(text: str) -> Iterator[str]:
    """Every string and number in a JSON text, as strings; the text itself when it is not JSON."""
    try:
        pending: list[Any] = [json.loads(text)]
    except (TypeError, ValueError):
        yield str(text)
        return
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif value is not None:
            yield str(value)
