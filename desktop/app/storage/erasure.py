"""What leaves this machine: by age, and by a customer's wish."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.app.storage.errors import StoreLocked
from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.drafts import Draft, read_drafts
from desktop.app.storage.tables.kept_links import delete_links_of, linked_customers
from desktop.app.storage.tables.outbox_rows import DELIVERED, RECORD, WAITING, read_rows
from desktop.app.storage.tables.parked_record_rows import record_of
from desktop.app.storage.tables.preferences import count_reasons, forget_reasons
from desktop.app.storage.tables.review_drafts import PARKED_REVIEW, delete_review_draft
from desktop.app.storage.tables.review_erasure import interactions_spoken_of, subjects_about
from desktop.app.storage.transaction import Connection
from desktop.domain.entities.source import Source
from desktop.domain.text.sentence import Sentence

if TYPE_CHECKING:
    from sqlite_utils import Database

DAY = 86_400.0


@dataclass(frozen=True)
class Retention:
    """How long things are kept, in seconds. Drafts and waiting and parked rows are kept until they are delivered."""

    delivered: float = 30 * DAY
    customers: float = 1 * DAY
    messages: float = 30 * DAY
    links: float = 365 * DAY


@dataclass(frozen=True)
class Purged:
    """How many rows went, by table."""

    delivered: int
    customers: int
    messages: int = 0
    links: int = 0


def purge_old(connection: Connection, now: float, retention: Retention) -> Purged:
    """Delete what is older than its retention. now: seconds since the epoch."""

    def delete(sql: str, *parameters: float) -> int:
        return len(connection.execute(f"{sql} RETURNING 1", parameters).fetchall())

    delivered = delete(
        f"DELETE FROM outbox WHERE state = '{DELIVERED}' AND delivered_at < ?",  # noqa: S608 - a constant
        now - retention.delivered,
    )
    # The time of a record may come from the CRM: one in the future would otherwise stay for ever.
    customers = delete(
        "DELETE FROM customers WHERE fetched_at NOT BETWEEN ? AND ?",
        now - retention.customers,
        now + retention.customers,
    )
    messages = delete("DELETE FROM messages WHERE kept_at < ?", now - retention.messages)
    connection.execute(
        "DELETE FROM interaction_customers WHERE seen_at < ?"
        " AND interaction_id NOT IN (SELECT interaction_id FROM drafts UNION SELECT interaction_id FROM outbox)"
        " AND interaction_id NOT IN (SELECT value FROM json_each(?))",
        (now - retention.delivered, canonical_json(sorted(interactions_spoken_of(connection)))),
    )
    links = delete("DELETE FROM links WHERE said_at < ?", now - retention.links)
    return Purged(delivered, customers, messages, links)


@dataclass(frozen=True)
class Traces:
    """How many rows are about a customer: drafts, outbox rows by state, records looked up, messages, links.

    `words`: scorecards and coaching notes that nobody has yet. `reasons`: those that a supervisor gave last, which may
    speak of anybody.
    """

    drafts: int = 0
    waiting: int = 0
    parked: int = 0
    delivered: int = 0
    customers: int = 0
    messages: int = 0
    links: int = 0
    words: int = 0
    reasons: int = 0

    @property
    def unsent(self) -> int:
        """Those whose words are nowhere else."""
        return self.drafts + self.words + self.waiting + self.parked


def find_traces(connection: Connection, customer_id: str, addresses: Collection[str] = ()) -> Traces:
    """Count the rows that `delete_customer` would delete."""
    ids = _records(connection, customer_id)
    known = frozenset(one.casefold() for one in addresses)
    interactions = _interactions(connection, ids, known)
    reviews = _reviews(connection, ids, interactions, known)
    outbox = connection.execute("SELECT interaction_id, state FROM outbox").fetchall()
    theirs = interactions | {PARKED_REVIEW + subject for subject in reviews}
    states = [state for interaction_id, state in outbox if interaction_id in theirs]
    waiting, delivered = states.count(WAITING), states.count(DELIVERED)
    drafts = connection.execute("SELECT interaction_id FROM drafts").fetchall()
    links = connection.execute("SELECT first, second FROM links WHERE kind = 'customer'").fetchall()
    kept = connection.execute("SELECT subject FROM review_drafts").fetchall()
    return Traces(
        drafts=sum(row[0] in theirs for row in drafts),
        waiting=waiting,
        parked=len(states) - waiting - delivered,
        delivered=delivered,
        customers=len(_cards(connection, ids, known)),
        messages=len(_messages(connection, ids, interactions, known)),
        links=sum(not ids.isdisjoint(row) for row in links),
        words=sum(row[0] in reviews for row in kept),
        reasons=count_reasons(connection),
    )


def delete_customer(connection: Connection, customer_id: str, addresses: Collection[str] = ()) -> Traces:
    """Delete every row about a customer and say how many there were.

    About a customer is: their record and its keys, those of their records in other CRMs and of whoever else was found
    there under the same address, and the drafts and outbox rows of every interaction that was linked to them while
    its note was written, or of which an outbox row names them; and the messages from an address that their record or
    one of those rows has. An id with the name of its CRM also stands for the bare one, from when there was one CRM.
    So are scorecards and coaching notes about one of those interactions, or about one from one of those addresses.

    Args:
        addresses: further ones, numbers or e-mail addresses, that are the customer's.
    """
    traces = find_traces(connection, customer_id, addresses)
    ids = _records(connection, customer_id)
    known = frozenset(one.casefold() for one in addresses)
    interactions = _interactions(connection, ids, known)
    for message_id in _messages(connection, ids, interactions, known):
        connection.execute("DELETE FROM messages WHERE id = ?", (message_id,))
    reviews = _reviews(connection, ids, interactions, known)
    for subject in reviews:
        delete_review_draft(connection, subject)
    for interaction_id in interactions | {PARKED_REVIEW + subject for subject in reviews}:
        for table in ("drafts", "outbox", "interaction_customers"):
            connection.execute(f"DELETE FROM {table} WHERE interaction_id = ?", (interaction_id,))  # noqa: S608
    for one in _cards(connection, ids, known):
        connection.execute("DELETE FROM customers WHERE customer_id = ?", (one,))
    for one in ids:
        delete_links_of(connection, one)
    forget_reasons(connection)
    return traces


def leave_no_byte(connection: Connection, database: "Database") -> None:
    """Rewrite the file and empty the write-ahead log, so that deleted words are in neither.

    Raises StoreLocked when a reader keeps the log in use; the rows are deleted all the same, and calling again
    after the reader has left finishes the work.
    """
    database.vacuum()
    if not empty_log(connection):
        raise StoreLocked(Sentence("store.traces_in_use"))


def empty_log(connection: Connection) -> bool:
    """Empty the write-ahead log; False where a reader keeps it in use.

    It holds every state of a draft since it was emptied last: that of a card number before its last digit, for one.
    """
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _records(connection: Connection, customer_id: str) -> set[str]:
    """The ids of the customer's records: those the agent said are the same, and those a wrap-up went to together."""
    ids = linked_customers(connection, customer_id)
    for (payload,) in connection.execute("SELECT payload FROM outbox").fetchall():
        together = _together(payload)
        if not ids.isdisjoint(together):
            ids |= together
    return ids


def _together(payload: str) -> set[str]:
    """The records that a wrap-up names as one customer."""
    try:
        return {str(one["customer_id"]) for one in json.loads(payload)["also"]}
    except (LookupError, TypeError, ValueError):
        return set()


def _bare(ids: set[str]) -> set[tuple[str, str]]:
    """The records as they were called while their CRM was the only one: its name in the outbox, and their id."""
    return {
        (str(Source("crm", name)), own) for name, colon, own in (one.partition(":") for one in ids) if colon and own
    }


def _own_cards(connection: Connection, ids: set[str]) -> set[str]:
    """The kept cards of the customer's records."""
    bare = _bare(ids)
    kept = connection.execute("SELECT customer_id, source FROM customers").fetchall()
    return {one for one, source in kept if one in ids or (source, one) in bare}


def _cards(connection: Connection, ids: set[str], known: frozenset[str]) -> set[str]:
    """The kept cards that show the customer. One under the same or a named address may: it can be had again."""
    sources = dict(connection.execute("SELECT customer_id, source FROM customers").fetchall())
    theirs = _own_cards(connection, ids)
    keys = connection.execute("SELECT key, customer_id FROM customer_keys").fetchall()
    found_by = {(key, sources[one]) for key, one in keys if one in theirs}
    addresses = {key for key, _ in found_by}
    others = {one for key, one in keys if key in addresses and (key, sources[one]) not in found_by}
    named = {one for key, one in keys if key.partition(":")[2].casefold() in known}
    return theirs | others | named


def _interactions(connection: Connection, ids: set[str], known: frozenset[str]) -> set[str]:
    """The interactions that are a customer's."""
    linked = connection.execute(
        "SELECT interaction_id, customer_id FROM drafts UNION SELECT interaction_id, customer_id"
        " FROM interaction_customers"
    ).fetchall()
    outbox = connection.execute("SELECT interaction_id, payload, target FROM outbox").fetchall()
    bare = _bare(ids)
    named = {
        interaction_id
        for interaction_id, payload, target in outbox
        if any(_names(payload, one) for one in ids)
        or any(_names(payload, own) for crm, own in bare if crm == target)
        or not known.isdisjoint(_addresses(payload))
    }
    drafts = [*read_drafts(connection), *_parked(connection)]
    written = {draft.interaction_id for draft in drafts if (draft.target, draft.customer_id or "") in bare}
    from_them = known | _card_addresses(connection, ids)
    written |= {
        draft.interaction_id
        for draft in drafts
        # What was named for this leaves no trace, whoever the agent linked the contact to.
        if _is_about(draft, ids, from_them) or not known.isdisjoint(_addresses_in(draft))
    }
    return {row[0] for row in linked if row[1] in ids} | named | written


def _reviews(connection: Connection, ids: set[str], interactions: set[str], known: frozenset[str]) -> set[str]:
    """The subjects of the review drafts about one of these interactions."""
    return subjects_about(connection, interactions, _all_addresses(connection, ids, interactions, known))


def _parked(connection: Connection) -> list[Draft]:
    """The records that were not finished and wait for the agent."""
    return [record_of(row) for row in read_rows(connection, include_delivered=False) if row.kind == RECORD]


def _card_addresses(connection: Connection, ids: set[str]) -> set[str]:
    """The addresses on the customer's kept cards."""
    theirs = _own_cards(connection, ids)
    keys = connection.execute("SELECT key, customer_id FROM customer_keys").fetchall()
    return {str(key).partition(":")[2] for key, one in keys if one in theirs}


def _is_about(draft: Draft, ids: set[str], addresses: Collection[str]) -> bool:
    """Whether a record is about the customer: linked to them, or linked to nobody and from one of their addresses."""
    facts = draft.facts
    linked = {draft.customer_id, *draft.also, *(facts.customer_ids if facts is not None else ())} - {None}
    if linked & ids or (not draft.intact and any(trace in draft.note.casefold() for trace in {*ids, *addresses})):
        return True
    return not linked and not _addresses_in(draft).isdisjoint(addresses)


def _addresses_in(draft: Draft) -> set[str]:
    """The addresses that a record names: the contact's, and those its follow-ups go to."""
    named = {draft.facts.address} if draft.facts is not None else set()
    named |= {str(one.get("to", "")) for one in (*draft.follow_ups, draft.half or {})}
    return {one.casefold() for one in named if one}


def _all_addresses(
    connection: Connection, ids: set[str], interactions: set[str], known: frozenset[str]
) -> frozenset[str]:
    """The customer's addresses: of their record, of what they were sent, and those that are known otherwise."""
    addresses = known | _card_addresses(connection, ids)
    for interaction_id, payload in connection.execute("SELECT interaction_id, payload FROM outbox").fetchall():
        if interaction_id in interactions:
            addresses |= _addresses(payload)
    return addresses


def _messages(connection: Connection, ids: set[str], interactions: set[str], known: frozenset[str]) -> list[str]:
    """The ids of the messages from a customer's addresses."""
    addresses = _all_addresses(connection, ids, interactions, known)
    found = connection.execute("SELECT id, address FROM messages").fetchall()
    return [row[0] for row in found if str(row[1]).partition(":")[2] in addresses]


def _addresses(payload: str) -> set[str]:
    """Where the record of a contact says it came from, or a message went to."""
    try:
        body = json.loads(payload)
    except (TypeError, ValueError):
        return set()
    if not isinstance(body, dict):
        return set()
    nested = body.get("address")
    if isinstance(nested, dict):  # of a callback
        body = {**body, "address": nested.get("value")}
    follow_ups = body.get("follow_ups")
    parts = [body, *(one for one in follow_ups if isinstance(one, dict))] if isinstance(follow_ups, list) else [body]
    found = (part.get(name) for part in parts for name in ("address", "to"))
    return {one.casefold() for one in found if isinstance(one, str) and one}


def _names(payload: str, customer_id: str) -> bool:
    """Whether a JSON text has the customer as a `customer_id`, at any depth.

    Only there: a code, a word or the name of a field that happens to read the same is no customer.
    """
    try:
        pending: list[Any] = [json.loads(payload)]
    except (TypeError, ValueError):
        return canonical_json(customer_id) in str(payload)  # damaged on this machine; it may still be theirs
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if value.get("customer_id") == customer_id:
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return False
