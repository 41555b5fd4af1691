"""Parked records: what was not finished when its contact went away, whole, as one row of the outbox."""

import json
from dataclasses import replace
from typing import Any

from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.drafts import Draft, draft_body, draft_of_body
from desktop.app.storage.tables.outbox_rows import (
    PARKED,
    RECORD,
    WRAP_UP,
    OutboxRow,
    new_row,
    outbox_key,
    payload_sha256,
    read_rows,
    replace_row,
)
from desktop.app.storage.tables.reasons import ANOTHER_NOTE, DAMAGED, GONE_AT_START, GONE_CLOSED, GONE_TO_ANOTHER
from desktop.app.storage.tables.review_drafts import PARKED_REVIEW
from desktop.app.storage.transaction import Connection
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.notes.record_states import RecordState, RecordStep, after
from desktop.domain.text.sentence import Sentence

_PARKED_IN_PIECES = (ANOTHER_NOTE, GONE_AT_START, GONE_TO_ANOTHER, GONE_CLOSED)
"""Why an earlier version parked a draft, which it did without its follow-ups and, at times, without its contact."""


class NotSendable(LookupError):
    """A parked record lacks something; `sentence` says what to do, for a person."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def check_sendable(draft: Draft) -> None:
    """Look whether a record can go out as it is.

    Raises:
        NotSendable: it cannot.
    """
    facts = draft.facts
    if draft.interaction_id.startswith(PARKED_REVIEW):
        raise NotSendable(Sentence("outbox.of_evaluation"))
    if not draft.intact:
        raise NotSendable(Sentence("outbox.damaged_record"))
    if draft.half is not None:
        raise NotSendable(Sentence("outbox.half_follow_up"))
    if facts is None or not facts.channel:
        raise NotSendable(Sentence("outbox.no_channel"))


def record_row(draft: Draft, reason: Sentence, created_at: float) -> OutboxRow:
    """A draft as a parked row. created_at: seconds since the epoch."""
    body = json.loads(draft_body(draft))
    payload = {**body, "customer_id": draft.customer_id, "revision": draft.revision, "saved_at": draft.saved_at}
    facts = draft.facts or ContactFacts()
    key = outbox_key(RECORD, draft.interaction_id, canonical_json(payload), draft.revision)
    made = new_row(
        key,
        RECORD,
        draft.interaction_id,
        "",
        payload,
        created_at=created_at,
        author=facts.agent_id,
        customer=facts.customer_name,
    )
    step = RecordStep.LEAVE if draft.intact else RecordStep.DAMAGE
    state = after(RecordState.IN_PROGRESS, step)
    return replace(made, state=state.value, reason=reason if draft.intact else DAMAGED)


def record_of(row: OutboxRow) -> Draft:
    """The draft that a parked row holds; not intact where it is damaged."""
    intact = row.reason != DAMAGED and payload_sha256(row.payload) == row.sha256
    try:
        payload: dict[str, Any] = json.loads(row.payload)
        customer_id, revision, saved_at = payload.get("customer_id"), int(payload["revision"]), payload["saved_at"]
        return draft_of_body(
            row.interaction_id, customer_id, canonical_json(payload), revision, float(saved_at), intact=intact
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return Draft(row.interaction_id, None, row.payload, (), (), 1, row.created_at, intact=False)


def heal_parked(connection: Connection) -> int:
    """Turn the wrap-ups that an earlier version parked into whole records, which can be completed and sent."""
    healed = 0
    for row in read_rows(connection, include_delivered=False):
        if row.kind != WRAP_UP or row.state != PARKED or row.interaction_id.startswith(PARKED_REVIEW):
            continue
        draft = _parked_in_pieces(row)
        if draft is None:
            continue
        replace_row(connection, row.key, record_row(draft, row.reason, row.created_at))
        healed += 1
    return healed


def _parked_in_pieces(row: OutboxRow) -> Draft | None:
    """The record that a row of an earlier version was made of; None when it is no such row."""
    if payload_sha256(row.payload) != row.sha256:
        return None
    try:
        kept: dict[str, Any] = json.loads(row.payload)
        note, codes, follow_ups = str(kept["note"]), tuple(kept["codes"]), tuple(kept["follow_ups"])
        if row.reason not in _PARKED_IN_PIECES and kept.get("channel", "") != "":
            return None
        customer_id = kept.get("customer_id")
        labels = kept.get("code_labels") or ()
        also = tuple(str(one["customer_id"]) for one in kept.get("also", ()))
        facts = ContactFacts(
            # Without a channel the contact was not known, and the agent who was signed in then stood in for its own.
            agent_id=str(kept.get("agent_id", "")) if kept.get("channel") else "",
            agent_name=str(kept.get("agent_name", "")) if kept.get("channel") else "",
            channel=str(kept.get("channel", "")),
            queue=str(kept.get("queue", "")),
            address=str(kept.get("address", "")),
            started_at=kept.get("started_at"),
            ended_at=kept.get("ended_at"),
            taken_at=kept.get("ended_at"),
            experts=tuple(kept.get("experts", ())),
            code_labels=dict(zip(codes, labels, strict=False)),
            records=((row.target, customer_id),) if row.target else (),
            customer_ids=also or ((customer_id,) if customer_id is not None else ()),
            callbacks=True,
            tasks=True,
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return Draft(
        row.interaction_id,
        customer_id,
        note,
        codes,
        follow_ups,
        2 if row.attempts else 1,  # a far side may have kept its refusal under the first key
        row.created_at,
        also=facts.customer_ids[1:],
        target=row.target,
        facts=facts,
    )
