"""What there is of one interaction beside its figures: subject, messages, the note, recordings."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mock_backends.archive.phrases import phrases_of
from mock_backends.archive.recordings import length

if TYPE_CHECKING:
    import duckdb

UNRECORDED: Final = 5  # of so many calls of the made-up past, one customer did not want to be recorded


def kept(db: "duckdb.DuckDBPyConnection", number: int) -> dict[str, object]:
    """Of one that was written down as it ended. Its note is in the CRM."""
    said = db.execute("SELECT text, body FROM said WHERE interaction = ? ORDER BY place", [number]).fetchall()
    recorded = db.execute(
        "SELECT place, moment, seconds FROM recording WHERE interaction = ? ORDER BY place", [number]
    ).fetchall()
    return {
        "subject": next((text for text, body in said if not body), ""),
        "messages": [json.loads(body) for _, body in said if body],
        "note": "",
        "recordings": [
            {"id": str(place), "began_at": at, "seconds": length(seconds)} for place, at, seconds in recorded
        ],
    }


def made_up(number: int, row: Mapping[str, Any]) -> dict[str, object]:
    """Of one of the made-up past."""
    told = [phrases_of(code) for code in row["codes"]]
    answered = row["answered_at"]
    spoken = row["channel"] == "voice"
    messages: list[dict[str, object]] = []
    for place, one in enumerate(() if spoken else told):
        lines = (("customer", one.customer, row["arrived_at"]), ("agent", one.agent, row["ended_at"]))
        for who, text, at in lines:
            messages.append({"id": f"{number}-{place}-{who}", "at": at, "author": who, "text": text})
    recorded = spoken and answered is not None and number % UNRECORDED
    return {
        "subject": told[0].subject if told and not spoken else "",
        "messages": messages,
        "note": " ".join(one.note for one in told),
        "recordings": [{"id": "0", "began_at": answered, "seconds": length(row["talk_seconds"])}] if recorded else [],
    }
