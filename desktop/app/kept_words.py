"""Words being written beside the notes of contacts: on disk half a second after the last key, as drafts are.

They lie among the drafts, under a subject that no interaction has, so that all that holds for drafts holds for them:
sealed, fsynced, never purged, kept through kill -9 and a full disk.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.app.drafts import Draft, is_kept_words, kept_subject, kept_words_id
from desktop.app.local_store import LocalStore
from desktop.app.notes import AFTER_LAST_KEY, AFTER_REFUSAL, WHILE_TYPING
from desktop.app.store_errors import StoreError
from desktop.app.store_schema import canonical_json
from desktop.app.timing import Timing

log = logging.getLogger(__name__)
ANOTHER = "another text was begun for the same while this one could not be read"


@dataclass(slots=True)
class _Sheet:
    """The words of one subject in memory."""

    body: str
    saved: str | None = None
    saved_at: float | None = None
    problem: str = ""
    last_key: float = 0.0
    first_unsaved: float = 0.0
    saver: "asyncio.Task[None] | None" = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_saved(self) -> bool:
        return self.saved == self.body


class KeptWords:
    """Words by subject, each a JSON object. Only `drop` ends one."""

    def __init__(self, timing: Timing, local: Callable[[], LocalStore], changed: Callable[[str], None]) -> None:
        """`local` raises StoreError while the disk is not there. `changed` hears of a subject whose safety changed."""
        self._timing = timing
        self._local = local
        self._changed = changed
        self._sheets: dict[str, _Sheet] = {}
        self._restored = False

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or restored."""
        return tuple(self._sheets)

    def body(self, subject: str) -> Mapping[str, Any] | None:
        """The words of a subject as they are in memory."""
        sheet = self._sheets.get(subject)
        if sheet is None:
            return None
        found: Mapping[str, Any] = json.loads(sheet.body)
        return found

    def saved_at(self, subject: str) -> float | None:
        """When the words were put on disk as they are, on this machine's clock; None while they are not."""
        sheet = self._sheets.get(subject)
        return sheet.saved_at if sheet is not None and sheet.is_saved else None

    def problem(self, subject: str) -> str:
        """Why the words are not on disk; "" when nothing is wrong."""
        sheet = self._sheets.get(subject)
        return sheet.problem if sheet is not None else ""

    def edit(self, subject: str, body: Mapping[str, Any]) -> None:
        """Take what there is now; call it for every key.

        Raises:
            TypeError: it is no JSON.
        """
        text = canonical_json(body)
        sheet = self._sheets.get(subject)
        if sheet is None:
            sheet = self._sheets[subject] = _Sheet(text)
        elif sheet.body == text:
            return
        now = self._timing.monotonic()
        if sheet.is_saved or sheet.saver is None:
            sheet.first_unsaved = now
        sheet.body, sheet.last_key = text, now
        if sheet.saver is None:
            sheet.saver = asyncio.ensure_future(self._save_soon(subject, sheet))
        self._changed(subject)

    async def flush(self, subject: str | None = None) -> None:
        """Save what is not on disk yet, of one subject or of all, now."""
        wanted = [(name, sheet) for name, sheet in self._sheets.items() if subject in (None, name)]
        await asyncio.gather(*(self._save(name, sheet) for name, sheet in wanted if not sheet.is_saved))

    async def drop(self, subject: str) -> None:
        """The words were handed over, or are not wanted: forget them, on disk too.

        Raises:
            StoreError: the disk will not do; they stay.
        """
        sheet = self._sheets.get(subject)
        if sheet is None:
            return
        async with sheet.writing:
            if sheet.saved is not None or self._restored:
                await self._local().discard_draft(kept_words_id(subject))
            if self._sheets.get(subject) is sheet:
                del self._sheets[subject]
        if sheet.saver is not None:
            sheet.saver.cancel()
        self._changed(subject)

    async def restore(self) -> None:
        """Take up what the last run left.

        Raises:
            StoreError: it cannot be read.
        """
        for draft in await self._local().drafts():
            if not is_kept_words(draft):
                continue
            subject = kept_subject(draft)
            known = self._sheets.get(subject)
            if known is None:
                if _is_object(draft.note):
                    self._sheets[subject] = _Sheet(draft.note, draft.note, draft.saved_at)
                    self._changed(subject)
                else:  # damaged on disk: what is left of it can be read in the outbox
                    await self._local().park_draft(draft.interaction_id, "the text was damaged on this machine")
            elif known.saved is None:
                await self._make_way(subject, known)
        self._restored = True

    async def close(self) -> None:
        """Save everything and stop."""
        savers = [sheet.saver for sheet in self._sheets.values() if sheet.saver is not None]
        for saver in savers:
            saver.cancel()
        await asyncio.gather(*savers, return_exceptions=True)
        await self.flush()

    async def _make_way(self, subject: str, sheet: _Sheet) -> None:
        """What lies on disk from before is kept where it can be read, ere newer words take its place."""
        older = await self._local().draft(kept_words_id(subject))
        if older is not None and older.note != sheet.body:
            await self._local().park_draft(older.interaction_id, ANOTHER)

    async def _save_soon(self, subject: str, sheet: _Sheet) -> None:
        try:
            while not sheet.is_saved:
                due = min(sheet.last_key + AFTER_LAST_KEY, sheet.first_unsaved + WHILE_TYPING)
                wait = due - self._timing.monotonic()
                if wait > 0:
                    await self._timing.sleep(wait)
                    continue
                await self._save(subject, sheet)
                if sheet.problem:
                    await self._timing.sleep(AFTER_REFUSAL)
        finally:
            sheet.saver = None

    async def _save(self, subject: str, sheet: _Sheet) -> None:
        async with sheet.writing:
            if self._sheets.get(subject) is not sheet:
                return
            body = sheet.body
            try:
                if sheet.saved is None and not self._restored:
                    await self._make_way(subject, sheet)
                kept = await self._local().save_draft(Draft(kept_words_id(subject), None, body, (), (), 1, 0.0))
                sheet.saved, sheet.saved_at, sheet.problem = body, kept.saved_at, ""
            except StoreError as error:
                sheet.problem = str(error)
                log.error("words could not be saved: %s", error)
            sheet.first_unsaved = self._timing.monotonic()
        self._changed(subject)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
