"""Whose words review drafts are: a scorecard or a coaching note may speak of a customer without their name or id.

What is kept names the interaction it is about as `interaction_id` and the address that came with it as `customer`,
where they are known. Nothing but erasing looks at them.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from desktop.app.storage.tables.review_drafts import PARKED_REVIEW, read_review_drafts
from desktop.app.storage.transaction import Connection


def _all_words(connection: Connection) -> list[tuple[str, str]]:
    """Subjects and texts of all review drafts, those that were parked in the outbox too, or are to be."""
    found = [(draft.subject, draft.body) for draft in read_review_drafts(connection)]
    parked = connection.execute(
        "SELECT interaction_id, payload FROM outbox UNION ALL SELECT interaction_id, body FROM drafts"
    ).fetchall()
    return found + [
        (str(kept_id).removeprefix(PARKED_REVIEW), _note(text))
        for kept_id, text in parked
        if str(kept_id).startswith(PARKED_REVIEW)
    ]


def interactions_spoken_of(connection: Connection) -> set[str]:
    """The interactions that review drafts are about."""
    return {about for subject, text in _all_words(connection) if (about := _interaction(subject, _fields(text)))}


def subjects_about(connection: Connection, interactions: Iterable[str], addresses: Collection[str]) -> set[str]:
    """The subjects of the review drafts about any of these interactions, or about one from any of the addresses.

    Args:
        addresses: in lower case, without their kind.
    """
    kept = [(subject, text, _fields(text)) for subject, text in _all_words(connection)]
    known = set(addresses) - {""}
    theirs = set(interactions)
    theirs |= {_interaction(subject, fields) for subject, _, fields in kept if _address(fields) in known}
    theirs -= {""}
    traces = theirs | known
    return {
        subject
        for subject, text, fields in kept
        if _interaction(subject, fields) in theirs
        or _address(fields) in known
        or (fields is None and any(trace in text for trace in traces))  # damaged; it may still be theirs
    }


def _note(payload: str) -> str:
    fields = _fields(payload)
    note = fields.get("note") if fields is not None else None
    return note if isinstance(note, str) else str(payload)


def _fields(text: str) -> dict[str, Any] | None:
    """What they consist of; None when they were damaged on this machine."""
    try:
        body = json.loads(text)
    except (TypeError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def _interaction(subject: str, fields: dict[str, Any] | None) -> str:
    named = fields.get("interaction_id") if fields is not None else None
    if isinstance(named, str) and named:
        return named
    card = subject.split("/", 2)  # a scorecard says it in its subject, too
    return card[2] if len(card) == 3 and card[0] == "card" else ""


def _address(fields: dict[str, Any] | None) -> str:
    named = fields.get("customer") if fields is not None else None
    return named.casefold() if isinstance(named, str) else ""
