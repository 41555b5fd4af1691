"""What a contact centre has to keep of what is written: mail heads, files, edits, reading and typing."""

from dataclasses import replace
from functools import partial
from typing import Any

from desktop.domain.entities.model import Interaction, Message, OutgoingFile, Reply
from desktop.domain.entities.words import Phase
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound
from desktop.testing import fresh
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves
from desktop.testing.rig import does_not_apply
from desktop.testing.rigs import ContactCenterRig

PIECE = 64 * 1024
FILE = OutgoingFile("statement.bin", "application/octet-stream", bytes(range(256)) * 300)


class ThreadContract(ContactCenterWork):
    """Everything about a written contact beyond the line that any of them sends."""

    async def newest(self, backend: Any, rig: ContactCenterRig, contact: str, text: str) -> Message:
        """The message with this text, once it is shown."""
        shown = await self.becomes(
            backend, rig, contact, lambda one: any(text in line.text for line in one.messages), "the message"
        )
        return next(line for line in reversed(shown.messages) if text in line.text)

    async def _content(self, backend: Any, contact: str, message: str, attachment: str) -> bytes:
        pieces = [piece async for piece in backend.attachment(contact, message, attachment)]
        assert all(len(piece) <= PIECE for piece in pieces), "a piece is larger than 64 KiB"
        return b"".join(pieces)

    @behaviour
    @proves(Capability.ATTACHMENTS)
    async def test_a_customers_file_can_be_fetched(self, rig: ContactCenterRig) -> None:
        """It stands with its message, under a name and with a size, and its content is what was sent."""
        async with self.opened(rig, Capability.ATTACHMENTS) as backend:
            contact = await self.writing(backend, rig)
            text = fresh.text("See the picture.")
            await rig.write_more(contact.id, text, FILE)
            message = await self.newest(backend, rig, contact.id, text)
            (attached,) = message.attachments
            assert attached.name == FILE.name
            assert attached.size in (None, len(FILE.content))
            assert await self._content(backend, contact.id, message.id, attached.id) == FILE.content
            for of, which in ((message.id, "no-such-file"), ("no-such-message", attached.id)):
                error = await error_of(partial(self._content, backend, contact.id, of, which))
                assert isinstance(error, NotFound), repr(error)

    @honesty
    @proves(Capability.ATTACHMENTS)
    async def test_a_reply_with_a_file_is_sent_once(self, rig: ContactCenterRig) -> None:
        """The same key is one message with one file, whole; another instance with the key sends no second one."""
        async with self.opened(rig, Capability.ATTACHMENTS) as backend:
            contact = await self.writing(backend, rig)
            reply, key = Reply(fresh.text("The form is attached."), files=(FILE,)), new_key()
            for _ in range(2):
                await backend.send_reply(contact.id, reply, key=key)
            if not rig.forgets_keys:
                async with self.opened(rig) as restarted:
                    await restarted.send_reply(contact.id, reply, key=key)
            message = await self.newest(backend, rig, contact.id, reply.text)
            shown = await self.interaction(backend, contact.id)
            assert shown is not None
            assert [one.text for one in shown.messages].count(message.text) == 1
            (attached,) = message.attachments
            assert attached.name == FILE.name
            assert await self._content(backend, contact.id, message.id, attached.id) == FILE.content

    @behaviour
    @proves(Capability.ATTACHMENTS)
    async def test_a_file_goes_without_a_text(self, rig: ContactCenterRig) -> None:
        """A reply without a text is a message with its file."""
        async with self.opened(rig, Capability.ATTACHMENTS) as backend:
            contact = await self.writing(backend, rig)
            file = replace(FILE, name=f"{new_key()}.bin")
            await backend.send_reply(contact.id, Reply("", files=(file,)), key=new_key())

            def has_it(one: Interaction) -> bool:
                return any(attached.name == file.name for line in one.messages for attached in line.attachments)

            shown = await self.becomes(backend, rig, contact.id, has_it, "the message with the file")
            (message,) = (line for line in shown.messages if file.name in [one.name for one in line.attachments])
            (attached,) = message.attachments
            assert (message.author, message.text.strip()) == ("agent", "")
            assert await self._content(backend, contact.id, message.id, attached.id) == file.content

    @behaviour
    @proves(Capability.COPIES)
    async def test_a_mail_has_a_head(self, rig: ContactCenterRig) -> None:
        """Subject and recipients of an e-mail are shown, and a reply goes to whom it is said, with its own subject."""
        async with self.opened(rig, Capability.COPIES) as backend:
            contact, sender, also = await self._mail(backend, rig)
            (first,) = contact.messages
            assert (first.subject, first.sender, first.cc) == ("Charged twice", sender, (also,))
            reply = Reply(fresh.text("It is refunded."), "Re: Charged twice", (sender,), (also,))
            await backend.send_reply(contact.id, reply, key=new_key())
            sent = await self.newest(backend, rig, contact.id, reply.text)
            assert (sent.subject, sent.to, sent.cc) == (reply.subject, reply.to, reply.cc)
            assert sent.in_reply_to in ("", first.id)

    @honesty
    @proves(Capability.COPIES)
    async def test_a_mail_goes_to_no_more_than_it_is_said_to(self, rig: ContactCenterRig) -> None:
        """Without recipients a reply goes to whoever wrote last, and to nobody who had a copy."""
        async with self.opened(rig, Capability.COPIES) as backend:
            contact, sender, _ = await self._mail(backend, rig)
            text = fresh.text("Only for you.")
            await backend.send_reply(contact.id, Reply(text), key=new_key())
            sent = await self.newest(backend, rig, contact.id, text)
            assert (set(sent.to) <= {sender}, sent.cc) == (True, ())

    async def _mail(self, backend: Any, rig: ContactCenterRig) -> tuple[Interaction, str, str]:
        sender, also, text = fresh.email(), fresh.email(), fresh.text("My card was charged twice.")
        await self.available(backend, rig)
        await rig.write_mail(text, "Charged twice", sender, cc=(also,))
        offered = await self._offered(backend, rig, lambda one: any(text in line.text for line in one.messages))
        await backend.accept(offered.id, key=new_key())
        active = await self.becomes(backend, rig, offered.id, lambda one: one.phase is Phase.ACTIVE, "the contact")
        return active, sender, also

    @behaviour
    @proves(Capability.READ)
    async def test_what_is_seen_is_no_longer_unread(self, rig: ContactCenterRig) -> None:
        """Each message of the customer is unread until it, or a later one, is marked; what comes after that is new."""
        async with self.opened(rig, Capability.READ) as backend:
            contact = await self.writing(backend, rig)
            first, second = fresh.text("One thing."), fresh.text("And another.")
            await rig.write_more(contact.id, first)
            seen = await self.newest(backend, rig, contact.id, first)
            await backend.mark_read(contact.id, seen.id, key=new_key())
            await self.becomes(backend, rig, contact.id, lambda one: one.unread == 0, "being read")
            await rig.write_more(contact.id, second)
            newest = await self.newest(backend, rig, contact.id, second)
            shown = await self.interaction(backend, contact.id)
            assert shown is not None
            assert shown.unread == 1
            await backend.mark_read(contact.id, seen.id, key=new_key())
            still = await self.interaction(backend, contact.id)
            assert still is not None
            assert still.unread == 1, "an older message was marked, and the newer one counts as seen"
            for _ in range(2):
                await backend.mark_read(contact.id, newest.id, key=new_key())
            await self.becomes(backend, rig, contact.id, lambda one: one.unread == 0, "being read")

    @behaviour
    @proves(Capability.TYPING)
    async def test_typing_is_shown_both_ways(self, rig: ContactCenterRig) -> None:
        """The agent sees that the customer writes; the customer that the agent does, and when no longer."""
        async with self.opened(rig, Capability.TYPING) as backend:
            contact = await self.writing(backend, rig)
            await rig.customer_types(contact.id)
            at = (await backend.snapshot()).at
            shown = await self.becomes(
                backend, rig, contact.id, lambda one: one.typing_until is not None, "the customer's typing"
            )
            assert shown.typing_until is not None
            assert shown.typing_until > at - 1
            for on in (True, False):
                await backend.typing(contact.id, on=on)

                async def seen(on: bool = on) -> bool | None:
                    return await rig.sees_typing(contact.id) is on or None

                await until(seen, rig.patience, "what the customer sees")

    @behaviour
    async def test_what_a_customer_takes_back_is_gone(self, rig: ContactCenterRig) -> None:
        """An edited message has its new words and says that it was edited; of a deleted one no word is left."""
        if not rig.edits:
            does_not_apply("customers can neither change nor delete what they wrote")
        async with self.opened(rig) as backend:
            await self.need_writing(backend, rig)
            contact = await self.writing(backend, rig)
            text, better = fresh.text("My pin is 1234."), fresh.text("My mistake.")
            await rig.write_more(contact.id, text)
            line = await self.newest(backend, rig, contact.id, text)
            await rig.customer_changes(contact.id, line.id, better)
            edited = await self.newest(backend, rig, contact.id, better)
            assert edited.id == line.id
            assert edited.edited_at is not None
            await rig.customer_changes(contact.id, line.id, None)

            def gone(one: Interaction) -> bool:
                return next((each.deleted and not each.text for each in one.messages if each.id == line.id), True)

            await self.becomes(backend, rig, contact.id, gone, "the deletion")

    async def need_writing(self, backend: Any, rig: ContactCenterRig) -> None:
        """The test needs written channels."""
        raise NotImplementedError
