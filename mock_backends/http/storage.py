"""Where the servers keep what must survive: a SQLite file, or memory."""

import asyncio

from sqlite_utils import Database


class Storage:
    """One connection for all servers of the process, and the lock that makes changing calls one at a time."""

    def __init__(self, path: str | None = None) -> None:
        self.db = Database(path) if path else Database(memory=True)
        if path:
            self.db.enable_wal()
            self.db.execute("PRAGMA synchronous=FULL")
        self.changing = asyncio.Lock()

    def close(self) -> None:
        """Close the connection; what was committed stays."""
        self.db.close()
