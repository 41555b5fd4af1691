"""One transaction on one connection, and the little of a connection the rest of the store relies on.

The statements of the store are written against this small surface, not against the sqlite3 module, so that the
power-cut tests can run the very same statements on a simulated disk.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement answers."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """A SQLite connection that begins no transaction by itself and answers rows as tuples."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows: ...


def commit(connection: Connection) -> None:
    """Make the open transaction last: returns after the operating system has it on the disk."""
    connection.execute("COMMIT")


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of the block or nothing of it.

    SQLite has already rolled back by itself after some errors (a full disk among them); a second ROLLBACK would
    then fail and hide the cause.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        commit(connection)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
