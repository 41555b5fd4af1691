"""The notes an agent is writing: on disk half a second after the last key, and never lost."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from desktop.app.notes import record_merge
from desktop.app.notes.autosave import Autosave, OpenDraft
from desktop.app.notes.card_masking import CardMasking
from desktop.app.notes.follow_up_json import follow_up_from, follow_up_json
from desktop.app.notes.parked_records import ParkedRecords
from desktop.app.notes.unsaved_text import Unsaved
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft, with_replies_in_note
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.conversations.message_drafts import message_to
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import DraftView, HandedOver, OutgoingReply, ReplyHead
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.select import unsettled_pop
from desktop.domain.select.centres import own_id
from desktop.domain.state.own_events import AS_IT_IS, DraftDropped, DraftSaved, Keep, RecordHandedOver
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

_CLOCK_WAS_SET = 1.0
"""Seconds by which the server's clock must differ from before for the times on screen to be said anew."""

FactsOf = Callable[[AppState, Interaction, tuple[str, ...], tuple[FollowUp, ...]], ContactFacts]


class _Drafts:
    """Where records in progress are kept."""

    def __init__(self, local: Callable[[], LocalStore]) -> None:
        self._local = local

    async def all(self) -> Sequence[Draft]:
        return await self._local().drafts()

    async def one(self, draft_id: str) -> Draft | None:
        return await self._local().draft(draft_id)

    async def save(self, draft: Draft, *, words_since: float | None) -> Draft:
        return await self._local().save_draft(draft, words_since=words_since)

    async def park(self, draft_id: str, why: Sentence) -> None:
        await self._local().park_draft(draft_id, why)


class Notes:
    """Records in progress by interaction. Finishing, discarding or parking ends one; no status and no time-out does.

    The words here are the only ones: a pane shows them and tells what changed, and never writes back what it holds.
    """

    def __init__(
        self,
        store: Store,
        timing: Timing,
        local: Callable[[], LocalStore],
        *,
        facts_of: FactsOf,
        cards: CardMasking,
        adopt: Callable[[list[OutboxRow]], None],
        forget: Callable[[str], None],
        taken_up: Callable[[str], None],
    ) -> None:
        """`local` raises StoreError while the disk is not there. `facts_of`: what is known of a contact now.
        `cards` hides card numbers before anything is kept.

        `adopt` hears of outbox rows that drafts became, `forget` of the key of one that became a draft again.
        `taken_up` hears of each interaction of which a record was found on disk; it may know a link by hand.
        """
        self._store = store
        self._timing = timing
        self._local = local
        self._facts_of = facts_of
        self._cards = cards
        self._taken_up = taken_up
        self.collect: Callable[[], None] = lambda: None
        """Has the editor hand over its last keys; set by the screen."""
        self.replaced: Callable[[str, str], None] = lambda interaction_id, note: None
        """Hears that the note of an interaction is another one than the editor wrote; set by the screen."""
        self.reply_replaced: Callable[[str, str], None] = lambda interaction_id, reply: None
        """Likewise of the reply."""
        self.note_closed: Callable[[str], None] = lambda interaction_id: None
        """Hears that the note of an interaction is in the outbox and takes no more; set by the screen."""
        self._autosave = Autosave(
            timing,
            _Drafts(local),
            self._say,
            joined=record_merge.joined,
            collect=lambda: self.collect(),
            replaced=self._found,
            complete=self._complete,
            may_save=lambda draft: not draft.is_by_another(own_id(store.state, draft.interaction_id)),
            parked=self._parked_damaged,
        )
        self.parked_records = ParkedRecords(
            store,
            timing,
            local,
            self._autosave,
            collect=lambda: self.collect(),
            complete=self._complete,
            parked=self._was_parked,
            adopt=adopt,
            forget=forget,
        )
        store.listeners.append(self._listen)

    def edit(
        self,
        interaction_id: str,
        note: str | None = None,
        codes: tuple[str, ...] | None = None,
        follow_ups: tuple[FollowUp, ...] | None = None,
        *,
        half: FollowUp | Keep | None = AS_IT_IS,
        reply: str | None = None,
        outgoing: tuple[OutgoingReply, ...] | None = None,
        head: ReplyHead | None = None,
        facts: ContactFacts | None = None,
    ) -> None:
        """Take what changed; call it for every key. What is not given stays as it is.

        Args:
            reply: to the customer, being typed.
            outgoing: messages to the customer without a definite answer.
            head: of the reply that is being typed: subject, recipients, files.
            half: a follow-up that is being typed and not added yet; None when there is none any more.
            facts: to whom a message goes that belongs to no contact.
        """
        open_draft = self._autosave.get(interaction_id)
        draft = open_draft.draft if open_draft else Draft(interaction_id, None, "", (), (), 1, 0.0)
        self._cards.trust(interaction_id, *draft.texts)
        note, follow_ups, half = self._cards.hide_in_record(interaction_id, note, follow_ups, half)
        if note is not None:
            draft = replace(draft, note=note)
        if codes is not None:
            draft = replace(draft, codes=codes)
        if follow_ups is not None:
            draft = replace(draft, follow_ups=tuple(follow_up_json(one) for one in follow_ups))
        if reply is not None:
            draft = replace(draft, reply=self._cards.hide(interaction_id, reply, in_message=True))
        if outgoing is not None:
            draft = replace(draft, outgoing=outgoing)
        if head is not None:
            subject = self._cards.hide(interaction_id, head.subject, in_message=True)
            draft = replace(draft, head=replace(head, subject=subject))
        if not isinstance(half, Keep):
            draft = replace(draft, half=None if half is None else follow_up_json(half))
        if facts is not None:
            draft = _about(draft, facts)
        if open_draft is None and draft.is_empty:
            return
        self._autosave.edit(draft)
        self.parked_records.park_if_gone(interaction_id)

    def text(self, interaction_id: str) -> DraftView | None:
        """The record as it is in memory, and when it was last on disk as it is."""
        open_draft = self._autosave.get(interaction_id)
        return self._view(open_draft) if open_draft else None

    def follow_ups(self, interaction_id: str) -> tuple[FollowUp, ...]:
        """The follow-ups that were added."""
        view = self.text(interaction_id)
        return view.follow_ups if view is not None else ()

    @property
    def restored(self) -> bool:
        """Whether it is known what the last run left."""
        return self._autosave.restored

    def kept_link(self, interaction_id: str) -> tuple[str | None] | None:
        """Whom the agent linked a contact to by hand, (None,) for nobody; None where they decided nothing."""
        open_draft = self._autosave.get(interaction_id)
        facts = open_draft.draft.facts if open_draft is not None else None
        if open_draft is None or facts is None or not facts.link_decided:
            return None
        return (open_draft.draft.customer_id,)

    async def flush(self, interaction_id: str | None = None) -> None:
        """Save whatever is not on disk yet, of one record or of all, now."""
        self.collect()
        await self._autosave.flush(interaction_id)

    def unsaved(self) -> tuple[Unsaved, ...]:
        """The records whose words are in memory only."""
        open_drafts = [
            open_draft for name in self._autosave.ids if (open_draft := self._autosave.get(name)) is not None
        ]
        return tuple(
            Unsaved(_whose(draft), with_replies_in_note(draft).note, open_draft.problem, _chosen(draft))
            for open_draft in open_drafts
            if not open_draft.is_saved and not (draft := self._complete(open_draft.draft)).is_empty
        )

    async def restore(self) -> None:
        """Take up the drafts of the last run, and learn which records are parked.

        Raises:
            StoreError: they cannot be read.
        """
        await self._autosave.restore()
        for row in await self._local().outbox():
            self.parked_records.learn(row)
        self.parked_records.park_gone(self._store.state)

    async def save_anew(self) -> None:
        """The file was replaced: what was on it may not be there any more."""
        self._autosave.save_anew()

    def writing(self, interaction_id: str) -> asyncio.Lock:
        """The lock to hold while a draft is handed over, so that no save brings it back."""
        return self._autosave.writing(interaction_id)

    def collected(self, interaction_id: str) -> Draft:
        """The record as it is now, down to the last key, with what is known of its contact."""
        self.collect()
        open_draft = self._autosave.get(interaction_id)
        return self._complete(open_draft.draft if open_draft else Draft(interaction_id, None, "", (), (), 1, 0.0))

    async def whole(self, interaction_id: str) -> Draft:
        """The same, with what was parked of it while its contact was away; for who holds the lock of `writing`.

        Raises:
            StoreError: what was parked cannot be read or taken back.
        """
        await self.parked_records.resume(interaction_id)
        return self.collected(interaction_id)

    @contextmanager
    def handing_over(self, draft: Draft) -> Iterator[None]:
        """While this takes the place of the draft on disk, nothing but its own words is called saved."""
        open_draft = self._autosave.get(draft.interaction_id)
        if open_draft is not None:
            open_draft.being_saved = draft
        try:
            yield
        finally:
            if open_draft is not None:
                open_draft.being_saved = None

    def handed_over(self, draft: Draft, codes: tuple[str, ...]) -> None:
        """A record is in the outbox: forget its words here, but none that were written since."""
        interaction_id = draft.interaction_id
        self.collect()
        open_draft = self._autosave.get(interaction_id)
        me = own_id(self._store.state, interaction_id)
        rest = record_merge.written_since(draft, open_draft.draft, me) if open_draft is not None else None
        self._store.publish(RecordHandedOver(interaction_id, HandedOver(codes, self._store.now())))
        self._end(interaction_id)
        self.replaced(interaction_id, rest.note if rest is not None else "")
        if rest is not None and not rest.is_empty:
            self._autosave.edit(rest)

    async def forget_message(self, draft_id: str) -> None:
        """Let go of the draft of a message that belongs to no contact, if nothing is written in it any more."""
        async with self.writing(draft_id):
            open_draft = self._autosave.get(draft_id)
            if open_draft is None or not open_draft.draft.is_empty:
                return
            try:
                await self._local().discard_draft(draft_id)
            except StoreError:
                return  # an empty one does no harm
            if open_draft.draft.is_empty:
                self._end(draft_id)

    async def close(self) -> None:
        """Save everything and stop; a record whose contact goes from now on is parked by the next run."""
        self.collect()
        await self.parked_records.close()
        await self._autosave.close()

    def _end(self, interaction_id: str) -> None:
        self._cards.forget(interaction_id)
        if self._autosave.forget(interaction_id) is not None:
            self._store.publish(DraftDropped(interaction_id))

    def _complete(self, draft: Draft) -> Draft:
        """A draft with what is known of its contact now. Another agent's stays as that agent left it."""
        state = self._store.state
        interaction_id = draft.interaction_id
        interaction = state.interactions.get(interaction_id) or state.unfinished.get(interaction_id)
        known = draft.facts
        if interaction is None and (last := self.parked_records.last_seen(interaction_id)) is not None:
            interaction, pop, _ = last
            if pop is not None and interaction_id not in state.pops:
                state = replace(state, pops={**state.pops, interaction_id: pop})
        if interaction is None or not (me := own_id(state, interaction_id)) or draft.is_by_another(me):
            return draft
        half = () if draft.half is None else (draft.half,)
        follow_ups = tuple(follow_up_from(one) for one in (*draft.follow_ups, *half))
        facts = self._facts_of(state, interaction, draft.codes, follow_ups)
        shown = state.pops.get(interaction_id)
        kept_by_hand = known is not None and known.link_decided and not (shown is not None and shown.decided)
        if known is not None and (kept_by_hand or unsettled_pop(state, interaction_id)):
            # Started anew, and the CRM has not answered yet: the customer is who it was.
            return replace(draft, facts=facts.with_customer_of(known))
        return _about(draft, facts)

    def _say(self, open_draft: OpenDraft[Draft]) -> None:
        self._store.publish(DraftSaved(open_draft.draft.interaction_id, self._view(open_draft)))

    def _view(self, open_draft: OpenDraft[Draft]) -> DraftView:
        draft, saved_at = open_draft.draft, open_draft.saved_at
        if saved_at is not None:
            saved_at += self._store.state.skew  # the disk knows this machine's clock only
        follow_ups = tuple(follow_up_from(kept) for kept in draft.follow_ups)
        half = follow_up_from(draft.half) if draft.half is not None else None
        return DraftView(
            draft.note,
            draft.codes,
            draft.revision,
            saved_at,
            open_draft.problem,
            follow_ups,
            half,
            draft.reply,
            draft.outgoing,
            draft.head,
        )

    def _found(self, draft: Draft) -> None:
        self.replaced(draft.interaction_id, draft.note)
        self.reply_replaced(draft.interaction_id, draft.reply)
        self._taken_up(draft.interaction_id)

    def _was_parked(self, interaction_id: str, rest: Draft) -> None:
        self._end(interaction_id)
        if interaction_id in self._store.state.interactions or not rest.is_empty:
            self.replaced(interaction_id, rest.note)  # the contact is here, its record is another agent's
        else:
            self.note_closed(interaction_id)
        if not rest.is_empty:
            self._autosave.edit(rest)

    def _parked_damaged(self, _: str) -> None:
        self._store.notice(Sentence("note.was_damaged"), "error")

    # What happens by itself

    def _listen(self, old: AppState, new: AppState) -> None:
        """Follow what becomes of the contacts: seen from the state, for no event can be relied on."""
        if abs(new.skew - old.skew) > _CLOCK_WAS_SET:
            for open_draft in map(self._autosave.get, self._autosave.ids):
                if open_draft is not None:
                    self._say(open_draft)  # its time is shown by the server's clock
        if not new.me:
            return
        if (
            new.interactions is not old.interactions
            or new.pops is not old.pops
            or new.me != old.me
            or new.own is not old.own
        ):
            for interaction_id in self._autosave.ids:
                before, now = old.interactions.get(interaction_id), new.interactions.get(interaction_id)
                if before is not now and now is not None and now.phase in (Phase.WRAP_UP, Phase.CLOSED):
                    self._replies_into_note(interaction_id)
                if now is not None and (
                    before is not now or old.pops.get(interaction_id) is not new.pops.get(interaction_id)
                ):
                    self._autosave.touch(interaction_id)
        if new.pops is not old.pops:
            self._keep_links(old, new)
        if new.interactions is old.interactions and new.me == old.me and new.own is old.own:
            return
        self.parked_records.follow(old, new)

    def _replies_into_note(self, interaction_id: str) -> None:
        """The contact is over: what was not sent to the customer is not lost, and is not sent any more."""
        self.collect()
        open_draft = self._autosave.get(interaction_id)
        if open_draft is None:
            return
        now = with_replies_in_note(open_draft.draft)
        if now is not open_draft.draft:
            self._autosave.edit(now)
            self.replaced(interaction_id, now.note)
            self.reply_replaced(interaction_id, "")

    def _keep_links(self, old: AppState, new: AppState) -> None:
        """A link made by hand is kept even where no word was written yet."""
        for interaction_id, pop in new.pops.items():
            if pop.decided and interaction_id in new.interactions and old.pops.get(interaction_id) is not pop:
                before = old.pops.get(interaction_id)
                if self._autosave.get(interaction_id) is None and (before is None or before.chosen != pop.chosen):
                    self._autosave.edit(Draft(interaction_id, None, "", (), (), 1, 0.0))


def _about(draft: Draft, facts: ContactFacts) -> Draft:
    """A draft with what is known of its contact, or of whom it is to."""
    target, customer_id = facts.records[0] if facts.records else ("", None)
    return replace(
        draft,
        facts=facts,
        customer_id=customer_id,
        also=tuple(one for one in facts.customer_ids if one != customer_id),
        target=target if customer_id is not None else "",
    )


def _whose(draft: Draft) -> Sentence:
    facts = draft.facts
    known = (facts.customer_name or facts.address) if facts is not None else ""
    if message_to(draft.interaction_id) is not None:
        return Sentence("unsaved.message", whom=known)
    if known:
        return Sentence("unsaved.note_about", whom=known, contact=draft.interaction_id)
    return Sentence("unsaved.note", contact=draft.interaction_id)


def _chosen(draft: Draft) -> tuple[Sentence, ...]:
    """All that somebody chose or planned beside the note, each for a line of its own."""
    codes = [Sentence("unsaved.codes", codes=draft.codes)] if draft.codes else []
    planned = (*draft.follow_ups, *(() if draft.half is None else (draft.half,)))
    parts = (tuple(f"{name} {value}" for name, value in one.items() if value) for one in planned)
    return (*codes, *(Sentence("unsaved.follow_up", parts=each) for each in parts))
