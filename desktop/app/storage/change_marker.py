"""A number beside the store file: how many records were begun or handed over, as far as the disk has said so."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

NAME = "changes"
"""Under which the same number lies among the preferences in the file itself."""
_DIGITS = 16


class ChangeMarker:
    """The number of one store. It follows the file and is never ahead of it, unless the file has lost something."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".changes")

    def count(self, connection: sqlite3.Connection) -> int:
        """Count one more change in the file, inside the transaction that makes it; answers the number."""
        row = connection.execute(
            "INSERT INTO preferences (name, value) VALUES (?, '1')"
            " ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value",
            (NAME,),
        ).fetchone()
        return int(row[0])

    def lost(self, connection: sqlite3.Connection) -> int:
        """How many changes the file had once and has no more; what there is is taken for the truth from now on."""
        row = connection.execute("SELECT value FROM preferences WHERE name = ?", (NAME,)).fetchone()
        known = int(row[0]) if row is not None and str(row[0]).isdigit() else 0
        marked = self._read()
        if marked != known:
            self.write(known)
        return max(marked - known, 0)

    def write(self, number: int) -> None:
        """Note the number, once the file has it. Where the disk will not, an older one stays, which says less."""
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                os.write(descriptor, f"{number:0{_DIGITS}d}\n".encode("ascii"))  # in place, so that it needs no room
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _read(self) -> int:
        try:
            text = self._path.read_bytes()[: _DIGITS + 1].strip()
        except OSError:
            return 0
        return int(text) if len(text) == _DIGITS and text.isdigit() else 0
