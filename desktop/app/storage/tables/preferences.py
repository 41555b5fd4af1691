"""The agent's own settings: column widths, the last filter, whether the guide was dismissed."""

import json
from typing import TYPE_CHECKING, Any

from desktop.app.storage.schema import canonical_json
from desktop.app.storage.transaction import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

FLOOR, GIVEN = "floor", "reasons"
"""The name of a supervisor's habits, and within them of the reasons they gave last, which are the only free words."""


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


def count_reasons(connection: Connection) -> int:
    """How many reasons that a supervisor gave for their acts are remembered."""
    sql = "SELECT json_array_length(value, ?) FROM preferences WHERE name = ? AND json_valid(value)"
    row = connection.execute(sql, (f"$.{GIVEN}", FLOOR)).fetchone()
    return int(row[0] or 0) if row is not None else 0


def forget_reasons(connection: Connection) -> None:
    """Forget them, and everything of the floor's habits that can no longer be read."""
    connection.execute("DELETE FROM preferences WHERE name = ? AND NOT json_valid(value)", (FLOOR,))
    connection.execute("UPDATE preferences SET value = json_remove(value, ?) WHERE name = ?", (f"$.{GIVEN}", FLOOR))
