"""Follow-ups as JSON, the way drafts and outbox rows keep them."""

from collections.abc import Mapping
from typing import Any

from desktop.domain.entities.customer import FollowUp


def follow_up_json(follow_up: FollowUp) -> dict[str, Any]:
    """A JSON object."""
    return {"kind": follow_up.kind, "text": follow_up.text, "due": follow_up.due, "to": follow_up.to}


def follow_up_from(kept: Mapping[str, Any]) -> FollowUp:
    """The follow-up of a JSON object; what is missing or of the wrong kind becomes empty."""
    due = kept.get("due")
    is_time = isinstance(due, int | float) and not isinstance(due, bool)
    return FollowUp(
        kind=str(kept.get("kind", "")),
        text=str(kept.get("text", "")),
        due=float(due) if due is not None and is_time else None,
        to=str(kept.get("to", "")),
    )
