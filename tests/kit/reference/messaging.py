"""A message sender in memory."""

from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.customer import Consent
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived, MessagingSnapshot
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.errors import NotFound
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked
from desktop.testing import fresh
from desktop.testing.rigs import MessagingRig

from .line import Line, LineRig, Reference


class MessagingLine(Line):
    """The far side: what went out."""

    def __init__(self) -> None:
        super().__init__()
        self.out: dict[str, SentMessage] = {}

    def become(self, message_id: str, state: DeliveryState) -> None:
        """A message came further."""
        self.out[message_id] = replace(self.out[message_id], state=state)
        self.tell(DeliveryChanged(self.out[message_id]))


class ReferenceMessaging(Reference, Messaging):
    """Keeps the contract of a message sender."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.MESSAGING,
        "reference",
        2,
        "A message sender in memory",
        frozenset({Capability.DELIVERY_EVENTS, Capability.INBOUND}),
        Reference.OPTIONS,
    )
    line: MessagingLine
    channels = frozenset({Channel.SMS})

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        self.check(message)
        return await self.ask(lambda: self.line.once(message.key, lambda: self.post(message)), changing=True)

    def check(self, message: OutgoingMessage) -> None:
        """Refuse what must not go out."""
        refuse_unasked(message, self.channels)

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        """Send it on the far side."""
        made = SentMessage(
            self.line.new_id(), self.line.later(), DeliveryState.SENT, message.channel, message.to, message.text
        )
        self.line.out[made.id] = made
        return MessageReceipt(made.id, made.state)

    async def status(self, message_id: str) -> MessageReceipt:
        found = await self.ask(lambda: self.line.out.get(message_id))
        if found is None:
            raise NotFound("There is no such message.")
        return MessageReceipt(found.id, found.state)

    async def snapshot(self) -> Envelope:
        return await self.ask(lambda: self.envelope(MessagingSnapshot(tuple(self.line.out.values()))))


class ReferenceMessagingRig(LineRig[Messaging], MessagingRig):
    """The far side of a message sender in memory."""

    line: MessagingLine

    def __init__(self, backend: type[Any] = ReferenceMessaging) -> None:
        super().__init__(backend, MessagingLine())

    def message(self, key: str, text: str) -> OutgoingMessage:
        return OutgoingMessage(key, Channel.SMS, fresh.number(), text, Consent("sms", True))

    async def sent(self, text: str) -> int:
        return len([one for one in self.line.out.values() if one.text == text])

    async def recipients(self, text: str) -> list[str]:
        return [one.to for one in self.line.out.values() if one.text == text]

    async def deliver(self, message_id: str) -> None:
        self.line.become(message_id, DeliveryState.DELIVERED)

    async def fail(self, message_id: str) -> None:
        self.line.become(message_id, DeliveryState.FAILED)

    async def customer_writes(self, text: str) -> None:
        sender = Address("phone", fresh.number())
        message = InboundMessage(self.line.new_id(), self.line.later(), Channel.SMS, sender, text)
        self.line.tell(MessageReceived(message))
