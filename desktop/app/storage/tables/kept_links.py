"""What the agent said of records in several systems, on this machine's disk."""

from desktop.app.storage.schema import is_sealed, seal
from desktop.app.storage.transaction import Connection
from desktop.domain.entities.identity import IdentityLink


def write_link(connection: Connection, link: IdentityLink, said_at: float) -> None:
    """Keep a link in place of what was said of the same records before. said_at: seconds since the epoch."""
    fields = (link.kind, link.first, link.second, int(link.same))
    connection.execute(
        "INSERT OR REPLACE INTO links (kind, first, second, same, said_at, seal) VALUES (?, ?, ?, ?, ?, ?)",
        (*fields, said_at, seal(*fields)),
    )


def delete_link(connection: Connection, link: IdentityLink) -> None:
    """Forget what was said of two records."""
    connection.execute(
        "DELETE FROM links WHERE kind = ? AND first = ? AND second = ?", (link.kind, link.first, link.second)
    )


def read_links(connection: Connection) -> list[IdentityLink]:
    """The undamaged links, the oldest first: a damaged one must not make two strangers one."""
    rows = connection.execute("SELECT kind, first, second, same, seal FROM links ORDER BY said_at, kind, first, second")
    return [
        IdentityLink(kind, first, second, bool(same))
        for kind, first, second, same, sealed in rows.fetchall()
        if is_sealed(sealed, kind, first, second, same)
    ]


def linked_customers(connection: Connection, customer_id: str) -> set[str]:
    """The record, and those the agent said are the same customer, over however many links."""
    rows = connection.execute("SELECT first, second FROM links WHERE kind = 'customer' AND same = 1").fetchall()
    found, fresh = {customer_id}, {customer_id}
    while fresh:
        fresh = {b for pair in rows for a, b in (pair, pair[::-1]) if a in fresh} - found
        found |= fresh
    return found


def delete_links_of(connection: Connection, customer_id: str) -> int:
    """Forget whatever was said of a customer's record; answers how many links there were."""
    deleted = connection.execute(
        "DELETE FROM links WHERE kind = 'customer' AND (first = ? OR second = ?) RETURNING 1",
        (customer_id, customer_id),
    )
    return len(deleted.fetchall())
