"""A contact centre in memory whose written contacts have everything: mail heads, files, edits, reading and typing."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.model import Address, Attachment, Interaction, Message, OutgoingFile, Reply, Waiting
from desktop.domain.entities.words import Availability, Channel, Direction, Phase
from desktop.domain.state.events import Change, ContactCenterSnapshot
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import NotFound
from desktop.testing import fresh

from .contact_center import ME, QUEUE, CenterLine, ReferenceContactCenter, ReferenceContactCenterRig

PIECE = 64 * 1024


class ThreadLine(CenterLine):
    """The far side, with the files and with who types."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[tuple[str, str], bytes] = {}
        self.agent_types: set[str] = set()
        self.waiting: dict[str, Interaction] = {}
        self.taken: dict[str, Interaction] = {}  # by others
        self.stays_parked = False

    def wait(self, line: Message) -> None:
        """A customer who writes while nobody takes offers."""
        at, customer = self.later(), Address("handle", fresh.name())
        made = Interaction(
            *(self.new_id(), 1, Channel.CHAT, Direction.INBOUND, Phase.QUEUED, QUEUE, customer, at, at),
            messages=(line,),
        )
        self.waiting[made.id] = made

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
        parked = one.parked and (self.stays_parked or not more)
        return self.become(one, Change.UPDATED, messages=(*one.messages, line), unread=one.unread + more, parked=parked)


class ReferenceThreads(ReferenceContactCenter):
    """Keeps the contract of a contact centre with written contacts."""

    manifest: ClassVar[Manifest] = replace(
        ReferenceContactCenter.manifest,
        capabilities=ReferenceContactCenter.manifest.capabilities
        | {Capability.ATTACHMENTS, Capability.COPIES, Capability.READ, Capability.TYPING}
        | {Capability.PARK, Capability.PULL},
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

    def shown(self) -> ContactCenterSnapshot:
        told = super().shown()
        used = Counter(one.channel for one in self.line.work.values() if not one.parked)
        to_pull = tuple(
            Waiting(one.id, one.customer, one.arrived_at, one.channel) for one in self.line.waiting.values()
        )
        queues = tuple(replace(queue, to_pull=to_pull) for queue in told.queues)
        return replace(told, agents=(replace(self.line.me, in_use=used),), queues=queues)

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        def work() -> Interaction:
            return self.line.become(self.mine(interaction_id, Phase.ACTIVE), Change.UPDATED, parked=on)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.line.waiting.pop(interaction_id, None)
            if one is None:
                raise NotFound("It waits no longer.")
            return self.line.become(one, Change.CONNECTED, phase=Phase.ACTIVE, agent_id=ME)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        def work() -> None:
            types = self.line.agent_types
            (types.add if on else types.discard)(self.mine(interaction_id, Phase.ACTIVE).id)

        await self.ask(work, changing=True)


class ReferenceThreadsRig(ReferenceContactCenterRig):
    """The far side: customers who write mails and chats, with files."""

    line: ThreadLine
    edits = True

    def __init__(self, backend: type[Any] = ReferenceThreads) -> None:
        super().__init__(backend)
        self.line = ThreadLine()

    async def write(self, text: str) -> None:
        if self.line.me.observed is Availability.AVAILABLE:
            await super().write(text)
        else:
            self.line.wait(Message(self.line.new_id(), self.line.now, "customer", text))

    async def colleague_pulls(self, interaction_id: str) -> None:
        self.line.taken[interaction_id] = self.line.waiting.pop(interaction_id)

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
