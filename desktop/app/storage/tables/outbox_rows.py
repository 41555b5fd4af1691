"""Outbox rows: what must reach a backend exactly once, however often it is sent."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from desktop.app.storage.errors import StoreDamaged
from desktop.app.storage.schema import canonical_json, is_sealed, seal
from desktop.app.storage.tables.reasons import DAMAGED, kept_reason, reason_of
from desktop.app.storage.transaction import Connection
from desktop.domain.notes.record_states import RecordState, RecordStep, after, states_before
from desktop.domain.text.sentence import NOTHING, Sentence

WAITING, PARKED, DELIVERED = RecordState.WAITING.value, RecordState.PARKED.value, RecordState.DELIVERED.value
STATES = frozenset({WAITING, PARKED, DELIVERED})
WRAP_UP, FOLLOW_UP, CASE, TASK = "wrap_up", "follow_up", "case", "task"
LINK = "link"
"""Whom an interaction is with, told to a CRM; the newest of an interaction stands for all before it."""
RECORD = "record"
"""A whole record that was not finished: the note, the codes and every follow-up, not on its way anywhere yet."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "agent-desktop:outbox")


@dataclass(frozen=True)
class OutboxRow:
    """One write to one backend, or a whole record that was not finished.

    kind: record, wrap_up, follow_up, case, task or link. target: "crm:NAME", "messaging:NAME" and so on; "" for a
    record. payload: canonical JSON; sha256: of its UTF-8 bytes, 64 hex digits. state: waiting, parked or delivered.
    reason: why it is not delivered yet.
    attempts counts the answers (or silences) so far, doubts those that left it open whether the far side has it.
    Times are in seconds since the epoch; a waiting row is due when not_before has come.
    author: the agent in whose name it goes out, "" where that is not known. customer: their name, for people.
    sending: whether an attempt was begun whose end is not known.
    """

    key: str
    kind: str
    interaction_id: str
    target: str
    payload: str
    sha256: str
    state: str
    reason: Sentence
    attempts: int
    not_before: float
    created_at: float
    delivered_at: float | None
    receipt: str
    author: str = ""
    customer: str = ""
    doubts: int = 0
    sending: bool = False


def outbox_key(profile: str, interaction_id: str, kind: str, revision: int, part: int = 0) -> str:
    """The idempotency key: the same work always gets the same key, in any process, before and after a restart.

    part tells apart several writes of one kind in one wrap-up (the second follow-up has part 1).
    """
    return str(uuid.uuid5(_NAMESPACE, canonical_json([profile, interaction_id, kind, revision, part])))


def new_row(
    key: str,
    kind: str,
    interaction_id: str,
    target: str,
    payload: Any,
    *,
    created_at: float,
    author: str = "",
    customer: str = "",
) -> OutboxRow:
    """A waiting row, due at once. payload: any JSON value. Raises TypeError or ValueError when it is not JSON."""
    text = canonical_json(payload)
    return OutboxRow(
        key,
        kind,
        interaction_id,
        target,
        text,
        payload_sha256(text),
        after(RecordState.IN_PROGRESS, RecordStep.HAND_OVER).value,
        NOTHING,
        0,
        0.0,
        created_at,
        None,
        "",
        writable(author),
        writable(customer),
    )


def writable(text: str) -> str:
    """A text as a UTF-8 column takes it: half of a character pair, which a plug-in may answer, is spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def payload_sha256(payload: str) -> str:
    """SHA-256 of a payload's UTF-8 bytes, 64 hex digits."""
    return hashlib.sha256(payload.encode("utf-8", "surrogateescape")).hexdigest()


_FIELDS = tuple(field.name for field in fields(OutboxRow))
_COLUMNS = ", ".join(_FIELDS)
_SELECT = f"SELECT {_COLUMNS}, seal, id FROM outbox"  # noqa: S608 - our own column names
_INSERT = (
    f"INSERT INTO outbox ({_COLUMNS}, seal) VALUES ({', '.join('?' * (len(_FIELDS) + 1))})"  # noqa: S608
    " ON CONFLICT (key) DO NOTHING"
)


def checked(row: OutboxRow) -> OutboxRow:
    """The row with its SHA-256 filled in. Raises ValueError when it carries a wrong one or an unknown state."""
    digest = payload_sha256(row.payload)
    if row.sha256 not in ("", digest):
        raise ValueError(f"the SHA-256 of outbox row {row.key} is not that of its payload")
    if row.state not in STATES:
        raise ValueError(f"unknown outbox state {row.state!r}")
    return replace(row, sha256=digest, created_at=float(row.created_at))


def kept_values(row: OutboxRow) -> dict[str, Any]:
    """A row as it is kept, by the names of its columns."""
    return {name: getattr(row, name) for name in _FIELDS} | {"reason": kept_reason(row.reason)}


def insert_rows(connection: Connection, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Insert the rows; where a key is known already, the row there stays and is returned instead."""
    for row in rows:
        connection.execute(_INSERT, (*kept_values(row).values(), seal(*_sealed_parts(row))))
    return [found for row in rows if (found := read_row(connection, row.key)) is not None]


def read_rows(connection: Connection, *, include_delivered: bool) -> list[OutboxRow]:
    """All rows in the order they were made."""
    where = "" if include_delivered else f" WHERE state != '{DELIVERED}'"
    return [_row(found) for found in connection.execute(f"{_SELECT}{where} ORDER BY id").fetchall()]


def read_row(connection: Connection, key: str) -> OutboxRow | None:
    """The row of a key, if there is one."""
    found = connection.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
    return None if found is None else _row(found)


def rows_of_interaction(connection: Connection, interaction_id: str, kind: str) -> list[OutboxRow]:
    """The rows of one kind that an interaction left, in the order they were made, delivered ones too."""
    found = connection.execute(f"{_SELECT} WHERE interaction_id = ? AND kind = ? ORDER BY id", (interaction_id, kind))
    return [_row(one) for one in found.fetchall()]


def newest_rows(connection: Connection, kind: str, limit: int) -> list[OutboxRow]:
    """The newest `limit` rows of a kind in the order they were made, delivered ones too."""
    found = connection.execute(f"{_SELECT} WHERE kind = ? ORDER BY id DESC LIMIT ?", (kind, limit)).fetchall()
    return [_row(one) for one in reversed(found)]


def due_rows(connection: Connection, now: float) -> tuple[list[OutboxRow], list[int]]:
    """Rows to send now, oldest first, and the ids of those that are due but damaged."""
    due: list[OutboxRow] = []
    damaged: list[int] = []
    query = f"{_SELECT} WHERE state = '{WAITING}' AND not_before <= ? ORDER BY id"
    for found in connection.execute(query, (now,)).fetchall():
        if _is_intact(found):
            due.append(_row(found))
        else:
            damaged.append(found[-1])
    return due, damaged


def damaged_rows(connection: Connection) -> list[tuple[int, str]]:
    """(id, key) of every row that is not what was written. What is delivered already need not be so any more."""
    return [
        (found[-1], str(found[0]))
        for found in connection.execute(f"{_SELECT} WHERE state != '{DELIVERED}' ORDER BY id").fetchall()
        if not _is_intact(found)
    ]


def lost_keys(connection: Connection) -> bool:
    """True when the index of keys no longer finds every row (SQLite's quick check does not compare them)."""
    by_id = connection.execute("SELECT key FROM outbox NOT INDEXED").fetchall()
    return any(
        connection.execute("SELECT 1 FROM outbox INDEXED BY sqlite_autoindex_outbox_1 WHERE key = ?", key).fetchone()
        is None
        for key in by_id
    )


def set_aside(connection: Connection, row_id: int) -> None:
    """Park a damaged row for good: its text can be read, and it is never sent. What is delivered stays delivered."""
    found = connection.execute("SELECT state FROM outbox WHERE id = ?", (row_id,)).fetchone()
    state = RecordState(found[0]) if found is not None and found[0] in STATES else RecordState.PARKED
    if state in states_before(RecordStep.DAMAGE):
        connection.execute(
            "UPDATE outbox SET state = ?, reason = ? WHERE id = ?",
            (after(state, RecordStep.DAMAGE).value, kept_reason(DAMAGED), row_id),
        )


def set_sending(connection: Connection, key: str) -> None:
    """Note that an attempt begins, for far sides that would take the same twice."""
    connection.execute("UPDATE outbox SET sending = 1 WHERE key = ?", (key,))


def set_delivered(connection: Connection, key: str, receipt: str, at: float) -> OutboxRow:
    """Note that the backend has it. Raises LookupError when there is no such row."""
    assignments = "receipt = ?, delivered_at = ?, reason = '', sending = 0, attempts = attempts + 1"
    return _step(connection, key, RecordStep.DELIVER, assignments, (writable(receipt), at))


def set_waiting(connection: Connection, key: str, reason: Sentence, not_before: float, doubts: int = 0) -> OutboxRow:
    """Try again from not_before on. A delivered row stays delivered. Raises LookupError: no such row."""
    assignments = "reason = ?, not_before = ?, doubts = ?, sending = 0, attempts = attempts + 1"
    return _step(connection, key, RecordStep.FAIL, assignments, (kept_reason(reason), not_before, doubts))


def set_parked(connection: Connection, key: str, reason: Sentence, doubts: int = 0) -> OutboxRow:
    """Wait for a person. A delivered row stays delivered. Raises LookupError: no such row."""
    assignments = "reason = ?, doubts = ?, sending = 0, attempts = attempts + 1"
    return _step(connection, key, RecordStep.REFUSE, assignments, (kept_reason(reason), doubts))


def set_retried(connection: Connection, key: str) -> OutboxRow:
    """A parked row is due again at once. Raises LookupError: no such row; StoreDamaged: its text was changed."""
    found = connection.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
    if found is not None and not _is_intact(found):
        raise StoreDamaged(Sentence("outbox.read_over_first"))
    return _step(connection, key, RecordStep.HAND_OVER, "reason = '', not_before = 0, sending = 0", ())


def reword(connection: Connection, row: OutboxRow) -> None:
    """Change the payload of a row in whatever state it is; all else stays, and it is sealed anew."""
    connection.execute(
        "UPDATE outbox SET payload = ?, sha256 = ?, seal = ? WHERE key = ?",
        (row.payload, row.sha256, seal(*_sealed_parts(row)), row.key),
    )


def replace_row(connection: Connection, key: str, row: OutboxRow) -> OutboxRow:
    """Put a changed row in the place of a parked one. Raises LookupError when that is not there, or is not parked."""
    if take_out(connection, key, RecordStep.AMEND) is None:
        raise LookupError(f"no parked outbox row {key}")
    return insert_rows(connection, [row])[0]


def put_in_place(connection: Connection, row: OutboxRow) -> tuple[list[str], OutboxRow]:
    """Insert a row instead of those of its kind, interaction and target that are not delivered; their keys, and it."""
    older = connection.execute(
        f"DELETE FROM outbox WHERE kind = ? AND interaction_id = ? AND target = ? AND state != '{DELIVERED}'"  # noqa: S608
        " RETURNING key",
        (row.kind, row.interaction_id, row.target),
    ).fetchall()
    return [str(key) for (key,) in older], insert_rows(connection, [row])[0]


def take_out(connection: Connection, key: str, step: RecordStep) -> OutboxRow | None:
    """Take a row out for a step of the table; None when it is not there, or in a state that does not know the step."""
    row = read_row(connection, key)
    if row is None or row.state not in STATES or RecordState(row.state) not in states_before(step):
        return None
    connection.execute("DELETE FROM outbox WHERE key = ?", (key,))
    return row


def _step(connection: Connection, key: str, step: RecordStep, assignments: str, values: tuple[Any, ...]) -> OutboxRow:
    """Take a step of the table of states; a row in a state that does not know the step stays as it is."""
    row = _existing(connection, key)
    if row.state not in STATES:
        raise StoreDamaged(DAMAGED)
    state = RecordState(row.state)
    if state in states_before(step):
        connection.execute(
            f"UPDATE outbox SET state = ?, {assignments} WHERE key = ?",  # noqa: S608 - our own column names
            (after(state, step).value, *values, key),
        )
    return _existing(connection, key)


def _existing(connection: Connection, key: str) -> OutboxRow:
    row = read_row(connection, key)
    if row is None:
        raise LookupError(f"no outbox row {key}")
    return row


def _sealed_parts(row: OutboxRow) -> tuple[Any, ...]:
    return row.key, row.kind, row.interaction_id, row.target, row.payload, row.sha256, row.created_at


def _is_intact(found: tuple[Any, ...]) -> bool:
    row = _row(found)
    return row.state in STATES and is_sealed(found[-2], *_sealed_parts(row))


def _row(found: tuple[Any, ...]) -> OutboxRow:
    row = OutboxRow(*found[: len(_FIELDS)])
    return replace(row, reason=reason_of(row.reason), sending=bool(row.sending))
