"""What can go wrong when something is kept on this machine, in words a person can act on."""

import errno
import sqlite3
from pathlib import Path


class StoreError(Exception):
    """Something could not be kept or read. The text given to the store is still with the caller.

    `str(error)` is one sentence for the screen; it never holds what was to be kept.
    """


class StoreFull(StoreError):
    """The disk, the quota or the size limit is used up."""


class StoreReadOnly(StoreError):
    """The file or its folder cannot be written by this user."""


class StoreLocked(StoreError):
    """Another program held the file for longer than we wait."""


class StoreDamaged(StoreError):
    """What is on the disk is not what was written. path: the file that cannot be used; None where one row is meant."""

    def __init__(self, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


class StoreAbsent(StoreError):
    """Opened for reading only, and nothing has been kept yet."""


class StoreTooNew(StoreError):
    """A later version of the desktop has changed the file; this one leaves it alone."""


# An answer of EFBIG or EDQUOT reaches us as "the write failed"; to the person it is the same as a full disk.
_NO_ROOM = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE})


def store_error(error: Exception, path: Path) -> StoreError:
    """The error class and the sentence for whatever sqlite3 or the operating system raised."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, UnicodeDecodeError):  # texts are read whatever they hold: this was a name in the file's schema
        return StoreDamaged(f"{path} is damaged", path)
    if isinstance(error, UnicodeError | OverflowError):
        return StoreError("A name or number from outside cannot be kept as it is")
    if isinstance(error, OSError):
        if isinstance(error, FileExistsError | NotADirectoryError):
            return StoreReadOnly(f"{path} cannot be written: there is a file where a folder should be")
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            return StoreReadOnly(f"{path} cannot be written: {error.strerror}")
        if error.errno in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
            return StoreFull(f"No room left to keep text on this machine ({path.parent})")
        return StoreError(f"{path} cannot be used: {error.strerror}")
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL or extended in _NO_ROOM:
        return StoreFull(f"No room left to keep text on this machine ({path.parent})")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreReadOnly(f"{path} cannot be written by this user")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(f"Another program is holding {path}")
    # Our statements name what our own tables have: what is missing there was lost on the disk.
    missing = code == sqlite3.SQLITE_ERROR and ("no such " in str(error) or " has no column " in str(error))
    if missing or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged(f"{path} is damaged", path)
    return StoreError(f"{path} cannot be used: {error}")
