"""Replies to customers in written contacts: each goes out once, and none is lost on the way."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from desktop.app.commands.action_result import IGNORED, UNDECIDED, ActionResult
from desktop.app.commands.actions import Actions
from desktop.app.notes.notes import Notes
from desktop.app.store import Store
from desktop.domain.entities.words import Verb
from desktop.domain.entities.wrap_up_record import DraftView, OutgoingReply
from desktop.domain.text.sentence import Sentence

_UNDECIDED = frozenset(error.__name__ for error in UNDECIDED)


class Replies:
    """Sends what was typed. From the key press until a definite answer its words and its key are on disk.

    What was not sent is in the field again, before what was typed since. What nobody knows of stays beside the
    conversation, and goes out once more under the same key when that is asked for.
    """

    def __init__(
        self,
        store: Store,
        notes: Notes,
        actions: Actions,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._store = store
        self._notes = notes
        self._actions = actions
        self._spawn = spawn
        self._under_way: set[str] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, interaction_id: str) -> ActionResult:
        """Send what stands in the field; it is empty at once, for the next one."""
        self._notes.collect()
        record = self._record(interaction_id)
        text = record.reply.strip() if record is not None else ""
        if record is None or not text:
            return ActionResult(False, Sentence("send_message.no_text"))
        reply = OutgoingReply(str(uuid.uuid4()), text)
        self._notes.edit(interaction_id, reply="", outgoing=(*record.outgoing, reply))
        self._notes.reply_replaced(interaction_id, "")
        return await self._deliver(interaction_id, reply)

    async def send_again(self, interaction_id: str) -> ActionResult:
        """Send once more what nobody knows of, under the keys it had."""
        record = self._record(interaction_id)
        waiting = [one for one in record.outgoing if one.key not in self._under_way] if record is not None else []
        results = [await self._deliver(interaction_id, one) for one in waiting]
        return next((one for one in results if not one.ok), results[-1] if results else IGNORED)

    def retry_all(self) -> None:
        """Likewise in every contact."""
        for interaction_id, record in self._store.state.drafts.items():
            if record.outgoing:
                self._spawn(self._again(interaction_id))

    async def _again(self, interaction_id: str) -> None:
        result = await self.send_again(interaction_id)
        self._store.outcome(result.ok, result.text, interaction_id)

    async def _deliver(self, interaction_id: str, reply: OutgoingReply) -> ActionResult:
        self._under_way.add(reply.key)
        try:
            await self._notes.flush(interaction_id)  # before it leaves: after a crash it goes under the same key
            async with self._turns.setdefault(interaction_id, asyncio.Lock()):
                before = self._said(interaction_id, reply.text)
                result = await self._actions.do(Verb.SEND_MESSAGE, interaction_id, key=reply.key, text=reply.text)
                arrived = result.ok or (result.error in _UNDECIDED and self._has_arrived(interaction_id, reply, before))
        finally:
            self._under_way.discard(reply.key)
        if arrived:
            self._settle(interaction_id, reply, back=False)
            return ActionResult(True)
        if result.error in _UNDECIDED:
            return ActionResult(False, result.text + Sentence("send_message.again"), result.error)
        self._settle(interaction_id, reply, back=True)
        return result

    def _has_arrived(self, interaction_id: str, reply: OutgoingReply, before: frozenset[str]) -> bool:
        """Whether a message that was not there before can be no other than this one: no other of its words is open."""
        record = self._record(interaction_id)
        alike = [one for one in record.outgoing if one.text == reply.text] if record is not None else []
        return len(alike) == 1 and bool(self._said(interaction_id, reply.text) - before)

    def _said(self, interaction_id: str, text: str) -> frozenset[str]:
        """The ids of our messages with these words."""
        interaction = self._store.drain().interactions.get(interaction_id)
        messages = interaction.messages if interaction is not None else ()
        return frozenset(one.id for one in messages if one.author == "agent" and one.text.strip() == text)

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
        self._notes.edit(interaction_id, reply=words, outgoing=outgoing)
        self._notes.reply_replaced(interaction_id, words)

    def _record(self, interaction_id: str) -> DraftView | None:
        return self._notes.text(interaction_id)
