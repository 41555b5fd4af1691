"""The messaging server: SMS and e-mail to customers, only with consent, and what became of them."""

import re
from functools import partial
from typing import Annotated

from fastapi import Path

from mock_backends.channels import CHANNELS
from mock_backends.http.problem import invalid, not_found
from mock_backends.http.service import Caller, Service
from mock_backends.http.site import Site, new_id
from mock_backends.wire.base import Wire
from mock_backends.wire.messaging import MessagingSnapshot, Outgoing, OutgoingAnswer, SendOut

_PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
EVERYBODY = ""  # the principal of what customers send: it belongs to all
NEWEST = 200  # messages in a snapshot
STEPS = (("sent", 0.5), ("delivered", 2.0))  # server seconds after it was taken


class MessageEvent(Wire):
    """A `message.*` event."""

    at: float
    reason: str
    message: Outgoing


class MessagingService(Service):
    """Messages outside an interaction."""

    name = "messaging"
    title = "Mock message sender"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        site.storage.db.execute(
            "CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, principal TEXT, json TEXT) WITHOUT ROWID"
        )
        self._failing: set[str] = set()
        self.add_events()
        self._add_routes()

    def reset(self) -> None:
        """No message was ever sent."""
        super().reset()
        self._failing.clear()
        self.site.storage.db.execute("DELETE FROM messages")

    def fail(self, to: str) -> None:
        """From now on nothing reaches this address."""
        self._failing.add(to)

    def receive(self, sender: str, text: str, channel: str = "sms") -> None:
        """A message from a customer; every principal is told."""
        now = self.site.clock.now()
        message = Outgoing(
            id=new_id("msg"),
            channel=channel,  # type: ignore[arg-type]
            direction="inbound",
            sender=sender,
            text=text,
            state="delivered",
            at=now,
        )
        self._save(EVERYBODY, message)
        event = MessageEvent(at=now, reason="received", message=message)
        self.log.publish("message.inbound", event.model_dump_json().encode(), self.site.tokens.principals)

    def _add_routes(self) -> None:
        @self.app.post("/v1/messages", operation_id="send", summary="Send a message")
        async def send(caller: Caller, body: SendOut) -> OutgoingAnswer:
            if body.consent is None or body.consent.granted is not True:
                raise invalid("The customer has not agreed to this.", "no_consent")
            if not (_PHONE if CHANNELS[body.channel].address == "phone" else _EMAIL).match(body.to):
                raise invalid("That is no address for this channel.")
            message = Outgoing(
                id=new_id("msg"),
                channel=body.channel,
                to=body.to,
                text=body.text,
                subject=body.subject,
                customer_id=body.customer_id,
                at=self.site.clock.now(),
            )
            self._save(caller.id, message)
            for state, pause in STEPS:
                self.site.agenda.after(pause, partial(self._move_on, caller.id, message.id, state))
            return OutgoingAnswer(message=message)

        @self.app.get("/v1/snapshot", operation_id="snapshot", summary="The newest messages")
        async def snapshot(caller: Caller) -> MessagingSnapshot:
            sql = "SELECT json FROM messages WHERE principal IN (?, ?)"
            rows = self.site.storage.db.execute(sql, [caller.id, EVERYBODY]).fetchall()
            messages = sorted((Outgoing.model_validate_json(row[0]) for row in rows), key=lambda one: (one.at, one.id))
            return MessagingSnapshot(
                as_of=self.log.as_of(caller.id), server_time=self.site.clock.now(), messages=messages[-NEWEST:]
            )

        @self.app.get("/v1/messages/{message_id}", operation_id="message", summary="How far it has come")
        async def message(caller: Caller, message_id: Annotated[str, Path(max_length=100)]) -> OutgoingAnswer:
            found = self._load(message_id, caller.id)
            if found is None:
                raise not_found("There is no such message.")
            return OutgoingAnswer(message=found)

    def _move_on(self, principal: str, message_id: str, state: str) -> None:
        message = self._load(message_id, principal)
        if message is None or message.state in ("delivered", "failed"):
            return
        if state == "delivered" and message.to in self._failing:
            state, message.detail = "failed", "The address does not take messages."
        message.state = state  # type: ignore[assignment]
        message.version += 1
        self._save(principal, message)
        event = MessageEvent(at=self.site.clock.now(), reason=state, message=message)
        self.log.publish("message.status", event.model_dump_json().encode(), [principal])

    def _save(self, principal: str, message: Outgoing) -> None:
        sql = "INSERT OR REPLACE INTO messages VALUES (?,?,?)"
        self.site.storage.db.execute(sql, [message.id, principal, message.model_dump_json()])

    def _load(self, message_id: str, principal: str) -> Outgoing | None:
        sql = "SELECT json FROM messages WHERE id = ? AND principal = ?"
        row = self.site.storage.db.execute(sql, [message_id, principal]).fetchone()
        return Outgoing.model_validate_json(row[0]) if row else None
