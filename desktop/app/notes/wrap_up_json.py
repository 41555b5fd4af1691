"""Wrap-up records and what goes out with them, as JSON for the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from desktop.app.notes.follow_up_json import follow_up_from, follow_up_json
from desktop.app.storage.tables.outbox_rows import FOLLOW_UP, OutboxRow
from desktop.domain.entities.customer import Consent, FollowUp, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel
from desktop.ports.messaging import OutgoingMessage


def record_json(record: WrapUpRecord, ids: Sequence[str] = ()) -> dict[str, Any]:
    """A JSON object. `ids` are those of all records of the customer: erasing any of them must find this one."""
    also = {"also": [{"customer_id": one} for one in ids]} if len(ids) > 1 else {}
    return {**asdict(record), "follow_ups": [follow_up_json(follow_up) for follow_up in record.follow_ups], **also}


def record_from(kept: Mapping[str, Any]) -> WrapUpRecord:
    """The record of a JSON object; one kept by an earlier version has no labels.

    Raises:
        LookupError, TypeError: it is not one.
    """
    values = {name: value for name, value in kept.items() if name != "also"}
    for name in ("codes", "experts"):
        values[name] = tuple(values[name])
    values["code_labels"] = tuple(values.get("code_labels", ()))
    values["follow_ups"] = tuple(follow_up_from(follow_up) for follow_up in values["follow_ups"])
    return WrapUpRecord(**values)


def says_the_same(kept: Mapping[str, Any], codes: Sequence[str], note: str, follow_ups: Sequence[FollowUp]) -> bool:
    """Whether a kept record holds these words; its times may differ."""
    return (
        kept.get("note") == note
        and list(kept.get("codes", ())) == list(codes)
        and list(kept.get("follow_ups", ())) == [follow_up_json(follow_up) for follow_up in follow_ups]
    )


def message_json(message: OutgoingMessage) -> dict[str, Any]:
    """A JSON object."""
    return asdict(message)


def message_from(kept: Mapping[str, Any]) -> OutgoingMessage:
    """The message of a JSON object.

    Raises:
        LookupError, TypeError, ValueError: it is not one.
    """
    values = dict(kept)
    values["channel"] = Channel(values["channel"])
    values["consent"] = Consent(**values["consent"]) if values["consent"] is not None else None
    return OutgoingMessage(**values)


def message_of(row: OutboxRow) -> OutgoingMessage | None:
    """The message to a customer that an outbox row is; None where it is none, or cannot be read."""
    if row.kind != FOLLOW_UP:
        return None
    try:
        return message_from(json.loads(row.payload))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def address_from(kept: Mapping[str, Any]) -> Address:
    """The address of a JSON object.

    Raises:
        LookupError: it is not one.
    """
    return Address(str(kept["kind"]), str(kept["value"]))
