"""Messages outside an interaction: told to the agent, and kept on this machine until they are old."""

import logging
from collections.abc import Callable

from desktop.app.connections.failures import one_line
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.store import Store
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.words import DeliveryState
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived, MessagingSnapshot
from desktop.domain.text.sentence import Sentence, verbatim
from desktop.ports.errors import Unavailable
from desktop.ports.messaging import MessageReceipt, OutgoingMessage

log = logging.getLogger(__name__)

_TOLD_EACH = 3
_SHOWN = 60  # characters of a message in a notice


class Messages:
    """Sees every message event. What customers wrote is on disk before its sender may forget it."""

    def __init__(self, store: Store, local: Callable[[], LocalStore]) -> None:
        """`local` raises StoreError while the disk is not there."""
        self._store = store
        self._local = local
        self._told: set[str] = set()
        store.taps.append(self._tell)

    async def load(self) -> None:
        """Show again what came before this run.

        Raises:
            StoreError: it cannot be read.
        """
        for message in await self._local().messages():
            self._told.add(message.id)
            self._store.publish(MessageReceived(message))

    async def keep(self, envelope: Envelope) -> None:
        """Have what a customer wrote on disk.

        Raises:
            Unavailable: the disk will not do; the sender must not forget the message.
        """
        event = envelope.event
        received: tuple[InboundMessage, ...] = ()
        if isinstance(event, MessageReceived):
            received = (event.message,)
        elif isinstance(event, MessagingSnapshot):
            received = event.received
        for message in received:
            try:
                await self._local().keep_message(message)
            except StoreError as error:
                log.error("a message cannot be kept: %s", error)
                raise Unavailable(Sentence("message.cannot_be_kept"), str(error)) from error

    def sent(self, message: OutgoingMessage, receipt: MessageReceipt) -> None:
        """A sender took a message of ours."""
        text = f"{message.subject}: {message.text}" if message.subject else message.text
        known = SentMessage(
            receipt.id, self._store.now(), receipt.state, message.channel, message.to, text, receipt.detail
        )
        self._store.publish(DeliveryChanged(known))

    def _tell(self, envelope: Envelope) -> None:
        event = envelope.event
        if isinstance(event, MessageReceived):
            self._tell_received(event.message)
        elif isinstance(event, MessagingSnapshot):
            self._tell_of_many(event.received)
        elif isinstance(event, DeliveryChanged) and event.message.state is DeliveryState.FAILED:
            self._tell_failed(event)

    def _tell_of_many(self, messages: tuple[InboundMessage, ...]) -> None:
        """Those that came while we were away; more than a few in one sentence."""
        fresh = [message for message in messages if message.id not in self._told]
        if len(fresh) <= _TOLD_EACH:
            for message in fresh:
                self._tell_received(message)
            return
        self._told.update(message.id for message in fresh)
        self._store.notice(Sentence("message.many_came", n=len(fresh)))

    def _tell_received(self, message: InboundMessage) -> None:
        if message.id in self._told:
            return
        self._told.add(message.id)
        channel, who = message.channel.value, self._name(message)
        if message.opts_out:
            self._store.notice(Sentence("message.opted_out", channel=channel, who=who), "warning")
        else:
            text = one_line(message.text, _SHOWN)
            self._store.notice(Sentence("message.came", channel=channel, who=who, text=text))

    def _tell_failed(self, event: DeliveryChanged) -> None:
        message = event.message
        if f"out:{message.id}" in self._told:
            return
        self._told.add(f"out:{message.id}")
        known = self._store.state.sent.get(message.id)
        to = verbatim(message.to or (known.to if known is not None else "")) or Sentence("message.a_customer")
        channel, why = message.channel.value, one_line(message.detail)
        if why:
            told = Sentence("message.not_delivered_because", channel=channel, to=to, why=why)
        else:
            told = Sentence("message.not_delivered", channel=channel, to=to)
        self._store.notice(told, "warning")

    def _name(self, message: InboundMessage) -> Sentence:
        """The name of a customer on screen who has the address, or else the address itself."""
        value = message.sender.value
        for pop in self._store.state.pops.values():
            if pop.match is not None and any(one.value == value for one in pop.match.customer.addresses):
                return Sentence("message.sender", name=pop.match.customer.name, address=value)
        return verbatim(value) or Sentence("message.unknown_sender")
