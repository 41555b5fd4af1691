"""What customers wrote to us outside an interaction, on this machine's disk."""

import json
from dataclasses import asdict
from typing import Any

from desktop.app.storage.schema import canonical_json, is_sealed, seal
from desktop.app.storage.transaction import Connection
from desktop.domain.entities.message import InboundMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel


def write_message(connection: Connection, message: InboundMessage, kept_at: float) -> None:
    """Keep a message; one that is kept already stays as it is. kept_at: seconds since the epoch."""
    body = canonical_json(asdict(message))
    address = f"{message.sender.kind}:{message.sender.value.casefold()}".encode("utf-8", "replace").decode()
    connection.execute(
        "INSERT INTO messages (id, address, body, kept_at, seal) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (message.id, address, body, kept_at, seal(message.id, body)),
    )


def read_messages(connection: Connection, limit: int) -> list[InboundMessage]:
    """The newest `limit` undamaged messages, the oldest first."""
    rows = connection.execute("SELECT id, body, seal FROM messages ORDER BY kept_at DESC, id LIMIT ?", (limit,))
    return [
        _message(json.loads(body)) for key, body, sealed in reversed(rows.fetchall()) if is_sealed(sealed, key, body)
    ]


def _message(kept: dict[str, Any]) -> InboundMessage:
    return InboundMessage(**{**kept, "channel": Channel(kept["channel"]), "sender": Address(**kept["sender"])})
