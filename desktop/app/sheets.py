"""Words being written, of whatever kind: on disk half a second after the last key, and never lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from desktop.app.drafts import Draft
from desktop.app.local_store import LocalStore
from desktop.app.store_errors import StoreError
from desktop.app.timing import Timing

log = logging.getLogger(__name__)

AFTER_LAST_KEY = 0.4  # leaves room for the disk within the promised 0.5 s
WHILE_TYPING = 1.8  # and within 2 s
AFTER_REFUSAL = 2.0


@dataclass(slots=True, eq=False)
class Sheet:
    """One draft in memory. Who holds `writing` may put it on disk or take it away from there."""

    draft: Draft
    saved: Draft | None = None
    problem: str = ""
    last_key: float = 0.0
    first_unsaved: float = 0.0
    saver: "asyncio.Task[None] | None" = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_saved(self) -> bool:
        """Whether the words are on disk as they are."""
        return self.saved is not None and words(self.saved) == words(self.draft)

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
        put_aside: Callable[[Draft], Awaitable[None]],
        changed: Callable[[Sheet], None],
    ) -> None:
        """No sheets yet.

        Args:
            local: raises StoreError while the disk is not there.
            put_aside: keeps, where it can be read, a draft on disk whose place newer words are about to take.
            changed: hears of a sheet whose words or whose safety changed.
        """
        self._timing = timing
        self._local = local
        self._put_aside = put_aside
        self._changed = changed
        self._sheets: dict[str, Sheet] = {}
        self.restored = False
        """Whether it is known what the last run left."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or taken up."""
        return tuple(self._sheets)

    def get(self, draft_id: str) -> Sheet | None:
        """The sheet of a draft, if it is being written."""
        return self._sheets.get(draft_id)

    def edit(self, draft: Draft) -> None:
        """Take the words there are now; call it for every key."""
        sheet = self._sheets.get(draft.interaction_id)
        if sheet is None:
            sheet = self._sheets[draft.interaction_id] = Sheet(draft)
        elif words(sheet.draft) == words(draft):
            return
        now = self._timing.monotonic()
        if sheet.is_saved or sheet.saver is None:
            sheet.first_unsaved = now
        sheet.draft, sheet.last_key = draft, now
        self._changed(sheet)
        if sheet.saver is None:
            sheet.saver = asyncio.ensure_future(self._save_soon(sheet))

    async def flush(self, draft_id: str | None = None) -> None:
        """Save what is not on disk yet, of one sheet or of all, now."""
        wanted = [sheet for name, sheet in self._sheets.items() if draft_id in (None, name)]
        await asyncio.gather(*(self.save(sheet) for sheet in wanted if not sheet.is_saved))

    async def take_up(self, mine: Callable[[Draft], bool], whole: Callable[[Draft], bool] = lambda _: True) -> None:
        """Take up what the last run left; of that, what is not `whole` can be read in the outbox from now on.

        Raises:
            StoreError: it cannot be read.
        """
        for draft in filter(mine, await self._local().drafts()):
            known = self._sheets.get(draft.interaction_id)
            if known is None and whole(draft):
                sheet = self._sheets[draft.interaction_id] = Sheet(draft, saved=draft)
                self._changed(sheet)
            elif known is None:
                await self._local().park_draft(draft.interaction_id, "the text was damaged on this machine")
            elif known.saved is None:
                await self._make_way(known.draft)
        self.restored = True

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
            draft = sheet.draft
            if self._sheets.get(draft.interaction_id) is not sheet:
                return
            try:
                if sheet.saved is None and not self.restored:
                    await self._make_way(draft)
                sheet.saved = await self._local().save_draft(draft)
                sheet.problem = ""
            except StoreError as error:
                sheet.problem = str(error)
                log.error("a draft could not be saved: %s", error)
            sheet.first_unsaved = self._timing.monotonic()
            if self._sheets.get(draft.interaction_id) is sheet:
                self._changed(sheet)

    async def _save_soon(self, sheet: Sheet) -> None:
        try:
            while not sheet.is_saved:
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

    async def _make_way(self, newer: Draft) -> None:
        """Where the disk came late, other words for the same were begun meanwhile: both are kept."""
        older = await self._local().draft(newer.interaction_id)
        if older is not None and words(older) != words(newer):
            await self._put_aside(older)


def words(draft: Draft) -> tuple[object, ...]:
    """All of a draft that somebody wrote or chose."""
    return draft.note, draft.codes, draft.follow_ups
