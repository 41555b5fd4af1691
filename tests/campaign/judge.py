"""Compares what the far sides have with what the agent entered."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import dataclass, replace
from typing import Any

from tests.campaign.entered import Contact, Piece, fits
from tests.campaign.site import Site

LOST, DOUBLED, ALTERED, EMPTY, AUTHOR, STUCK, UNWANTED = FAULTS = (
    "lost", "doubled", "altered", "empty", "author", "stuck", "unwanted",
)  # fmt: skip
DAMAGED = "damaged"
"""Missing from a store that was damaged, which the desktop has said."""
NOT_SENT = ("Not sent to the customer:", "Not known whether this was sent to the customer:")
"""What stands in a note before a reply that was not sent when the contact ended, or of which nobody knows."""
DUE_SLACK = 120.0
"""Seconds a callback may be off: `in 2 h` counts from when it was typed."""


@dataclass(frozen=True)
class FarSides:
    """What was applied, each key once."""

    records: tuple[dict[str, Any], ...]
    callbacks: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]
    replies: tuple[dict[str, Any], ...]
    """What went to customers in written contacts: each time, not only each key."""

    @classmethod
    def of(cls, site: Site) -> "FarSides":
        """What the servers of a site have."""

        def once(server: str, path: str) -> tuple[dict[str, Any], ...]:
            found: dict[str, dict[str, Any]] = {}
            for one in site.record(server, path):
                found.setdefault(one["path"] if one["method"] == "PUT" else one["key"], one)
            return tuple(found.values())

        return cls(
            once("crm", "/v1/wrap-ups/"),
            once("contact_center", "/v1/callbacks"),
            once("messaging", "/v1/messages"),
            tuple(one for one in site.record("contact_center", "/messages") if one["path"].endswith("/messages")),
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
    if not contact.id:
        return [(LOST, "it never came")]
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
        if not _is_note(note, contact):
            wrong.append((ALTERED, f"the note is {note!r}"))
    wrong += _codes(contact, records, missing)
    wrong += _follow_ups(contact, far, records, missing)
    wrong += contact.broken + _replies(contact, far, records, missing)
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


def _is_note(note: str, contact: Contact) -> bool:
    """Whether a note is what was typed, with what was not sent to the customer behind its words, each with its mark."""
    written = contact.of("note")
    rest = note
    for message in range(1, contact.message + 1):
        rest = _without_reply(rest, contact.in_reply(message))
    if rest == note:
        return fits(note, written)
    return fits("".join(rest.split()), [replace(piece, text="".join(piece.text.split())) for piece in written])


def _without_reply(note: str, parts: list[Piece]) -> str:
    """A note without the reply that it says was not sent."""
    texts = [piece for piece in parts if piece.kind == "reply" and not piece.unwanted]
    if not texts:
        return note
    marks = "|".join(map(re.escape, NOT_SENT))
    return re.sub(rf"\n?(?:{marks})\s*{''.join(map(_pattern, texts))}(?: \[[^\]\n]*\])?", "", note, count=1)


def _pattern(piece: Piece) -> str:
    """What finds a part of a reply, whatever its blanks; of what was cut off any beginning may be there."""
    signs = [r"\s*" if sign.isspace() else re.escape(sign) for sign in piece.text]
    return "".join(f"(?:{sign}" for sign in signs) + ")?" * len(signs) if piece.maybe else "".join(signs)


def _replies(contact: Contact, far: FarSides, records: list[dict[str, Any]], missing: Any) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    noted = "\n".join(one["body"]["note"] for one in records)
    own = {piece.token for piece in contact.of("reply", "file")}
    wrong += [
        (ALTERED, f"nobody wrote {_words(one)[:300]!r} to this customer")
        for one in far.replies
        if f"/{contact.id}/" in one["path"] and not any(token in _words(one) for token in own)
    ]
    for message in range(1, contact.message + 1):
        parts = contact.in_reply(message)
        tokens = [piece.token for piece in parts if not _is_canned(piece)]
        sent = [one for one in far.replies if any(token in _words(one) for token in tokens)]
        there = " ".join((noted, *map(_words, sent)))
        wrong += [
            (UNWANTED, f"{piece.token} of a reply was given up, and is there")
            for piece in parts
            if piece.unwanted and piece.token in there
        ]
        wanted = [piece for piece in parts if not piece.unwanted]
        if not wanted:
            continue
        if len(sent) > 1:
            wrong.append((DOUBLED, f"reply {message} went {len(sent)} times: {[_words(one)[:80] for one in sent]}"))
        elif sent:
            wrong += _compared(contact, wanted, sent[0], missing)
        for piece in wanted if not sent else ():
            if piece.token in noted:
                if not contact.left:
                    wrong.append((LOST, f"{piece.token} of reply {message} was never sent, and is in the note only"))
            elif not piece.maybe and not (contact.left and piece.kind == "file"):
                missing(piece, f"{piece.token} of reply {message}")
        if any(noted.count(piece.token) > 1 for piece in wanted if not _is_canned(piece)):
            wrong.append((DOUBLED, f"reply {message} is in the note more than once"))
        if sent and (lie := next((one for one in wanted if _said_unsent(one, noted)), None)):
            wrong.append((ALTERED, f"the note says that {lie.token} was not sent, and it was"))
    return wrong


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_canned(piece: Piece) -> bool:
    """Whether the words are no word of this contact alone."""
    return " " in piece.token


def _words(one: dict[str, Any]) -> str:
    """The text and the names of the files of a reply that went out."""
    body = one["body"]
    return " ".join((body.get("text", ""), *(file["name"] for file in body.get("files", ()))))


def _said_unsent(piece: Piece, noted: str) -> bool:
    """Whether a note says for certain that a part of a reply was not sent."""
    before, found, _ = noted.partition(piece.token)
    marks = {mark: before.rfind(mark) for mark in NOT_SENT}
    return bool(found) and marks[NOT_SENT[0]] > marks[NOT_SENT[1]]


def _compared(contact: Contact, wanted: list[Piece], one: dict[str, Any], missing: Any) -> list[tuple[str, str]]:
    """What went out against what was typed and chosen."""
    wrong: list[tuple[str, str]] = []
    body, texts = one["body"], [piece for piece in wanted if piece.kind == "reply"]
    text = body.get("text", "")
    lost = [piece for piece in texts if not piece.maybe and piece.token not in text]
    for piece in lost:
        missing(piece, f"{piece.token} of a reply that went")
    ends = itertools.product(("", "\n"), ("", " "))  # blanks at both ends do not go
    if not lost and not any(fits(before + text + behind, texts) for before, behind in ends):
        wrong.append((ALTERED, f"the reply is {text!r}"))
    files = {one["name"]: _sha256(base64.b64decode(one["content"])) for one in body.get("files", ())}
    for piece in wanted:
        if piece.kind == "file" and piece.text not in files and not piece.maybe:
            wrong.append((LOST, f"the file {piece.text} did not go with its reply"))
        elif piece.kind == "file" and files.pop(piece.text, piece.sha256) != piece.sha256:
            wrong.append((ALTERED, f"the file {piece.text} has other bytes"))
    if files:
        wrong.append((ALTERED, f"the files {sorted(files)} went with the wrong reply"))
    if f"/{contact.id}/" not in one["path"]:
        wrong.append((ALTERED, f"the reply went to another customer: {one['path']}"))
    if one["principal"] != contact.author:
        wrong.append((AUTHOR, f"a reply sent by {one['principal']}"))
    expected = (f"Re: {contact.subject}", [contact.address]) if contact.channel == "email" else ("", [])
    if (body.get("subject", ""), body.get("to", [])) != expected or body.get("cc"):
        wrong.append((ALTERED, f"the head is {body.get('subject')!r} to {body.get('to')!r}, copies {body.get('cc')!r}"))
    return wrong


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
