"""Words being written, of whatever kind: on disk half a second after the last key, and never lost."""

import asyncio
import logging
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from desktop.app.storage.drafts import Draft
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.timing import Timing

log = logging.getLogger(__name__)

AFTER_LAST_KEY = 0.4  # leaves room for the disk within the promised 0.5 s
WHILE_TYPING = 1.8  # and within 2 s
AFTER_REFUSAL = 2.0
DAMAGED = "the text was damaged on this machine; read it over before you use it"
NOT_MINE = "another agent's words about this contact have to go to the outbox first"
ANOTHER = "another text was begun for the same while this one could not be read"


@dataclass(slots=True, eq=False)
class Sheet:
    """One draft in memory. Who holds `writing` may put it on disk or take it away from there."""

    draft: Draft
    writing: asyncio.Lock
    saved: Draft | None = None
    problem: str = ""
    last_key: float = 0.0
    first_unsaved: float = 0.0
    stale: bool = False  # what is known of its contact changed since it was saved
    being_saved: Draft | None = None  # whichever of two is on disk then is not known
    saver: "asyncio.Task[None] | None" = None

    @property
    def is_saved(self) -> bool:
        """Whether the words are on disk as they are."""
        on_disk = self.saved is not None and self.saved.words == self.draft.words
        return on_disk and (self.being_saved is None or self.being_saved.words == self.draft.words)

    @property
    def saved_at(self) -> float | None:
        """When the words were put on disk as they are, on this machine's clock; None while they are not."""
        return self.saved.saved_at if self.saved is not None and self.is_saved else None


class Sheets:
    """Sheets by the id of their draft. Only `forget` ends one."""

    def __init__(
        self,
        timing: Timing,
        local: Callable[[], LocalStore],
        changed: Callable[[Sheet], None],
        *,
        joined: Callable[[Draft, Draft], Draft | None],
        collect: Callable[[], None] = lambda: None,
        replaced: Callable[[Draft], None] = lambda draft: None,
        complete: Callable[[Draft], Draft] = lambda draft: draft,
        may_save: Callable[[Draft], bool] = lambda draft: True,
        parked: Callable[[str], None] = lambda draft_id: None,
    ) -> None:
        """No sheets yet.

        Args:
            local: raises StoreError while the disk is not there.
            changed: hears of a sheet whose words or whose safety changed.
            joined: makes one draft of what was found on disk and what was written before it could be read; None
                where that cannot be, and the older one has to go to the outbox.
            collect: has the editor hand over its last keys, before its words are joined with others.
            replaced: hears of words that the editor did not write.
            complete: adds what is known of the contact to a draft that is about to be saved.
            may_save: whether a draft is of who is here; another's stays on disk as it is.
            parked: hears of a draft on disk that could not be taken up and was put into the outbox.
        """
        self._timing = timing
        self._local = local
        self._changed = changed
        self._joined = joined
        self._collect = collect
        self._replaced = replaced
        self._complete = complete
        self._may_save = may_save
        self._parked = parked
        self._sheets: dict[str, Sheet] = {}
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self.restored = False
        """Whether it is known what the last run left."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or taken up."""
        return tuple(self._sheets)

    def get(self, draft_id: str) -> Sheet | None:
        """The sheet of a draft, if it is being written."""
        return self._sheets.get(draft_id)

    def writing(self, draft_id: str) -> asyncio.Lock:
        """The lock to hold while a draft is put on disk or taken away from there, be there a sheet or not."""
        lock = self._locks.get(draft_id)
        if lock is None:
            lock = self._locks[draft_id] = asyncio.Lock()
        return lock

    def edit(self, draft: Draft) -> None:
        """Take the words there are now; call it for every key."""
        sheet = self._sheets.get(draft.interaction_id)
        if sheet is None:
            sheet = self._sheets[draft.interaction_id] = Sheet(draft, self.writing(draft.interaction_id))
        elif sheet.draft.words == draft.words:
            return
        now = self._timing.monotonic()
        if sheet.is_saved or sheet.saver is None:
            sheet.first_unsaved = now
        sheet.draft, sheet.last_key = draft, now
        self._changed(sheet)
        self._begin_saving(sheet)

    def touch(self, draft_id: str) -> None:
        """What is known of the contact changed: save that too, soon."""
        sheet = self._sheets.get(draft_id)
        if sheet is not None and not sheet.stale:
            sheet.stale = True
            if sheet.saver is None:
                sheet.first_unsaved = self._timing.monotonic()
            self._begin_saving(sheet)

    async def flush(self, draft_id: str | None = None) -> None:
        """Save what is not on disk yet, of one sheet or of all, now."""
        wanted = [sheet for name, sheet in self._sheets.items() if draft_id in (None, name)]
        await asyncio.gather(*(self.save(sheet) for sheet in wanted if sheet.stale or not sheet.is_saved))

    async def take_up(self, mine: Callable[[Draft], bool], whole: Callable[[Draft], bool] = lambda _: True) -> None:
        """Take up what the last run left; what is damaged or not `whole` can be read in the outbox from now on.

        Raises:
            StoreError: it cannot be read.
        """
        for draft in filter(mine, await self._local().drafts()):
            known = self._sheets.get(draft.interaction_id)
            if known is not None and known.saved is not None:
                continue  # the disk has what is here
            if not (draft.intact and whole(draft)):
                await self._put_aside(draft, DAMAGED)
            elif known is None:
                self._take(draft)
            elif not self._join(known, draft):
                await self._put_aside(draft, ANOTHER)
        self.restored = True

    def take(self, older: Draft, on_disk: Draft) -> None:
        """A draft is on disk again: it is written on, together with what was written since it was read from there."""
        known = self._sheets.get(older.interaction_id)
        if known is None:
            self._take(on_disk)
        else:
            self._join(known, older, on_disk)

    def save_anew(self) -> None:
        """What was on the disk may not be there any more: save everything once more, soon."""
        for sheet in self._sheets.values():
            sheet.saved = None
            self._changed(sheet)
            self._begin_saving(sheet)

    def forget(self, draft_id: str) -> Sheet | None:
        """Its words were handed over, or are not wanted."""
        sheet = self._sheets.pop(draft_id, None)
        if sheet is not None and sheet.saver is not None:
            sheet.saver.cancel()
        return sheet

    async def close(self) -> None:
        """Save everything and stop."""
        savers = [sheet.saver for sheet in self._sheets.values() if sheet.saver is not None]
        for saver in savers:
            saver.cancel()
        await asyncio.gather(*savers, return_exceptions=True)
        await self.flush()

    async def save(self, sheet: Sheet) -> None:
        """Put a sheet on disk as it is, or have its `problem` say why not."""
        async with sheet.writing:
            if self._sheets.get(sheet.draft.interaction_id) is not sheet:
                return
            if not self._may_save(sheet.draft):
                sheet.problem = NOT_MINE
                return
            try:
                if sheet.saved is None and not self.restored:
                    await self._find_older(sheet)
                sheet.stale = False
                sheet.draft = self._complete(sheet.draft)
                sheet.being_saved = sheet.draft
                on_disk = sheet.saved
                words_since = None if on_disk is None or on_disk.words != sheet.draft.words else on_disk.saved_at
                sheet.saved = await self._local().save_draft(sheet.draft, words_since=words_since)
                sheet.problem = ""
            except StoreError as error:
                sheet.stale = True
                sheet.problem = str(error)
                log.error("a draft could not be saved: %s", error)
            finally:
                sheet.being_saved = None
            sheet.first_unsaved = self._timing.monotonic()
            if self._sheets.get(sheet.draft.interaction_id) is sheet:
                self._changed(sheet)

    def _take(self, draft: Draft) -> None:
        sheet = Sheet(draft, self.writing(draft.interaction_id), saved=draft)
        self._sheets[draft.interaction_id] = sheet
        self._replaced(draft)
        self._changed(sheet)

    def _join(self, sheet: Sheet, older: Draft, on_disk: Draft | None = None) -> bool:
        self._collect()
        joined = self._joined(older, sheet.draft)
        if joined is None:
            return False
        sheet.draft, sheet.saved = joined, on_disk or older
        self._replaced(joined)
        self._changed(sheet)
        if not sheet.is_saved:
            self._begin_saving(sheet)
        return True

    async def _put_aside(self, older: Draft, why: str) -> None:
        await self._local().park_draft(older.interaction_id, why)
        self._parked(older.interaction_id)

    def _begin_saving(self, sheet: Sheet) -> None:
        if sheet.saver is None:
            sheet.saver = asyncio.ensure_future(self._save_soon(sheet))

    async def _save_soon(self, sheet: Sheet) -> None:
        try:
            while sheet.stale or not sheet.is_saved:
                due = min(sheet.last_key + AFTER_LAST_KEY, sheet.first_unsaved + WHILE_TYPING)
                wait = due - self._timing.monotonic()
                if wait > 0:
                    await self._timing.sleep(wait)
                    continue
                await self.save(sheet)
                if sheet.problem:
                    await self._timing.sleep(AFTER_REFUSAL)
        finally:
            sheet.saver = None

    async def _find_older(self, sheet: Sheet) -> None:
        """Where the disk came late, words for the same may be on it: they come before those written since."""
        older = await self._local().draft(sheet.draft.interaction_id)
        if older is not None and not (older.intact and self._join(sheet, older)):
            await self._put_aside(older, ANOTHER if older.intact else DAMAGED)
