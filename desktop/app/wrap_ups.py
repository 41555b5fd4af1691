"""Finishing a wrap-up: first safe on this machine, then told to the contact centre, then delivered to the CRM."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence

from desktop.app.action_result import ActionResult
from desktop.app.actions import Actions
from desktop.app.intents import Intents
from desktop.app.local_store import LocalStore
from desktop.app.notes import Notes
from desktop.app.outbox import Outbox
from desktop.app.outbox_rows import OutboxRow
from desktop.app.store import Store
from desktop.app.store_errors import StoreError
from desktop.app.wrap_up_json import record_from, says_the_same
from desktop.app.wrap_up_rows import WrapUpRows
from desktop.domain.customer import FollowUp
from desktop.domain.model import Interaction
from desktop.domain.select import names_crm, wrap_up_problems
from desktop.domain.words import Phase

log = logging.getLogger(__name__)

_REVISIONS = 100
_ON_ITS_WAY = "The note is on its way to the CRM."
_STAYS_HERE = "This profile names no CRM: the note is kept in the outbox. Press o to see it."


class WrapUps:
    """Turns a draft into an outbox row in one transaction. Pressing twice makes one row; nothing loses the text."""

    def __init__(
        self,
        store: Store,
        actions: Actions,
        notes: Notes,
        outbox: Outbox,
        rows: WrapUpRows,
        local: Callable[[], LocalStore],
    ) -> None:
        self._store = store
        self._actions = actions
        self._notes = notes
        self._outbox = outbox
        self._rows = rows
        self._local = local
        self._intents = Intents()

    async def finish(
        self, interaction_id: str, *, codes: Sequence[str], note: str, follow_ups: Sequence[FollowUp] = ()
    ) -> ActionResult:
        """Hand the note over and close the contact.

        The answer is not ok when the rule of the queue is not met, the disk will not do (the text stays in the
        editor), or the contact centre does not close the contact (the text is in the outbox then).
        """
        interaction = self._store.drain().interactions.get(interaction_id)
        if interaction is None:
            return ActionResult(
                False,
                "This contact has left your desk. Your note is safe in the outbox. Press o to see it.",
                "NotFound",
            )
        if interaction.phase is not Phase.WRAP_UP:
            return ActionResult(
                False, "The contact has not ended yet. Your note is safe here. End it first.", "Conflict"
            )
        problems = wrap_up_problems(self._store.state, interaction, tuple(codes), note)
        if problems:
            return ActionResult(False, " ".join(problems), "Rejected")
        if not self._intents.begin(interaction_id):
            return ActionResult(False, "", "ignored")
        try:
            try:
                kept = await self._keep(interaction, codes, note, follow_ups)
            except StoreError as error:
                log.error("a wrap-up could not be kept: %s", error)
                return ActionResult(
                    False,
                    f"The wrap-up was not finished. {error}. Your note is still in the editor."
                    " Make room, then finish again.",
                    type(error).__name__,
                )
            self._outbox.adopt(kept)
            result = await self._actions.close_contact(interaction, codes=codes, note_given=bool(note.strip()))
        finally:
            self._intents.end(interaction_id)
        if result.ok:
            where = _ON_ITS_WAY if names_crm(self._store.state) else _STAYS_HERE
            return ActionResult(True, result.text or f"Finished. {where}")
        return result

    async def _keep(
        self, interaction: Interaction, codes: Sequence[str], note: str, follow_ups: Sequence[FollowUp]
    ) -> list[OutboxRow]:
        """One transaction: the rows in, the draft out. What was kept before under the same words stays as it is."""
        local = self._local()
        async with self._notes.holding(interaction.id) or asyncio.Lock():
            revision = 1
            under_way: list[FollowUp] = []
            while revision < _REVISIONS:
                rows = self._rows.rows(interaction, codes, note, follow_ups, revision, under_way)
                # Of several CRMs the customer may be another's now: their follow-ups share the keys all the same.
                keys = dict.fromkeys([row.key for row in rows[:1]] + self._rows.record_keys(interaction.id, revision))
                known = [row for key in keys if (row := await local.outbox_row(key)) is not None]
                if not known or (known[0].key == rows[0].key and _same(known[0], codes, note, follow_ups)):
                    break
                for follow_up, key in self._rows.follow_up_keys(interaction.id, _follow_ups(known[0]), revision):
                    if await local.outbox_row(key) is not None:
                        under_way.append(follow_up)
                revision += 1  # the agent wrote something else after an earlier finish: a correction, not a repeat
            kept = await local.enqueue(rows, drop_draft=interaction.id)
            self._notes.finished(interaction.id)
            return kept


def _follow_ups(row: OutboxRow) -> tuple[FollowUp, ...]:
    try:
        return record_from(json.loads(row.payload)).follow_ups
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()


def _same(row: OutboxRow, codes: Sequence[str], note: str, follow_ups: Sequence[FollowUp]) -> bool:
    try:
        kept = json.loads(row.payload)
    except ValueError:
        return False
    return isinstance(kept, dict) and says_the_same(kept, codes, note, follow_ups)
