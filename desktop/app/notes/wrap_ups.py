"""Finishing a wrap-up: first safe on this machine, then told to the contact centre, then delivered to the CRM."""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from desktop.app.background import Background
from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.command_result import CommandResult
from desktop.app.commands.intents import Intents
from desktop.app.connections.failures import note_safety
from desktop.app.notes.card_masking import CardMasking
from desktop.app.notes.follow_up_json import follow_up_from
from desktop.app.notes.notes import Notes
from desktop.app.notes.outbox import Outbox
from desktop.app.notes.outbox_items import Amendment, amended, item_of
from desktop.app.notes.wrap_up_json import record_from, says_the_same
from desktop.app.notes.wrap_up_rows import WrapUpRows
from desktop.app.storage.errors import StoreAbsent, StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import DELIVERED, PARKED, WRAP_UP, OutboxRow
from desktop.app.storage.tables.parked_record_rows import NotSendable, check_sendable
from desktop.app.store import Store
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import HandedOver
from desktop.domain.news.notices import STAYS
from desktop.domain.news.notices import record as record_subject
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.select import names_crm, wrap_up_problems
from desktop.domain.state.own_events import RecordHandedOver
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence, sentences

log = logging.getLogger(__name__)

_REVISIONS = 100
_FINISHED = Sentence("wrap_up.finished")
_HAS_IT = Sentence("wrap_up.delivered")


@dataclass(frozen=True, slots=True)
class _Told:
    """A record that was said to be on its way."""

    key: str
    target: str
    at: float  # when, on the server's clock


class WrapUps:
    """Turns a record into outbox rows in one transaction. Pressing twice makes them once; nothing loses the text."""

    def __init__(
        self,
        store: Store,
        commands: AgentCommands,
        notes: Notes,
        outbox: Outbox,
        rows: WrapUpRows,
        cards: CardMasking,
        local: Callable[[], LocalStore],
    ) -> None:
        self._store = store
        self._commands = commands
        self._notes = notes
        self._outbox = outbox
        self._rows = rows
        self._cards = cards
        self._local = local
        self._intents = Intents()
        self._keeping = Background()
        self._told: dict[str, _Told] = {}  # by interaction
        store.listeners.append(self._listen)
        outbox.hand_over = self.send_parked

    async def load(self) -> None:
        """Tell which contacts were finished before this run: one that is still open is not finished twice.

        Raises:
            StoreError: it cannot be read.
        """
        for row in await self._local().newest_handed_over():
            self._store.publish(
                RecordHandedOver(row.interaction_id, HandedOver(_codes(row), row.created_at + self._store.state.skew))
            )

    async def finish(
        self,
        interaction_id: str,
        *,
        codes: Sequence[str] | None = None,
        note: str | None = None,
        follow_ups: Sequence[FollowUp] | None = None,
    ) -> CommandResult:
        """Hand the record over as it is, and close the contact.

        What is given takes the place of what was written before. The answer is not ok when the rule of the queue is
        not met, the disk will not do (the text stays in the editor), or the contact centre does not close the
        contact (the text is in the outbox then).
        """
        interaction = self._store.drain().interactions.get(interaction_id)
        if interaction is None:
            left = Sentence("wrap_up.left")
            if self._notes.text(interaction_id) is not None:
                left += Sentence("wrap_up.goes_to_outbox")
            elif self._notes.parked_records.holds(interaction_id):
                left += Sentence("wrap_up.is_in_outbox")
            return CommandResult(False, left, "NotFound")
        if interaction.phase is not Phase.WRAP_UP:
            safe = note_safety(self._store.state, interaction_id)
            refusal = Sentence("note.not_ended") + safe + Sentence("note.end_it_first")
            return CommandResult(False, refusal, "Conflict")
        if not self._intents.begin(interaction_id):
            return CommandResult(False, NOTHING, "ignored")
        try:
            self._notes.edit(
                interaction_id,
                note,
                None if codes is None else tuple(codes),
                None if follow_ups is None else tuple(follow_ups),
            )
            draft = self._notes.collected(interaction_id)
            problems = wrap_up_problems(self._store.state, interaction, draft.codes, draft.note)
            if problems:
                return CommandResult(False, sentences(*problems), "Rejected")
            if draft.half is not None and draft.half.get("kind") == "callback" and draft.half.get("due") is None:
                return CommandResult(False, Sentence("wrap_up.callback_without_time"), "Rejected")
            try:
                kept, told = await self._keeping.undisturbed(self._keep(interaction_id))
            except StoreError as error:
                log.error("a wrap-up could not be kept: %s", error)
                return CommandResult(False, Sentence("wrap_up.not_kept", why=error.sentence), type(error).__name__)
            note_given = any(bool(str(_payload(row).get("note", "")).strip()) for row in kept)
            result = await self._commands.close_contact(interaction, codes=told, note_given=note_given)
        finally:
            self._intents.end(interaction_id)
        if result.ok:
            return CommandResult(True, result.text or _FINISHED + self._where(kept))
        return result

    async def send_parked(self, row: OutboxRow, draft: Draft) -> list[OutboxRow]:
        """Hand a parked record over as it is: the note and every follow-up, to every system they go to.

        Raises:
            StoreError: the disk will not do; the record stays parked.
            NotSendable: it lacks something.
            LookupError: it is not parked any more.
        """
        check_sendable(draft)
        facts = draft.facts or ContactFacts()
        if not facts.agent_id:
            if not self._store.state.me:
                raise NotSendable(Sentence("outbox.nobody_signed_in"))
            agent = self._store.state.agents.get(self._store.state.me)
            facts = replace(facts, agent_id=self._store.state.me, agent_name=agent.name if agent is not None else "")
        return await self._keeping.undisturbed(self._hand_over(draft, facts, row.key))

    async def change(self, key: str, change: Amendment) -> str:
        """Change what is parked in the outbox; it stays parked until it is sent again. Answers its key from now on.

        Raises:
            StoreError: the disk will not do; it stays as it was.
            LookupError: it is not there, or not parked any more.
            NotChangeable: it cannot be changed so.
        """
        local = self._local()
        row = await local.outbox_row(key)
        if row is None:
            raise LookupError(f"no outbox row {key}")
        change = self._cards.hide_in_amendment(item_of(row), change)
        made = await local.replace_parked(key, amended(row, change, self._rows))
        self._outbox.forget(key)
        self._outbox.adopt([made])
        await self._outbox.follow(row, made)
        return made.key

    async def close(self) -> None:
        """Wait for what is on its way to the disk."""
        await self._keeping.finish()

    async def _keep(self, interaction_id: str) -> tuple[list[OutboxRow], tuple[str, ...]]:
        """The rows in and the draft out, and what the contact centre is told: the codes of what was handed over."""
        local = self._local()
        if not self._notes.restored:
            raise StoreAbsent(Sentence("store.still_reading"))
        async with self._notes.writing(interaction_id):
            draft = await self._notes.whole(interaction_id)
            earlier = await local.handed_over(interaction_id)
            whole = _with_half(draft)
            with self._notes.handing_over(draft):
                if whole.is_empty and earlier:
                    # Finished before, though the contact centre may not know it: nothing empty is sent after it.
                    await local.discard_draft(interaction_id)
                    kept = earlier[-1:]
                else:
                    kept = await self._hand_over(whole, whole.facts or ContactFacts())
            codes = whole.codes or next((codes for row in reversed(earlier) if (codes := _codes(row))), ())
            self._notes.handed_over(draft, codes)
            self._outbox.adopt(kept)
        for row in kept:
            if row.state == PARKED:
                with suppress(StoreError, LookupError):
                    await self._outbox.retry(row.key)  # refused before, and wanted all the same
        return kept, codes

    async def _hand_over(self, draft: Draft, facts: ContactFacts, drop_row: str | None = None) -> list[OutboxRow]:
        """One transaction: the rows in, the record out. What was kept before under the same words stays as it is."""
        local = self._local()
        follow_ups = tuple(follow_up_from(one) for one in draft.follow_ups)
        revision = draft.revision
        under_way: list[FollowUp] = []
        while revision < _REVISIONS:
            rows = self._rows.rows(draft, facts, revision, under_way)
            # Of several CRMs the customer may be another's now: their follow-ups share the keys all the same. And a
            # follow-up may be there although its record was changed or discarded.
            keys = [row.key for row in rows] + self._rows.record_keys(draft.interaction_id, revision)
            known = [row for key in dict.fromkeys(keys) if (row := await local.outbox_row(key)) is not None]
            if known and known[0].key == rows[0].key and _same(known[0], draft.codes, draft.note, follow_ups):
                break
            if not known and not await self._taken(rows[1:]):
                break
            before = _follow_ups(known[0]) if known else ()
            for follow_up, key in self._rows.follow_up_keys(draft.interaction_id, before, revision):
                if await local.outbox_row(key) is not None:
                    under_way.append(follow_up)
            revision += 1  # the agent wrote something else after an earlier finish: a correction, not a repeat
        return await local.enqueue(
            rows, drop_draft=draft.interaction_id if drop_row is None else None, drop_row=drop_row
        )

    async def _taken(self, rows: Sequence[OutboxRow]) -> bool:
        """Whether a follow-up of a record that was discarded since has the key of one of these."""
        for row in rows:
            kept = await self._local().outbox_row(row.key)
            if kept is not None and kept.sha256 != row.sha256:
                return True
        return False

    def _where(self, kept: Sequence[OutboxRow]) -> Sentence:
        """Where the note is, in words that stay true."""
        state = self._store.drain()
        if not names_crm(state):
            return Sentence("wrap_up.no_crm")
        record = next((row for row in kept if row.kind == WRAP_UP), None)
        if record is None or record.state == DELIVERED:
            return _HAS_IT
        if self._outbox.is_parked(record.key):
            return Sentence("wrap_up.not_accepted")
        self._told[record.interaction_id] = _Told(record.key, record.target, self._store.now())
        return self._on_its_way(record.target)

    def _on_its_way(self, target: str) -> Sentence:
        why = self._outbox.why(target)
        return Sentence("wrap_up.waits", why=why) if why else Sentence("wrap_up.being_sent")

    def _listen(self, old: AppState, new: AppState) -> None:
        """What was said of a record on its way is said anew while it is on screen, so that it stays true."""
        if self._told and (new.outbox is not old.outbox or new.health is not old.health):
            for interaction_id, told in list(self._told.items()):
                self._follow(interaction_id, told)

    def _follow(self, interaction_id: str, told: "_Told") -> None:
        subject = record_subject(interaction_id)
        waits = self._outbox.is_waiting(told.key)
        if not waits or self._store.now() - told.at > STAYS:
            del self._told[interaction_id]
        shown = next((one for one in reversed(self._store.state.notices) if one.subject == subject), None)
        if shown is None or shown.over:
            return
        if self._outbox.is_parked(told.key) or self._store.now() - told.at > STAYS:
            self._store.settle(subject)  # the outbox tells of it itself
            return
        text = _FINISHED + (self._on_its_way(told.target) if waits else _HAS_IT)
        if text != shown.text:
            self._store.notice(text, subject=subject)


def _with_half(draft: Draft) -> Draft:
    """The follow-up that stands in the field is meant: finishing adds it."""
    if draft.half is None:
        return draft
    return replace(draft, follow_ups=(*draft.follow_ups, draft.half), half=None)


def _payload(row: OutboxRow) -> dict[str, Any]:
    try:
        kept = json.loads(row.payload)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _codes(row: OutboxRow) -> tuple[str, ...]:
    codes = _payload(row).get("codes")
    return tuple(str(code) for code in codes) if isinstance(codes, list) else ()


def _follow_ups(row: OutboxRow) -> tuple[FollowUp, ...]:
    try:
        return record_from(_payload(row)).follow_ups
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()


def _same(row: OutboxRow, codes: Sequence[str], note: str, follow_ups: Sequence[FollowUp]) -> bool:
    return says_the_same(_payload(row), codes, note, follow_ups)
