"""Compares what the far sides have with what the agent entered."""

import json
from dataclasses import dataclass
from typing import Any

from tests.campaign.entered import Contact, Piece, fits
from tests.campaign.site import Site

LOST, DOUBLED, ALTERED, EMPTY, AUTHOR, STUCK, UNWANTED = FAULTS = (
    "lost", "doubled", "altered", "empty", "author", "stuck", "unwanted",
)  # fmt: skip
DAMAGED = "damaged"
"""Missing from a store that was damaged, which the desktop has said."""
DUE_SLACK = 120.0
"""Seconds a callback may be off: `in 2 h` counts from when it was typed."""


@dataclass(frozen=True)
class FarSides:
    """What was applied, each key once."""

    records: tuple[dict[str, Any], ...]
    callbacks: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, site: Site) -> "FarSides":
        """What the servers of a site have."""

        def once(server: str, path: str) -> tuple[dict[str, Any], ...]:
            found: dict[str, dict[str, Any]] = {}
            for one in site.record(server, path):
                found.setdefault(one["path"] if one["method"] == "PUT" else one["key"], one)
            return tuple(found.values())

        return cls(
            once("crm", "/v1/wrap-ups/"), once("contact_center", "/v1/callbacks"), once("messaging", "/v1/messages")
        )


def kept_rows(rows: list[str], contact: Contact) -> list[str]:
    """The rows on this machine that hold something of a contact and are not delivered."""
    return [
        row
        for row in rows
        if contact.id in row and not row.startswith(("customer", "interaction")) and "state=delivered" not in row
    ]


def judge(contact: Contact, far: FarSides, rows: list[str], *, said_damaged: bool) -> list[tuple[str, str]]:
    """What is wrong with a contact, as (kind, detail). `said_damaged`: the desktop has said that its store was."""
    records = [one for one in far.records if one["body"]["interaction_id"] == contact.id]
    kept = kept_rows(rows, contact)
    wrong: list[tuple[str, str]] = []

    def missing(piece: Piece, what: str) -> None:
        if contact.in_damaged_store and said_damaged:
            wrong.append((DAMAGED, what))
        else:
            wrong.append((STUCK if any(piece.token in row for row in kept) else LOST, what))

    for piece in contact.of("note"):
        times = sum(one["body"]["note"].count(piece.token) for one in records)
        if times > 1:
            wrong.append((DOUBLED, f"{piece.token} of the note is there {times} times"))
        elif not times and not piece.maybe:
            missing(piece, f"{piece.token} of the note")
    if len(records) == 1 and not any(kind in (LOST, DAMAGED) for kind, _ in wrong):
        note = records[0]["body"]["note"]
        if not fits(note, contact.of("note")):
            wrong.append((ALTERED, f"the note is {note!r}"))
    wrong += _codes(contact, records, missing)
    wrong += _follow_ups(contact, far, records, missing)
    for one in records:
        body = one["body"]
        if not body["note"].strip() and (contact.wrote or not (body["codes"] or body["follow_ups"])):
            wrong.append((EMPTY, f"a record without words: {json.dumps(body)[:300]}"))
        if {one["principal"], body["agent_id"]} != {contact.author}:
            wrong.append((AUTHOR, f"written by {one['principal']} in the name of {body['agent_id']}"))
        expected = (contact.customer_id, contact.channel, contact.queue, contact.address)
        found = (body["customer_id"], body["channel"], body["queue"], body["address"])
        if found != expected:
            wrong.append((ALTERED, f"{found} instead of {expected}"))
    if not wrong and kept and not (contact.in_damaged_store and said_damaged):
        wrong.append((STUCK, f"still kept: {kept[0][:300]}"))
    return list(dict.fromkeys(wrong))


def _codes(contact: Contact, records: list[dict[str, Any]], missing: Any) -> list[tuple[str, str]]:
    given = {code for one in records for code in one["body"]["codes"]}
    chosen = {piece.text for piece in contact.of("code")}
    for piece in contact.of("code"):
        if piece.text not in given and not piece.maybe and not (records and _chosen_anew(contact, piece)):
            missing(Piece("code", piece.text, piece.text), f"the code {piece.text}")
    return [(ALTERED, f"codes {sorted(given)} instead of {sorted(chosen)}")] if given - chosen else []


def _chosen_anew(contact: Contact, piece: Piece) -> bool:
    """Whether the same code was chosen again after a restart."""
    return sum(other.text == piece.text for other in contact.of("code")) > 1


def _follow_ups(contact: Contact, far: FarSides, records: list[dict[str, Any]], missing: Any) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    planned = contact.of("sms", "callback")
    for piece in planned:
        sent = [one for one in far.messages if piece.token in one["body"]["text"]]
        called = [one for one in far.callbacks if piece.token in one["body"]["note"]]
        listed = [f for one in records for f in one["body"]["follow_ups"] if piece.token in f["text"]]
        done = sent if piece.kind == "sms" else called
        if piece.unwanted:
            if sent or called or listed:
                wrong.append((UNWANTED, f"{piece.kind} {piece.token} was given up, and went"))
            continue
        if len(done) > 1:
            wrong.append((DOUBLED, f"{piece.kind} {piece.token} went {len(done)} times"))
        if not done and not piece.maybe:
            missing(piece, f"{piece.kind} {piece.token}")
        if done and not listed:
            wrong.append((LOST, f"{piece.kind} {piece.token} is in no record"))
        wrong += [(ALTERED, what) for one in done if (what := _other(contact, piece, one["body"]))]
        for one in done:
            if one["principal"] != contact.author:
                wrong.append((AUTHOR, f"{piece.kind} {piece.token} sent by {one['principal']}"))
    return wrong


def _other(contact: Contact, piece: Piece, body: dict[str, Any]) -> str:
    """How what went differs from what was planned."""
    if piece.kind == "sms" and (body["text"], body["to"]) != (piece.text, contact.address):
        return f"sms {body['text']!r} to {body['to']}"
    if piece.kind == "callback" and (
        abs(body["at"] - (piece.due or 0)) > DUE_SLACK or body["address"]["value"] != contact.address
    ):
        return f"callback at {body['at']} to {body['address']}, wanted at {piece.due}"
    return ""
