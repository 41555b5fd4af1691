"""The notes an agent is writing: on disk half a second after the last key, and never lost."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import SequenceMatcher
from functools import partial
from typing import Any, NamedTuple

from desktop.app.background import Background
from desktop.app.key_names import key_name
from desktop.app.notes.autosave import AFTER_REFUSAL, Autosave, OpenDraft
from desktop.app.notes.card_masking import CardMasking
from desktop.app.notes.follow_up_json import follow_up_from, follow_up_json
from desktop.app.notes.rescue import Unsaved
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft, is_kept_words
from desktop.app.storage.tables.outbox_rows import PARKED, RECORD, OutboxRow
from desktop.app.storage.tables.parked_record_rows import record_of, record_row
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import DraftView, HandedOver
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.select import unsettled_pop
from desktop.domain.state.own_events import AS_IT_IS, DraftDropped, DraftSaved, Keep, RecordHandedOver
from desktop.domain.state.state import AppState

log = logging.getLogger(__name__)

GONE_FOR = 2.0
_REMEMBERED = 20
_CLOCK_WAS_SET = 1.0
"""Seconds by which the server's clock must differ from before for the times on screen to be said anew."""

GONE_AT_START = "the contact was gone when this desktop came back, before the note was finished"
GONE_TO_ANOTHER = "the contact went to somebody else before the note was finished"
GONE_CLOSED = "the contact was closed before the note was finished"
RAN_OUT = "the wrap-up time ran out before the note was finished"
_LEFT = (GONE_AT_START, GONE_TO_ANOTHER, GONE_CLOSED, RAN_OUT)
_CLOCKS_AGREE = 1.0
"""Seconds before its deadline at which a wrap-up that ends is taken to have run out: two clocks are compared."""


class _Left(NamedTuple):
    """A contact that was mine as it was last, whose it was, and whether the time of its wrap-up was over."""

    interaction: Interaction
    pop: ScreenPop | None
    ran_out: bool


FactsOf = Callable[[AppState, Interaction, tuple[str, ...], tuple[FollowUp, ...]], ContactFacts]


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
        self._adopt = adopt
        self._forget_row = forget
        self._taken_up = taken_up
        self.collect: Callable[[], None] = lambda: None
        """Has the editor hand over its last keys; set by the screen."""
        self.replaced: Callable[[str, str], None] = lambda interaction_id, note: None
        """Hears that the note of an interaction is another one than the editor wrote; set by the screen."""
        self.note_closed: Callable[[str], None] = lambda interaction_id: None
        """Hears that the note of an interaction is in the outbox and takes no more; set by the screen."""
        self._autosave = Autosave(
            timing,
            local,
            self._say,
            joined=joined,
            collect=lambda: self.collect(),
            replaced=self._found,
            complete=self._complete,
            may_save=lambda draft: not _is_by_another(draft, store.state.me),
            parked=self._parked_damaged,
        )
        self._parked: dict[str, str] = {}  # interaction -> key of its parked record, which comes back with it
        self._left: dict[str, _Left] = {}  # the last that were mine, for a key that comes after them
        self._moving: dict[str, asyncio.Task[None]] = {}  # records on their way to the outbox or back
        self._parking = Background()
        self._closed = False
        store.listeners.append(self._listen)

    def edit(
        self,
        interaction_id: str,
        note: str | None = None,
        codes: tuple[str, ...] | None = None,
        follow_ups: tuple[FollowUp, ...] | None = None,
        *,
        half: FollowUp | Keep | None = AS_IT_IS,
    ) -> None:
        """Take what changed; call it for every key. What is not given stays as it is.

        Args:
            half: a follow-up that is being typed and not added yet; None when there is none any more.
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
        if not isinstance(half, Keep):
            draft = replace(draft, half=None if half is None else follow_up_json(half))
        if open_draft is None and draft.is_empty:
            return
        self._autosave.edit(draft)
        state = self._store.state
        if state.me and self._is_gone(state, interaction_id):
            self._move(interaction_id, self._park_if_still_gone)  # typed before the screen showed that it has left

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

    async def flush(self) -> None:
        """Save whatever is not on disk yet, now."""
        self.collect()
        await self._autosave.flush()

    def unsaved(self) -> tuple[Unsaved, ...]:
        """The records whose words are in memory only."""
        open_drafts = [
            open_draft for name in self._autosave.ids if (open_draft := self._autosave.get(name)) is not None
        ]
        return tuple(
            Unsaved(_whose(draft), _plain(draft), open_draft.problem)
            for open_draft in open_drafts
            if not open_draft.is_saved and not (draft := self._complete(open_draft.draft)).is_empty
        )

    async def restore(self) -> None:
        """Take up the drafts of the last run, and learn which records are parked.

        Raises:
            StoreError: they cannot be read.
        """
        await self._autosave.restore(lambda draft: not is_kept_words(draft))
        for row in await self._local().outbox():
            self.note_parked(row)
        self._park_gone(self._store.state)

    async def save_anew(self) -> None:
        """The file was replaced: what was on it may not be there any more."""
        self._autosave.save_anew()

    def note_parked(self, row: OutboxRow) -> None:
        """Learn of a parked record: it comes back to the editor if its contact does."""
        if row.kind == RECORD and row.state == PARKED and row.reason in _LEFT:
            self._parked[row.interaction_id] = row.key
            if _is_back(self._store.state, row.interaction_id):
                self._move(row.interaction_id, self._take_back)
        elif self._parked.get(row.interaction_id) == row.key:
            del self._parked[row.interaction_id]

    def is_parked(self, interaction_id: str) -> bool:
        """Whether what was written about a contact waits in the outbox for it, or for the agent."""
        return interaction_id in self._parked

    def note_discarded(self, row: OutboxRow) -> None:
        """A parked record was discarded: nothing comes back with its contact."""
        if self._parked.get(row.interaction_id) == row.key:
            del self._parked[row.interaction_id]

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
        if (key := self._parked.get(interaction_id)) is not None:
            await self._resume(interaction_id, key)
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
        rest = self._written_since(draft, open_draft.draft) if open_draft is not None else None
        self._store.publish(RecordHandedOver(interaction_id, HandedOver(codes, self._store.now())))
        self._end(interaction_id)
        self.replaced(interaction_id, rest.note if rest is not None else "")
        if rest is not None and not rest.is_empty:
            self._autosave.edit(rest)

    async def close(self) -> None:
        """Save everything and stop; a record whose contact goes from now on is parked by the next run."""
        self.collect()
        self._closed = True
        for task in self._moving.values():
            task.cancel()
        await asyncio.gather(*self._moving.values(), return_exceptions=True)
        await self._parking.finish()  # what the disk was asked for is done, and must be known here
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
        if interaction is None and interaction_id in self._left:
            interaction, pop, _ = self._left[interaction_id]
            if pop is not None and interaction_id not in state.pops:
                state = replace(state, pops={**state.pops, interaction_id: pop})
        if interaction is None or not state.me or _is_by_another(draft, state.me):
            return draft
        half = () if draft.half is None else (draft.half,)
        follow_ups = tuple(follow_up_from(one) for one in (*draft.follow_ups, *half))
        facts = self._facts_of(state, interaction, draft.codes, follow_ups)
        shown = state.pops.get(interaction_id)
        kept_by_hand = known is not None and known.link_decided and not (shown is not None and shown.decided)
        if known is not None and (kept_by_hand or unsettled_pop(state, interaction_id)):
            # Started anew, and the CRM has not answered yet: the customer is who it was.
            return replace(draft, facts=facts.with_customer_of(known))
        target, customer_id = facts.records[0] if facts.records else ("", None)
        return replace(
            draft,
            facts=facts,
            customer_id=customer_id,
            also=tuple(one for one in facts.customer_ids if one != customer_id),
            target=target if customer_id is not None else "",
        )

    def _was_changed(self, parked: Draft, now: Draft) -> bool:
        """Whether a parked record has other words by now, of the same agent."""
        return now.words != parked.words and not _is_by_another(parked, self._store.state.me)

    def _written_since(self, handed_over: Draft, now: Draft) -> Draft:
        """What is in a record beyond what was handed over of it, which knew its contact best."""
        return replace(
            handed_over,
            note=_added(handed_over.note, now.note),
            codes=tuple(one for one in now.codes if one not in handed_over.codes),
            follow_ups=tuple(
                one
                for one in now.follow_ups
                if one not in handed_over.follow_ups and not _planned_from(handed_over.half, one)
            ),
            half=now.half if now.half != handed_over.half else None,
            revision=handed_over.revision + 1,
            # What was written over another agent's words is by who is here.
            facts=None if _is_by_another(handed_over, self._store.state.me) else handed_over.facts,
        )

    def _say(self, open_draft: OpenDraft) -> None:
        self._store.publish(DraftSaved(open_draft.draft.interaction_id, self._view(open_draft)))

    def _view(self, open_draft: OpenDraft) -> DraftView:
        draft, saved_at = open_draft.draft, open_draft.saved_at
        if saved_at is not None:
            saved_at += self._store.state.skew  # the disk knows this machine's clock only
        follow_ups = tuple(follow_up_from(kept) for kept in draft.follow_ups)
        half = follow_up_from(draft.half) if draft.half is not None else None
        return DraftView(draft.note, draft.codes, draft.revision, saved_at, open_draft.problem, follow_ups, half)

    def _found(self, draft: Draft) -> None:
        self.replaced(draft.interaction_id, draft.note)
        self._taken_up(draft.interaction_id)

    def _parked_damaged(self, _: str) -> None:
        self._store.notice("A note was damaged on this machine. It is in the outbox as far as it can be read.", "error")

    # What happens by itself

    def _listen(self, old: AppState, new: AppState) -> None:
        """Follow what becomes of the contacts: seen from the state, for no event can be relied on."""
        if abs(new.skew - old.skew) > _CLOCK_WAS_SET:
            for open_draft in map(self._autosave.get, self._autosave.ids):
                if open_draft is not None:
                    self._say(open_draft)  # its time is shown by the server's clock
        if not new.me:
            return
        if new.interactions is not old.interactions or new.pops is not old.pops or new.me != old.me:
            for interaction_id in self._autosave.ids:
                before, now = old.interactions.get(interaction_id), new.interactions.get(interaction_id)
                if now is not None and (
                    before is not now or old.pops.get(interaction_id) is not new.pops.get(interaction_id)
                ):
                    self._autosave.touch(interaction_id)
        if new.pops is not old.pops:
            self._keep_links(old, new)
        if new.interactions is old.interactions and new.me == old.me:
            return
        if not old.interactions.keys() <= new.interactions.keys():
            self._remember(old, new)
        self._park_gone(new)
        for interaction_id in list(self._parked):
            if _is_back(new, interaction_id):
                self._move(interaction_id, self._take_back)

    def _park_gone(self, state: AppState) -> None:
        for interaction_id in self._autosave.ids if state.me else ():
            if self._is_gone(state, interaction_id):
                self._move(interaction_id, self._park_if_still_gone)

    def _remember(self, old: AppState, new: AppState) -> None:
        for interaction_id, interaction in old.interactions.items():
            if interaction.agent_id == old.me and interaction_id not in new.interactions:
                self._left.pop(interaction_id, None)
                deadline = interaction.wrap_up_deadline if interaction.phase is Phase.WRAP_UP else None
                ran_out = deadline is not None and self._store.now() >= deadline - _CLOCKS_AGREE
                self._left[interaction_id] = _Left(interaction, old.pops.get(interaction_id), ran_out)
        while len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

    def _keep_links(self, old: AppState, new: AppState) -> None:
        """A link made by hand is kept even where no word was written yet."""
        for interaction_id, pop in new.pops.items():
            if pop.decided and interaction_id in new.interactions and old.pops.get(interaction_id) is not pop:
                before = old.pops.get(interaction_id)
                if self._autosave.get(interaction_id) is None and (before is None or before.chosen != pop.chosen):
                    self._autosave.edit(Draft(interaction_id, None, "", (), (), 1, 0.0))

    def _move(self, interaction_id: str, how: Callable[[str], Coroutine[None, None, None]]) -> None:
        if interaction_id not in self._moving and not self._closed:
            task = self._moving[interaction_id] = asyncio.ensure_future(how(interaction_id))
            task.add_done_callback(partial(self._moved, interaction_id))

    def _moved(self, interaction_id: str, task: "asyncio.Task[None]") -> None:
        self._moving.pop(interaction_id, None)
        if task.cancelled() or task.exception() is not None:
            return
        # Meanwhile more may have been written, or the contact be back.
        state = self._store.state
        if self._autosave.get(interaction_id) is not None and state.me and self._is_gone(state, interaction_id):
            self._move(interaction_id, self._park_if_still_gone)
        elif interaction_id in self._parked and _is_back(state, interaction_id):
            self._move(interaction_id, self._take_back)

    def _is_gone(self, state: AppState, interaction_id: str) -> bool:
        interaction = state.interactions.get(interaction_id)
        open_draft = self._autosave.get(interaction_id)
        if interaction is None or interaction.agent_id not in (state.me, None):
            return True
        return open_draft is not None and _is_by_another(open_draft.draft, state.me)

    async def _park_if_still_gone(self, interaction_id: str) -> None:
        open_draft = self._autosave.get(interaction_id)
        if open_draft is not None and not _is_by_another(open_draft.draft, self._store.state.me):
            await self._timing.sleep(GONE_FOR)  # a moment's hole in the stream heals within it
        while (open_draft := self._autosave.get(interaction_id)) is not None:
            if not self._is_gone(self._store.state, interaction_id):
                return
            quiet = self._timing.monotonic() - open_draft.last_key
            if quiet < GONE_FOR and open_draft.last_key:  # still writing: the rest of the sentence belongs to it
                await self._timing.sleep(GONE_FOR - quiet)
            elif await self._parking.undisturbed(self._park(open_draft)):
                return
            else:
                await self._timing.sleep(AFTER_REFUSAL)

    async def _park(self, open_draft: OpenDraft) -> bool:
        interaction_id = open_draft.draft.interaction_id
        self.collect()
        another = _is_by_another(open_draft.draft, self._store.state.me)
        if not open_draft.is_saved:
            await self._autosave.save(open_draft)
        async with open_draft.writing:
            if self._autosave.get(interaction_id) is not open_draft or not (open_draft.is_saved or another):
                return False
            if not self._is_gone(self._store.state, interaction_id):
                return False
            # Of another agent what is on disk; what was written over it since is by who is here.
            draft = open_draft.saved if another and open_draft.saved is not None else self._complete(open_draft.draft)
            why = self._why_gone(interaction_id)
            try:
                kept = await self._local().park_draft(interaction_id, why, draft=draft)
            except StoreError as error:
                log.error("a draft could not be parked: %s", error)
                return False
            self.collect()
            while kept is not None and self._was_changed(draft, open_draft.draft):  # while the disk was at work
                now = self._complete(open_draft.draft)
                try:
                    kept = await self._local().replace_parked(kept.key, record_row(now, why, kept.created_at))
                except (StoreError, LookupError) as error:
                    log.error("a parked record could not be brought up to date: %s", error)
                    break  # what is on disk is parked; what was written since becomes a record of its own
                draft = now
                self.collect()
            rest = self._written_since(draft, open_draft.draft)
            self._end(interaction_id)
            if interaction_id in self._store.state.interactions or not rest.is_empty:
                self.replaced(interaction_id, rest.note)  # the contact is here, its record is another agent's
            else:
                self.note_closed(interaction_id)
            if not rest.is_empty:
                self._autosave.edit(rest)
        if kept is not None:
            self.note_parked(kept)
            self._adopt([kept])
            shows = f"{key_name('outbox')} shows them"
            words = f"{why[0].upper()}{why[1:]}. Note and follow-ups are in the outbox: {shows}."
            self._store.notice(words, "warning")
        return True

    def _why_gone(self, interaction_id: str) -> str:
        state, left = self._store.state, self._left.get(interaction_id)
        last = state.unfinished.get(interaction_id) or (left.interaction if left is not None else None)
        if last is None:
            return GONE_AT_START
        if last.agent_id not in (state.me, None):
            return GONE_TO_ANOTHER
        return RAN_OUT if left is not None and left.ran_out else GONE_CLOSED

    async def _take_back(self, interaction_id: str) -> None:
        """The contact is back: what was parked of it is written on."""
        while (key := self._parked.get(interaction_id)) is not None and _is_back(self._store.state, interaction_id):
            try:
                if await self._parking.undisturbed(self._resume_alone(interaction_id, key)):
                    return
            except StoreError as error:
                log.error("a parked record could not be taken back: %s", error)
            await self._timing.sleep(AFTER_REFUSAL)

    async def _resume_alone(self, interaction_id: str, key: str) -> bool:
        async with self.writing(interaction_id):
            return await self._resume(interaction_id, key)

    async def _resume(self, interaction_id: str, key: str) -> bool:
        row = await self._local().outbox_row(key)
        self.collect()
        open_draft = self._autosave.get(interaction_id)
        older = record_of(row) if row is not None else None
        if older is None or not older.intact or _is_by_another(older, self._store.state.me):
            self._parked.pop(interaction_id, None)
            return True
        wanted = joined(older, open_draft.draft) if open_draft is not None else older
        taken = await self._local().resume(key, wanted)
        self._parked.pop(interaction_id, None)
        if taken is None:
            return True
        self._forget_row(key)
        self._autosave.take(older, taken)
        return True


def _whose(draft: Draft) -> str:
    facts = draft.facts
    known = (facts.customer_name or facts.address) if facts is not None else ""
    return f"note about {known} (contact {draft.interaction_id})" if known else f"note of {draft.interaction_id}"


def _plain(draft: Draft) -> str:
    """All that somebody wrote or chose, as lines for people."""
    lines = [draft.note] if draft.note else []
    lines += [f"codes: {', '.join(draft.codes)}"] if draft.codes else []
    for one in (*draft.follow_ups, *(() if draft.half is None else (draft.half,))):
        lines.append(f"follow-up: {', '.join(f'{name} {value}' for name, value in one.items() if value)}")
    return "\n".join(lines)


def joined(older: Draft, newer: Draft) -> Draft:
    """One record of what was found on disk and what was written before it could be read: nothing of either is lost."""
    codes = (*older.codes, *(code for code in newer.codes if code not in older.codes))
    follow_ups = (*older.follow_ups, *(one for one in newer.follow_ups if one not in older.follow_ups))
    note = joined_words(older.note, newer.note)
    if older.half is not None and newer.half is not None and older.half != newer.half:
        note = joined_words(note, str(older.half.get("text", "")))  # there is one field to type it in
    facts = newer.facts or older.facts
    linked = newer if newer.customer_id is not None else older
    if facts is not None and older.facts is not None and older.facts.link_decided and not facts.link_decided:
        linked, facts = older, facts.with_customer_of(older.facts)
    return replace(
        newer,
        customer_id=linked.customer_id,
        also=linked.also,
        target=linked.target,
        note=note,
        codes=codes,
        follow_ups=follow_ups,
        revision=max(older.revision, newer.revision),
        half=newer.half if newer.half is not None else older.half,
        facts=facts,
    )


def joined_words(older: str, newer: str) -> str:
    """Two notes as one, the older first; what begins with the older one has it already."""
    if not older.strip() or newer.startswith(older):
        return newer
    return f"{older}\n{newer}" if newer.strip() else older


def _planned_from(half: Mapping[str, Any] | None, planned: Mapping[str, Any]) -> bool:
    """Whether a follow-up is what stood in the field, without the words that said when."""
    if half is None:
        return False
    same = all(half[name] == planned[name] for name in ("kind", "due", "to"))
    return same and planned["text"] in half["text"]


def _added(before: str, now: str) -> str:
    """The words of a note that an earlier state of it does not have."""
    if now.startswith(before):
        return now[len(before) :].lstrip() if before else now
    old, new = before.split(), now.split()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return " ".join(word for kind, _, _, start, end in changes if kind != "equal" for word in new[start:end])


def _is_by_another(draft: Draft, me: str) -> bool:
    return bool(me) and draft.facts is not None and draft.facts.agent_id not in ("", me)


def _is_back(state: AppState, interaction_id: str) -> bool:
    interaction = state.interactions.get(interaction_id)
    return (
        interaction is not None
        and interaction.agent_id == state.me
        and interaction.phase in (Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP)
    )
