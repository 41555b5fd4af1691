"""Words being written, of whatever kind: on disk half a second after the last key, and never lost."""

import asyncio
import logging
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from desktop.app.storage.errors import StoreError
from desktop.app.storage.tables.reasons import ANOTHER_TEXT, TEXT_DAMAGED
from desktop.app.timing import Timing
from desktop.domain.text.sentence import NOTHING, Sentence

log = logging.getLogger(__name__)

AFTER_LAST_KEY = 0.4  # leaves room for the disk within the promised 0.5 s
WHILE_TYPING = 1.8  # and within 2 s
AFTER_REFUSAL = 2.0


class Written(Protocol):
    """What is written and saved: a contact's record in progress, or a review."""

    @property
    def id(self) -> str:
        """What tells it from others."""

    @property
    def words(self) -> tuple[object, ...]:
        """All that somebody wrote or chose."""

    @property
    def saved_at(self) -> float:
        """When it was put on disk, on this machine's clock."""

    @property
    def intact(self) -> bool:
        """Whether it is what was written."""


W = TypeVar("W", bound=Written)


class Shelf(Protocol[W]):
    """Where on the disk it is kept. Every method raises StoreError while the disk is not there."""

    async def all(self) -> Sequence[W]:
        """Everything there is, the latest first."""

    async def one(self, draft_id: str, /) -> W | None:
        """One of them, if it is there."""

    async def save(self, draft: W, /, *, words_since: float | None) -> W:
        """Keep it; answers it with the time when the disk got its words, which is `words_since` where it has them."""

    async def park(self, draft_id: str, why: Sentence, /) -> None:
        """Put it into the outbox, with the reason."""


@dataclass(slots=True, eq=False)
class OpenDraft(Generic[W]):
    """One draft in memory. Who holds `writing` may put it on disk or take it away from there."""

    draft: W
    writing: asyncio.Lock
    saved: W | None = None
    problem: Sentence = NOTHING
    last_key: float = 0.0
    first_unsaved: float = 0.0
    stale: bool = False  # what is known of its contact changed since it was saved
    being_saved: W | None = None  # whichever of two is on disk then is not known
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


class Autosave(Generic[W]):
    """Drafts in memory by their ids. Only `forget` ends one."""

    def __init__(
        self,
        timing: Timing,
        shelf: Shelf[W],
        changed: Callable[[OpenDraft[W]], None],
        *,
        joined: Callable[[W, W], W | None],
        collect: Callable[[], None] = lambda: None,
        replaced: Callable[[W], None] = lambda draft: None,
        complete: Callable[[W], W] = lambda draft: draft,
        may_save: Callable[[W], bool] = lambda draft: True,
        parked: Callable[[str], None] = lambda draft_id: None,
    ) -> None:
        """No drafts yet.

        Args:
            shelf: where drafts are kept.
            changed: hears of a draft whose words or whose safety changed.
            joined: makes one draft of what was found on disk and what was written before it could be read; None
                where that cannot be, and the older one has to go to the outbox.
            collect: has the editor hand over its last keys, before its words are joined with others.
            replaced: hears of words that the editor did not write.
            complete: adds what is known of the contact to a draft that is about to be saved.
            may_save: whether a draft is of who is here; another's stays on disk as it is.
            parked: hears of a draft on disk that could not be taken up and was put into the outbox.
        """
        self._timing = timing
        self._shelf = shelf
        self._changed = changed
        self._joined = joined
        self._collect = collect
        self._replaced = replaced
        self._complete = complete
        self._may_save = may_save
        self._parked = parked
        self._open: dict[str, OpenDraft[W]] = {}
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self.restored = False
        """Whether it is known what the last run left."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or taken up."""
        return tuple(self._open)

    def get(self, draft_id: str) -> OpenDraft[W] | None:
        """A draft in memory, if it is being written."""
        return self._open.get(draft_id)

    def writing(self, draft_id: str) -> asyncio.Lock:
        """The lock to hold while a draft is put on disk or taken away from there, be there a draft or not."""
        lock = self._locks.get(draft_id)
        if lock is None:
            lock = self._locks[draft_id] = asyncio.Lock()
        return lock

    def edit(self, draft: W) -> None:
        """Take the words there are now; call it for every key."""
        open_draft = self._open.get(draft.id)
        if open_draft is None:
            open_draft = self._open[draft.id] = OpenDraft(draft, self.writing(draft.id))
        elif open_draft.draft.words == draft.words:
            return
        now = self._timing.monotonic()
        if open_draft.is_saved or open_draft.saver is None:
            open_draft.first_unsaved = now
        open_draft.draft, open_draft.last_key = draft, now
        self._changed(open_draft)
        self._begin_saving(open_draft)

    def touch(self, draft_id: str) -> None:
        """What is known of the contact changed: save that too, soon."""
        open_draft = self._open.get(draft_id)
        if open_draft is not None and not open_draft.stale:
            open_draft.stale = True
            if open_draft.saver is None:
                open_draft.first_unsaved = self._timing.monotonic()
            self._begin_saving(open_draft)

    async def flush(self, draft_id: str | None = None) -> None:
        """Save what is not on disk yet, of one draft or of all, now."""
        wanted = [open_draft for name, open_draft in self._open.items() if draft_id in (None, name)]
        await asyncio.gather(
            *(self.save(open_draft) for open_draft in wanted if open_draft.stale or not open_draft.is_saved)
        )

    async def restore(self, whole: Callable[[W], bool] = lambda _: True) -> None:
        """Take up what the last run left; what is damaged or not `whole` can be read in the outbox from now on.

        Raises:
            StoreError: it cannot be read.
        """
        for draft in await self._shelf.all():
            known = self._open.get(draft.id)
            if known is not None and known.saved is not None:
                continue  # the disk has what is here
            if not (draft.intact and whole(draft)):
                await self._put_aside(draft, TEXT_DAMAGED)
            elif known is None:
                self._take(draft)
            elif not self._join(known, draft):
                await self._put_aside(draft, ANOTHER_TEXT)
        self.restored = True

    def take(self, older: W, on_disk: W) -> None:
        """A draft is on disk again: it is written on, together with what was written since it was read from there."""
        known = self._open.get(older.id)
        if known is None:
            self._take(on_disk)
        else:
            self._join(known, older, on_disk)

    def save_anew(self) -> None:
        """What was on the disk may not be there any more: save everything once more, soon."""
        for open_draft in self._open.values():
            open_draft.saved = None
            self._changed(open_draft)
            self._begin_saving(open_draft)

    def forget(self, draft_id: str) -> OpenDraft[W] | None:
        """Its words were handed over, or are not wanted."""
        open_draft = self._open.pop(draft_id, None)
        if open_draft is not None and open_draft.saver is not None:
            open_draft.saver.cancel()
        return open_draft

    async def close(self) -> None:
        """Save everything and stop."""
        savers = [open_draft.saver for open_draft in self._open.values() if open_draft.saver is not None]
        for saver in savers:
            saver.cancel()
        await asyncio.gather(*savers, return_exceptions=True)
        await self.flush()

    async def save(self, open_draft: OpenDraft[W]) -> None:
        """Put a draft on disk as it is, or have its `problem` say why not."""
        async with open_draft.writing:
            if self._open.get(open_draft.draft.id) is not open_draft:
                return
            if not self._may_save(open_draft.draft):
                open_draft.problem = Sentence("note.not_mine")
                return
            try:
                if open_draft.saved is None and not self.restored:
                    await self._find_older(open_draft)
                open_draft.stale = False
                open_draft.draft = self._complete(open_draft.draft)
                open_draft.being_saved = open_draft.draft
                on_disk = open_draft.saved
                words_since = None if on_disk is None or on_disk.words != open_draft.draft.words else on_disk.saved_at
                open_draft.saved = await self._shelf.save(open_draft.draft, words_since=words_since)
                open_draft.problem = NOTHING
            except StoreError as error:
                open_draft.stale = True
                open_draft.problem = error.sentence
                log.error("a draft could not be saved: %s", error)
            finally:
                open_draft.being_saved = None
            open_draft.first_unsaved = self._timing.monotonic()
            if self._open.get(open_draft.draft.id) is open_draft:
                self._changed(open_draft)

    def _take(self, draft: W) -> None:
        open_draft = OpenDraft(draft, self.writing(draft.id), saved=draft)
        self._open[draft.id] = open_draft
        self._replaced(draft)
        self._changed(open_draft)

    def _join(self, open_draft: OpenDraft[W], older: W, on_disk: W | None = None) -> bool:
        self._collect()
        joined = self._joined(older, open_draft.draft)
        if joined is None:
            return False
        open_draft.draft, open_draft.saved = joined, on_disk or older
        self._replaced(joined)
        self._changed(open_draft)
        if not open_draft.is_saved:
            self._begin_saving(open_draft)
        return True

    async def _put_aside(self, older: W, why: Sentence) -> None:
        await self._shelf.park(older.id, why)
        self._parked(older.id)

    def _begin_saving(self, open_draft: OpenDraft[W]) -> None:
        if open_draft.saver is None:
            open_draft.saver = asyncio.ensure_future(self._save_soon(open_draft))

    async def _save_soon(self, open_draft: OpenDraft[W]) -> None:
        try:
            while open_draft.stale or not open_draft.is_saved:
                due = min(open_draft.last_key + AFTER_LAST_KEY, open_draft.first_unsaved + WHILE_TYPING)
                wait = due - self._timing.monotonic()
                if wait > 0:
                    await self._timing.sleep(wait)
                    continue
                await self.save(open_draft)
                if open_draft.problem:
                    await self._timing.sleep(AFTER_REFUSAL)
        finally:
            open_draft.saver = None

    async def _find_older(self, open_draft: OpenDraft[W]) -> None:
        """Where the disk came late, words for the same may be on it: they come before those written since."""
        older = await self._shelf.one(open_draft.draft.id)
        if older is not None and not (older.intact and self._join(open_draft, older)):
            await self._put_aside(older, ANOTHER_TEXT if older.intact else TEXT_DAMAGED)
