"""One conversation as it is known here: who is in it, and what was written, read out of Twilio's records.

Twilio tells of no deletion but by what is missing from a list, and of no intent that was sent before. So each of our
messages carries the mark of its intent in its attributes, and a list says what is gone and what has arrived.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop.backends.twilio.api.account import is_sid
from desktop.backends.twilio.api.attributes import parsed
from desktop.backends.twilio.api.records import instant
from desktop.domain.entities.model import Attachment, Message
from desktop.domain.entities.words import DeliveryState
from desktop.ports.errors import ProtocolError

MARK = "agent_desktop_key"
"""The attribute of a message that holds the mark of the intent it was sent for."""
PAGE = 100  # messages of one look; Twilio gives no more at once
KEPT = 500
LONGEST_TEXT = 20_000
_LONGEST_NAME = 200
_MOST_FILES = 20
_SYSTEM = frozenset({"", "system"})
_ADDRESSES = ("+", "whatsapp:", "messenger:", "sms:")
_RECEIPTS = (
    ("failed", DeliveryState.FAILED),
    ("undelivered", DeliveryState.FAILED),
    ("read", DeliveryState.DELIVERED),
    ("delivered", DeliveryState.DELIVERED),
    ("sent", DeliveryState.SENT),
)
"""The words of a message's summary of receipts, the strongest first."""


def mark_of(key: str) -> str:
    """What a message is known by on the far side that was asked for under `key`."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a conversation. `read`: the index of the last message they have seen, -1 for none."""

    sid: str
    identity: str
    outside: bool = False  # reached by a number or another address, as only customers are
    says_agent: bool = False  # by its own attributes, which a customer's program can write as well
    read: int = -1
    read_at: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One message with its place in the conversation, and the mark of the intent it was sent for."""

    index: int
    message: Message
    mark: str = ""


@dataclass(slots=True)
class Thread:
    """What is known of one conversation."""

    sid: str
    identity: str = ""  # ours
    customer: str = ""  # where the task says they are reached
    service: str = ""  # where its files are
    closed: bool = False
    due: float = 0.0  # when to look again
    parties_due: float = 0.0  # when to look again at who is in it
    heard: bool = False  # Twilio calls us when something happens in it
    refused: bool = False  # Twilio will not call us of it
    read: int = -1  # the index of the last message that we have seen
    earlier: int = 0
    parties: dict[str, Party] = field(default_factory=dict)
    left: set[object] = field(default_factory=set)  # authors who are not among the parties any more
    lines: dict[str, Line] = field(default_factory=dict)
    doubtful: dict[str, float] = field(default_factory=dict)  # marks without an answer, and when they were sent
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)  # in their order, and a key asked for twice goes once
    shown: tuple[Message, ...] = ()
    unread: int = 0

    @property
    def mine(self) -> Party | None:
        """Ourselves, once we are in it."""
        return next((one for one in self.parties.values() if one.identity == self.identity), None)

    def marked(self, mark: str) -> bool:
        """Whether a message was sent for this intent."""
        return any(line.mark == mark for line in self.lines.values())

    def take_conversation(self, raw: object) -> None:
        """Take in the conversation itself. Raises ProtocolError."""
        found = raw if isinstance(raw, dict) else {}
        state = found.get("state")
        if not isinstance(state, str):
            raise ProtocolError("Twilio's answer cannot be read.", "a conversation without a state")
        self.closed = state == "closed"
        service = found.get("chat_service_sid")
        self.service = service if isinstance(service, str) and is_sid(service, "IS") else ""

    def take_parties(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Take in everybody who is in it."""
        self.parties = {one.sid: one for raw in rows if (one := party_of(raw)) is not None}
        mine = self.mine
        if mine is not None:
            self.read = max(self.read, mine.read)

    def take_party(self, raw: object) -> None:
        """Take in one who has just come."""
        one = party_of(raw if isinstance(raw, dict) else {})
        if one is not None:
            self.parties[one.sid] = one
            self.read = max(self.read, one.read)

    def knows(self, rows: Iterable[Mapping[str, object]]) -> bool:
        """Whether the authors of these are known, or known to have left."""
        return all(sid in self.parties or sid in self.left for sid in _authors(rows))

    def take_line(self, raw: object, now: float) -> None:
        """Take in a message that was just sent. Raises ProtocolError."""
        line = self._line(raw if isinstance(raw, dict) else {}, now)
        if line is None:
            raise ProtocolError("Twilio's answer cannot be read.", "a message without a SID")
        self.lines[line.message.id] = line
        self._show()

    def take_lines(self, rows: list[dict[str, object]], before: frozenset[str], now: float) -> None:
        """Take in the newest messages.

        Args:
            before: those that were known when the list was asked for; one of them that is missing is deleted.
            now: seconds since the epoch, for messages that have no time.
        """
        self.left |= _authors(rows) - self.parties.keys()
        listed = {line.message.id: line for raw in rows if (line := self._line(raw, now)) is not None}
        whole = len(rows) < PAGE
        least = 0 if whole else min((line.index for line in listed.values()), default=0)
        newest = max((line.index for line in self.lines.values()), default=-1)
        if least > newest + 1:
            self.lines.clear()  # more came than one list holds: nobody can say what lies between
        for sid in before - listed.keys():
            old = self.lines.get(sid)
            if old is not None and old.index >= least and not old.message.deleted:
                gone = replace(old.message, text="", attachments=(), deleted=True)
                self.lines[sid] = replace(old, message=gone)
        self.lines |= listed
        if len(self.lines) > KEPT:
            kept = sorted(self.lines, key=lambda sid: self.lines[sid].index)[-KEPT:]
            self.lines = {sid: self.lines[sid] for sid in kept}
            whole = False
        first = min((line.index for line in self.lines.values()), default=0)
        self.earlier = 0 if whole else first
        self._show()

    def _show(self) -> None:
        seen = [one for one in self.parties.values() if not self._is_agent(one)]
        lines = sorted(self.lines.values(), key=lambda line: line.index)
        shown = []
        for line in lines:
            message = line.message
            if message.author == "agent" and message.read_at is None:
                at = next((one.read_at for one in seen if one.read >= line.index and one.read_at is not None), None)
                if at is not None:
                    message = replace(message, read_at=at, delivery=DeliveryState.DELIVERED)
                    self.lines[message.id] = replace(line, message=message)
            shown.append(message)
        self.shown = tuple(shown)
        self.unread = sum(
            line.message.author == "customer" and not line.message.deleted and line.index > self.read for line in lines
        )

    def see(self, index: int) -> None:
        """We have seen this message and all before it."""
        self.read = max(self.read, index)
        self._show()

    # -- from Twilio's records

    def _line(self, raw: Mapping[str, object], now: float) -> Line | None:
        sid, index, body = raw.get("sid"), raw.get("index"), raw.get("body")
        if not isinstance(sid, str) or not is_sid(sid, "IM") or isinstance(index, bool) or not isinstance(index, int):
            return None
        author = self._author(raw)
        written = instant(raw.get("date_created"))
        at = now if written is None else written
        name, known = raw.get("author"), self.lines.get(sid)
        text = body[:LONGEST_TEXT] if isinstance(body, str) else ""
        edited = None
        if author == "customer":  # of ours a receipt may count as an update
            updated = instant(raw.get("date_updated"))
            changed = known is not None and not known.message.deleted and known.message.text != text
            if updated is not None and (changed or updated > at):
                edited = updated
        message = Message(
            id=sid,
            at=at,
            author=author,
            text=text,
            delivery=_delivery(raw.get("delivery")) if author == "agent" else None,
            sender=name[:_LONGEST_NAME] if isinstance(name, str) and author != "system" else "",
            attachments=_files(raw.get("media")),
            edited_at=edited or (known.message.edited_at if known is not None else None),
            read_at=known.message.read_at if known is not None else None,
        )
        attributes = raw.get("attributes")
        mark = parsed(attributes).get(MARK) if isinstance(attributes, str) else None
        return Line(index, message, mark if isinstance(mark, str) and author == "agent" else "")

    def _author(self, raw: Mapping[str, object]) -> str:
        name, sid = raw.get("author"), raw.get("participant_sid")
        name = name if isinstance(name, str) else ""
        if self.identity and name == self.identity:
            return "agent"
        if not isinstance(sid, str):
            return "system" if name in _SYSTEM or name != self.customer else "customer"  # a bot is in no conversation
        party = self.parties.get(sid)
        if party is not None:
            return "agent" if self._is_agent(party) else "customer"
        return "customer" if name.startswith(_ADDRESSES) or name == self.customer else "agent"  # they have left

    def _is_agent(self, party: Party) -> bool:
        """Whether it is one of us. What it says of itself counts only where somebody else is known as the customer."""
        if party.identity and party.identity == self.identity:
            return True
        others = any(one.outside or one.identity == self.customer for one in self.parties.values())
        return party.says_agent and not party.outside and party.identity != self.customer and others


def _authors(rows: Iterable[Mapping[str, object]]) -> set[object]:
    return {sid for raw in rows if isinstance(sid := raw.get("participant_sid"), str)}


def party_of(raw: Mapping[str, object]) -> Party | None:
    """A participant; None for what is none."""
    sid, identity, index = raw.get("sid"), raw.get("identity"), raw.get("last_read_message_index")
    if not isinstance(sid, str) or not is_sid(sid, "MB"):
        return None
    attributes = raw.get("attributes")
    said = parsed(attributes) if isinstance(attributes, str) else {}
    return Party(
        sid=sid,
        identity=identity if isinstance(identity, str) else "",
        outside=isinstance(raw.get("messaging_binding"), dict) and not identity,
        says_agent=said.get("member_type") == "agent",
        read=index if isinstance(index, int) and not isinstance(index, bool) else -1,
        read_at=instant(raw.get("last_read_timestamp")),
    )


def joining() -> str:
    """The attributes of an agent in a conversation, by which other desktops know one."""
    return json.dumps({"member_type": "agent"}, separators=(",", ":"))


def _delivery(summary: object) -> DeliveryState:
    """How far a message has come; without a summary it went to people who read in the conversation itself."""
    if not isinstance(summary, dict):
        return DeliveryState.SENT
    return next((state for word, state in _RECEIPTS if summary.get(word) in ("some", "all")), DeliveryState.QUEUED)


def _files(media: object) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for one in media[:_MOST_FILES] if isinstance(media, list) else []:
        sid = one.get("sid") if isinstance(one, dict) else None
        if not isinstance(sid, str) or not is_sid(sid, "ME"):
            continue
        name, kind, size = one.get("filename"), one.get("content_type"), one.get("size")
        found.append(
            Attachment(
                id=sid,
                name=name[:_LONGEST_NAME] if isinstance(name, str) and name else sid,
                media_type=kind[:100] if isinstance(kind, str) and kind else "application/octet-stream",
                size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
            )
        )
    return tuple(found)
