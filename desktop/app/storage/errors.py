"""What can go wrong when something is kept on this machine."""

import errno
import sqlite3
from pathlib import Path

from desktop.domain.text.sentence import Sentence, verbatim


class StoreError(Exception):
    """Something could not be kept or read. The text given to the store is still with the caller.

    `sentence` is for the screen, `str(error)` for the log; neither holds what was to be kept.
    """

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class StoreFull(StoreError):
    """The disk, the quota or the size limit is used up."""


class StoreReadOnly(StoreError):
    """The file or its folder cannot be written by this user."""


class StoreLocked(StoreError):
    """Another program held the file for longer than we wait."""


class StoreDamaged(StoreError):
    """What is on the disk is not what was written. path: the file that cannot be used; None where one row is meant."""

    def __init__(self, sentence: Sentence, path: Path | None = None) -> None:
        super().__init__(sentence)
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
        return damaged(path)
    if isinstance(error, UnicodeError | OverflowError):
        return StoreError(Sentence("store.unstorable"))
    if isinstance(error, OSError):
        if isinstance(error, FileExistsError | NotADirectoryError):
            return StoreReadOnly(Sentence("store.no_folder", path=str(path)))
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            return StoreReadOnly(_because("store.cannot_be_written", path, error))
        if error.errno in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
            return _full(path)
        return StoreError(_because("store.cannot_be_used", path, error))
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL or extended in _NO_ROOM:
        return _full(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreReadOnly(Sentence("store.not_by_this_user", path=str(path)))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(Sentence("store.locked", path=str(path)))
    # Our statements name what our own tables have: what is missing there was lost on the disk.
    missing = code == sqlite3.SQLITE_ERROR and ("no such " in str(error) or " has no column " in str(error))
    if missing or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path)
    return StoreError(Sentence("store.cannot_be_used", path=str(path), why=verbatim(str(error))))


def damaged(path: Path) -> StoreDamaged:
    """The error for a file that is not what was written."""
    return StoreDamaged(Sentence("store.damaged", path=str(path)), path)


def _full(path: Path) -> StoreFull:
    return StoreFull(Sentence("store.full", folder=str(path.parent)))


def _because(what: str, path: Path, error: OSError) -> Sentence:
    return Sentence(what, path=str(path), why=verbatim(str(error.strerror)))
