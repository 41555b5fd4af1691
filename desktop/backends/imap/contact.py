"""One contact: the mails of a customer that an agent has in hand, with what came before and what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.backends.imap.folder import Folder, MailEntry, is_automatic
from desktop.backends.imap.mime import Automatic, ParsedMail
from desktop.domain.entities.model import Address, Instant, Interaction, Message, WrapUpRule
from desktop.domain.entities.words import Channel, DeliveryState, Direction, Phase

MOST_MESSAGES = 200


@dataclass(slots=True)
class Held:
    """A mail of the contact that is ours, and where it lies."""

    folder: Folder
    uid: int
    parsed: ParsedMail

    @property
    def entry(self) -> MailEntry | None:
        """What its folder says of it; None when it is gone."""
        return self.folder.entries.get(self.uid)


@dataclass(slots=True)
class Contact:
    """One contact. `shown` is what the desktop sees of it, made anew by `look`."""

    shown: Interaction
    queue: Folder
    held: list[Held] = field(default_factory=list)
    before: list[Message] = field(default_factory=list)  # earlier mails of the thread, and our replies
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # folder and number of those, by message id
    people: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)  # Message-IDs of the thread
    answered: bool = False

    @property
    def id(self) -> str:
        """As the desktop knows it."""
        return self.shown.id

    @property
    def last(self) -> ParsedMail | None:
        """What the customer wrote last."""
        return next((one.parsed for one in reversed(self.held) if one.parsed.report is None), None)

    def take(self, held: Held) -> None:
        """A mail more. Its files are fetched again when they are wanted."""
        held.parsed = held.parsed.without_contents()
        self.held.append(held)
        self.people |= held.parsed.people
        self.know(held.parsed)

    def know(self, parsed: ParsedMail) -> None:
        """Mails that belong to the thread."""
        self.ids |= {one for one in (parsed.message_id, parsed.root, *parsed.related) if one}

    def prove(self, parsed: ParsedMail) -> None:
        """A reply of ours whose fate was not known went out, for this mail answers or reports it."""
        told = {*parsed.related, parsed.report.message_id if parsed.report is not None else ""}
        self.before = [
            replace(one, delivery=DeliveryState.SENT)
            if one.delivery is DeliveryState.QUEUED and one.id in told
            else one
            for one in self.before
        ]

    def belongs(self, parsed: ParsedMail) -> bool:
        """Whether a mail goes on with this contact: it answers one of its mails, and comes from one of its people.

        Anybody can name a Message-ID they have seen; a stranger's mail is a contact of its own.
        """
        if parsed.report is not None:
            return parsed.report.message_id in self.ids
        related = {parsed.root, parsed.message_id, *parsed.related} & self.ids
        return bool(related) and parsed.sender.lower() in self.people

    def look(self, own: Iterable[str]) -> bool:
        """Make anew what is shown; whether anything changed."""
        messages = self._messages(frozenset(own))
        unread = sum(
            1
            for one in self.held
            if not is_automatic(one.parsed) and one.entry is not None and "\\seen" not in one.entry.flags
        )
        if messages == self.shown.messages and unread == self.shown.unread:
            return False
        self.change(messages=messages, unread=unread)
        return True

    def change(self, **changes: Any) -> None:
        """Show it otherwise, as a newer version."""
        self.shown = replace(self.shown, version=self.shown.version + 1, **changes)

    def _messages(self, own: frozenset[str]) -> tuple[Message, ...]:
        outcomes: dict[str, DeliveryState] = {}
        for one in self.held:
            if (report := one.parsed.report) is not None and report.action in {"failed", "delivered"}:
                outcomes[report.message_id] = (
                    DeliveryState.FAILED if report.action == "failed" else DeliveryState.DELIVERED
                )
        found = {key: replace(message_of(held.parsed, _arrived(held), own), id=key) for key, held in self.keyed()}
        for message in self.before:
            found.setdefault(message.id, message)
        settled = (
            replace(one, delivery=outcomes[one.id]) if one.id in outcomes and one.author == "agent" else one
            for one in found.values()
        )
        return _in_order({one.id: one for one in settled})[-MOST_MESSAGES:]

    def keyed(self) -> list[tuple[str, Held]]:
        """The mails in hand in the order in which they came, by the id of the message that each is."""
        found: dict[str, Held] = {}
        for one in sorted(self.held, key=lambda one: (_arrived(one), one.uid)):
            known = one.parsed.message_id
            found[known if known and known not in found else f"{known or 'mail'}#{one.uid}"] = one
        return list(found.items())

    def place_of(self, message_id: str) -> tuple[str, int] | None:
        """The folder and number of the mail that a message is."""
        for key, one in self.keyed():
            if key == message_id:
                return one.folder.name, one.uid
        return self.places.get(message_id)


def _arrived(held: Held) -> Instant:
    return held.entry.arrived if held.entry is not None else held.parsed.at or 0.0


def _in_order(messages: Mapping[str, Message]) -> tuple[Message, ...]:
    """As they were written. Servers date by the second and by their own clock, and an answer follows its question."""

    def place(one: Message) -> tuple[float, int]:
        at, met = one.at, {one.id}
        while (before := messages.get(one.in_reply_to)) is not None and before.id not in met:
            one, at = before, max(at, before.at)
            met.add(before.id)
        return at, len(met)

    return tuple(sorted(messages.values(), key=place))


def message_of(parsed: ParsedMail, at: Instant, own: frozenset[str], delivery: DeliveryState | None = None) -> Message:
    """A mail as a message. `own`: the addresses that our replies come from."""
    author = "agent" if parsed.sender.lower() in own and answer_to(parsed, own) == parsed.sender else "customer"
    text = parsed.text
    if is_automatic(parsed) and author == "customer":
        author = "system" if parsed.automatic in {Automatic.BOUNCE, Automatic.REPLY} else author
    if parsed.report is not None:
        told = parsed.report
        text = "\n".join(filter(None, (" ".join(filter(None, (told.recipient, told.words))), text)))
    if author == "agent" and delivery is None:
        delivery = DeliveryState.SENT
    return Message(
        id=parsed.message_id,
        at=at,
        author=author,
        text=text,
        delivery=delivery,
        sender=answer_to(parsed, own) if author == "customer" else parsed.sender,
        media_type=parsed.media_type,
        subject=parsed.subject,
        to=_others(parsed.to, own),
        cc=_others(parsed.cc, own),
        attachments=tuple(one.attachment for one in parsed.files),
        in_reply_to=parsed.in_reply_to or (parsed.report.message_id if parsed.report is not None else ""),
    )


def answer_to(parsed: ParsedMail, own: frozenset[str]) -> str:
    """The one address that an answer goes to: `Reply-To`, as forms on web pages have it, else the sender."""
    return next(iter(_others(parsed.reply_to, own)), parsed.sender)


def _others(addresses: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    return tuple(one for one in addresses if one.lower() not in own)


def begin(
    interaction_id: str,
    version: int,
    queue: Folder,
    entry: MailEntry,
    parsed: ParsedMail,
    rule: WrapUpRule,
    target: float,
    own: frozenset[str],
) -> Contact:
    """A contact that begins with a mail; its phase is still to be set."""
    customer = answer_to(parsed, own) if parsed.sender.lower() in own else parsed.sender
    customer = customer or (parsed.report.recipient if parsed.report is not None else "")
    attributes = {}
    if parsed.automatic is not Automatic.NO:
        attributes["automatic"] = parsed.automatic.value
    if parsed.reply_to and parsed.reply_to != (parsed.sender,):
        attributes["from"] = parsed.sender
        attributes["reply_to"] = ", ".join(parsed.reply_to[:5])
    if parsed.cut:
        attributes["cut"] = "not all of the mail could be shown"
    shown = Interaction(
        id=interaction_id,
        version=version,
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        phase=Phase.QUEUED,
        queue=queue.queue,
        customer=Address("email", customer, withheld=not customer),
        arrived_at=entry.arrived,
        phase_since=entry.arrived,
        customer_name=parsed.sender_name,
        subject=parsed.subject,
        attributes=attributes,
        service_level_at=entry.arrived + target if target else None,
        wrap_up_rule=rule,
    )
    return Contact(shown, queue)
