"""Reviews being written: on disk half a second after the last key, as the notes of contacts are, by the same code.

Sealed, fsynced, never purged, kept through kill -9 and a full disk, in a table of their own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktop.app.notes.autosave import Autosave, OpenDraft
from desktop.app.notes.unsaved_text import Unsaved
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.review_drafts import ReviewDraft
from desktop.app.timing import Timing
from desktop.domain.text.sentence import NOTHING, Sentence


class _Shelf:
    """Where they are kept."""

    def __init__(self, local: Callable[[], LocalStore]) -> None:
        self._local = local

    async def all(self) -> Sequence[ReviewDraft]:
        return await self._local().review_drafts()

    async def one(self, subject: str) -> ReviewDraft | None:
        return await self._local().review_draft(subject)

    async def save(self, draft: ReviewDraft, *, words_since: float | None) -> ReviewDraft:
        return await self._local().save_review_draft(draft, words_since=words_since)

    async def park(self, subject: str, why: Sentence) -> None:
        await self._local().park_review_draft(subject, why)


class ReviewDrafts:
    """Words by subject, each a JSON object. Only `drop` ends one."""

    def __init__(self, timing: Timing, local: Callable[[], LocalStore], changed: Callable[[str], None]) -> None:
        """`local` raises StoreError while the disk is not there. `changed` hears of a subject whose safety changed."""
        self._local = local
        self._changed = changed
        self._autosave = Autosave(
            timing,
            _Shelf(local),
            lambda open_draft: changed(open_draft.draft.subject),
            joined=lambda older, newer: newer if older.words == newer.words else None,
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or restored."""
        return self._autosave.ids

    def body(self, subject: str) -> Mapping[str, Any] | None:
        """The words of a subject as they are in memory."""
        open_draft = self._sheet(subject)
        if open_draft is None:
            return None
        found: Mapping[str, Any] = json.loads(open_draft.draft.body)
        return found

    def saved_at(self, subject: str) -> float | None:
        """When the words were put on disk as they are, on this machine's clock; None while they are not."""
        open_draft = self._sheet(subject)
        return open_draft.saved_at if open_draft is not None else None

    def problem(self, subject: str) -> Sentence:
        """Why the words are not on disk; nothing when nothing is wrong."""
        open_draft = self._sheet(subject)
        return open_draft.problem if open_draft is not None else NOTHING

    def unsaved(self) -> tuple[Unsaved, ...]:
        """The words that are in memory only."""
        open_drafts = [
            (subject, open_draft) for subject in self.subjects if (open_draft := self._sheet(subject)) is not None
        ]
        return tuple(
            Unsaved(Sentence("unsaved.review", subject=subject), open_draft.draft.body, open_draft.problem)
            for subject, open_draft in open_drafts
            if not open_draft.is_saved
        )

    def edit(self, subject: str, body: Mapping[str, Any]) -> None:
        """Take what there is now; call it for every key.

        Raises:
            TypeError: it is no JSON.
        """
        self._autosave.edit(ReviewDraft(subject, canonical_json(body)))

    async def flush(self, subject: str | None = None) -> None:
        """Save what is not on disk yet, of one subject or of all, now."""
        await self._autosave.flush(subject)

    async def drop(self, subject: str) -> None:
        """The words were handed over, or are not wanted: forget them, on disk too.

        Raises:
            StoreError: the disk will not do; they stay.
        """
        open_draft = self._sheet(subject)
        if open_draft is None:
            return
        async with open_draft.writing:
            if open_draft.saved is not None or self._autosave.restored:
                await self._local().discard_review_draft(subject)
            if self._sheet(subject) is open_draft:
                self._autosave.forget(subject)
        self._changed(subject)

    async def restore(self) -> None:
        """Take up what the last run left.

        Raises:
            StoreError: it cannot be read.
        """
        await self._autosave.restore(lambda draft: _is_object(draft.body))

    async def save_anew(self) -> None:
        """The file was replaced: what was on it may not be there any more."""
        self._autosave.save_anew()

    async def close(self) -> None:
        """Save everything and stop."""
        await self._autosave.close()

    def _sheet(self, subject: str) -> OpenDraft[ReviewDraft] | None:
        return self._autosave.get(subject)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
