"""What a message sender (CPaaS) is to the desktop."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass

from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import Envelope
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import Rejected, Unsupported

EVENTS = frozenset({Capability.DELIVERY_EVENTS, Capability.INBOUND})
"""A sender that offers one of these has `snapshot` and `events`."""


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

    channels: frozenset[Channel] = frozenset(MESSAGE_KINDS.values())
    """What this sender carries; a message on another channel belongs to another sender."""

    holds_keys: bool = True
    """Whether the far side itself takes a key once, also after this program was started anew.

    Where it does not, a message of which nobody knows whether it went out is not sent again by itself.
    """

    @abstractmethod
    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        """Send once per `message.key`. Raises Rejected without consent, or for a channel that is not carried."""

    @abstractmethod
    async def status(self, message_id: str) -> MessageReceipt:
        """How far it has come. Raises NotFound."""

    async def snapshot(self) -> Envelope:
        """What is still known of messages sent and received, as one `MessagingSnapshot`."""
        raise Unsupported(Sentence("port.reports_nothing"))

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """As `ContactCenter.events`, with `DeliveryChanged` (DELIVERY_EVENTS) and `MessageReceived` (INBOUND).

        The host asks for the next event only when it has kept this one on disk. Where the far side forgets a message
        once it was acknowledged, the sender acknowledges it then and not before.
        """
        raise Unsupported(Sentence("port.reports_nothing"))


def refuse_unasked(message: OutgoingMessage, channels: frozenset[Channel]) -> None:
    """What every sender checks before anything goes out.

    Raises:
        Rejected: the customer did not agree to this channel, or this sender does not carry it.
    """
    if message.channel not in channels:
        raise Rejected(Sentence("port.no_such_channel", channel=message.channel.value))
    consent = message.consent
    if consent is None or consent.granted is not True or consent.topic != message.channel.value:
        raise Rejected(Sentence("port.not_agreed"))
