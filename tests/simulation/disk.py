"""The disk of the simulation: one real SQLite file that can be slow, full, late, damaged or dead."""

import asyncio
import errno
import os
import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

FAILURES: dict[str, Callable[[], Exception]] = {
    "full": lambda: _sqlite(sqlite3.SQLITE_FULL, "database or disk is full"),
    "read_only": lambda: _sqlite(sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
    "locked": lambda: _sqlite(sqlite3.SQLITE_BUSY, "database is locked"),
    "no_folder": lambda: OSError(errno.EACCES, "Permission denied"),
}


def _sqlite(code: int, text: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


class Disk:
    """One file and its faults. Work is done strictly in the order it was asked for, as on the writer's thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "p.db"
        self.delay = 0.0  # seconds a write takes
        self.failure = ""  # of each write, until it is healed
        self.late = ""  # of each opening, until it is healed
        self.writes = 0  # work done that may have changed the file
        self.bad_at = -1.0
        self.now: Callable[[], float] = lambda: 0.0
        self._reader: sqlite3.Connection | None = None
        self._inode = 0

    @property
    def is_ill(self) -> bool:
        return bool(self.failure or self.late or self.delay > 0.5)

    def break_down(self, *, failure: str | None = None, late: str | None = None, delay: float | None = None) -> None:
        """Change what is wrong with it."""
        self.failure = self.failure if failure is None else failure
        self.late = self.late if late is None else late
        self.delay = self.delay if delay is None else delay
        self.bad_at = self.now()

    def heal(self) -> None:
        if self.is_ill or self.delay:
            self.bad_at = self.now()
        self.failure = self.late = ""
        self.delay = 0.0

    # What the checker reads: beside the desktop, whatever state that is in

    def read(self, sql: str) -> list[Any] | None:
        """Rows of the file as it is; None when there is nothing to read, or nobody can."""
        try:
            there = self.path.stat().st_ino if self.path.exists() else 0
            if there != self._inode:
                self.let_go()  # another file has taken its place
            self._inode = there
            if self._reader is None:
                if not there:
                    return None
                self._reader = sqlite3.connect(f"file:{self.path}?mode=rw", uri=True, isolation_level=None)
                self._reader.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
            return self._reader.execute(sql).fetchall()
        except sqlite3.Error:
            self.let_go()
            return None

    def let_go(self) -> None:
        """Close the checker's own connection."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def change(self, sql: str, *values: Any) -> None:
        """Change the file behind everybody's back, as a flipped bit does."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute(sql, values)
        finally:
            connection.close()
        self.writes += 1

    def files(self) -> dict[str, bytes]:
        """Every byte there is, by the name of the file."""
        return {one.name: one.read_bytes() for one in sorted(self.folder.iterdir()) if one.is_file()}

    def destroy_page(self, number: int) -> None:
        """Overwrite one page of the file; nobody may have it open."""
        self.let_go()
        if not self.path.exists():
            return
        with self.path.open("r+b") as file:
            pages = max(1, os.fstat(file.fileno()).st_size // 4096)
            file.seek(number % pages * 4096)
            file.write(b"\xa5" * 4096)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.writes += 1


class WorkInOrder:
    """What the desktop asked of the disk and what of it is done. One for each opened file."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.is_dead = False
        self._queue: deque[tuple[str, Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._busy = False

    async def do(self, kind: str, work: Callable[[], Any], translated: Callable[[Exception], Exception]) -> Any:
        """Do the work when its turn and its time have come. What was asked for is done though the caller goes away."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def translating() -> Any:
            try:
                return self._done(kind, work)
            except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
                raise translated(error) from error

        self._queue.append((kind, translating, future))
        if not self._busy:
            self._begin(loop)
        return await asyncio.shield(future)

    def kill(self, survivors: int) -> None:
        """The process is gone; so many of the writes it had asked for were done all the same."""
        for _, work, _ in list(self._queue)[:survivors]:
            try:
                work()
            except Exception:
                continue
        self.is_dead = True
        self._queue.clear()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._busy = True
        kind = self._queue[0][0]
        if kind == "write" and self.disk.delay:
            loop.call_later(self.disk.delay, self._next, loop)
        else:
            loop.call_soon(self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.is_dead:
            return
        _, work, future = self._queue.popleft()
        try:
            result = work()
        except BaseException as error:
            if not future.done():
                future.set_exception(error)
                future.exception()  # a caller that went away does not look
        else:
            if not future.done():
                future.set_result(result)
        if self._queue:
            self._begin(loop)
        else:
            self._busy = False

    def _done(self, kind: str, work: Callable[[], Any]) -> Any:
        disk = self.disk
        if kind == "open" and disk.late:
            raise FAILURES[disk.late]()
        if kind == "write" and disk.failure:
            raise FAILURES[disk.failure]()
        try:
            return work()
        finally:
            disk.writes += kind != "read"
