"""The texts of our numbers, in one file that the desktops of a machine share.

A customer's text is on disk before Kannel is told that it arrived, and a reply before it is handed to Kannel: both
outlive the end of any desktop. Of two desktops that want the same contact, one transaction is the first.
"""

import hashlib
import os
import sqlite3
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.domain.entities.message import InboundMessage, SentMessage, further
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Channel, DeliveryState, Phase
from desktop.ports.errors import Conflict, NotFound, Rejected, Unavailable

SENDING: Final = "sending"
"""What a reply is until it is known what became of it; none of the states that are shown."""
SENDING_SECONDS = 15.0
"""After so long a reply that is still being sent was left behind by a desktop that ended: its fate is not known."""
LEFT_BEHIND = 5.0
"""Seconds beyond its time after which an offer is anybody's, because that desktop is gone."""
MOST_TEXTS = 200
"""So many are shown of a contact, the newest."""
_SCHEMA_VERSION = 1
BUSY_SECONDS = 3.0
"""How long one desktop waits for another that writes."""

_SCHEMA = """
CREATE TABLE changes (last INTEGER NOT NULL);
INSERT INTO changes VALUES (0);
CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    customer TEXT NOT NULL,
    number TEXT NOT NULL,      -- ours, that they wrote to
    label TEXT NOT NULL,       -- the queue that Kannel names, "" for none
    began REAL NOT NULL,
    phase TEXT NOT NULL,
    since REAL NOT NULL,
    agent TEXT NOT NULL DEFAULT '',
    desk TEXT NOT NULL DEFAULT '',  -- the life of a desktop that has the offer
    deadline REAL,
    accepted REAL,
    ended REAL,
    opted_out INTEGER NOT NULL DEFAULT 0,  -- the customer ended it
    parked REAL,
    seen INTEGER NOT NULL DEFAULT 0,  -- the newest text that the agent has seen
    codes TEXT NOT NULL DEFAULT ''
);
CREATE INDEX contacts_of ON contacts (customer, number);
CREATE INDEX contacts_in ON contacts (phase, began);
CREATE TABLE texts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL REFERENCES contacts ON DELETE CASCADE,
    at REAL NOT NULL,
    agent TEXT NOT NULL,  -- "" for a text of the customer
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX texts_of ON texts (contact);
CREATE INDEX texts_sending ON texts (at) WHERE state = 'sending';
"""


@dataclass(frozen=True, slots=True)
class StoredText:
    """One text. `agent` is "" for a customer's; `earlier` says that it belongs to a contact before this one."""

    seq: int
    id: str
    at: Instant
    agent: str
    text: str
    state: str
    detail: str
    earlier: bool


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact as it is in the file. `dropped` is how many older texts are not among `texts`."""

    id: str
    version: int
    customer: str
    number: str
    label: str
    began: Instant
    phase: Phase
    since: Instant
    agent: str
    deadline: Instant | None
    accepted: Instant | None
    ended: Instant | None
    opted_out: bool
    parked: Instant | None
    seen: int
    texts: tuple[StoredText, ...]
    dropped: int


@dataclass(frozen=True, slots=True)
class WaitingText:
    """Somebody whom nobody has."""

    id: str
    customer: str
    number: str
    label: str
    began: Instant


@dataclass(frozen=True, slots=True)
class Look:
    """What an agent sees of the file.

    Args:
        mine: the ids of their contacts, with the versions.
        changed: those whose version was not known.
        gone: the phase of those that were known and are not theirs any more.
        waiting: who waits, in the order in which they came.
    """

    mine: dict[str, int]
    changed: tuple[StoredContact, ...]
    gone: dict[str, Phase]
    waiting: tuple[WaitingText, ...]


class TextStore:
    """One connection to the file. Not for several threads at once.

    Every method is one transaction. What cannot be read or written raises Unavailable.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is opened yet."""
        self._folder = folder
        self._db: sqlite3.Connection | None = None
        self._seen_change = -1

    def open(self, keep_days: float, now: Instant) -> None:
        """Open the file, make it where there is none, and forget contacts that ended `keep_days` ago.

        Raises:
            Rejected: everybody on this machine could read the folder.
            Unavailable: the file cannot be had.
        """
        if self._db is not None:
            return
        with _told():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            rights = stat.S_IMODE(self._folder.stat().st_mode)
            if os.name == "posix" and rights & 0o007:
                raise Rejected(f"Everybody on this machine may enter {self._folder}: take that away (chmod o-rwx).")
            path = self._folder / "texts.db"
            if not path.exists():
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                if rights & 0o020:
                    os.fchmod(descriptor, 0o660)  # the folder is a group's
                os.close(descriptor)
            db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(db)
            except BaseException:
                db.close()
                raise
            self._db = db
        with self._write() as db:
            db.execute("DELETE FROM contacts WHERE phase = ? AND since < ?", (Phase.CLOSED, now - keep_days * 86_400))

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _SCHEMA_VERSION:
            raise Unavailable("The file of the texts is one of a newer version of the desktop.")
        if not version:
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        db.execute("COMMIT")

    def close(self) -> None:
        """May be called twice."""
        db, self._db = self._db, None
        if db is not None:
            with _told():
                db.close()

    def has_changed(self) -> bool:
        """Whether another desktop wrote something since this was asked last."""
        with _told():
            seen, self._seen_change = self._seen_change, self._open().execute("PRAGMA data_version").fetchone()[0]
        return bool(seen != self._seen_change)

    # -- what comes in

    def take_in(self, message: InboundMessage, number: str, label: str) -> bool:
        """Keep a customer's text, with their open contact or as a new one; whether it was not known yet.

        A text that asks for no more messages ends their contact. It is one of its own where no agent has that, so that
        somebody reads it.
        """
        customer, now = message.sender.value, message.at
        with self._write() as db:
            if db.execute("SELECT 1 FROM texts WHERE id = ?", (message.id,)).fetchone():
                return False
            open_one = db.execute(
                "SELECT id, phase FROM contacts WHERE customer = ? AND number = ? AND phase IN (?, ?, ?)",
                (customer, number, Phase.QUEUED, Phase.OFFERED, Phase.ACTIVE),
            ).fetchone()
            active = open_one is not None and open_one["phase"] == Phase.ACTIVE
            contact = open_one["id"] if open_one is not None else None
            if contact is None or (message.opts_out and not active):
                contact = f"sms-{hashlib.sha256(message.id.encode()).hexdigest()[:20]}"
                db.execute(
                    "INSERT INTO contacts (id, version, customer, number, label, began, phase, since)"
                    " VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
                    (contact, customer, number, label, now, Phase.QUEUED, now),
                )
            if open_one is not None and contact != open_one["id"]:
                db.execute("UPDATE texts SET contact = ? WHERE contact = ?", (contact, open_one["id"]))
                _change(db, open_one["id"], phase=Phase.CLOSED, since=now, ended=now, opted_out=1, deadline=None)
            db.execute(
                "INSERT INTO texts (id, contact, at, agent, text, state, detail) VALUES (?, ?, ?, '', ?, '', '')",
                (message.id, contact, now, message.text),
            )
            if active and message.opts_out:
                _change(db, contact, phase=Phase.WRAP_UP, since=now, ended=now, opted_out=1, parked=None)
            else:
                _change(db, contact, parked=None)
        return True

    def learn(self, news: SentMessage) -> None:
        """What a report says of a reply. Reports come late and out of order."""
        with self._write() as db:
            row = db.execute("SELECT contact, at, state, detail FROM texts WHERE id = ?", (news.id,)).fetchone()
            if row is None or not row["state"]:
                return
            before = DeliveryState.UNKNOWN if row["state"] == SENDING else DeliveryState(row["state"])
            known = SentMessage(news.id, row["at"], before, Channel.SMS, detail=row["detail"])
            now = further(known, news)
            db.execute("UPDATE texts SET state = ?, detail = ? WHERE id = ?", (now.state, now.detail, news.id))
            back = {"parked": None} if now.state is DeliveryState.FAILED else {}
            _change(db, row["contact"], **back)

    # -- what is seen

    def look(self, agent: str, desk: str, known: dict[str, int], now: Instant) -> Look:
        """What an agent sees; `desk` is the life of their desktop, `known` the versions that it has seen."""
        self._give_up(now)
        with _told():
            db = self._open()
            db.execute("BEGIN")
            try:
                mine = {
                    row["id"]: row["version"]
                    for row in db.execute(
                        "SELECT id, version FROM contacts"
                        " WHERE agent = ? AND (phase IN (?, ?) OR phase = ? AND desk = ?) ORDER BY began",
                        (agent, Phase.ACTIVE, Phase.WRAP_UP, Phase.OFFERED, desk),
                    )
                }
                changed = tuple(_read(db, one) for one, version in mine.items() if known.get(one) != version)
                gone = {}
                for one in known.keys() - mine.keys():
                    row = db.execute("SELECT phase FROM contacts WHERE id = ?", (one,)).fetchone()
                    gone[one] = Phase(row["phase"]) if row is not None else Phase.CLOSED
                return Look(mine, changed, gone, tuple(_waiting(db, now)))
            finally:
                db.execute("COMMIT")

    def _give_up(self, now: Instant) -> None:
        """Replies that a desktop left behind while it sent them."""
        oldest = now - SENDING_SECONDS
        with _told():
            left = self._open().execute("SELECT 1 FROM texts WHERE state = 'sending' AND at < ?", (oldest,)).fetchone()
        if left is None:
            return
        with self._write() as db:
            rows = db.execute("SELECT id, contact FROM texts WHERE state = 'sending' AND at < ?", (oldest,)).fetchall()
            for row in rows:
                db.execute("UPDATE texts SET state = ? WHERE id = ?", (DeliveryState.UNKNOWN, row["id"]))
                _change(db, row["contact"])

    # -- whose it is

    def offer(self, which: Collection[str], agent: str, desk: str, now: Instant, deadline: Instant) -> bool:
        """Offer the first of these that still waits to an agent; False when none does."""
        with self._write() as db:
            waiting = {one.id for one in _waiting(db, now)}
            first = next((one for one in which if one in waiting), None)
            if first is None:
                return False
            _change(db, first, phase=Phase.OFFERED, since=now, agent=agent, desk=desk, deadline=deadline)
            return True

    def give_back(self, contact: str, desk: str, now: Instant) -> bool:
        """Put an offer back; False when it is not this desktop's any more."""
        with self._write() as db:
            if not _is(db, contact, Phase.OFFERED, desk=desk):
                return False
            _change(db, contact, phase=Phase.QUEUED, since=now, agent="", desk="", deadline=None)
            return True

    def accept(self, contact: str, agent: str, desk: str, now: Instant) -> None:
        """Have the offered one for good.

        Raises:
            Conflict: it is not offered to this desktop.
        """
        with self._write() as db:
            if not _is(db, contact, Phase.OFFERED, desk=desk):
                raise Conflict("The text is not offered any more.")
            _begin(db, contact, agent, now)

    def pull(self, contact: str, agent: str, now: Instant) -> None:
        """Take one that waits.

        Raises:
            Conflict: another has it.
            NotFound: nobody knows it.
        """
        with self._write() as db:
            if contact not in {one.id for one in _waiting(db, now)}:
                if db.execute("SELECT 1 FROM contacts WHERE id = ?", (contact,)).fetchone():
                    raise Conflict("Another agent has this text.")
                raise NotFound("No such text waits.")
            _begin(db, contact, agent, now)

    def park(self, contact: str, agent: str, parked: Instant | None) -> None:
        """Put it aside, or take it up.

        Raises:
            Conflict: the agent does not work on it.
        """
        with self._write() as db:
            _need_active(db, contact, agent)
            _change(db, contact, parked=parked)

    def end(self, contact: str, agent: str, now: Instant) -> None:
        """The work with the customer is over.

        Raises:
            Conflict: the agent does not work on it.
        """
        with self._write() as db:
            _need_active(db, contact, agent)
            _change(db, contact, phase=Phase.WRAP_UP, since=now, ended=now, parked=None)

    def finish(self, contact: str, agent: str, codes: Collection[str], now: Instant) -> None:
        """The wrap-up is done.

        Raises:
            Conflict: the agent has none to do.
        """
        with self._write() as db:
            if not _is(db, contact, Phase.WRAP_UP, agent=agent):
                raise Conflict("The text is not being wrapped up.")
            _change(db, contact, phase=Phase.CLOSED, since=now, codes=" ".join(codes))

    def mark_seen(self, contact: str, agent: str, seq: int) -> None:
        """The agent has seen this text and all before it."""
        with self._write() as db:
            row = db.execute("SELECT seen FROM contacts WHERE id = ? AND agent = ?", (contact, agent)).fetchone()
            if row is not None and row["seen"] < seq:
                _change(db, contact, seen=seq)

    # -- replies

    def reply(self, key: str) -> StoredText | None:
        """The reply under a key."""
        with _told():
            row = self._open().execute("SELECT *, 0 AS earlier FROM texts WHERE id = ?", (key,)).fetchone()
        return _text(row) if row is not None else None

    def begin_reply(self, contact: str, agent: str, key: str, text: str, now: Instant) -> None:
        """Keep a reply that is about to be sent.

        Raises:
            Conflict: the agent does not work on the contact, or there is a reply under this key.
        """
        with self._write() as db:
            _need_active(db, contact, agent)
            if db.execute("SELECT 1 FROM texts WHERE id = ?", (key,)).fetchone():
                raise Conflict("The same reply is being sent by another desktop of yours.")
            db.execute(
                "INSERT INTO texts (id, contact, at, agent, text, state, detail) VALUES (?, ?, ?, ?, ?, ?, '')",
                (key, contact, now, agent, text, SENDING),
            )

    def settle_reply(self, key: str, state: DeliveryState) -> None:
        """What became of a reply, unless a report has said more meanwhile."""
        with self._write() as db:
            row = db.execute("SELECT contact, state FROM texts WHERE id = ?", (key,)).fetchone()
            if row is not None and row["state"] in {SENDING, DeliveryState.UNKNOWN}:
                db.execute("UPDATE texts SET state = ? WHERE id = ?", (state, key))
                _change(db, row["contact"])

    def withdraw_reply(self, key: str) -> None:
        """Forget a reply that certainly was not sent."""
        with self._write() as db:
            db.execute("DELETE FROM texts WHERE id = ? AND state = ?", (key, SENDING))

    # -- the file

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            raise Unavailable("The file of the texts is closed.")
        return self._db

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with _told():
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(
            "The file of the texts cannot be read or written.", f"{type(error).__name__}: {error}"
        ) from error


def _change(db: sqlite3.Connection, contact: str, **values: object) -> None:
    """Something about a contact is otherwise; its version is newer than any before."""
    db.execute("UPDATE changes SET last = last + 1")
    (version,) = db.execute("SELECT last FROM changes").fetchone()
    names = "".join(f", {name} = ?" for name in values)
    db.execute(f"UPDATE contacts SET version = ?{names} WHERE id = ?", (version, *values.values(), contact))  # noqa: S608 - our own column names


def _begin(db: sqlite3.Connection, contact: str, agent: str, now: Instant) -> None:
    _change(db, contact, phase=Phase.ACTIVE, since=now, agent=agent, desk="", deadline=None, accepted=now)


def _is(
    db: sqlite3.Connection, contact: str, phase: Phase, *, agent: str | None = None, desk: str | None = None
) -> bool:
    row = db.execute("SELECT phase, agent, desk FROM contacts WHERE id = ?", (contact,)).fetchone()
    return (
        row is not None
        and row["phase"] == phase
        and (agent is None or row["agent"] == agent)
        and (desk is None or row["desk"] == desk)
    )


def _need_active(db: sqlite3.Connection, contact: str, agent: str) -> None:
    if not _is(db, contact, Phase.ACTIVE, agent=agent):
        raise Conflict("The text is not being worked on.")


def _waiting(db: sqlite3.Connection, now: Instant) -> Iterator[WaitingText]:
    rows = db.execute(
        "SELECT id, customer, number, label, began FROM contacts WHERE phase = ? OR phase = ? AND deadline < ?"
        " ORDER BY began, rowid",
        (Phase.QUEUED, Phase.OFFERED, now - LEFT_BEHIND),
    )
    return (WaitingText(*row) for row in rows)


def _read(db: sqlite3.Connection, contact: str) -> StoredContact:
    """A contact, with what was written before it."""
    row = db.execute("SELECT * FROM contacts WHERE id = ?", (contact,)).fetchone()
    texts = db.execute(
        "SELECT texts.*, contacts.id != ? AS earlier, count(*) OVER () AS everything"
        " FROM texts JOIN contacts ON contacts.id = texts.contact"
        " WHERE contacts.customer = ? AND contacts.number = ? AND contacts.began <= ? AND texts.state != ?"
        " ORDER BY texts.seq DESC LIMIT ?",
        (contact, row["customer"], row["number"], row["began"], SENDING, MOST_TEXTS),
    ).fetchall()
    return StoredContact(
        id=row["id"],
        version=row["version"],
        customer=row["customer"],
        number=row["number"],
        label=row["label"],
        began=row["began"],
        phase=Phase(row["phase"]),
        since=row["since"],
        agent=row["agent"],
        deadline=row["deadline"],
        accepted=row["accepted"],
        ended=row["ended"],
        opted_out=bool(row["opted_out"]),
        parked=row["parked"],
        seen=row["seen"],
        texts=tuple(_text(one) for one in reversed(texts)),
        dropped=texts[0]["everything"] - len(texts) if texts else 0,
    )


def _text(row: sqlite3.Row) -> StoredText:
    return StoredText(
        row["seq"],
        row["id"],
        row["at"],
        row["agent"],
        row["text"],
        row["state"],
        row["detail"],
        bool(row["earlier"]),
    )
