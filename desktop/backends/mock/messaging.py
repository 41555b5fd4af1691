"""The bundled mock sender of SMS and e-mail."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from desktop.backends.mock.server import OPTIONS, check, connect, follow, numbered
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address, Instant
from desktop.domain.entities.words import Channel, DeliveryState, Direction
from desktop.domain.state.events import DeliveryChanged, Envelope, Event, MessageReceived, MessagingSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked

_SOURCE = Kind.MESSAGING.value


@dataclass(frozen=True, slots=True)
class _WireMessage:
    """A message as the wire has it, in either direction."""

    id: str
    channel: Channel
    at: Instant
    text: str
    state: DeliveryState
    direction: Direction = Direction.OUTBOUND
    to: str = ""
    sender: str = ""
    subject: str = ""
    detail: str = ""

    def sent(self) -> SentMessage:
        text = f"{self.subject}: {self.text}" if self.subject else self.text
        return SentMessage(self.id, self.at, self.state, self.channel, self.to, text, self.detail)

    def received(self) -> InboundMessage:
        sender = Address(TRAITS[self.channel].address, self.sender)
        return InboundMessage(self.id, self.at, self.channel, sender, self.text, self.subject)


def _event(kind: str, data: object) -> Event | None:
    if kind == "message.status":
        return DeliveryChanged(read(_WireMessage, member(data, "message")).sent())
    if kind == "message.inbound":
        return MessageReceived(read(_WireMessage, member(data, "message")).received())
    return None


class MockMessaging(Messaging):
    """Speaks the messaging part of the wire contract."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.MESSAGING,
        name="mock",
        api=API,
        title="Bundled mock message sender",
        capabilities=frozenset({Capability.DELIVERY_EVENTS, Capability.INBOUND, Capability.EVENT_REPLAY}),
        options=OPTIONS,
    )

    def __init__(self, http: Http) -> None:
        """Talks over `http`, which it closes."""
        self._http = http

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options, "The message sender"))

    async def open(self) -> frozenset[Capability]:
        await check(self._http, "/v1/messages/no-such-message")
        return self.manifest.capabilities

    async def close(self) -> None:
        await self._http.close()

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        refuse_unasked(message, self.channels)
        body = {
            "channel": message.channel.value,
            "to": message.to,
            "text": message.text,
            "subject": message.subject,
            "customer_id": message.customer_id,
            "consent": {"granted": True, "source": message.consent.source if message.consent else ""},
        }
        answer = await self._http.change("POST", "/v1/messages", body, key=message.key)
        return read(MessageReceipt, member(answer, "message"))

    async def status(self, message_id: str) -> MessageReceipt:
        answer = await self._http.get(f"/v1/messages/{segment(message_id)}")
        return read(MessageReceipt, member(answer, "message"))

    async def snapshot(self) -> Envelope:
        body = await self._http.get("/v1/snapshot")
        epoch, number = numbered(member(body, "as_of"))
        messages = read(tuple[_WireMessage, ...], member(body, "messages"))
        event = MessagingSnapshot(
            tuple(one.sent() for one in messages if one.direction is Direction.OUTBOUND),
            tuple(one.received() for one in messages if one.direction is Direction.INBOUND),
        )
        return Envelope(_SOURCE, event, read(float, member(body, "server_time")), epoch, number)

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return follow(self._http, _SOURCE, after, _event)
