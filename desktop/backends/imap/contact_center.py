"""The contact-centre adapter for a shared mailbox: IMAP for what comes in, SMTP for what goes out."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import ClassVar, Self

from desktop.backends.imap.claims import OFFERED, PARKED
from desktop.backends.imap.contact import Contact, answer_to, message_of
from desktop.backends.imap.folder import fetch_mail
from desktop.backends.imap.mime import read
from desktop.backends.imap.settings import OPTIONS, Settings, settings
from desktop.backends.imap.shared_mailbox import SharedMailbox
from desktop.backends.wire.mail import Mail, compose, plain_address
from desktop.backends.wire.once import Once
from desktop.domain.entities.model import Agent, Instant, Interaction, Reply, WrapUpCode
from desktop.domain.entities.words import Availability, DeliveryState, Phase
from desktop.domain.state.events import Envelope
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected

_PIECE = 64 << 10
_MOST_RECIPIENTS = 50
_CAPABILITIES = frozenset(
    {
        Capability.ATTACHMENTS,
        Capability.COPIES,
        Capability.READ,
        Capability.PARK,
        Capability.PULL,
        Capability.QUEUE_HEAD,
        Capability.NEXT_AVAILABILITY,
    }
)


class ImapContactCenter(ContactCenter):
    """One agent at one shared mailbox."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="imap",
        api=API,
        title="Shared mailbox (IMAP and SMTP)",
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
        self._mailbox = SharedMailbox(known, clock=clock, monotonic=monotonic)
        self._desk = self._mailbox.desk
        self._once = Once()
        self._doing: set[asyncio.Task[object]] = set()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(settings(options))

    async def open(self) -> frozenset[Capability]:
        async with self._mailbox.turn():
            pass  # it is connected, and prepared
        await self._mailbox.outgoing.check()
        return _CAPABILITIES

    async def close(self) -> None:
        await self._mailbox.close()

    async def snapshot(self) -> Envelope:
        return await self._mailbox.snapshot()

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return self._mailbox.events(after)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        async def work() -> Agent:
            async with self._mailbox.turn() as link:
                await link.command("NOOP", changing=True)  # who cannot reach the mailbox is not available at it
                return self._desk.set_availability(availability, reason, after_current=after_current)

        return await self._once.do(key, work)

    async def cancel_next(self, *, key: str) -> Agent:
        return self._desk.cancel_next()

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                if interaction_id not in self._desk.contacts:
                    await self._mailbox.look(link)
                contact = self._desk.contact(interaction_id)
                if contact.shown.phase is not Phase.ACTIVE:
                    await self._mailbox.mark(link, self._desk.offer(interaction_id), remove=(OFFERED,))
                    self._mailbox.connected(contact)
                return contact.shown

        return await self._once.do(key, work)

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                contact = self._desk.offer(interaction_id)
                await self._mailbox.decline(link, contact)
                return contact.shown

        return await self._once.do(key, work)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                contact = self._desk.active(interaction_id)
                await self._mailbox.end(link, contact)
                return contact.shown

        return await self._once.do(key, work)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            self._desk.check_codes(codes)
            async with self._mailbox.turn() as link:
                contact = self._desk.contact(interaction_id)
                if contact.shown.phase is not Phase.WRAP_UP:
                    raise Conflict("The mail is not being wrapped up.")
                await self._mailbox.finish(link, contact, tuple(codes))
                return contact.shown

        return await self._once.do(key, work)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return self._settings.desk.codes

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                contact = self._desk.contact(interaction_id)
                await self._mailbox.read_until(link, contact, message_id)
                return contact.shown

        return await self._once.do(key, work)

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                contact = self._desk.active(interaction_id)
                if contact.shown.parked is on:
                    return contact.shown
                if not on and not self._desk.has_room:
                    raise Conflict("You have no room for another mail.")
                await self._mailbox.mark(link, contact, (PARKED,) if on else (), () if on else (PARKED,))
                self._mailbox.parked(contact, on=on)
                return contact.shown

        return await self._once.do(key, work)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            async with self._mailbox.turn() as link:
                if (known := self._desk.contacts.get(interaction_id)) is not None:
                    if known.shown.phase is Phase.OFFERED:
                        await self._mailbox.mark(link, known, remove=(OFFERED,))
                        self._mailbox.connected(known)
                    return known.shown
                return (await self._mailbox.pull(link, interaction_id)).shown

        return await self._once.do(key, work)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self.send_reply(interaction_id, Reply(text), key=key)

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await self._once.do(key, lambda: self._send(interaction_id, reply, key))

    async def _send(self, interaction_id: str, reply: Reply, key: str) -> Interaction:
        outgoing = self._mailbox.outgoing
        async with self._mailbox.turn() as link:
            contact = self._desk.active(interaction_id)
            mail = await asyncio.to_thread(self._compose, contact, reply, key)
            fresh = await outgoing.keep_copy(link, mail)
        if fresh:
            try:
                await outgoing.send(mail)
            except BackendError as error:
                await self._tidy(mail)
                raise error
        try:
            async with self._mailbox.turn() as link:
                await outgoing.mark_sent(link)
                await self._mailbox.note_answered(link, contact)
        except BackendError:
            pass  # the mail is sent; its copy is marked the next time the mailbox is looked at
        sent = message_of(read(mail.body), self._desk.now(), self._settings.own_addresses, DeliveryState.SENT)
        self._mailbox.answered(contact, sent)
        return contact.shown

    async def _tidy(self, mail: Mail) -> None:
        try:
            async with self._mailbox.turn() as link:
                await self._mailbox.outgoing.withdraw(link, mail)
        except BackendError:
            pass  # the copy stays a draft, and the same reply finds it

    def _compose(self, contact: Contact, reply: Reply, key: str) -> Mail:
        if not reply.text.strip() and not reply.files:
            raise Rejected("There is nothing to send.")
        sender = self._settings.senders[contact.shown.queue]
        last = contact.last
        to = reply.to or ((answer_to(last, self._settings.own_addresses),) if last is not None else ())
        recipients = [plain_address(one) for one in to if one]
        copies = [plain_address(one) for one in reply.cc]
        if not recipients:
            raise Rejected("The mail names nobody who could be answered.")
        if len(recipients) + len(copies) > _MOST_RECIPIENTS:
            raise Rejected(f"A reply goes to {_MOST_RECIPIENTS} recipients at most.")
        if {one.lower() for one in (*recipients, *copies)} & self._settings.own_addresses:
            raise Rejected("A reply to a mailbox of our own would come back as a new mail.")
        if sum(len(one.content) for one in reply.files) > self._settings.largest * 3 // 4:
            raise Rejected(f"The files are too large; a mail has {self._settings.largest >> 20} MB at most.")
        subject = reply.subject or _answer_to(contact.shown.subject)
        references = () if last is None else (*last.related, last.message_id)
        return compose(
            key,
            sender=sender.address,
            sender_name=sender.name,
            reply_to="",
            to=recipients,
            cc=copies,
            subject=subject,
            text=reply.text,
            at=self._desk.now(),
            references=[one for one in references if one],
            files=reply.files,
        )

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        async with self._mailbox.turn() as link:
            contact = self._desk.contact(interaction_id)
            if message_id not in {one.id for one in contact.shown.messages}:
                raise NotFound("There is no such message.")
            place = contact.place_of(message_id) or await self._mailbox.outgoing.place_of(link, message_id)
            if place is None:
                raise NotFound("The mail is not in the mailbox any more.")
            await link.select(place[0])
            found = await fetch_mail(link, place[1], self._settings.largest)
        file = next((one for one in found.files if one.attachment.id == attachment_id), None) if found else None
        if file is None:
            raise NotFound("There is no such file.")
        if found is not None and found.short and file.attachment.id == found.files[-1].attachment.id:
            raise Rejected("The mail is larger than largest_mb allows, so that this file cannot be fetched whole.")
        content = await asyncio.to_thread(file.content)
        for begin in range(0, len(content), _PIECE):
            yield content[begin : begin + _PIECE]


def _answer_to(subject: str) -> str:
    return subject if subject.lower().startswith(("re:", "aw:")) else f"Re: {subject}".strip()
