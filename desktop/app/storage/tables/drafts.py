"""Drafts: records in progress, what the agent is writing and has not finished."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from desktop.app.storage.contact_facts_json import facts_from, facts_json
from desktop.app.storage.schema import canonical_json, is_sealed, seal
from desktop.app.storage.transaction import Connection
from desktop.domain.entities.wrap_up_record import NO_HEAD, OutgoingReply, ReplyFile, ReplyHead
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.text.card_numbers import HIDDEN


@dataclass(frozen=True)
class Draft:
    """One interaction's record in progress.

    revision counts the wrap-ups of this interaction, from 1; saving again does not change it.
    saved_at is in seconds since the epoch and is set by the store. also: the customer's records in other CRMs, which
    are remembered for erasing and not read back. target: which CRM `customer_id` is an id of, as the outbox knows it;
    "" in a draft of an older version. half: a follow-up that is being typed and was not added yet. reply: what is being
    typed to the customer, head its subject, recipients and files; outgoing: messages without a definite answer. facts:
    what is needed to deliver it without the contact; None in a draft of an older version. intact: whether it is what
    was written.
    """

    interaction_id: str
    customer_id: str | None
    note: str
    codes: tuple[str, ...]
    follow_ups: tuple[Mapping[str, Any], ...]
    revision: int
    saved_at: float
    also: tuple[str, ...] = ()
    target: str = ""
    half: Mapping[str, Any] | None = None
    facts: ContactFacts | None = None
    intact: bool = True
    reply: str = ""
    outgoing: tuple[OutgoingReply, ...] = ()
    head: ReplyHead = NO_HEAD

    @property
    def id(self) -> str:
        """What tells it from others."""
        return self.interaction_id

    @property
    def words(self) -> tuple[object, ...]:
        """All that somebody wrote or chose."""
        return self.note, self.codes, self.follow_ups, self.half, self.reply, self.outgoing, self.head

    @property
    def texts(self) -> tuple[str, ...]:
        """Its words as they were typed: the note, the reply, and the texts of its follow-ups."""
        follow_ups = (*self.follow_ups, *(() if self.half is None else (self.half,)))
        reply = (self.reply,) if self.reply else ()
        return self.note, *reply, *(str(one.get("text", "")) for one in follow_ups)

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote or chose anything."""
        written = self.note.strip() or self.reply.strip() or self.outgoing or self.head != NO_HEAD
        return not (written or self.codes or self.follow_ups or self.half)

    def is_by_another(self, me: str) -> bool:
        """Whether another agent than `me` wrote it; False while it is not known who that is."""
        return bool(me) and self.facts is not None and self.facts.agent_id not in ("", me)


def with_replies_in_note(draft: Draft) -> Draft:
    """The record of a contact that is over: what was not sent to the customer stands in its note."""
    unsure = [
        f"{_NOT_SENT if one.due is not None else _NOT_KNOWN} {one.text}{_files(one.head)}" for one in draft.outgoing
    ]
    unsent = [f"{_NOT_SENT} {draft.reply.strip()}{_files(draft.head)}"] if draft.reply.strip() else []
    if not (unsure or unsent):
        return replace(draft, head=NO_HEAD)
    note = "\n".join(filter(None, (draft.note.rstrip(), *unsure, *unsent)))
    return replace(draft, note=note, reply="", outgoing=(), head=NO_HEAD)


def _files(head: ReplyHead) -> str:
    return f" [{', '.join(one.name for one in head.files)}]" if head.files else ""


# In one language, for all who read the record.
_NOT_SENT = "Not sent to the customer:"
_NOT_KNOWN = "Not known whether this was sent to the customer:"
_COLUMNS = "interaction_id, customer_id, body, revision, saved_at, seal"


def draft_body(draft: Draft) -> str:
    """The words of a draft as canonical JSON. Raises TypeError when a follow-up is not JSON."""
    body: dict[str, Any] = {
        "note": draft.note,
        "codes": list(draft.codes),
        "follow_ups": [dict(follow_up) for follow_up in draft.follow_ups],
    }
    if draft.target:
        body["target"] = draft.target
    if draft.half is not None:
        body["half"] = dict(draft.half)
    if draft.reply:
        body["reply"] = draft.reply
    if draft.outgoing:
        body["outgoing"] = [[one.key, one.text] for one in draft.outgoing]
    if draft.head != NO_HEAD:
        body["head"] = asdict(draft.head)
    if heads := {one.key: asdict(one.head) for one in draft.outgoing if one.head != NO_HEAD}:
        body["heads"] = heads  # an older version sends them without, under the same key, and is refused
    if held := {one.key: one.due for one in draft.outgoing if one.due is not None}:
        body["held"] = held  # an older version takes these for messages whose fate is not known
    if draft.facts is not None:
        body["facts"] = facts_json(draft.facts)
    return canonical_json(body)


def draft_of_body(
    interaction_id: str, customer_id: str | None, body: str, revision: int, saved_at: float, *, intact: bool = True
) -> Draft:
    """A draft from its JSON. A damaged one is shown as far as it can be read: better the raw text than none."""
    facts: ContactFacts | None = None
    half: Mapping[str, Any] | None = None
    try:
        words = json.loads(body)
        note, codes, follow_ups = words["note"], tuple(words["codes"]), tuple(words["follow_ups"])
        target = str(words.get("target", ""))
        half = words.get("half")
        reply = str(words.get("reply", ""))
        held = {str(key): float(due) for key, due in words.get("held", {}).items()}
        sent = ((str(key), str(text)) for key, text in words.get("outgoing", ()))
        heads = {str(key): _head(one) for key, one in words.get("heads", {}).items()}
        outgoing = tuple(OutgoingReply(key, text, held.get(key), heads.get(key, NO_HEAD)) for key, text in sent)
        head = _head(words.get("head", {}))
        facts = facts_from(words["facts"]) if words.get("facts") is not None else None
    except (ValueError, TypeError, LookupError, AttributeError):
        note, codes, follow_ups, target, half, intact = str(body), (), (), "", None, False
        reply, outgoing, head = "", (), NO_HEAD
    return Draft(
        interaction_id,
        customer_id,
        note,
        codes,
        follow_ups,
        revision,
        saved_at,
        target=target,
        half=half,
        facts=facts,
        intact=intact,
        reply=reply,
        outgoing=outgoing,
        head=head,
    )


def _head(kept: Mapping[str, Any]) -> ReplyHead:
    """Raises TypeError, ValueError or LookupError where it is none."""
    files = tuple(
        ReplyFile(str(one["path"]), str(one["name"]), str(one["media_type"]), int(one["size"]), str(one["sha256"]))
        for one in kept.get("files", ())
    )
    to, cc = (tuple(map(str, kept.get(name, ()))) for name in ("to", "cc"))
    return ReplyHead(str(kept.get("subject", "")), to, cc, files)


def hidden_digits(*bodies: str) -> int:
    """How many digits are hidden in some JSON texts; see `domain/text/card_numbers.py`."""
    return sum(body.count(canonical_json(HIDDEN)[1:-1]) for body in bodies)


def hidden_digits_of(connection: Connection, interaction_id: str) -> int:
    """How many are hidden in the draft of an interaction as it is on disk."""
    row = connection.execute("SELECT body FROM drafts WHERE interaction_id = ?", (interaction_id,)).fetchone()
    return 0 if row is None else hidden_digits(str(row[0]))


def write_draft(connection: Connection, draft: Draft, body: str) -> None:
    """Keep a draft in place of the one before it, and remember whose interaction it is."""
    fields = (draft.interaction_id, draft.customer_id, body, draft.revision, float(draft.saved_at))
    connection.execute(
        f"INSERT INTO drafts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own column names
        " ON CONFLICT (interaction_id) DO UPDATE SET customer_id = excluded.customer_id, body = excluded.body,"
        " revision = excluded.revision, saved_at = excluded.saved_at, seal = excluded.seal",
        (*fields, seal(*fields)),
    )
    for customer_id in (draft.customer_id, *draft.also):
        if customer_id is None:
            continue
        connection.execute(
            "INSERT INTO interaction_customers (interaction_id, customer_id, seen_at) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at",
            (draft.interaction_id, customer_id, draft.saved_at),
        )


def read_drafts(connection: Connection) -> list[Draft]:
    """All drafts, the latest first. A damaged one is shown as far as it can be read."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM drafts ORDER BY saved_at DESC, interaction_id")  # noqa: S608
    return [_draft(row) for row in rows.fetchall()]


def read_draft(connection: Connection, interaction_id: str) -> Draft | None:
    """The draft of one interaction, if there is one."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM drafts WHERE interaction_id = ?",  # noqa: S608
        (interaction_id,),
    ).fetchone()
    return None if row is None else _draft(row)


def delete_draft(connection: Connection, interaction_id: str) -> None:
    """Remove a draft; nothing happens when there is none."""
    connection.execute("DELETE FROM drafts WHERE interaction_id = ?", (interaction_id,))


def damaged_drafts(connection: Connection) -> list[str]:
    """The interaction ids of the drafts that are not what was written."""
    return [draft.interaction_id for draft in read_drafts(connection) if not draft.intact]


def _draft(row: tuple[Any, ...]) -> Draft:
    *fields, sealed = row
    return draft_of_body(*fields, intact=is_sealed(sealed, *fields))
