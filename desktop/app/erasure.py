"""What leaves this machine: by age, and by a customer's wish."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.app.outbox_rows import DELIVERED, WAITING
from desktop.app.store_errors import StoreLocked
from desktop.app.store_schema import canonical_json
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


@dataclass(frozen=True)
class Purged:
    """How many rows went, by table."""

    drafts: int
    delivered: int
    customers: int


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
    # The time of a record may come from the CRM: one in the future would otherwise stay for ever.
    customers = delete(
        "DELETE FROM customers WHERE fetched_at NOT BETWEEN ? AND ?",
        now - retention.customers,
        now + retention.customers,
    )
    connection.execute(
        "DELETE FROM interaction_customers WHERE seen_at < ?"
        " AND interaction_id NOT IN (SELECT interaction_id FROM drafts UNION SELECT interaction_id FROM outbox)",
        (now - retention.delivered,),
    )
    return Purged(drafts, delivered, customers)


@dataclass(frozen=True)
class Traces:
    """How many rows are about a customer: drafts, outbox rows by state, and records looked up."""

    drafts: int = 0
    waiting: int = 0
    parked: int = 0
    delivered: int = 0
    customers: int = 0

    @property
    def unsent(self) -> int:
        """Those whose words are nowhere else."""
        return self.drafts + self.waiting + self.parked


def find_traces(connection: Connection, customer_id: str) -> Traces:
    """Count the rows that `delete_customer` would delete."""
    interactions = _interactions(connection, customer_id)
    outbox = connection.execute("SELECT interaction_id, state FROM outbox").fetchall()
    states = [state for interaction_id, state in outbox if interaction_id in interactions]
    waiting, delivered = states.count(WAITING), states.count(DELIVERED)
    drafts = connection.execute("SELECT interaction_id FROM drafts").fetchall()
    records = connection.execute("SELECT count(*) FROM customers WHERE customer_id = ?", (customer_id,)).fetchone()
    return Traces(
        drafts=sum(row[0] in interactions for row in drafts),
        waiting=waiting,
        parked=len(states) - waiting - delivered,
        delivered=delivered,
        customers=records[0],
    )


def delete_customer(connection: Connection, customer_id: str) -> Traces:
    """Delete every row about a customer and say how many there were.

    About a customer is: their record and its keys, and the drafts and outbox rows of every interaction that was
    linked to them while its note was written, or of which an outbox row names them.
    """
    traces = find_traces(connection, customer_id)
    for interaction_id in _interactions(connection, customer_id):
        for table in ("drafts", "outbox", "interaction_customers"):
            connection.execute(f"DELETE FROM {table} WHERE interaction_id = ?", (interaction_id,))  # noqa: S608
    connection.execute("DELETE FROM customers WHERE customer_id = ?", (customer_id,))
    return traces


def leave_no_byte(connection: Connection, database: "Database") -> None:
    """Rewrite the file and empty the write-ahead log, so that deleted words are in neither.

    Raises StoreLocked when a reader keeps the log in use; the rows are deleted all the same, and calling again
    after the reader has left finishes the work.
    """
    database.vacuum()
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreLocked("The rows are deleted, but another program keeps their traces in use; erase once more")


def _interactions(connection: Connection, customer_id: str) -> set[str]:
    """The interactions that are a customer's."""
    linked = connection.execute(
        "SELECT interaction_id FROM drafts WHERE customer_id = ?"
        " UNION SELECT interaction_id FROM interaction_customers WHERE customer_id = ?",
        (customer_id, customer_id),
    ).fetchall()
    outbox = connection.execute("SELECT interaction_id, payload FROM outbox").fetchall()
    return {row[0] for row in linked} | {row[0] for row in outbox if _names(row[1], customer_id)}


def _names(payload: str, customer_id: str) -> bool:
    """Whether a JSON text has the customer as a `customer_id`, at any depth.

    Only there: a code, a word or the name of a field that happens to read the same is no customer.
    """
    try:
        pending: list[Any] = [json.loads(payload)]
    except (TypeError, ValueError):
        return canonical_json(customer_id) in str(payload)  # damaged on this machine; it may still be theirs
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if value.get("customer_id") == customer_id:
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return False
