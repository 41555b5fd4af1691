"""Messages that an agent writes to a customer outside of any contact: kept like replies, sent like follow-ups."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from typing import Any

from desktop.app.commands.command_result import CommandResult
from desktop.app.notes.notes import Notes
from desktop.app.notes.outbox import Outbox
from desktop.app.notes.wrap_up_rows import WrapUpRows
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import WAITING, OutboxRow
from desktop.app.store import Store
from desktop.domain.conversations.message_drafts import MessageTo, message_to
from desktop.domain.entities.customer import Match
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import NO_HEAD, OutgoingReply, ReplyHead
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.select import Recipient, message_refusal, recipients
from desktop.domain.text.sentence import NOTHING, Sentence


class CustomerMessages:
    """What is written is a draft that is no contact's; what is sent is a row of the outbox, under the reply's key.

    That it waits for a moment and can be taken back until then is the same as for replies, and in `replies.py`.
    """

    def __init__(
        self,
        store: Store,
        notes: Notes,
        outbox: Outbox,
        rows: WrapUpRows,
        local: Callable[[], LocalStore],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        channels: frozenset[Channel],
    ) -> None:
        """`local` raises StoreError while the disk is not there. `channels`: what the profile's senders carry."""
        self.channels = channels
        self._store = store
        self._notes = notes
        self._outbox = outbox
        self._rows = rows
        self._local = local
        self._spawn = spawn
        self._leaving: dict[str, asyncio.Event] = {}  # by key, messages that closing waits for
        self._cards: dict[str, Match] = {}  # by draft, the customer as the agent has them before their eyes

    def look(self, draft_id: str, match: Match) -> None:
        """This is the customer's card now; what it does not allow any more is not sent."""
        self._cards[draft_id] = match

    def write(
        self, draft_id: str, match: Match, to: str, *, text: str | None = None, subject: str | None = None
    ) -> None:
        """Take what changed; call it for every key. What is not given stays as it is."""
        recipient = message_to(draft_id)
        if recipient is None:
            return
        self.look(draft_id, match)
        record = self._notes.text(draft_id)
        head = record.head if record is not None else NO_HEAD
        text = text if text is not None else record.reply if record is not None else ""
        head = ReplyHead(head.subject if subject is None else subject, (to,))
        is_empty = not (text.strip() or head.subject.strip())
        facts = self._rows.facts_of_message(self._store.state, match, recipient.channel, to)
        self._notes.edit(draft_id, reply="" if is_empty else text, head=NO_HEAD if is_empty else head, facts=facts)
        if is_empty:
            self._spawn(self._notes.forget_message(draft_id))

    def refusal(self, draft_id: str) -> Sentence:
        """Why what is written may not go now; nothing when it may."""
        recipient, record, match = message_to(draft_id), self._notes.text(draft_id), self._cards.get(draft_id)
        if recipient is None or record is None or match is None or not record.head.to:
            return Sentence("message.no_card")
        why = self._refusal(recipient, match, record.head.to[0])
        if not why and recipient.channel is Channel.EMAIL and not record.head.subject.strip():
            return Sentence("message.no_subject")
        return why

    async def post(self, draft_id: str, message: OutgoingReply) -> CommandResult:
        """Put a message into the outbox, which sends it under its key; the same key again changes nothing."""
        recipient = message_to(draft_id)
        facts = self._notes.collected(draft_id).facts or ContactFacts()
        if recipient is None or not message.head.to:
            return CommandResult(False, Sentence("message.no_card"), "Rejected")
        to, match = message.head.to[0], self._cards.get(draft_id)
        why = NOTHING
        if match is not None:
            why = self._refusal(recipient, match, to)
            facts = self._rows.facts_of_message(self._store.drain(), match, recipient.channel, to)
        facts = replace(facts, address=to)
        not_sent = Sentence("message.not_sent", customer=facts.customer_name)
        row = None if why else self._rows.message_row(draft_id, message.key, facts, message.text, message.head.subject)
        if row is None:
            stopped = Sentence(f"message.stopped_{recipient.channel}", customer=facts.customer_name)
            return CommandResult(False, not_sent + (why or stopped), "Rejected")
        try:
            self._outbox.adopt(await self._local().enqueue([row], drop_draft=None))
        except StoreError as error:
            return CommandResult(False, not_sent + error.sentence, type(error).__name__)
        return CommandResult(True)

    def heard(self, row: OutboxRow) -> None:
        """Take notice of a row of the outbox: it may be a message that is not to be waited for any longer."""
        if row.state != WAITING and row.key in self._leaving:
            self._leaving[row.key].set()

    async def leave(self, keys: Collection[str], seconds: float) -> None:
        """Wait until the outbox has sent these, but no longer than that; what it has not sent goes in the next run."""
        self._leaving = {key: asyncio.Event() for key in keys if self._outbox.is_waiting(key)}
        waits = [asyncio.ensure_future(one.wait()) for one in self._leaving.values()]
        if waits:
            _, late = await asyncio.wait(waits, timeout=seconds)
            for one in late:
                one.cancel()

    def _refusal(self, recipient: MessageTo, match: Match, to: str) -> Sentence:
        customer, channel = match.customer, recipient.channel
        if Recipient(channel, to) not in recipients(customer):
            return Sentence("message.not_on_card", to=to, customer=customer.name)
        return message_refusal(self._store.drain(), customer, channel, to)
