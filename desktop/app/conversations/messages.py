"""Messages outside an interaction, either way: told to the agent, and kept on this machine until they are old."""

import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from typing import Any

from desktop.app.connections.failures import one_line
from desktop.app.notes.wrap_up_json import message_of
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import DELIVERED, PARKED, OutboxRow
from desktop.app.storage.tables.reasons import MAY_BE_THERE
from desktop.app.store import Store
from desktop.domain.entities.message import InboundMessage, SentMessage, further
from desktop.domain.entities.words import DeliveryState
from desktop.domain.news.notices import wrote
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived, MessagingSnapshot
from desktop.domain.state.own_events import MessageWithdrawn
from desktop.domain.text.sentence import Sentence, verbatim
from desktop.ports.errors import Unavailable
from desktop.ports.messaging import MessageReceipt, OutgoingMessage

log = logging.getLogger(__name__)

_TOLD_EACH = 3
_SHOWN = 60  # characters of a message in a notice


class Messages:
    """Sees every message event. What customers wrote, and what became of ours, is on disk before its sender forgets it.

    A message of ours that waits in the outbox is shown, too: everything sent to a customer stands on their timeline.
    """

    def __init__(
        self,
        store: Store,
        local: Callable[[], LocalStore],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`local` raises StoreError while the disk is not there."""
        self._spawn = spawn
        self._store = store
        self._local = local
        self._told: set[str] = set()
        self._ours: set[str] = set()  # the ids of those that are kept as sent from here
        store.taps.append(self._tell)

    async def load(self) -> None:
        """Show again what came before this run.

        Raises:
            StoreError: it cannot be read.
        """
        for message in await self._local().messages():
            self._told.add(message.id)
            self._store.publish(MessageReceived(message))
        known = {one.id: one for one in map(_of_row, await self._local().newest_sent()) if one is not None}
        known |= {one.id: one for one in await self._local().sent_messages()}
        for sent in sorted(known.values(), key=lambda one: one.at):
            self._ours.add(sent.id)
            if sent.state is DeliveryState.FAILED:
                self._told.add(f"out:{sent.id}")
            self._store.publish(DeliveryChanged(sent))

    async def keep(self, envelope: Envelope) -> None:
        """Have on disk what a customer wrote, and how far a message of ours has come.

        Raises:
            Unavailable: the disk will not do; the sender must not forget it.
        """
        event = envelope.event
        received: tuple[InboundMessage, ...] = ()
        sent: tuple[SentMessage, ...] = ()
        if isinstance(event, MessageReceived):
            received = (event.message,)
        elif isinstance(event, DeliveryChanged):
            sent = (event.message,)
        elif isinstance(event, MessagingSnapshot):
            received, sent = event.received, event.sent
        try:
            for message in received:
                await self._local().keep_message(message)
            await self._keep_ours(sent)
        except StoreError as error:
            log.error("a message cannot be kept: %s", error)
            raise Unavailable(Sentence("message.cannot_be_kept"), str(error)) from error

    async def _keep_ours(self, reported: Collection[SentMessage]) -> None:
        """What others sent in our name is theirs to keep, and in each snapshot again."""
        known = self._store.drain().sent
        for message in reported:
            if message.id in self._ours:
                await self._local().keep_sent_message(further(known.get(message.id), message))

    def sent(self, message: OutgoingMessage, receipt: MessageReceipt) -> None:
        """A sender took a message of ours."""
        known = _sent(message, receipt.id, self._store.now(), receipt.state, receipt.detail)
        self._store.publish(DeliveryChanged(known))
        self._ours.add(receipt.id)
        self._spawn(self._keep_sent(receipt.id))  # whoever waits for the receipt does not wait for this disk

    async def _keep_sent(self, message_id: str) -> None:
        """Should it not get on disk, the next run has it from the outbox."""
        known = self._store.drain().sent.get(message_id)
        if known is not None:
            try:
                await self._local().keep_sent_message(known)
            except StoreError as error:
                log.error("a message that was sent cannot be kept: %s", error)

    def heard(self, row: OutboxRow) -> None:
        """Take notice of a row of the outbox, which may be a message that no sender has taken yet."""
        message = message_of(row) if row.state != DELIVERED else None
        if message is None:
            return
        state = DeliveryState.QUEUED
        if row.state == PARKED:
            doubtful = row.doubts or row.reason == MAY_BE_THERE
            state = DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED
        waits = _sent(replace(message, key=row.key), row.key, row.created_at + self._store.state.skew, state)
        self._told.add(f"out:{row.key}")  # the outbox tells of it itself
        self._store.publish(DeliveryChanged(replace(waits, why=row.reason)))

    def withdrawn(self, key: str) -> None:
        """A row is not in the outbox any more."""
        known = self._store.drain().sent.get(key)
        if known is not None and known.is_in_outbox:
            self._store.publish(MessageWithdrawn(key))

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
            came = Sentence("message.came", channel=channel, who=who, text=text)
            self._store.notice(came, subject=wrote(message.id))

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


def _of_row(row: OutboxRow) -> SentMessage | None:
    """What an outbox row tells of a message that its sender took."""
    message = message_of(row)
    if message is None or row.delivered_at is None or not row.receipt:
        return None
    return _sent(replace(message, key=row.key), row.receipt, row.delivered_at, DeliveryState.QUEUED)


def _sent(message: OutgoingMessage, sent_id: str, at: float, state: DeliveryState, detail: str = "") -> SentMessage:
    return SentMessage(sent_id, at, state, message.channel, message.to, _words(message), detail, message.key)


def _words(message: OutgoingMessage) -> str:
    return f"{message.subject}: {message.text}" if message.subject else message.text
