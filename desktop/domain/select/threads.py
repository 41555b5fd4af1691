"""Questions about what is written in a contact: whom a reply goes to, and under which subject."""

import re
from itertools import islice

from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import ReplyHead

_RE = re.compile(r"\s*(?:re|aw|antw|sv|vs|ref)\s*(?:\[\d{1,3}\])?\s*:", re.I)
_LONGEST_SUBJECT = 400
_MOST_WITHOUT_SUBJECT = 50
"""Messages that are asked for their subject: one that is further up is not what is talked about."""


def last_of_customer(interaction: Interaction) -> Message | None:
    """What the customer wrote last."""
    return next((one for one in reversed(interaction.messages) if one.author == "customer"), None)


def answered(interaction: Interaction) -> str:
    """The address that a reply to an e-mail goes to unless the agent says otherwise; "" where none is known."""
    last = last_of_customer(interaction)
    if last is not None and is_address(last.sender):
        return last.sender
    customer = interaction.customer
    return customer.value if customer.kind == "email" and not customer.withheld else ""


def everybody(interaction: Interaction) -> tuple[str, ...]:
    """Who else had the customer's last e-mail: those whom a reply to all names beside `answered`."""
    last = last_of_customer(interaction)
    ours = {one.sender.casefold() for one in interaction.messages if one.author == "agent" and one.sender}
    known = {answered(interaction).casefold(), *ours}
    found: dict[str, str] = {}
    for address in (*last.to, *last.cc) if last is not None else ():
        if is_address(address) and address.casefold() not in known:
            found.setdefault(address.casefold(), address)
    return tuple(found.values())


def reply_subject(interaction: Interaction) -> str:
    """The subject that an answer has by itself; "" where nothing has one."""
    newest = islice(reversed(interaction.messages), _MOST_WITHOUT_SUBJECT)
    subjects = (one.subject for one in newest if one.subject.strip())
    subject = " ".join(next(subjects, interaction.subject).split())[:_LONGEST_SUBJECT]
    return subject if not subject or _RE.match(subject) else f"Re: {subject}"


def head_of_reply(interaction: Interaction, chosen: ReplyHead) -> ReplyHead:
    """The head with what goes without saying: an e-mail answers whoever wrote last, under their subject."""
    if interaction.channel is not Channel.EMAIL:
        return chosen
    address = answered(interaction)
    return ReplyHead(
        chosen.subject or reply_subject(interaction),
        chosen.to or ((address,) if address else ()),
        chosen.cc,
        chosen.files,
    )


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address: one `@`, nothing that would make two of it."""
    local, at, host = text.rpartition("@")
    whole = local and at and host and len(text) <= 320 and "@" not in local
    return bool(whole) and all(sign.isprintable() and not sign.isspace() and sign not in ',;<>"' for sign in text)


def attachments(interaction: Interaction) -> tuple[tuple[str, str], ...]:
    """Every file of a contact, the newest first: ids of message and attachment."""
    return tuple((one.id, file.id) for one in reversed(interaction.messages) for file in one.attachments)
