"""The customer cards seen lately, so that a known caller has a face while the CRM is down."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.app.storage.schema import is_sealed, seal

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True)
class CachedCustomer:
    """One customer's record as the source gave it.

    json: the record. fetched_at: seconds since the epoch, for the age shown beside the card. source: backend name.
    """

    customer_id: str
    json: str
    fetched_at: float
    source: str


def write_customer(database: "Database", customer: CachedCustomer, keys: Iterable[str]) -> None:
    """Keep a record in place of the one before it, found from now on under exactly these keys."""
    record: dict[str, Any] = {
        "customer_id": customer.customer_id,
        "json": customer.json,
        "fetched_at": float(customer.fetched_at),
        "source": customer.source,
    }
    database.table("customers").upsert({**record, "seal": seal(*record.values())}, pk="customer_id")
    found_by = database.table("customer_keys")
    found_by.delete_where("customer_id = ?", [customer.customer_id])
    rows = [{"key": key, "customer_id": customer.customer_id} for key in sorted(set(keys))]
    found_by.insert_all(rows)


def read_by_key(database: "Database", key: str) -> list[CachedCustomer]:
    """The undamaged records kept under a key (a phone number, an address), the freshest first."""
    return _intact(database, "customer_id IN (SELECT customer_id FROM customer_keys WHERE key = ?)", [key])


def read_of_source(database: "Database", source: str) -> list[CachedCustomer]:
    """The undamaged records of one source, the freshest first."""
    return _intact(database, "source = ?", [source])


def drop_damaged_customers(database: "Database") -> list[str]:
    """Forget the records that are not what was written (the CRM has them); returns their customer ids."""
    table = database.table("customers")
    damaged = [row for row in table.rows_where(select="rowid, *") if not _sealed(row)]
    for row in damaged:
        table.delete_where("rowid = ?", [row["rowid"]])
    return [str(row["customer_id"]) for row in damaged]


def _intact(database: "Database", where: str, arguments: list[str]) -> list[CachedCustomer]:
    rows = database.table("customers").rows_where(where, arguments, order_by="fetched_at DESC, customer_id")
    return [
        CachedCustomer(row["customer_id"], row["json"], row["fetched_at"], row["source"])
        for row in rows
        if _sealed(row)
    ]


def _sealed(row: dict[str, Any]) -> bool:
    return is_sealed(row["seal"], row["customer_id"], row["json"], row["fetched_at"], row["source"])
