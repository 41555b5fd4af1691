"""The agent's own settings: column widths, the last filter, whether the guide was dismissed."""

import json
from typing import TYPE_CHECKING, Any

from desktop.app.store_schema import canonical_json

if TYPE_CHECKING:
    from sqlite_utils import Database


def write_preference(database: "Database", name: str, value: Any) -> None:
    """Keep a JSON value under a name. Raises TypeError or ValueError when it is not JSON."""
    database.table("preferences").upsert({"name": name, "value": canonical_json(value)}, pk="name")


def read_preference(database: "Database", name: str) -> Any:
    """The value of a name; None when it was never set or can no longer be read."""
    for row in database.table("preferences").rows_where("name = ?", [name]):
        try:
            return json.loads(row["value"])
        except (TypeError, ValueError):
            return None
    return None
