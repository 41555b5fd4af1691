"""The event journal: what this desktop did and saw lately, for the agent and for support."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.app.store_schema import canonical_json

if TYPE_CHECKING:
    from sqlite_utils import Database

LONGEST = 10_000
"""How many entries are kept; the oldest make room."""


@dataclass(frozen=True)
class JournalEntry:
    """at: seconds since the epoch."""

    id: int
    at: float
    kind: str
    data: Mapping[str, Any]


def append_entry(database: "Database", at: float, kind: str, data: Mapping[str, Any], longest: int) -> None:
    """Add an entry and trim the journal to the `longest` newest. Raises TypeError when data is not JSON."""
    journal = database.table("journal")
    journal.insert({"at": at, "kind": kind, "data": canonical_json(dict(data))})
    journal.delete_where("id <= (SELECT max(id) FROM journal) - ?", [longest])


def read_entries(database: "Database", limit: int) -> list[JournalEntry]:
    """The newest entries, the newest first, leaving out what can no longer be read."""
    entries = []
    for row in database.table("journal").rows_where(order_by="id DESC", limit=limit):
        try:
            data = json.loads(row["data"])
        except (TypeError, ValueError):
            continue
        entries.append(JournalEntry(row["id"], row["at"], row["kind"], data))
    return entries
