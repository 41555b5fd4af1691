"""A contact centre in memory whose written contacts have everything: mail heads, files, edits, reading and typing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.model import Address, Attachment, Interaction, Message, OutgoingFile, Reply
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.state.events import Change
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import NotFound

from .contact_center import CenterLine, ReferenceContactCenter, ReferenceContactCenterRig

PIECE = 64 * 1024


class ThreadLine(CenterLine):
    """The far side, with the files and with who types."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[tuple[str, str], bytes] = {}
        self.agent_types: set[str] = set()

    def keep(self, message_id: str, files: Sequence[OutgoingFile]) -> tuple[Attachment, ...]:
        """Files of a message."""
        made = []
        for number, one in enumerate(files):
            self.files[message_id, str(number)] = one.content
            made.append(Attachment(str(number), one.name, one.media_type, len(one.content)))
        return tuple(made)

    def says(self, one: Interaction, line: Message) -> Interaction:
        """A message more."""
        more = line.author == "customer"
        return self.become(one, Change.UPDATED, messages=(*one.messages, line), unread=one.unread + more)


class ReferenceThreads(ReferenceContactCenter):
    """Keeps the contract of a contact centre with written contacts."""

    manifest: ClassVar[Manifest] = replace(
        ReferenceContactCenter.manifest,
        capabilities=ReferenceContactCenter.manifest.capabilities
        | {Capability.ATTACHMENTS, Capability.COPIES, Capability.READ, Capability.TYPING},
    )
    line: ThreadLine

    def made(self, one: Interaction, reply: Reply) -> Message:
        """The message that a reply becomes."""
        last = next((each for each in reversed(one.messages) if each.author == "customer"), None)
        to = reply.to or ((last.sender,) if last is not None and last.sender else ())
        return Message(
            self.line.new_id(), self.line.now, "agent", reply.text, subject=reply.subject, to=to, cc=reply.cc
        )

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.ACTIVE)
            line = self.made(one, reply)
            return self.line.says(one, replace(line, attachments=self.line.keep(line.id, reply.files)))

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        def work() -> bytes:
            if interaction_id not in self.line.work or (message_id, attachment_id) not in self.line.files:
                raise NotFound("There is no such file.")
            return self.line.files[message_id, attachment_id]

        content = await self.ask(work)
        for at in range(0, len(content), PIECE):
            yield content[at : at + PIECE]

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.ACTIVE)
            ids = [each.id for each in one.messages]
            if message_id not in ids:
                raise NotFound("There is no such message.")
            later = one.messages[ids.index(message_id) + 1 :]
            left = min(one.unread, sum(each.author == "customer" for each in later))
            return self.line.become(one, Change.UPDATED, unread=left)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        def work() -> None:
            types = self.line.agent_types
            (types.add if on else types.discard)(self.mine(interaction_id, Phase.ACTIVE).id)

        await self.ask(work, changing=True)


class ReferenceThreadsRig(ReferenceContactCenterRig):
    """The far side: customers who write mails and chats, with files."""

    line: ThreadLine

    def __init__(self, backend: type[Any] = ReferenceThreads) -> None:
        super().__init__(backend)
        self.line = ThreadLine()

    async def write_mail(self, text: str, subject: str, sender: str, *, cc: Sequence[str] = ()) -> None:
        line = Message(
            self.line.new_id(), self.line.now, "customer", text, sender=sender, subject=subject, cc=tuple(cc)
        )
        self.line.arrive(Channel.EMAIL, Address("email", sender), line)

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        line = Message(self.line.new_id(), self.line.later(), "customer", text)
        line = replace(line, attachments=self.line.keep(line.id, files))
        self.line.says(self.line.work[interaction_id], line)

    async def customer_changes(self, interaction_id: str, message_id: str, text: str | None) -> None:
        one = self.line.work[interaction_id]
        news: dict[str, Any] = (
            {"text": "", "deleted": True} if text is None else {"text": text, "edited_at": self.line.later()}
        )
        messages = tuple(replace(each, **news) if each.id == message_id else each for each in one.messages)
        self.line.become(one, Change.UPDATED, messages=messages)

    async def customer_types(self, interaction_id: str) -> None:
        one = self.line.work[interaction_id]
        self.line.become(one, Change.UPDATED, typing_until=self.line.now + 1e6)

    async def sees_typing(self, interaction_id: str) -> bool:
        return interaction_id in self.line.agent_types
