"""What stands in the outbox, as the agent reads and changes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from desktop.app.notes.follow_up_json import follow_up_from, follow_up_json
from desktop.app.notes.wrap_up_rows import WrapUpRows
from desktop.app.storage.tables.drafts import Draft, with_replies_in_note
from desktop.app.storage.tables.outbox_rows import (
    CASE,
    FOLLOW_UP,
    PARKED,
    RECORD,
    TASK,
    WRAP_UP,
    OutboxRow,
    new_row,
    outbox_key,
    payload_sha256,
)
from desktop.app.storage.tables.parked_record_rows import record_of, record_row
from desktop.app.storage.tables.reasons import DAMAGED, READ_OVER
from desktop.domain.entities.customer import FollowUp, Match
from desktop.domain.entities.words import CodeRule
from desktop.domain.entities.wrap_up_record import NO_HEAD
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.state.own_events import AS_IT_IS, Keep
from desktop.domain.text.sentence import Sentence

CHANNEL, CODES, NOTE, CUSTOMER, HALF = "channel", "codes", "note", "customer", "half"
"""What a record may lack. Without its channel, or with half a follow-up, it cannot be sent."""


class NotChangeable(ValueError):
    """A parked row cannot be changed so; `sentence` says why, for a person."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One row of the outbox. "", None and nothing said: not known, or not of this kind.

    Args:
        kind: record (a wrap-up that was not finished), wrap_up, sms, email, callback, case or task.
        state: waiting, parked or delivered.
        code_rule: how many codes its queue wants (a word of `CodeRule`).
        missing: what it lacks, of the words above.
        intact: whether it is what was written.
        created_at, not_before, due: seconds since the epoch; `due` on the server's clock.
    """

    key: str
    kind: str
    interaction_id: str
    state: str
    reason: Sentence
    target: str
    attempts: int
    created_at: float
    not_before: float
    author: str = ""
    author_name: str = ""
    customer: str = ""
    customer_id: str | None = None
    channel: str = ""
    queue: str = ""
    address: str = ""
    note: str = ""
    codes: tuple[str, ...] = ()
    code_labels: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    half: FollowUp | None = None
    due: float | None = None
    code_rule: str = ""
    missing: tuple[str, ...] = ()
    intact: bool = True

    @property
    def can_change(self) -> bool:
        """Whether the agent may change it now."""
        return self.state == PARKED


@dataclass(frozen=True, slots=True)
class Amendment:
    """What the agent changed of a parked row; what is None (or AS_IT_IS) stays.

    Args:
        note: the note, or the text of a message, callback, case or task.
        customer: whom it is about; None for nobody.
        due: when the callback or task is due.
    """

    note: str | None = None
    codes: tuple[str, ...] | None = None
    follow_ups: tuple[FollowUp, ...] | None = None
    half: FollowUp | Keep | None = AS_IT_IS
    customer: Match | Keep | None = AS_IT_IS
    channel: str | None = None
    due: float | None = None


def item_of(row: OutboxRow) -> OutboxItem:
    """A row as it is shown. What is damaged is shown as far as it can be read."""
    item = OutboxItem(
        row.key,
        row.kind,
        row.interaction_id,
        row.state,
        row.reason,
        row.target,
        row.attempts,
        row.created_at,
        row.not_before,
        author=row.author,
        customer=row.customer,
        intact=row.reason != DAMAGED and payload_sha256(row.payload) == row.sha256,
    )
    if row.kind == RECORD:
        return _with_record(item, record_of(row))
    try:
        payload: Mapping[str, Any] = json.loads(row.payload)
        return _with_wrap_up(item, payload) if row.kind == WRAP_UP else _with_follow_up(item, payload)
    except (ValueError, TypeError, LookupError, AttributeError):
        return replace(item, note=row.payload, intact=False)


def amended(row: OutboxRow, change: Amendment, rows: WrapUpRows) -> OutboxRow:
    """A parked row as the agent wants it, still parked.

    It gets a key of its own where the far side has refused the one before: it may hold on to that answer. Where it is
    not known whether the far side has it, the key stays, so that it is there once at most.

    Raises:
        NotChangeable: it cannot be changed so.
    """
    if row.kind == RECORD:
        draft = _amended_record(record_of(row), change, rows)
        made = record_row(draft, READ_OVER if row.reason == DAMAGED else row.reason, row.created_at)
        return replace(made, author=row.author or made.author)
    if row.reason == DAMAGED or payload_sha256(row.payload) != row.sha256:
        raise NotChangeable(Sentence("outbox.damaged_item"))
    payload: dict[str, Any] = dict(json.loads(row.payload))
    target, customer = row.target, row.customer
    if row.kind == WRAP_UP:
        if change.codes is not None:
            payload["codes"] = list(change.codes)
            payload["code_labels"] = list(rows.labels(change.codes).values())
        if not isinstance(change.customer, Keep):
            ids = change.customer.ids if change.customer else ()
            target, payload["customer_id"] = rows.record_at(row.target, ids)
            payload.pop("also", None)
            if len(ids) > 1:
                payload["also"] = [{"customer_id": one} for one in ids]
            customer = change.customer.customer.name if change.customer else ""
    name = {WRAP_UP: "note", CASE: "text", TASK: "text"}.get(row.kind, "note" if "note" in payload else "text")
    if change.note is not None:
        payload[name] = change.note
        if row.kind == CASE:
            payload["subject"] = change.note
    if change.due is not None:
        payload["at" if "at" in payload else "due"] = change.due
    return _made_anew(row, target, payload, customer)


def note_after(note: OutboxRow, before: OutboxRow, now: OutboxRow | None) -> OutboxRow | None:
    """A parked note that names what became of one of its follow-ups; None where it does not speak of that.

    Args:
        before: the follow-up as the note names it.
        now: the follow-up as it was changed; None where it was discarded.
    """
    was, is_now = _follow_up_of(before), None if now is None else _follow_up_of(now)
    if note.kind != WRAP_UP or note.state != PARKED or was is None or (now is not None and is_now is None):
        return None
    payload: dict[str, Any] = dict(json.loads(note.payload))
    named = [follow_up_from(one) for one in payload.get("follow_ups", ())]
    alike = [one for one in named if (one.kind, one.text) == (was.kind, was.text)]
    if not alike:
        return None
    place = named.index(next((one for one in alike if one.due == was.due), alike[0]))
    named[place : place + 1] = [] if is_now is None else [replace(named[place], text=is_now.text, due=is_now.due)]
    payload["follow_ups"] = [follow_up_json(one) for one in named]
    return _made_anew(note, note.target, payload, note.customer)


def _follow_up_of(row: OutboxRow) -> FollowUp | None:
    item = item_of(row)
    if row.kind not in (FOLLOW_UP, CASE, TASK) or not item.intact:
        return None
    return FollowUp(item.kind, item.note, due=item.due, to=item.address)


def is_refused(row: OutboxRow) -> bool:
    """Whether the one answer to a parked row was a refusal, and it is as it was written."""
    intact = row.reason != DAMAGED and payload_sha256(row.payload) == row.sha256
    return row.state == PARKED and row.attempts == 1 and not row.doubts and intact


def with_new_key(row: OutboxRow) -> OutboxRow:
    """A parked row that the far side has refused, as it is sent again; the answer to the old key may be held on to."""
    return _made_anew(row, row.target, dict(json.loads(row.payload)), row.customer)


def _made_anew(row: OutboxRow, target: str, payload: dict[str, Any], customer: str) -> OutboxRow:
    key = row.key
    if not row.doubts:
        key = outbox_key(row.key, row.interaction_id, json.dumps(payload, sort_keys=True), 1)
        if "key" in payload:
            payload["key"] = key
    made = new_row(
        key,
        row.kind,
        row.interaction_id,
        target,
        payload,
        created_at=row.created_at,
        author=row.author,
        customer=customer,
    )
    return replace(made, state=PARKED, reason=row.reason, doubts=row.doubts)


def _amended_record(draft: Draft, change: Amendment, rows: WrapUpRows) -> Draft:
    facts = draft.facts or ContactFacts()
    if change.note is not None:
        draft = replace(draft, note=change.note, reply="", outgoing=(), head=NO_HEAD, intact=True)
    if change.codes is not None:
        draft = replace(draft, codes=change.codes)
        facts = replace(facts, code_labels={**rows.labels(change.codes), **_kept(facts, change.codes)})
    if change.follow_ups is not None:
        known = [follow_up_from(one) for one in draft.follow_ups]
        if any(one.kind == "callback" and one.due is None and one not in known for one in change.follow_ups):
            raise NotChangeable(Sentence("outbox.callback_without_time"))
        draft = replace(draft, follow_ups=tuple(follow_up_json(one) for one in change.follow_ups))
    if not isinstance(change.half, Keep):
        draft = replace(draft, half=None if change.half is None else follow_up_json(change.half))
    if change.channel is not None:
        facts = replace(facts, channel=change.channel)
    if not isinstance(change.customer, Keep):
        return rows.attached(replace(draft, facts=facts), change.customer)
    if draft.facts is None:
        facts = replace(facts, records=rows.legacy_records(draft))
    return replace(draft, facts=facts)


def _kept(facts: ContactFacts, codes: tuple[str, ...]) -> dict[str, str]:
    return {code: label for code, label in facts.code_labels.items() if code in codes}


def _with_record(item: OutboxItem, draft: Draft) -> OutboxItem:
    facts = draft.facts or ContactFacts()
    missing: list[str] = []
    if not facts.channel:
        missing.append(CHANNEL)
    if facts.code_rule in (CodeRule.ONE.value, CodeRule.MANY.value) and not draft.codes:
        missing.append(CODES)
    if facts.note_required and not draft.note.strip():
        missing.append(NOTE)
    if draft.customer_id is None:
        missing.append(CUSTOMER)
    if draft.half is not None:
        missing.append(HALF)
    return replace(
        item,
        author_name=facts.agent_name,
        customer_id=draft.customer_id,
        channel=facts.channel,
        queue=facts.queue,
        address=facts.address,
        note=with_replies_in_note(draft).note,
        codes=draft.codes,
        code_labels=tuple(facts.code_labels.get(code) or code for code in draft.codes),
        follow_ups=tuple(follow_up_from(one) for one in draft.follow_ups),
        half=follow_up_from(draft.half) if draft.half is not None else None,
        code_rule=facts.code_rule,
        missing=tuple(missing),
        intact=item.intact and draft.intact,
    )


def _with_wrap_up(item: OutboxItem, payload: Mapping[str, Any]) -> OutboxItem:
    codes = tuple(str(code) for code in payload.get("codes", ()))
    return replace(
        item,
        author=item.author or str(payload.get("agent_id", "")),
        author_name=str(payload.get("agent_name", "")),
        customer_id=payload.get("customer_id"),
        channel=str(payload.get("channel", "")),
        queue=str(payload.get("queue", "")),
        address=str(payload.get("address", "")),
        note=str(payload.get("note", "")),
        codes=codes,
        code_labels=tuple(str(label) for label in payload.get("code_labels", ())) or codes,
        follow_ups=tuple(follow_up_from(one) for one in payload.get("follow_ups", ())),
    )


def _with_follow_up(item: OutboxItem, payload: Mapping[str, Any]) -> OutboxItem:
    if "address" in payload:
        return replace(
            item,
            kind="callback",
            channel="voice",
            queue=str(payload.get("queue", "")),
            address=str(payload["address"]["value"]),
            note=str(payload.get("note", "")),
            due=float(payload["at"]),
        )
    if "channel" in payload:
        return replace(
            item,
            kind=str(payload["channel"]),
            channel=str(payload["channel"]),
            address=str(payload.get("to", "")),
            customer_id=payload.get("customer_id"),
            note=str(payload.get("text", "")),
        )
    due = payload.get("due")
    return replace(
        item,
        customer_id=payload.get("customer_id"),
        note=str(payload.get("text", "") or payload.get("subject", "")),
        due=float(due) if due is not None else None,
    )
