"""Replies to customers in written contacts, and messages outside of one: each goes out once, none is lost."""

import asyncio
import uuid
from asyncio import to_thread
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.command_result import IGNORED, UNDECIDED, CommandResult
from desktop.app.conversations import reply_files
from desktop.app.conversations.customer_messages import CustomerMessages
from desktop.app.conversations.reply_files import FileRefused
from desktop.app.notes.notes import Notes
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain import select
from desktop.domain.conversations.message_drafts import message_to
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Interaction, OutgoingFile, Reply
from desktop.domain.entities.words import Channel, Verb
from desktop.domain.entities.wrap_up_record import NO_HEAD, DraftView, OutgoingReply, ReplyHead
from desktop.domain.select.threads import head_of_reply
from desktop.domain.state.available_verbs import verbs
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability

MESSAGE_HELD = 5.0
"""Seconds for which a message outside of a contact is held back, on whatever channel: nobody waits for it."""
TOO_LATE_SECONDS = 2.0
"""For how long after it went taking back is answered with that, and means nothing else."""
CLOSE_SECONDS = 3.0
"""How long leaving waits for what is sent then."""
_UNDECIDED = frozenset(error.__name__ for error in UNDECIDED)


class Replies:
    """Sends what was typed. From the key press until a definite answer its words and its key are on disk.

    What was not sent is in the field again, before what was typed since. What nobody knows of stays beside the
    conversation, and goes out once more under the same key when that is asked for. Where the channel can wait, a reply
    is held back on disk for a moment and can be taken back; the next run goes on with that.
    """

    def __init__(
        self,
        store: Store,
        notes: Notes,
        commands: AgentCommands,
        timing: Timing,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        outside: CustomerMessages,
        signature: Callable[[AppState, Interaction | None], str] = lambda state, interaction: "",
    ) -> None:
        """`outside` takes the messages that belong to no contact.

        `signature` answers what stands below an e-mail of a contact, or of none; "" for nothing.
        """
        self._outside = outside
        self._signature = signature
        self._store = store
        self._notes = notes
        self._commands = commands
        self._timing = timing
        self._spawn = spawn
        self._held: dict[str, str] = {}  # key -> interaction, while it waits
        self._went: dict[str, float] = {}  # interaction -> when what was held last went
        self._closed = False
        self._under_way: set[str] = set()
        self._unsure: set[str] = set()  # keys of what went out and was not answered
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        store.listeners.append(self._listen)

    async def send(self, interaction_id: str) -> CommandResult:
        """Send what stands in the field, of a contact or of a message's draft; it is empty at once, for the next one.

        A message to somebody who did not agree to it is refused, and stays in the field.
        """
        self._notes.collect()
        record = self._record(interaction_id)
        text = record.reply.strip() if record is not None else ""
        if record is None or not (text or record.head.files):
            return CommandResult(False, Sentence("send_message.no_text"))
        if message_to(interaction_id) is not None and (why := self._outside.refusal(interaction_id)):
            return CommandResult(False, why, "Rejected")
        head = self._whole_head(interaction_id, record.head)
        text = self._signed(interaction_id, text)
        wait = self._can_wait(interaction_id)
        reply = OutgoingReply(str(uuid.uuid4()), text, self._timing.clock() + wait if wait else None, head)
        if wait:
            self._hold(interaction_id, reply.key, wait)
        self._notes.edit(interaction_id, reply="", outgoing=(*record.outgoing, reply), head=NO_HEAD)
        self._notes.reply_replaced(interaction_id, "")
        if not wait:
            return await self._deliver(interaction_id, reply)
        await self._notes.flush(interaction_id)
        kept = self._record(interaction_id)
        if kept is not None and kept.problem:  # it must not wait where a crash would lose it
            return await self.send_held(interaction_id) or CommandResult(True)
        return CommandResult(True)

    def begun(self, interaction_id: str) -> None:
        """Something was typed or attached. Whom an e-mail answers is settled with that: who writes later is another."""
        record = self._record(interaction_id)
        if record is not None and (record.reply.strip() or record.head.files) and not record.head.to:
            to = self._whole_head(interaction_id, record.head).to
            if to:
                self._notes.edit(interaction_id, head=replace(record.head, to=to))

    async def attach(self, interaction_id: str, path: str) -> CommandResult:
        """Have a file go with the reply."""
        record = self._record(interaction_id)
        known = record.head.files if record is not None else ()
        try:
            file = await to_thread(reply_files.look_at, path, known)
        except FileRefused as refused:
            return CommandResult(False, Sentence("reply_file.not_attached") + refused.sentence)
        record = self._record(interaction_id)
        head = record.head if record is not None else NO_HEAD
        if all(one.path != file.path for one in head.files):
            self._notes.edit(interaction_id, head=replace(head, files=(*head.files, file)))
            self.begun(interaction_id)
            await self._notes.flush(interaction_id)
        return CommandResult(True, Sentence("reply_file.attached", name=file.name))

    def change_head(self, interaction_id: str, head: ReplyHead) -> None:
        """The reply has another subject, other recipients or files."""
        self._notes.edit(interaction_id, head=head)

    def _whole_head(self, interaction_id: str, head: ReplyHead) -> ReplyHead:
        interaction = self._store.drain().interactions.get(interaction_id)
        copies = Capability.COPIES.value in select.call_capabilities(self._store.state, interaction_id)
        return head_of_reply(interaction, head) if interaction is not None and copies else head

    def _signed(self, interaction_id: str, text: str) -> str:
        interaction, to = self._store.drain().interactions.get(interaction_id), message_to(interaction_id)
        channel = to.channel if to is not None else interaction.channel if interaction is not None else None
        if channel is not Channel.EMAIL:
            return text
        below = self._signature(self._store.state, interaction)
        return text if not below or text.endswith(below) else f"{text}\n\n{below}".lstrip()

    async def take_back(self, interaction_id: str) -> CommandResult:
        """Put the reply that was sent last into the field again, while it is held back."""
        held = self._held_of(interaction_id)
        if not held:
            return CommandResult(False, Sentence("replies.too_late")) if self.just_went(interaction_id) else IGNORED
        del self._held[held[-1].key]
        self._settle(interaction_id, held[-1], back=True)
        await self._notes.flush(interaction_id)
        return CommandResult(True, Sentence("replies.taken_back"))

    def just_went(self, interaction_id: str) -> bool:
        """Whether a reply was still to be taken back a moment ago."""
        went = self._went.get(interaction_id)
        return went is not None and self._timing.monotonic() - went < TOO_LATE_SECONDS

    async def send_held(self, interaction_id: str) -> CommandResult | None:
        """Send at once what is held back, since the contact goes. Answers what came of one that was not sent."""
        results = [await self._release(interaction_id, one.key) for one in self._held_of(interaction_id)]
        return next((one for one in results if not one.ok and one is not IGNORED), None)

    async def close(self) -> None:
        """Send what is held back; what cannot be sent now is on disk, for the next run."""
        self._closed = True
        messages = [key for key, draft_id in self._held.items() if message_to(draft_id) is not None]
        last = [asyncio.ensure_future(self.send_held(one)) for one in dict.fromkeys(self._held.values())]
        if last:
            _, late = await asyncio.wait(last, timeout=CLOSE_SECONDS)
            for one in late:
                one.cancel()
        await self._outside.leave(messages, CLOSE_SECONDS)

    async def send_again(self, interaction_id: str) -> CommandResult:
        """Send once more what nobody knows of, under the keys it had, as long as its contact takes messages."""
        if not self._takes_replies(interaction_id):
            return IGNORED
        known = self._outgoing(interaction_id)
        waiting = [one for one in known if one.due is None and one.key not in self._under_way]
        self._unsure.update(one.key for one in waiting)
        results = [await self._deliver(interaction_id, one) for one in waiting]
        return next((one for one in results if not one.ok), results[-1] if results else IGNORED)

    def retry_all(self) -> None:
        """Likewise in every contact."""
        for interaction_id, record in self._store.state.drafts.items():
            if record.outgoing and not self._is_anothers(interaction_id):
                self._spawn(self._again(interaction_id))

    async def _again(self, interaction_id: str) -> None:
        result = await self.send_again(interaction_id)
        self._store.outcome(result.ok, result.text, interaction_id)

    # What is held back

    def _can_wait(self, interaction_id: str) -> float:
        """For how many seconds a reply is held back; 0 where it goes, or is refused, at once."""
        return 0.0 if self._closed else _held_for(self._store.drain(), interaction_id) or 0.0

    def _hold(self, interaction_id: str, key: str, seconds: float) -> None:
        self._held[key] = interaction_id
        self._spawn(self._send_later(interaction_id, key, seconds))

    async def _send_later(self, interaction_id: str, key: str, seconds: float) -> None:
        await self._timing.sleep(seconds)
        result = await self._release(interaction_id, key)
        if result is not IGNORED:
            self._store.outcome(result.ok, result.text, interaction_id)

    async def _release(self, interaction_id: str, key: str) -> CommandResult:
        """Send a reply that was held back, unless it was taken back, or went, already."""
        if self._held.pop(key, None) is None:
            return IGNORED
        held = next((one for one in self._outgoing(interaction_id) if one.key == key), None)
        if held is None:
            return IGNORED
        sent = replace(held, due=None)
        self._went[interaction_id] = self._timing.monotonic()
        outgoing = tuple(sent if one.key == key else one for one in self._outgoing(interaction_id))
        self._notes.edit(interaction_id, outgoing=outgoing)
        return await self._deliver(interaction_id, sent)

    def _listen(self, old: AppState, new: AppState) -> None:
        """Go on with what an earlier run held back, and tell of what cannot be sent any more."""
        parts = ((old.drafts, new.drafts), (old.interactions, new.interactions), (old.capabilities, new.capabilities))
        if all(before is now for before, now in parts) and old.me == new.me:
            return
        for key, interaction_id in list(self._held.items()):
            if all(one.key != key for one in self._outgoing(interaction_id)):
                del self._held[key]
                self._store.notice(Sentence("replies.ended_first"), "error", interaction_id)
        for interaction_id in new.drafts if not self._closed else ():
            longest = _held_for(new, interaction_id)
            if longest is None or self._is_anothers(interaction_id):
                continue
            for one in self._outgoing(interaction_id):
                if one.due is not None and one.key not in self._held:
                    self._hold(interaction_id, one.key, min(max(one.due - self._timing.clock(), 0.0), longest))
                elif one.due is None and message_to(interaction_id) is not None and one.key not in self._under_way:
                    self._spawn(self._again(interaction_id))  # the last run ended on the way to the outbox

    def _held_of(self, interaction_id: str) -> Sequence[OutgoingReply]:
        return [one for one in self._outgoing(interaction_id) if one.key in self._held]

    # On the way

    async def _deliver(self, interaction_id: str, reply: OutgoingReply) -> CommandResult:
        self._under_way.add(reply.key)
        try:
            with self._commands.sending(interaction_id):
                return await self._bring(interaction_id, reply)
        finally:
            self._under_way.discard(reply.key)

    async def _bring(self, interaction_id: str, reply: OutgoingReply) -> CommandResult:
        await self._notes.flush(interaction_id)  # before it leaves: after a crash it goes under the same key
        async with self._turns.setdefault(interaction_id, asyncio.Lock()):
            if message_to(interaction_id) is not None:
                return await self._post(interaction_id, reply)
            before = self._said(interaction_id, reply)
            result = await self._send(interaction_id, reply)
            arrived = result.ok or (result.error in _UNDECIDED and self._has_arrived(interaction_id, reply, before))
        if arrived:
            self._settle(interaction_id, reply, back=False)
            return CommandResult(True)
        if result.error in _UNDECIDED:
            self._unsure.add(reply.key)
            return CommandResult(False, result.text + Sentence("send_message.again"), result.error)
        # What may have arrived goes once more only as it was, and that the contact is over by now says nothing of it.
        no_proof = result.error == FileRefused.__name__ or not self._takes_replies(interaction_id)
        if no_proof and reply.key in self._unsure:
            return result
        self._settle(interaction_id, reply, back=True)
        return result

    async def _post(self, draft_id: str, message: OutgoingReply) -> CommandResult:
        """From here on the outbox sees to it, or its words are in the field again."""
        result = await self._outside.post(draft_id, message)
        self._settle(draft_id, message, back=not result.ok)
        if result.ok:
            self._spawn(self._notes.forget_message(draft_id))
        return result

    async def _send(self, interaction_id: str, reply: OutgoingReply) -> CommandResult:
        head, files = reply.head, tuple[OutgoingFile, ...]()
        if head == NO_HEAD:
            return await self._commands.do(Verb.SEND_MESSAGE, interaction_id, key=reply.key, text=reply.text)
        if head.files:
            try:
                files = await to_thread(reply_files.contents, head.files)
            except FileRefused as refused:
                return CommandResult(False, Sentence("not_done.send_message") + refused.sentence, FileRefused.__name__)
        whole = Reply(reply.text, head.subject, head.to, head.cc, files)
        return await self._commands.send(interaction_id, whole, key=reply.key)

    def _has_arrived(self, interaction_id: str, reply: OutgoingReply, before: frozenset[str]) -> bool:
        """Whether a message that was not there before can be no other than this one: no other of its words is open."""
        record = self._record(interaction_id)
        alike = [one for one in record.outgoing if one.text == reply.text] if record is not None else []
        return len(alike) == 1 and bool(self._said(interaction_id, reply) - before)

    def _takes_replies(self, interaction_id: str) -> bool:
        """Whether something may be sent at all: the contact is going on, or it belongs to none."""
        interaction = self._store.drain().interactions.get(interaction_id)
        there = interaction is not None and _may_be_sent(self._store.state, interaction)
        return there or message_to(interaction_id) is not None

    def _said(self, interaction_id: str, reply: OutgoingReply) -> frozenset[str]:
        """The ids of our messages with these words; without any, of those with as many files."""
        text, files = reply.text, len(reply.head.files)
        interaction = self._store.drain().interactions.get(interaction_id)
        messages = interaction.messages if interaction is not None else ()
        ours = [one for one in messages if one.author == "agent" and one.text.strip() == text]
        return frozenset(one.id for one in ours if text or len(one.attachments) == files)

    def _settle(self, interaction_id: str, reply: OutgoingReply, *, back: bool) -> None:
        """It was sent, or it was not and its words go back to where they were typed."""
        self._notes.collect()
        record = self._record(interaction_id)
        if record is None or reply not in record.outgoing:
            return  # the contact is over, and its words are in the note
        outgoing = tuple(one for one in record.outgoing if one != reply)
        if not back:
            self._notes.edit(interaction_id, outgoing=outgoing)
            return
        words = "\n".join(filter(None, (reply.text, record.reply)))
        self._notes.edit(interaction_id, reply=words, outgoing=outgoing, head=_joined(reply.head, record.head))
        self._notes.reply_replaced(interaction_id, words)

    def _is_anothers(self, draft_id: str) -> bool:
        """Whether it is the message of another agent, or nobody knows yet who is signed in."""
        to = message_to(draft_id)
        return to is not None and to.agent_id != self._store.state.me

    def _record(self, interaction_id: str) -> DraftView | None:
        return self._notes.text(interaction_id)

    def _outgoing(self, interaction_id: str) -> tuple[OutgoingReply, ...]:
        record = self._record(interaction_id)
        return record.outgoing if record is not None else ()


def _joined(back: ReplyHead, now: ReplyHead) -> ReplyHead:
    """The head of a reply that was not sent, with what was chosen for the next one since."""
    files = (*back.files, *(one for one in now.files if one not in back.files))
    return replace(back, files=files) if now.to in ((), back.to) else replace(now, files=files)


def _held_for(state: AppState, draft_id: str) -> float | None:
    """For how many seconds what is sent of a draft is held back; None where nothing may be sent of it now."""
    if message_to(draft_id) is not None:
        return MESSAGE_HELD
    interaction = state.interactions.get(draft_id)
    return TRAITS[interaction.channel].held if interaction is not None and _may_be_sent(state, interaction) else None


def _may_be_sent(state: AppState, interaction: Interaction) -> bool:
    """Whether a reply may go out, be another one under way or not."""
    return Verb.SEND_MESSAGE in verbs(interaction, select.call_capabilities(state, interaction.id), state.me)
