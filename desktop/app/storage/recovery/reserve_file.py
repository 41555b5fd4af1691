"""A file that only takes up room, given up when the disk is full so that the last words still fit."""

import os
from contextlib import suppress
from pathlib import Path

SIZE = 256 * 1024
"""Bytes."""


class ReserveFile:
    """The ballast beside one store file."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".ballast")

    @property
    def is_there(self) -> bool:
        """Whether there is room in reserve."""
        try:
            return self._path.stat().st_size >= SIZE
        except OSError:
            return False

    def take_on(self) -> bool:
        """Reserve the room if it is not yet reserved; False when the disk has too little left."""
        if self.is_there:
            return True
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                # Random, for a disk that compresses would give a file of zeros no room.
                rest = memoryview(os.urandom(SIZE))
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            self.drop()
            return False
        return True

    def drop(self) -> bool:
        """Give the room back; False when there was none."""
        was_there = self.is_there
        with suppress(OSError):
            self._path.unlink()
        return was_there
