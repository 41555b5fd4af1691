"""The one thread that touches the store file, so that no slow disk ever holds up the screen."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.app.storage.change_marker import ChangeMarker
from desktop.app.storage.errors import (
    StoreAbsent,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    damaged,
    store_error,
)
from desktop.app.storage.private_file import make_private
from desktop.app.storage.recovery.page_reader import log_is_cut
from desktop.app.storage.recovery.reserve_file import ReserveFile
from desktop.app.storage.schema import prepare, refuse_newer, schema_version
from desktop.app.storage.transaction import transaction
from desktop.domain.text.sentence import Sentence

if TYPE_CHECKING:
    from sqlite_utils import Database

T = TypeVar("T")

_SMALLEST = 512  # bytes; the smallest page of SQLite


class WriterThread:
    """A SQLite connection that lives in its own thread; work for it is done strictly in the order it was given."""

    def __init__(self, path: Path, *, read_only: bool, busy_seconds: float) -> None:
        self.path = path
        self.damaged = asyncio.Event()
        """Set once the file was found to be damaged while it was used."""
        self.read_only = read_only
        self._busy_seconds = busy_seconds
        self._connection: sqlite3.Connection | None = None
        self._database: Database | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self.ballast = ReserveFile(path)
        self.lost = 0
        """How many records were begun or handed over that the file, when it was opened, had lost without a trace."""
        self._marker = ChangeMarker(path)

    async def open(self) -> None:
        """Open the file, making and migrating it as needed. Raises StoreError; nothing stays open then."""
        try:
            await self._submit(self._open)
        except BaseException:
            self._executor.shutdown(wait=False)
            raise

    async def close(self) -> None:
        """Finish what was asked for, then close the file. Closing twice does nothing."""
        if self._connection is not None:
            await self._submit(self._close)
            self._executor.shutdown(wait=False)

    async def read(self, work: "Callable[[sqlite3.Connection, Database], T]") -> T:
        """Run work outside a transaction and return what it returns. Raises StoreError."""
        return await self._submit(lambda: work(*self._opened()))

    async def write(self, work: "Callable[[sqlite3.Connection, Database], T]", *, counts: bool = False) -> T:
        """Run work in one transaction; on return it is on the disk. Raises StoreError, and then nothing of it is.

        Once asked for, the work is done even when the caller is cancelled. On a full disk the ballast is dropped
        and the work is run a second time. `counts`: a record is begun or handed over, which is counted beside the file.
        """
        if self.read_only:
            raise StoreReadOnly(Sentence("store.read_only", path=str(self.path)))
        return await self._submit(lambda: self._write(work, counts=counts))

    def _write(self, work: "Callable[[sqlite3.Connection, Database], T]", *, counts: bool) -> T:
        connection, database = self._opened()

        def attempt() -> T:
            with transaction(connection):
                done = work(connection, database)
                number = self._marker.count(connection) if counts else 0
            if counts:
                self._marker.write(number)
            return done

        try:
            return attempt()
        except sqlite3.Error as error:
            if not isinstance(store_error(error, self.path), StoreFull) or not self.ballast.drop():
                raise
        return attempt()

    async def _submit(self, work: Callable[[], T]) -> T:
        def translated() -> T:
            try:
                return work()
            except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
                raise store_error(error, self.path) from error

        try:
            future = self._executor.submit(translated)
        except RuntimeError as error:
            raise StoreError(Sentence("store.closed")) from error
        # A cancelled caller must not take words back that were already handed over.
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        except StoreDamaged as error:
            if error.path is not None:
                self.damaged.set()
            raise

    def _opened(self) -> "tuple[sqlite3.Connection, Database]":
        if self._connection is None or self._database is None:
            raise StoreError(Sentence("store.closed"))
        return self._connection, self._database

    def _open(self) -> None:
        # Here and not at the top: it takes a tenth of a second, which the first paint must not wait for.
        from sqlite_utils import Database

        if self.read_only and not self.path.exists():
            raise StoreAbsent(Sentence("store.nothing_kept"))
        if self.path.is_dir():
            raise StoreDamaged(Sentence("store.is_a_folder", path=str(self.path)), self.path)
        if not self.read_only:
            make_private(self.path)
        if self._is_wiped() or (not self.read_only and self._log_is_cut()):
            raise damaged(self.path)
        mode = "ro" if self.read_only else "rw"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy_seconds,
            isolation_level=None,
        )
        try:
            # A flipped bit may break the UTF-8 of a text; it must still be read, to be found and shown.
            connection.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
            if self.read_only:
                refuse_newer(connection)
                if schema_version(connection) == 0:
                    raise StoreAbsent(Sentence("store.nothing_kept"))
            else:
                self._prepare(connection)
                self.lost = self._marker.lost(connection)
                self.ballast.take_on()
            self._database = Database(connection, execute_plugins=False)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _is_wiped(self) -> bool:
        """Whether nothing is left of a file that was written: SQLite takes it for a new one, and drops its log."""
        size, log = self.path.stat().st_size, self.path.with_name(self.path.name + "-wal")
        # The ballast is made after the first tables: where it is, a file without a byte has lost them.
        used = (log.exists() and log.stat().st_size > 0) or self.ballast.is_there
        return 0 < size < _SMALLEST or (size == 0 and used)

    def _log_is_cut(self) -> bool:
        """Whether SQLite would drop, without a word, what was written after a damage in the log."""
        log = self.path.with_name(self.path.name + "-wal")
        return log.is_file() and log_is_cut(log.read_bytes())

    def _prepare(self, connection: sqlite3.Connection) -> None:
        try:
            prepare(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # a step is made again: the version is not what it was
                raise damaged(self.path) from error
            raise

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._database = None
