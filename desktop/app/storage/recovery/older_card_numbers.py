"""Card numbers in a file that an earlier version kept: hidden once, before any of it is taken up."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.drafts import draft_body, read_drafts, write_draft
from desktop.app.storage.tables.outbox_rows import (
    DELIVERED,
    PARKED,
    OutboxRow,
    damaged_rows,
    payload_sha256,
    read_rows,
    reword,
)
from desktop.app.storage.tables.preferences import read_preference, write_preference
from desktop.app.storage.tables.review_drafts import read_review_drafts, write_review_draft
from desktop.app.storage.transaction import Connection
from desktop.domain.text.card_numbers import masked

if TYPE_CHECKING:
    from sqlite_utils import Database

_DONE = "card numbers are hidden"
_WORDS = frozenset({"note", "text", "subject", "comment"})
"""The fields that hold what somebody wrote."""


def hide_in_older_file(connection: Connection, database: "Database") -> int:
    """Hide the card numbers in drafts and outbox rows, the first time that this version opens a file.

    Later it may not be done again: what stands there in clear then, the agent said is none. Of what waits and may have
    been sent already nothing is changed: the far side takes a key once, and for the same words only.

    Returns:
        How many drafts and rows were changed.
    """
    if read_preference(database, _DONE):
        return 0
    changed = 0
    for draft in read_drafts(connection):
        hidden = replace(
            draft,
            note=masked(draft.note),
            follow_ups=_hidden(draft.follow_ups),
            half=_hidden(draft.half),
            reply=masked(draft.reply),
        )
        if hidden.words != draft.words and draft.intact:
            write_draft(connection, hidden, draft_body(hidden))
            changed += 1
    for review in read_review_drafts(connection):
        body = _hidden_in_json(review.body)
        if body != review.body and review.intact:
            write_review_draft(connection, replace(review, body=body))
            changed += 1
    damaged = {key for _, key in damaged_rows(connection)}
    for row in read_rows(connection, include_delivered=True):
        if row.key not in damaged and not _may_be_on_its_way(row):
            payload = _hidden_in_json(row.payload)
            if payload != row.payload:
                reword(connection, replace(row, payload=payload, sha256=payload_sha256(payload)))
                changed += 1
    write_preference(database, _DONE, True)
    return changed


def _may_be_on_its_way(row: OutboxRow) -> bool:
    return row.state not in (DELIVERED, PARKED) and (row.attempts > 0 or row.sending)


def _hidden_in_json(text: str) -> str:
    try:
        found = json.loads(text)
        hidden = _hidden(found)
        return text if hidden == found else canonical_json(hidden)
    except (ValueError, TypeError, RecursionError):
        return text


def _hidden(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return masked(value) if name in _WORDS else value
    if isinstance(value, dict):
        return {key: _hidden(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_hidden(one, name) for one in value)
    return value
