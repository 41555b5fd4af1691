"""What is written in a contact: by the agent, by the customer, with files; who has seen it, and who is typing."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from mock_backends.channels import CALLS
from mock_backends.contacts.board import Board
from mock_backends.http.problem import Problem, conflict, invalid, not_found
from mock_backends.http.site import Site, new_id
from mock_backends.wire.contact_center import Attachment, Interaction, Message, SendMessage

LONGEST = 20_000
"""Characters of a text; what a customer writes beyond goes on in a file."""
FILES_BYTES = 5 * 1024 * 1024
"""All files of one message together."""
KEPT_BYTES = 64 * 1024 * 1024
"""All files; the oldest go first."""
TYPING = 10.0
"""Seconds after which somebody who said that they are typing is no longer thought to be."""
PENDING = 1_000
OPEN = frozenset({"queued", "offered", "connecting", "active"})


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Written:
    """What a customer writes. `id` is what their side calls it: the same again is the same message."""

    text: str
    id: str = ""
    late: float = 0.0  # it was written so many seconds ago and arrives only now
    media_type: str = "text/plain"
    subject: str = ""
    sender: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


class Threads:
    """The messages of every contact. They are in the order in which they were written, however they arrive."""

    def __init__(self, site: Site, board: Board) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._board = board
        self._files: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._kept = 0
        self._early: OrderedDict[tuple[str, str], str | None] = OrderedDict()  # edits before their message; None: gone
        self.wrote: Callable[[Interaction], None] = lambda _: None  # hears that a customer has written
        self.agent_typing: dict[str, float] = {}  # contact -> until when its customer is shown that the agent types

    # -- the agent

    def write(self, interaction: Interaction, sent: SendMessage) -> Interaction:
        """Send what was written; it is delivered a moment later, and read in a chat.

        :raises Problem: 409 on a call, 413 when the files are too large, 422 for recipients where there are none.
        """
        self._need_written(interaction)
        mail = interaction.channel == "email"
        if not mail and (sent.subject or sent.to or sent.cc):
            raise invalid("Only an e-mail has a subject and recipients.")
        if sum(len(one.content) for one in sent.files) > FILES_BYTES:
            raise Problem(413, "too_large", f"The files of a message may have {FILES_BYTES} bytes together.")
        last = next((one for one in reversed(interaction.messages) if one.author == "customer"), None)
        answered = (last.sender if last is not None else "") or interaction.customer.value
        line = Message(
            id=new_id("msg"),
            at=self._clock.now(),
            author="agent",
            text=sent.text,
            delivery="sent",
            subject=sent.subject,
            to=(sent.to or [answered]) if mail else [],
            cc=sent.cc,
            in_reply_to=last.id if last is not None and mail else "",
        )
        line.attachments = self._keep(line.id, [File(one.name, one.media_type, one.content) for one in sent.files])
        interaction.messages = [*interaction.messages, line]
        self.agent_typing.pop(interaction.id, None)
        self._see(interaction, len(interaction.messages))
        self._board.tell("updated", interaction, "message_sent", about=line)
        self._agenda.after(0.5, partial(self._delivered, interaction, line))
        return interaction

    def _delivered(self, interaction: Interaction, line: Message) -> None:
        line.delivery = "delivered"
        if interaction.phase != "closed":
            self._board.tell("updated", interaction, "message_delivered", about=line)
            if interaction.channel == "chat":
                self._agenda.after(1.0, partial(self._read, interaction, line))

    def _read(self, interaction: Interaction, line: Message) -> None:
        line.read_at = self._clock.now()
        if interaction.phase != "closed":
            self._board.tell("updated", interaction, "message_read", about=line)

    def read(self, interaction: Interaction, message_id: str) -> Interaction:
        """The agent has seen a message and all before it; again is no harm.

        :raises Problem: 404 when there is no such message.
        """
        self._need_written(interaction)
        at = next((n for n, one in enumerate(interaction.messages) if one.id == message_id), None)
        if at is None:
            raise not_found("There is no such message.")
        if self._see(interaction, at + 1):
            self._board.tell("updated", interaction, "read")
        return interaction

    def _see(self, interaction: Interaction, count: int) -> bool:
        unseen = [one for one in interaction.messages[:count] if one.author == "customer" and one.read_at is None]
        for one in unseen:
            one.read_at = self._clock.now()
        interaction.unread = _unread(interaction)
        return bool(unseen)

    def types(self, interaction: Interaction, *, on: bool) -> Interaction:
        """The customer is shown that the agent is writing, or no longer."""
        self._need_written(interaction)
        if on:
            self.agent_typing[interaction.id] = self._clock.now() + TYPING
        else:
            self.agent_typing.pop(interaction.id, None)
        return interaction

    # -- files

    def file(self, interaction: Interaction, message_id: str, attachment_id: str) -> bytes:
        """The content of an attachment of a message of this contact.

        :raises Problem: 404 when there is none, or its message was deleted.
        """
        message = next((one for one in interaction.messages if one.id == message_id), None)
        known = message is not None and any(one.id == attachment_id for one in message.attachments)
        content = self._files.get((message_id, attachment_id)) if known else None
        if content is None:
            raise not_found("There is no such file.")
        return content

    def _keep(self, message_id: str, files: Sequence[File]) -> list[Attachment]:
        made = []
        for number, one in enumerate(files, start=1):
            made.append(Attachment(id=str(number), name=one.name, media_type=one.media_type, size=len(one.content)))
            self._files[message_id, str(number)] = one.content
            self._kept += len(one.content)
        while self._kept > KEPT_BYTES:
            self._kept -= len(self._files.popitem(last=False)[1])
        return made

    # -- the customer

    def first(self, written: Written, at: float) -> Message:
        """A message that a contact begins with."""
        return self._made(written, at)

    def customer_writes(self, interaction: Interaction, written: Written) -> None:
        """A message from the customer, however late; one that is there already is not there twice."""
        if interaction.phase not in OPEN or any(written.id and one.id == written.id for one in interaction.messages):
            return
        line = self._made(written, self._clock.now() - written.late)
        early = (interaction.id, line.id)
        if early in self._early:
            self._change(line, self._early.pop(early))
        messages = [*interaction.messages, line]
        messages.sort(key=lambda one: one.at)
        interaction.messages = messages
        interaction.typing_until = None
        interaction.unread = _unread(interaction)
        self._board.tell("updated", interaction, "message_received", about=line)
        self.wrote(interaction)

    def customer_changes(self, interaction: Interaction, message_id: str, text: str | None) -> None:
        """The customer writes a message of theirs otherwise, or takes it back (None); also before it has arrived."""
        if interaction.phase not in OPEN:
            return
        known = next((one for one in interaction.messages if one.id == message_id), None)
        if known is None:
            if self._early.get((interaction.id, message_id), "") is not None:  # what is gone stays gone
                self._early[interaction.id, message_id] = text
            while len(self._early) > PENDING:
                self._early.popitem(last=False)
            return
        if known.author != "customer" or known.deleted:
            return
        self._change(known, text)
        interaction.unread = _unread(interaction)
        self._board.tell("updated", interaction, "message_deleted" if text is None else "message_edited", about=known)

    def customer_types(self, interaction: Interaction, seconds: float) -> None:
        """The customer is writing; 0 s: no longer."""
        if interaction.phase in OPEN:
            interaction.typing_until = self._clock.now() + seconds if seconds else None
            self._board.tell("updated", interaction, "customer_typing")

    def _made(self, written: Written, at: float) -> Message:
        line = Message(
            id=written.id or new_id("msg"),
            at=at,
            author="customer",
            text=written.text,
            media_type=written.media_type,  # type: ignore[arg-type]
            subject=written.subject,
            sender=written.sender,
            to=written.to,
            cc=written.cc,
        )
        files = list(written.files)
        if len(line.text) > LONGEST:
            files.append(File("whole message.txt", "text/plain", line.text.encode("utf-8", "replace")))
            line.text = line.text[:LONGEST]
        line.attachments = self._keep(line.id, files)
        return line

    def _change(self, line: Message, text: str | None) -> None:
        if text is None:
            line.text, line.subject, line.deleted = "", "", True
            for one in line.attachments:
                self._kept -= len(self._files.pop((line.id, one.id), b""))
            line.attachments = []
        else:
            line.text, line.edited_at = text[:LONGEST], self._clock.now()

    @staticmethod
    def _need_written(interaction: Interaction) -> None:
        if interaction.channel in CALLS:
            raise conflict("A call has no messages.")


def _unread(interaction: Interaction) -> int:
    """The messages of the customer that the agent has not seen."""
    return sum(one.author == "customer" and one.read_at is None and not one.deleted for one in interaction.messages)
