"""What a message sender (CPaaS) is to the desktop."""

from abc import abstractmethod
from dataclasses import dataclass

from desktop.domain.customer import Consent
from desktop.domain.words import Channel, DeliveryState
from desktop.ports.base import Backend


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to a customer. `consent` is the consent it is sent under; without one it is refused."""

    key: str
    channel: Channel
    to: str
    text: str
    consent: Consent | None
    subject: str = ""
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessageReceipt:
    """What became of a message."""

    id: str
    state: DeliveryState
    detail: str = ""


class Messaging(Backend):
    """SMS and e-mail to customers, outside an interaction."""

    @abstractmethod
    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        """Send once per `message.key`. Raises Rejected without consent."""

    @abstractmethod
    async def status(self, message_id: str) -> MessageReceipt:
        """How far it has come. Raises NotFound."""
