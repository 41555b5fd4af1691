"""The contact-centre adapter for a Matrix account: customers write into rooms, and several agents answer for it."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import ClassVar, Self

from desktop.backends.matrix.contact import Contact
from desktop.backends.matrix.room_event import FILE, KEY, text_of
from desktop.backends.matrix.settings import OPTIONS, Settings, settings
from desktop.backends.matrix.shared_account import PRESENCE, SharedAccount
from desktop.backends.wire.once import Once
from desktop.domain.entities.model import (
    Agent,
    Attachment,
    Instant,
    Interaction,
    Message,
    OutgoingFile,
    Reply,
    WrapUpCode,
)
from desktop.domain.entities.words import Availability, DeliveryState, Phase
from desktop.domain.state.events import Envelope
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Conflict, NotFound, Rejected

LONGEST_REPLY = 60_000
"""Bytes of a reply: an event has 65,536 at most, all its other parts among them."""
_TYPING_SECONDS = 10.0
_CAPABILITIES = frozenset(
    {
        Capability.ATTACHMENTS,
        Capability.READ,
        Capability.TYPING,
        Capability.PARK,
        Capability.PULL,
        Capability.QUEUE_HEAD,
        Capability.NEXT_AVAILABILITY,
    }
)


class MatrixContactCenter(ContactCenter):
    """One agent at one Matrix account."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="matrix",
        api=API,
        title="Matrix account",
        capabilities=_CAPABILITIES,
        options=OPTIONS,
    )

    def __init__(
        self,
        known: Settings,
        *,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` dates what happens, `monotonic` measures how long ago something was seen."""
        self._settings = known
        self._account = SharedAccount(known, clock=clock, monotonic=monotonic)
        self._desk = self._account.desk
        self._once = Once()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(settings(options))

    async def open(self) -> frozenset[Capability]:
        await self._account.connect()
        return _CAPABILITIES

    async def close(self) -> None:
        await self._account.close()

    async def snapshot(self) -> Envelope:
        return await self._account.snapshot()

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return self._account.events(after)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        async def work() -> Agent:
            await self._account.connect()
            later = after_current and self._desk.in_use > 0
            shown = PRESENCE[self._desk.me.availability if later else availability]
            await self._account.server.show_presence(self._account.user, shown, key=key)
            return self._desk.set_availability(availability, reason, after_current=after_current)

        return await self._once.do(key, work)

    async def cancel_next(self, *, key: str) -> Agent:
        return self._desk.cancel_next()

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._found(interaction_id)
            if contact.shown.phase is Phase.ACTIVE:
                return contact.shown
            return await self._account.accept(self._desk.offer(interaction_id), key=key)

        return await self._once.do(key, work)

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        async def work() -> Interaction:
            await self._account.find(interaction_id)
            return await self._account.decline(self._desk.offer(interaction_id), key=key)

        return await self._once.do(key, work)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            await self._account.say(contact.room, "end", key=key, contact=contact.id)
            return contact.shown

        return await self._once.do(key, work)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            self._desk.check_codes(codes)
            contact = await self._found(interaction_id)
            if contact.shown.phase is not Phase.WRAP_UP:
                raise Conflict("The conversation is not being wrapped up.")
            return await self._account.finish(contact, tuple(codes), key=key)

        return await self._once.do(key, work)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return self._settings.desk.codes

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._found(interaction_id)
            self._message(contact, message_id)
            room = contact.room
            if not room.has_read(message_id):
                await self._account.server.read_until(room.id, message_id, key=key)
                room.read_until(self._account.user, message_id, self._desk.now())
                self._account.changed(room)
            return contact.shown

        return await self._once.do(key, work)

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        contact = await self._found(interaction_id)
        await self._account.server.show_typing(contact.room.id, self._account.user, on=on, seconds=_TYPING_SECONDS)

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            if contact.shown.parked is on:
                return contact.shown
            if not on and not self._desk.has_room:
                raise Conflict("You have no room for another conversation.")
            await self._account.say(contact.room, "park" if on else "take_up", key=key)
            return contact.shown

        return await self._once.do(key, work)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            known = self._desk.contacts.get(interaction_id)
            if known is None:
                return await self._account.pull(interaction_id, key=key)
            if known.shown.phase is Phase.OFFERED:
                return await self._account.accept(known, key=key)
            return known.shown

        return await self._once.do(key, work)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self.send_reply(interaction_id, Reply(text), key=key)

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await self._once.do(key, lambda: self._send(interaction_id, reply, key))

    async def _send(self, interaction_id: str, reply: Reply, key: str) -> Interaction:
        text = text_of(reply.text)
        if reply.subject or reply.to or reply.cc:
            raise Rejected("A conversation has no subject and no other recipients.")
        if not text.strip() and not reply.files:
            raise Rejected("There is nothing to send.")
        if len(reply.text.encode("utf-8", "replace")) > LONGEST_REPLY:
            raise Rejected(f"A reply here has {LONGEST_REPLY:,} bytes at most.")
        if any(len(one.content) > self._settings.largest for one in reply.files):
            raise Rejected(f"The file is too large; {self._settings.largest >> 20} MB are sent at most.")
        contact = await self._active(interaction_id)
        if contact.room.encrypted:
            raise Rejected("This room is encrypted. What is written here would not be, so that it is not sent.")
        for number, file in enumerate(reply.files or (None,)):
            await self._send_one(contact, text if not number else "", file, _marked(key, number))
        self._account.changed(contact.room)
        return contact.shown

    async def _send_one(self, contact: Contact, text: str, file: OutgoingFile | None, mark: str) -> None:
        """One message; the first file carries the text."""
        room = contact.room
        if mark in room.sent:
            return
        content: dict[str, object] = {"msgtype": "m.text", "body": text, KEY: mark}
        attachments: tuple[Attachment, ...] = ()
        if file is not None:
            kind = file.media_type.partition("/")[0]
            content |= {
                "msgtype": f"m.{kind}" if kind in {"image", "audio", "video"} else "m.file",
                "body": text.strip() or file.name,
                "filename": file.name,
                "url": await self._account.server.upload(file.name, file.media_type, file.content),
                "info": {"mimetype": file.media_type, "size": len(file.content)},
            }
            attachments = (Attachment(FILE, file.name, file.media_type, len(file.content)),)
        event_id = await self._account.server.send(room.id, "m.room.message", content, key=mark)
        if event_id not in room.lines:
            now = self._desk.now()
            room.pending[event_id] = Message(event_id, now, "agent", text, DeliveryState.SENT, attachments=attachments)

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        contact = await self._found(interaction_id)
        message = self._message(contact, message_id)
        media = contact.room.media.get(message_id)
        if media is None or attachment_id not in {one.id for one in message.attachments}:
            raise NotFound("There is no such file.")
        size = 0
        async for piece in self._account.server.fetch(media.server, media.id):
            size += len(piece)
            if size > self._settings.largest:
                raise Rejected(f"The file is larger than {self._settings.largest >> 20} MB (largest_mb).")
            yield piece

    def _message(self, contact: Contact, message_id: str) -> Message:
        found = next((one for one in contact.shown.messages if one.id == message_id), None)
        if found is None:
            raise NotFound("There is no such message.")
        return found

    async def _found(self, interaction_id: str) -> Contact:
        await self._account.find(interaction_id)
        return self._desk.contact(interaction_id)

    async def _active(self, interaction_id: str) -> Contact:
        await self._account.find(interaction_id)
        return self._desk.active(interaction_id)


def _marked(key: str, number: int) -> str:
    """What a key makes of one of its messages: the transaction at the server, and the mark in the message."""
    return hashlib.sha256(f"{key}\n{number}".encode("utf-8", "replace")).hexdigest()[:40]
