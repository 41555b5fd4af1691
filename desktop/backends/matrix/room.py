"""One room, as its events tell it: what was said, and whose its customer is.

Who has a contact stands in the room itself, as events of our own that only the account's devices can write. `take`
asks for it, and the first one in the order of the server has it; `accept` says so for good; `give` puts it back; `end`
ends it, so that whatever the customer writes then is the next one; `done` finishes the wrap-up. Every desktop reads
the same events, and comes to the same answer.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from desktop.backends.matrix.room_event import (
    KEY,
    KIND,
    UNREADABLE,
    USER_ID,
    Media,
    RoomEvent,
    line_of,
    mapping,
    replaced,
    said,
    text_of,
)
from desktop.domain.entities.model import Instant, Message
from desktop.domain.entities.words import DeliveryState

MOST_LINES: Final = 200
_MOST_PEOPLE: Final = 200
_MOST_TAKES: Final = 50
_MOST_CHILDREN: Final = 50_000
_TYPES_FOR: Final = 30.0
"""Seconds after which somebody who types and is not heard of any more has stopped."""


@dataclass(slots=True)
class Take:
    """Somebody asks for the contact."""

    agent: str
    number: str  # made by whoever asks, so that they know their own
    won: bool  # nobody was before, as seen while it happened
    seen: float  # on our own clock


@dataclass(slots=True)
class RoomContact:
    """What a customer wants, from their first message until an agent ends it."""

    id: str
    customer: str
    began: Instant
    first: int  # where in the room's order it begins
    takes: dict[str, Take] = field(default_factory=dict)  # by event; nobody has it for good yet
    owner: str = ""
    accepted_at: Instant | None = None
    parked_since: Instant | None = None
    ended_at: Instant | None = None
    left: bool = False  # the customer left the room
    last: int | None = None  # where in the room's order it ends


class Room:
    """See the module. `take_in` wants every event of the timeline once, in order."""

    def __init__(self, room_id: str, own: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`own` is the account that answers."""
        self.id = room_id
        self._own = own
        self._monotonic = monotonic
        self.name = ""
        self.encrypted = False
        self.is_space = False
        self.children: set[str] = set()
        self.gone = False
        self.typing_until: Instant | None = None
        self._names: dict[str, str] = {}
        self._receipts: dict[str, tuple[str, Instant]] = {}
        self.pending: dict[str, Message] = {}  # replies that the timeline does not show yet
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget the timeline: it is read again from further back."""
        self.lines: dict[str, Message] = {}
        self.media: dict[str, Media] = {}
        self.sent: dict[str, str] = {}  # our replies by what their key makes
        self.dropped = 0
        self.current: RoomContact | None = None
        self.wrapping: dict[str, RoomContact] = {}
        self.abandoned = ""
        self._ended: set[str] = set()
        self._order: dict[str, int] = {}
        self._count = 0
        self._boundary = ""

    # -- what is told of the room

    def name_of(self, user: str) -> str:
        """What somebody calls themselves; "" where that is not known."""
        return self._names.get(user, "")

    def unread(self, contact: RoomContact) -> int:
        """How many messages of the customer nobody of ours has seen."""
        seen = self._order.get(self._receipts.get(self._own, ("", 0.0))[0], -1)
        return sum(
            1
            for one in self.messages(contact)
            if one.author == "customer" and self._order[one.id] > max(seen, contact.first - 1)
        )

    def messages(self, contact: RoomContact) -> tuple[Message, ...]:
        """The conversation up to the end of a contact, with what came before it."""
        last = contact.last
        lines = [one for one in self.lines.values() if last is None or self._order[one.id] <= last]
        waiting = [one for key, one in self.pending.items() if key not in self.lines] if last is None else []
        return (*lines, *waiting)

    def has_read(self, event_id: str) -> bool:
        """Whether a message counts as seen by us."""
        seen = self._order.get(self._receipts.get(self._own, ("", 0.0))[0], -1)
        return self._order.get(event_id, self._count) <= seen

    # -- state, and what is no event of the timeline

    def take_state(self, event: RoomEvent) -> None:
        """A fact about the room."""
        content = event.content
        if event.kind == "m.room.name":
            self.name = line_of(content.get("name"), 200)
        elif event.kind == "m.room.encryption":
            self.encrypted = True
        elif event.kind == "m.room.create":
            self.is_space = content.get("type") == "m.space"
        elif event.kind == "m.space.child" and event.state_key is not None:
            if isinstance(content.get("via"), list) and len(self.children) < _MOST_CHILDREN:
                self.children.add(event.state_key)
            else:
                self.children.discard(event.state_key)
        elif event.kind == "m.room.member" and event.state_key is not None and USER_ID.fullmatch(event.state_key):
            self._names[event.state_key] = line_of(content.get("displayname"), 100)
            while len(self._names) > _MOST_PEOPLE:
                del self._names[next(iter(self._names))]

    def take_passing(self, raw: object, now: Instant) -> None:
        """Who types, and who has read how far."""
        found = mapping(raw)
        content = mapping(found.get("content"))
        if found.get("type") == "m.typing":
            users = content.get("user_ids")
            others = [one for one in users if one != self._own] if isinstance(users, list) else []
            self.typing_until = now + _TYPES_FOR if others else None
        elif found.get("type") == "m.receipt":
            for event_id, kinds in list(content.items())[:1_000]:
                for kind in ("m.read", "m.read.private"):
                    for user, told in list(mapping(mapping(kinds).get(kind)).items())[:_MOST_PEOPLE]:
                        if isinstance(event_id, str) and isinstance(user, str) and USER_ID.fullmatch(user):
                            at = mapping(told).get("ts")
                            read_at = at / 1_000 if isinstance(at, int | float) and 0 < at <= now * 1_000 else now
                            self.read_until(user, event_id, read_at)

    def read_until(self, user: str, event_id: str, at: Instant) -> None:
        """Somebody has read all up to an event."""
        before = self._order.get(self._receipts.get(user, ("", 0.0))[0], -1)
        if self._order.get(event_id, before) < before or (user not in self._receipts and len(self._receipts) >= 500):
            return
        self._receipts[user] = (event_id, at)
        self._note_read(user)

    def note_all_read(self) -> None:
        """Hold what others have read against the lines, once the timeline was read again."""
        for user in self._receipts:
            self._note_read(user)

    def _note_read(self, user: str) -> None:
        event_id, at = self._receipts[user]
        until = self._order.get(event_id, -1)
        if user == self._own or until < 0:
            return
        for key, one in self.lines.items():
            if one.author == "agent" and one.read_at is None and self._order[key] <= until:
                self.lines[key] = replace(one, read_at=at, delivery=DeliveryState.DELIVERED)

    # -- the timeline

    def take_in(self, event: RoomEvent, *, live: bool) -> None:
        """The next event. `live`: it comes in the order in which the server tells everybody, just now."""
        if event.id in self._order:
            return
        self._order[event.id] = self._count
        self._count += 1
        if event.state_key is not None:
            self.take_state(event)
            if event.kind == "m.room.member":
                self._member(event)
        elif event.kind == KIND:
            if event.sender == self._own:
                self._claim(event, live=live)
        elif event.kind == "m.room.redaction":
            self._redact(event.redacts)
        elif event.kind in {"m.room.message", "m.sticker", "m.room.encrypted"}:
            self._message(event)

    def leave(self) -> None:
        """The account is no longer in the room."""
        self.gone = True
        self._customer_left(f"{self._boundary}-gone", self.current.began if self.current is not None else 0.0)

    def _member(self, event: RoomEvent) -> None:
        gone = text_of(event.content.get("membership")) in {"leave", "ban"}
        if gone and self.current is not None and event.state_key == self.current.customer:
            self._customer_left(event.id, event.at)

    def _customer_left(self, boundary: str, at: Instant) -> None:
        contact, self.current, self._boundary = self.current, None, boundary
        if contact is None:
            return
        contact.left, contact.ended_at, contact.last = True, at, self._count - 1
        if contact.owner:
            contact.parked_since = None
            self.wrapping[contact.id] = contact
        else:
            self.abandoned = contact.id
        self._ended.add(contact.id)

    def _message(self, event: RoomEvent) -> None:
        ours = event.sender == self._own
        if (edit := replaced(event)) is not None:
            self._edit(event, *edit)
            return
        what = said({"body": UNREADABLE} if event.kind == "m.room.encrypted" else event.content)
        line = Message(
            id=event.id,
            at=event.at,
            author="agent" if ours else "system" if what.automatic else "customer",
            text=what.text,
            delivery=DeliveryState.SENT if ours else None,
            sender="" if ours else event.sender,
            media_type=what.media_type,
            attachments=(what.attachment,) if what.attachment is not None else (),
            in_reply_to=what.in_reply_to,
        )
        if event.redacted:
            line = _deleted(line)
        elif what.media is not None:
            self.media[event.id] = what.media
        if ours:
            key = event.content.get(KEY)
            if isinstance(key, str) and len(key) <= 64:
                self.sent[key] = event.id
            self.pending.pop(event.id, None)
        elif not what.automatic:
            self._customer_wrote(event)
        elif self.current is None:
            return  # a program tells something, and nobody asked
        self.lines[event.id] = line
        self._shorten()

    def _customer_wrote(self, event: RoomEvent) -> None:
        self.typing_until = None
        contact = self.current or self._begin(event.sender, event)
        contact.customer = contact.customer or event.sender
        contact.parked_since = None

    def _begin(self, customer: str, event: RoomEvent) -> RoomContact:
        known = hashlib.sha256(f"{self.id}\n{self._boundary}".encode()).hexdigest()[:20]
        self.current = RoomContact(f"room-{known}", customer, event.at, self._order[event.id])
        return self.current

    def _edit(self, event: RoomEvent, which: str, content: Mapping[object, object]) -> None:
        line = self.lines.get(which)
        if line is None or line.deleted or (line.sender or self._own) != event.sender:
            return
        what = said(content)
        self.lines[which] = replace(
            line,
            text=what.text,
            media_type=what.media_type,
            edited_at=event.at,
            attachments=(what.attachment,) if what.attachment is not None else line.attachments,
        )
        if what.media is not None:
            self.media[which] = what.media

    def _redact(self, which: str) -> None:
        if which in self.lines:
            self.lines[which] = _deleted(self.lines[which])
            self.media.pop(which, None)

    def _shorten(self) -> None:
        while len(self.lines) > MOST_LINES:
            first = next(iter(self.lines))
            del self.lines[first]
            self.media.pop(first, None)
            self.dropped += 1

    # -- whose it is

    def _claim(self, event: RoomEvent, *, live: bool) -> None:
        what, agent = text_of(event.content.get("do")), text_of(event.content.get("by"))
        contact = self.current
        if contact is None and what == "take" and not live:
            contact = self._begin("", event)  # what the customer wrote lies further back than anybody reads
        if what in {"end", "done"}:
            self._finish(event, what, agent)
        elif contact is None or not agent:
            return
        elif what == "take":
            self._take(contact, event, agent, live=live)
        elif what == "give":
            self._give(contact, agent, text_of(event.content.get("take")))
        elif what == "accept" and not contact.owner and any(one.agent == agent for one in contact.takes.values()):
            contact.owner, contact.accepted_at = agent, event.at
            contact.takes.clear()
        elif what in {"park", "take_up"} and contact.owner == agent:
            contact.parked_since = event.at if what == "park" else None

    def _take(self, contact: RoomContact, event: RoomEvent, agent: str, *, live: bool) -> None:
        if contact.owner or len(contact.takes) >= _MOST_TAKES:
            return
        for stale in _strings(event.content.get("instead")):
            contact.takes.pop(stale, None)
        won = live and not contact.takes
        number = text_of(event.content.get("number"))[:64]
        contact.takes[event.id] = Take(agent, number, won, self._monotonic())

    def _give(self, contact: RoomContact, agent: str, number: str) -> None:
        """One of their takes, or the contact itself."""
        for key, one in list(contact.takes.items()):
            if one.agent == agent and one.number == number:
                del contact.takes[key]

    def _finish(self, event: RoomEvent, what: str, agent: str) -> None:
        which = text_of(event.content.get("contact"))[:80]
        if what == "done":
            self.wrapping.pop(which, None)
            return
        contact = self.current
        if which in self._ended or not agent:
            return
        if contact is None or contact.id != which:  # what is known of the room begins in the middle of it
            customer = contact.customer if contact is not None else ""
            contact = RoomContact(which, customer, event.at, 0)
        contact.owner, contact.parked_since = agent, None
        contact.takes.clear()
        contact.ended_at, contact.last = event.at, self._count - 1
        self.current, self._boundary = None, event.id
        self.wrapping[which] = contact
        self._ended.add(which)


def ends_a_contact(events: Iterable[RoomEvent], own: str) -> bool:
    """Whether one of them ends a contact, so that nothing before it needs to be known."""
    return any(one.kind == KIND and one.sender == own and one.content.get("do") == "end" for one in events)


def _deleted(line: Message) -> Message:
    return replace(line, text="", deleted=True, attachments=(), media_type="text/plain")


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)][:_MOST_TAKES] if isinstance(value, list) else []
