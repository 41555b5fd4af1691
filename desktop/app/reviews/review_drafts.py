"""Words being written beside the notes of contacts: on disk half a second after the last key, as drafts are.

They lie among the drafts, under a subject that no interaction has, so that all that holds for drafts holds for them:
sealed, fsynced, never purged, kept through kill -9 and a full disk.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from desktop.app.notes.autosave import Autosave, OpenDraft
from desktop.app.notes.unsaved_text import Unsaved
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.drafts import Draft, is_kept_words, kept_subject, kept_words_id
from desktop.app.timing import Timing
from desktop.domain.text.sentence import NOTHING, Sentence


class ReviewDrafts:
    """Words by subject, each a JSON object. Only `drop` ends one."""

    def __init__(self, timing: Timing, local: Callable[[], LocalStore], changed: Callable[[str], None]) -> None:
        """`local` raises StoreError while the disk is not there. `changed` hears of a subject whose safety changed."""
        self._local = local
        self._changed = changed
        self._autosave = Autosave(
            timing,
            local,
            lambda open_draft: changed(kept_subject(open_draft.draft.interaction_id)),
            joined=lambda older, newer: newer if older.words == newer.words else None,
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everything that is being written, in the order it was begun or restored."""
        return tuple(kept_subject(draft_id) for draft_id in self._autosave.ids)

    def body(self, subject: str) -> Mapping[str, Any] | None:
        """The words of a subject as they are in memory."""
        open_draft = self._sheet(subject)
        if open_draft is None:
            return None
        found: Mapping[str, Any] = json.loads(open_draft.draft.note)
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
            Unsaved(Sentence("unsaved.review", subject=subject), open_draft.draft.note, open_draft.problem)
            for subject, open_draft in open_drafts
            if not open_draft.is_saved
        )

    def edit(self, subject: str, body: Mapping[str, Any]) -> None:
        """Take what there is now; call it for every key.

        Raises:
            TypeError: it is no JSON.
        """
        self._autosave.edit(Draft(kept_words_id(subject), None, canonical_json(body), (), (), 1, 0.0))

    async def flush(self, subject: str | None = None) -> None:
        """Save what is not on disk yet, of one subject or of all, now."""
        await self._autosave.flush(None if subject is None else kept_words_id(subject))

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
                await self._local().discard_draft(kept_words_id(subject))
            if self._sheet(subject) is open_draft:
                self._autosave.forget(kept_words_id(subject))
        self._changed(subject)

    async def restore(self) -> None:
        """Take up what the last run left.

        Raises:
            StoreError: it cannot be read.
        """
        await self._autosave.restore(is_kept_words, lambda draft: _is_object(draft.note))

    async def save_anew(self) -> None:
        """The file was replaced: what was on it may not be there any more."""
        self._autosave.save_anew()

    async def close(self) -> None:
        """Save everything and stop."""
        await self._autosave.close()

    def _sheet(self, subject: str) -> OpenDraft | None:
        return self._autosave.get(kept_words_id(subject))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
