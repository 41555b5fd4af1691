"""A record whose contact is gone before it was finished: into the outbox, and back when the contact is."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import NamedTuple

from desktop.app.background import Background
from desktop.app.notes import record_merge
from desktop.app.notes.autosave import AFTER_REFUSAL, Autosave, OpenDraft
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import PARKED, RECORD, OutboxRow
from desktop.app.storage.tables.parked_record_rows import record_of, record_row
from desktop.app.storage.tables.reasons import GONE_AT_START, GONE_CLOSED, GONE_TO_ANOTHER, RAN_OUT
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.conversations.message_drafts import message_to
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Phase
from desktop.domain.select.centres import own_id
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

log = logging.getLogger(__name__)

GONE_FOR = 2.0
"""Seconds for which a contact must be gone, and nothing be typed: a moment's hole in the stream heals within it."""
_REMEMBERED = 20

_LEFT = (GONE_AT_START, GONE_TO_ANOTHER, GONE_CLOSED, RAN_OUT)
_CLOCKS_AGREE = 1.0
"""Seconds before its deadline at which a wrap-up that ends is taken to have run out: two clocks are compared."""


class LastSeen(NamedTuple):
    """A contact that was mine as it was last, whose it was, and whether the time of its wrap-up was over."""

    interaction: Interaction
    pop: ScreenPop | None
    ran_out: bool


class ParkedRecords:
    """Which records are parked, and the way there and back.

    What is parked waits in the outbox; it comes back to the editor if its contact does.
    """

    def __init__(
        self,
        store: Store,
        timing: Timing,
        local: Callable[[], LocalStore],
        autosave: Autosave[Draft],
        *,
        collect: Callable[[], None],
        complete: Callable[[Draft], Draft],
        parked: Callable[[str, Draft], None],
        adopt: Callable[[list[OutboxRow]], None],
        forget: Callable[[str], None],
    ) -> None:
        """Nothing is parked as far as is known.

        Args:
            local: raises StoreError while the disk is not there.
            autosave: the records that are being written.
            collect: has the editor hand over its last keys.
            complete: adds what is known of the contact to a record.
            parked: hears of an interaction whose record is in the outbox, and what was written since.
            adopt: hears of outbox rows that records became.
            forget: hears of the key of a row that became a record again.
        """
        self._store = store
        self._timing = timing
        self._local = local
        self._autosave = autosave
        self._collect = collect
        self._complete = complete
        self._ended = parked
        self._adopt = adopt
        self._forget_row = forget
        self._parked: dict[str, str] = {}  # interaction -> key of its parked record, which comes back with it
        self._left: dict[str, LastSeen] = {}  # the last that were mine, for a key that comes after them
        self._moving: dict[str, asyncio.Task[None]] = {}  # records on their way to the outbox or back
        self._disk = Background()
        self._closed = False

    def learn(self, row: OutboxRow) -> None:
        """Take notice of a row of the outbox, which may be a parked record."""
        if row.kind == RECORD and row.state == PARKED and row.reason in _LEFT:
            self._parked[row.interaction_id] = row.key
            if _is_back(self._store.state, row.interaction_id):
                self._move(row.interaction_id, self._take_back)
        elif self._parked.get(row.interaction_id) == row.key:
            del self._parked[row.interaction_id]

    def holds(self, interaction_id: str) -> bool:
        """Whether what was written about a contact waits in the outbox for it, or for the agent."""
        return interaction_id in self._parked

    def discarded(self, row: OutboxRow) -> None:
        """A parked record was discarded: nothing comes back with its contact."""
        if self._parked.get(row.interaction_id) == row.key:
            del self._parked[row.interaction_id]

    def last_seen(self, interaction_id: str) -> LastSeen | None:
        """How a contact was when it was last mine, for one that went not long ago."""
        return self._left.get(interaction_id)

    def follow(self, old: AppState, new: AppState) -> None:
        """See which contacts went or came back; the agent is known in `new`."""
        if not old.interactions.keys() <= new.interactions.keys():
            self._remember(old, new)
        self.park_gone(new)
        for interaction_id in list(self._parked):
            if _is_back(new, interaction_id):
                self._move(interaction_id, self._take_back)

    def park_if_gone(self, interaction_id: str) -> None:
        """Park a record that was written on before the screen showed that its contact has left."""
        state = self._store.state
        if self._is_gone(state, interaction_id):
            self._move(interaction_id, self._park_if_still_gone)

    async def resume(self, interaction_id: str) -> None:
        """Take back what is parked of an interaction, if anything is; for who holds the lock of its writing.

        Raises:
            StoreError: it cannot be read or taken back.
        """
        if (key := self._parked.get(interaction_id)) is not None:
            await self._resume(interaction_id, key)

    async def close(self) -> None:
        """Stop; a record whose contact goes from now on is parked by the next run."""
        self._closed = True
        for task in self._moving.values():
            task.cancel()
        await asyncio.gather(*self._moving.values(), return_exceptions=True)
        await self._disk.finish()  # what it was asked for is done, and must be known here

    def park_gone(self, state: AppState) -> None:
        """Park the records whose contacts are gone."""
        for interaction_id in self._autosave.ids:
            if self._is_gone(state, interaction_id):
                self._move(interaction_id, self._park_if_still_gone)

    def _remember(self, old: AppState, new: AppState) -> None:
        for interaction_id, interaction in old.interactions.items():
            if interaction.agent_id == old.me and interaction_id not in new.interactions:
                self._left.pop(interaction_id, None)
                deadline = interaction.wrap_up_deadline if interaction.phase is Phase.WRAP_UP else None
                ran_out = deadline is not None and self._store.now() >= deadline - _CLOCKS_AGREE
                self._left[interaction_id] = LastSeen(interaction, old.pops.get(interaction_id), ran_out)
        while len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

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
        if self._autosave.get(interaction_id) is not None and self._is_gone(state, interaction_id):
            self._move(interaction_id, self._park_if_still_gone)
        elif interaction_id in self._parked and _is_back(state, interaction_id):
            self._move(interaction_id, self._take_back)

    def _is_gone(self, state: AppState, interaction_id: str) -> bool:
        if message_to(interaction_id) is not None:
            return False  # it belongs to no contact
        me = own_id(state, interaction_id)
        if not me:
            return False  # its contact centre has not told yet what there is
        interaction = state.interactions.get(interaction_id)
        open_draft = self._autosave.get(interaction_id)
        if interaction is None or interaction.agent_id not in (state.me, None):
            return True
        return open_draft is not None and open_draft.draft.is_by_another(me)

    async def _park_if_still_gone(self, interaction_id: str) -> None:
        open_draft = self._autosave.get(interaction_id)
        if open_draft is not None and not open_draft.draft.is_by_another(own_id(self._store.state, interaction_id)):
            await self._timing.sleep(GONE_FOR)  # a moment's hole in the stream heals within it
        while (open_draft := self._autosave.get(interaction_id)) is not None:
            if not self._is_gone(self._store.state, interaction_id):
                return
            quiet = self._timing.monotonic() - open_draft.last_key
            if quiet < GONE_FOR and open_draft.last_key:  # still writing: the rest of the sentence belongs to it
                await self._timing.sleep(GONE_FOR - quiet)
            elif await self._disk.undisturbed(self._park(open_draft)):
                return
            else:
                await self._timing.sleep(AFTER_REFUSAL)

    async def _park(self, open_draft: OpenDraft[Draft]) -> bool:
        interaction_id = open_draft.draft.interaction_id
        self._collect()
        another = open_draft.draft.is_by_another(own_id(self._store.state, interaction_id))
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
            self._collect()
            while kept is not None and self._was_changed(draft, open_draft.draft):  # while the disk was at work
                now = self._complete(open_draft.draft)
                try:
                    kept = await self._local().replace_parked(kept.key, record_row(now, why, kept.created_at))
                except (StoreError, LookupError) as error:
                    log.error("a parked record could not be brought up to date: %s", error)
                    break  # what is on disk is parked; what was written since becomes a record of its own
                draft = now
                self._collect()
            self._ended(
                interaction_id,
                record_merge.written_since(draft, open_draft.draft, own_id(self._store.state, interaction_id)),
            )
        if kept is not None:
            self.learn(kept)
            self._adopt([kept])
            self._store.notice(Sentence("note.parked", why=why), "warning")
        return True

    def _was_changed(self, parked: Draft, now: Draft) -> bool:
        """Whether a parked record has other words by now, of the same agent."""
        return now.words != parked.words and not parked.is_by_another(own_id(self._store.state, parked.interaction_id))

    def _why_gone(self, interaction_id: str) -> Sentence:
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
                if await self._disk.undisturbed(self._resume_alone(interaction_id, key)):
                    return
            except StoreError as error:
                log.error("a parked record could not be taken back: %s", error)
            await self._timing.sleep(AFTER_REFUSAL)

    async def _resume_alone(self, interaction_id: str, key: str) -> bool:
        async with self._autosave.writing(interaction_id):
            return await self._resume(interaction_id, key)

    async def _resume(self, interaction_id: str, key: str) -> bool:
        row = await self._local().outbox_row(key)
        self._collect()
        open_draft = self._autosave.get(interaction_id)
        older = record_of(row) if row is not None else None
        if older is None or not older.intact or older.is_by_another(own_id(self._store.state, interaction_id)):
            self._parked.pop(interaction_id, None)
            return True
        wanted = record_merge.joined(older, open_draft.draft) if open_draft is not None else older
        taken = await self._local().resume(key, wanted)
        self._parked.pop(interaction_id, None)
        if taken is None:
            return True
        self._forget_row(key)
        self._autosave.take(older, taken)
        return True


def _is_back(state: AppState, interaction_id: str) -> bool:
    interaction = state.interactions.get(interaction_id)
    return (
        interaction is not None
        and interaction.agent_id == state.me
        and interaction.phase in (Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP)
    )
