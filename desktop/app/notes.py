"""The notes an agent is writing: on disk half a second after the last key, and never lost."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from desktop.app.drafts import Draft, is_kept_words
from desktop.app.follow_up_json import follow_up_from, follow_up_json
from desktop.app.local_store import LocalStore
from desktop.app.outbox_rows import OutboxRow
from desktop.app.sheets import AFTER_REFUSAL, Sheet, Sheets, words
from desktop.app.store import Store
from desktop.app.store_errors import StoreError
from desktop.app.timing import Timing
from desktop.domain.customer import FollowUp
from desktop.domain.model import Interaction
from desktop.domain.own_events import DraftDropped, DraftSaved
from desktop.domain.state import AppState, DraftView

log = logging.getLogger(__name__)

GONE_FOR = 2.0
_FINISHED = 20

RowFor = Callable[[Interaction | None, Draft], OutboxRow | None]


class Notes:
    """Drafts by interaction. Only finishing, discarding or parking ends one; no status and no time-out does."""

    def __init__(
        self,
        store: Store,
        timing: Timing,
        local: Callable[[], LocalStore],
        *,
        customers_of: Callable[[str], tuple[str, ...]],
        target_of: Callable[[str], str],
        row_for: RowFor,
        parked: Callable[[OutboxRow], None],
    ) -> None:
        """`local` raises StoreError while the disk is not there. `customers_of`: the ids of the records of an
        interaction's customer, the one that counts first; `target_of`: which CRM holds a record. `row_for`: the
        write a draft would have been.

        `parked` hears of drafts that became parked outbox rows.
        """
        self._store = store
        self._timing = timing
        self._local = local
        self._customers_of = customers_of
        self._target_of = target_of
        self._row_for = row_for
        self._parked = parked
        self._sheets = Sheets(timing, local, self._put_aside, self._say)
        self._finished: dict[str, tuple[object, ...]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        store.listeners.append(self._look_for_gone)

    def edit(
        self,
        interaction_id: str,
        note: str,
        codes: tuple[str, ...] = (),
        follow_ups: tuple[FollowUp, ...] = (),
    ) -> None:
        """Take what the editor holds now; call it for every key."""
        kept = tuple(follow_up_json(follow_up) for follow_up in follow_ups)
        sheet = self._sheets.get(interaction_id)
        revision = sheet.draft.revision if sheet else 1
        first, *further = (*self._customers_of(interaction_id),) or (None,)
        target = self._target_of(first) if first is not None else ""
        draft = Draft(interaction_id, first, note, codes, kept, revision, 0.0, tuple(further), target)
        if sheet is None and words(draft) == self._finished.get(interaction_id, (("", (), ()))):
            return  # the editor still shows what was finished, or nothing at all
        self._sheets.edit(draft)

    def text(self, interaction_id: str) -> DraftView | None:
        """The note as it is in memory, and when it was last on disk as it is."""
        sheet = self._sheets.get(interaction_id)
        return self._view(sheet) if sheet else None

    def follow_ups(self, interaction_id: str) -> tuple[FollowUp, ...]:
        """The follow-ups of the note."""
        sheet = self._sheets.get(interaction_id)
        return tuple(follow_up_from(kept) for kept in sheet.draft.follow_ups) if sheet else ()

    async def flush(self) -> None:
        """Save whatever is not on disk yet, now."""
        await self._sheets.flush()

    async def restore(self) -> None:
        """Take up the drafts of the last run.

        Raises:
            StoreError: they cannot be read.
        """
        await self._sheets.take_up(lambda draft: not is_kept_words(draft))

    async def _put_aside(self, older: Draft) -> None:
        row = self._row_for(self._store.state.interactions.get(older.interaction_id), older)
        why = "another note was begun for this contact while this one could not be read"
        kept = await self._local().park_draft(older.interaction_id, why, row=row)
        if kept is not None:
            self._parked(kept)

    async def discard(self, interaction_id: str) -> None:
        """Throw a draft away because the agent said so.

        Raises:
            StoreError: the disk will not do; the draft stays.
        """
        await self._local().discard_draft(interaction_id)
        self.finished(interaction_id)

    def finished(self, interaction_id: str) -> None:
        """The draft was handed over on disk: forget it here."""
        sheet = self._sheets.forget(interaction_id)
        if sheet is not None:
            self._finished[interaction_id] = words(sheet.draft)
            while len(self._finished) > _FINISHED:
                del self._finished[next(iter(self._finished))]
            self._store.say(DraftDropped(interaction_id))

    def holding(self, interaction_id: str) -> asyncio.Lock | None:
        """The lock to hold while a draft is handed over, so that no save brings it back; None when there is none."""
        sheet = self._sheets.get(interaction_id)
        return sheet.writing if sheet else None

    async def close(self) -> None:
        """Save everything and stop."""
        for task in self._leaving.values():
            task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)
        await self._sheets.close()

    def _say(self, sheet: Sheet) -> None:
        view = self._view(sheet)
        self._store.say(
            DraftSaved(
                sheet.draft.interaction_id,
                view.note,
                view.codes,
                view.revision,
                view.saved_at,
                view.problem,
                view.follow_ups,
            )
        )

    def _view(self, sheet: Sheet) -> DraftView:
        draft, saved_at = sheet.draft, sheet.saved_at
        if saved_at is not None:
            saved_at += self._store.state.skew  # the disk knows this machine's clock only
        follow_ups = tuple(follow_up_from(kept) for kept in draft.follow_ups)
        return DraftView(draft.note, draft.codes, draft.revision, saved_at, sheet.problem, follow_ups)

    def _look_for_gone(self, old: AppState, new: AppState) -> None:
        """Park what belongs to work that is no longer mine: seen from the state, for no event can be relied on."""
        if not new.me or (new.interactions is old.interactions and new.me == old.me):
            return
        for interaction_id in self._sheets.ids:
            if _is_gone(new, interaction_id) and interaction_id not in self._leaving:
                task = asyncio.ensure_future(self._park_if_still_gone(interaction_id))
                self._leaving[interaction_id] = task
                task.add_done_callback(partial(self._left, interaction_id))

    def _left(self, interaction_id: str, _: "asyncio.Task[None]") -> None:
        self._leaving.pop(interaction_id, None)

    async def _park_if_still_gone(self, interaction_id: str) -> None:
        await self._timing.sleep(GONE_FOR)  # a moment's hole in the stream heals within it
        while (sheet := self._sheets.get(interaction_id)) is not None and _is_gone(self._store.state, interaction_id):
            quiet = self._timing.monotonic() - sheet.last_key
            if quiet < GONE_FOR:  # still writing: the rest of the sentence belongs to it
                await self._timing.sleep(GONE_FOR - quiet)
            elif await self._park(sheet):
                return
            else:
                await self._timing.sleep(AFTER_REFUSAL)

    async def _park(self, sheet: Sheet) -> bool:
        interaction_id = sheet.draft.interaction_id
        if not sheet.is_saved:
            await self._sheets.save(sheet)
        async with sheet.writing:
            if self._sheets.get(interaction_id) is not sheet or not sheet.is_saved:
                return False
            last = self._store.state.unfinished.get(interaction_id)
            row = self._row_for(last, sheet.draft)
            try:
                kept = await self._local().park_draft(interaction_id, _why_gone(self._store.state, last), row=row)
            except StoreError as error:
                log.error("a draft could not be parked: %s", error)
                return False
            self.finished(interaction_id)
        if kept is not None:
            self._parked(kept)
            self._store.notice(
                "The contact ended before your note was finished. The note is safe in the outbox: alt+o shows it.",
                "warning",
            )
        return True


def _is_gone(state: AppState, interaction_id: str) -> bool:
    interaction = state.interactions.get(interaction_id)
    return interaction is None or interaction.agent_id not in (state.me, None)


def _why_gone(state: AppState, last: Interaction | None) -> str:
    if last is None:
        return "the contact was gone when this desktop came back, before the note was finished"
    if last.agent_id not in (state.me, None):
        return "the contact went to somebody else before the note was finished"
    return "the contact was closed before the note was finished"
