"""What customers wrote to us outside an interaction and what they were sent, on this machine's disk."""

import json
from dataclasses import asdict
from typing import Any

from desktop.app.storage.schema import canonical_json, is_sealed, seal
from desktop.app.storage.transaction import Connection
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState

_OURS = "out:"
"""Stands before the id of a message that we sent: its sender may count those that came in the same way."""


def write_message(connection: Connection, message: InboundMessage, kept_at: float) -> None:
    """Keep a message; one that is kept already stays as it is. kept_at: seconds since the epoch."""
    body = canonical_json(asdict(message))
    connection.execute(
        "INSERT INTO messages (id, address, body, kept_at, seal) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (message.id, _address(message.sender.kind, message.sender.value), body, kept_at, seal(message.id, body)),
    )


def write_sent_message(connection: Connection, message: SentMessage, kept_at: float) -> None:
    """Keep what is known of a message that a sender took, in the place of what was known. kept_at: as above."""
    parts = {name: value for name, value in asdict(message).items() if name != "why"}  # why it waits is the outbox's
    row_id, body = f"{_OURS}{message.id}", canonical_json(parts)
    connection.execute(
        "INSERT INTO messages (id, address, body, kept_at, seal, sent) VALUES (?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, seal = excluded.seal WHERE sent",
        (row_id, _address(TRAITS[message.channel].address, message.to), body, kept_at, seal(row_id, body)),
    )


def read_messages(connection: Connection, limit: int) -> list[InboundMessage]:
    """The newest `limit` undamaged messages from customers, the oldest first."""
    return [
        InboundMessage(**{**kept, "channel": Channel(kept["channel"]), "sender": Address(**kept["sender"])})
        for kept in _read(connection, limit, sent=False)
    ]


def read_sent_messages(connection: Connection, limit: int) -> list[SentMessage]:
    """The newest `limit` undamaged messages that we sent, the oldest first."""
    return [
        SentMessage(**{**kept, "channel": Channel(kept["channel"]), "state": DeliveryState(kept["state"])})
        for kept in _read(connection, limit, sent=True)
    ]


def _read(connection: Connection, limit: int, *, sent: bool) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT id, body, seal FROM messages WHERE sent = ? ORDER BY kept_at DESC, id LIMIT ?", (sent, limit)
    )
    return [json.loads(body) for key, body, sealed in reversed(rows.fetchall()) if is_sealed(sealed, key, body)]


def _address(kind: str, value: str) -> str:
    return f"{kind}:{value.casefold()}".encode("utf-8", "replace").decode()
