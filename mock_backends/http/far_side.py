"""The far-side record: every changing call that was applied, so that a test can count what really happened."""

import json
from typing import Any

from sqlite_utils import Database


class FarSide:
    """Applied calls of one server, in order."""

    def __init__(self, db: Database, server: str) -> None:
        self._db = db
        self._server = server
        db.execute(
            "CREATE TABLE IF NOT EXISTS far_side (n INTEGER PRIMARY KEY, server TEXT, principal TEXT, method TEXT, "
            "path TEXT, key TEXT, body TEXT, at REAL, status INTEGER)"
        )

    def add(self, *, principal: str, method: str, path: str, key: str, body: bytes, at: float, status: int) -> None:
        """Note one applied call. `at` is server time in seconds."""
        self._db.execute(
            "INSERT INTO far_side (server, principal, method, path, key, body, at, status) VALUES (?,?,?,?,?,?,?,?)",
            [self._server, principal, method, path, key, body.decode("utf-8", "replace"), at, status],
        )

    def all(self) -> list[dict[str, Any]]:
        """Everything noted, oldest first."""
        names = ("principal", "method", "path", "key", "body", "at", "status")
        rows = self._db.execute(
            "SELECT principal, method, path, key, body, at, status FROM far_side WHERE server = ? ORDER BY n",
            [self._server],
        ).fetchall()
        return [{**dict(zip(names, row, strict=True)), "body": json.loads(row[4]) if row[4] else None} for row in rows]

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM far_side WHERE server = ?", [self._server])
