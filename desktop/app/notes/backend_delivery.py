"""One outbox row as one call of a backend. `outbox.py` sends the rows, one at a time to each target."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from desktop.app.connections.targets import Targets
from desktop.app.notes.wrap_up_json import address_from, message_from, record_from
from desktop.app.storage.tables.outbox_rows import CASE, FOLLOW_UP, LINK, TASK, WRAP_UP, OutboxRow
from desktop.domain.entities.source import Source
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound, ProtocolError, Rejected, Unavailable, Unsupported
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage


class Deliveries:
    """Knows which call a row means. Every call carries the row's key, so that sending twice does it once."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        targets: Targets,
        sent: Callable[[OutgoingMessage, MessageReceipt], None] = lambda message, receipt: None,
    ) -> None:
        """`backends` by source; `targets` knows which of them a row is for.

        `sent` hears of each message that a sender took.
        """
        self._backends = backends
        self._targets = targets
        self._sent = sent

    def repeats(self, row: OutboxRow) -> bool:
        """Whether the far side of a row knows it by its key, so that sending it twice does it once."""
        backend = self._backends.get(self._targets.source(row.target) or "")
        return not isinstance(backend, Messaging) or backend.holds_keys

    async def deliver(self, row: OutboxRow) -> str:
        """Send a row; answers the far side's receipt.

        Raises:
            BackendError: what the backend raised; Rejected when the row makes no sense, Unsupported when nobody
                in this profile takes such a row, Unavailable when the profile does not name its backend any more.
        """
        source = self._targets.source(row.target)
        backend = self._backends.get(source or "")
        if backend is None and ":" in row.target:
            raise Unavailable(Sentence("outbox.no_such_backend", source=row.target))
        try:
            payload: dict[str, Any] = json.loads(row.payload)
            call = self._call(row, backend, payload)
        except (LookupError, TypeError, ValueError) as error:
            raise Rejected(Sentence("outbox.cannot_be_read"), type(error).__name__) from error
        answer: object = await call
        if isinstance(answer, MessageReceipt):
            self._sent(message_from(payload), answer)
        receipt = answer.id if isinstance(answer, MessageReceipt) else getattr(answer, "id", answer)
        if not isinstance(receipt, str) or not receipt.strip():
            raise ProtocolError(Sentence("outbox.no_receipt"), type(answer).__name__)
        return receipt

    def _call(self, row: OutboxRow, backend: Backend | None, payload: Mapping[str, Any]) -> Any:
        match row.kind, backend:
            case (kind, Crm()) if kind == WRAP_UP:
                record = record_from(payload)
                if record.customer_id is not None:
                    record = replace(record, customer_id=Source.of(row.target).unqualified(record.customer_id))
                if record.key != row.key:
                    raise ValueError("the record carries another key than its row")
                return backend.log_wrap_up(record)
            case (kind, Crm()) if kind == CASE:
                return backend.create_case(
                    Source.of(row.target).unqualified(payload["customer_id"]),
                    payload["subject"],
                    priority="",
                    text=payload["text"],
                    key=row.key,
                )
            case (kind, Crm()) if kind == TASK:
                return backend.create_task(
                    Source.of(row.target).unqualified(payload["customer_id"]),
                    payload["text"],
                    due=None if payload["due"] is None else float(payload["due"]),
                    key=row.key,
                )
            case (kind, Crm()) if kind == LINK:
                return _link(backend, row, payload)
            case (kind, Messaging()) if kind == FOLLOW_UP:
                return backend.send(message_from(payload))
            case (kind, ContactCenter()) if kind == FOLLOW_UP:
                return backend.callback(
                    row.interaction_id,
                    queue=payload["queue"],
                    address=address_from(payload["address"]),
                    at=float(payload["at"]),
                    note=payload["note"],
                    key=row.key,
                )
            case _:
                raise Unsupported(Sentence("outbox.nobody_takes_it"))


async def _link(crm: Crm, row: OutboxRow, payload: Mapping[str, Any]) -> str:
    """Tell a CRM whom a contact is with; the receipt says what it was told."""
    if payload["customer_id"] is not None:
        customer_id = Source.of(row.target).unqualified(payload["customer_id"])
        await crm.link(row.interaction_id, customer_id, reason=str(payload["reason"]), key=row.key)
        return "linked"
    with suppress(NotFound):  # there is no link to take back
        await crm.unlink(row.interaction_id, key=row.key)
    return "unlinked"
