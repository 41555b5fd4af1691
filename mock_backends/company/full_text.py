"""Free-text search with SQLite's FTS5 that no input can break."""

import hashlib
import re
import sqlite3
import time

from sqlite_utils import Database

TERMS = 16
TERM_LENGTH = 64
DEADLINE = 0.25  # real seconds a search may take
_STEPS = 1000  # virtual machine instructions between two looks at the clock
_WORD = re.compile(r"\w+")


def terms(text: str) -> list[str]:
    """At most 16 words of the text, each at most 64 characters."""
    return [
        word[:TERM_LENGTH] for word, _ in zip((m.group() for m in _WORD.finditer(text)), range(TERMS), strict=False)
    ]


class FullText:
    """An index of one text for each id."""

    def __init__(self, db: Database, table: str) -> None:
        self._db = db
        self._table = table
        db.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5(id UNINDEXED, text, "
            "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
        )

    def put(self, key: str, text: str) -> None:
        """Index this text for `key`, in the place of an earlier one."""
        row = int.from_bytes(hashlib.sha256(key.encode()).digest()[:7], "big")  # found without scanning the index
        self._db.execute(f"DELETE FROM {self._table} WHERE rowid = ?", [row])  # noqa: S608 - our own table name
        self._db.execute(f"INSERT INTO {self._table} (rowid, id, text) VALUES (?, ?, ?)", [row, key, text])  # noqa: S608

    def clear(self) -> None:
        """Forget all."""
        self._db.execute(f"DELETE FROM {self._table}")  # noqa: S608

    def find(self, text: str, limit: int) -> list[str]:
        """Keys of texts with every word (the last one as a beginning), best first; none if it takes too long."""
        words = terms(text)
        if not words:
            return []
        query = " ".join(f'"{word}"' for word in words) + "*"
        give_up = time.monotonic() + DEADLINE
        self._db.conn.set_progress_handler(lambda: time.monotonic() > give_up, _STEPS)
        try:
            sql = f"SELECT id FROM {self._table} WHERE {self._table} MATCH ? ORDER BY rank LIMIT ?"  # noqa: S608
            return [row[0] for row in self._db.conn.execute(sql, [query, limit]).fetchall()]
        except sqlite3.OperationalError:
            return []
        finally:
            self._db.conn.set_progress_handler(None, 0)
