"""Whose words kept words are: a scorecard or a coaching note may speak of a customer without their name or id.

What is kept names the interaction it is about as `interaction_id` and the address that came with it as `customer`,
where they are known. Nothing but erasing looks at them.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from desktop.app.storage.tables.drafts import KEPT_WORDS, is_kept_words, read_drafts
from desktop.app.storage.transaction import Connection


def kept_words(connection: Connection) -> list[tuple[str, str]]:
    """Ids and texts of all kept words, those that were parked in the outbox too."""
    found = [(draft.interaction_id, draft.note) for draft in read_drafts(connection) if is_kept_words(draft)]
    parked = connection.execute("SELECT interaction_id, payload FROM outbox").fetchall()
    return found + [(kept_id, _note(text)) for kept_id, text in parked if str(kept_id).startswith(KEPT_WORDS)]


def interactions_spoken_of(connection: Connection) -> set[str]:
    """The interactions that kept words are about."""
    return {about for kept_id, text in kept_words(connection) if (about := _interaction(kept_id, _fields(text)))}


def words_about(connection: Connection, interactions: Iterable[str], addresses: Collection[str]) -> set[str]:
    """The ids of the kept words about any of these interactions, or about one that came from any of the addresses.

    Args:
        addresses: in lower case, without their kind.
    """
    kept = [(kept_id, text, _fields(text)) for kept_id, text in kept_words(connection)]
    known = set(addresses) - {""}
    theirs = set(interactions)
    theirs |= {_interaction(kept_id, fields) for kept_id, _, fields in kept if _address(fields) in known}
    theirs -= {""}
    traces = theirs | known
    return {
        kept_id
        for kept_id, text, fields in kept
        if _interaction(kept_id, fields) in theirs
        or _address(fields) in known
        or (fields is None and any(trace in text for trace in traces))  # damaged; it may still be theirs
    }


def _note(payload: str) -> str:
    fields = _fields(payload)
    note = fields.get("note") if fields is not None else None
    return note if isinstance(note, str) else str(payload)


def _fields(text: str) -> dict[str, Any] | None:
    """What kept words consist of; None when they were damaged on this machine."""
    try:
        body = json.loads(text)
    except (TypeError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def _interaction(kept_id: str, fields: dict[str, Any] | None) -> str:
    named = fields.get("interaction_id") if fields is not None else None
    if isinstance(named, str) and named:
        return named
    card = kept_id.removeprefix(KEPT_WORDS).split("/", 2)  # a scorecard says it in its subject, too
    return card[2] if len(card) == 3 and card[0] == "card" else ""


def _address(fields: dict[str, Any] | None) -> str:
    named = fields.get("customer") if fields is not None else None
    return named.casefold() if isinstance(named, str) else ""
