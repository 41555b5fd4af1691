"""The messages of a written contact as lines: who wrote when, what became of ours, and what is on its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from textual.content import Content

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Attachment, Interaction, Message
from desktop.domain.entities.words import Channel, DeliveryState, Phase, Verb
from desktop.domain.entities.wrap_up_record import OutgoingReply, ReplyHead
from desktop.domain.text.mail_text import html_to_text, mail_parts
from desktop.tui.keys import keys
from desktop.tui.widgets.key_hint import key_hint, pressing
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.keyed import keyed
from desktop.tui.words.titles import title
from desktop.words.catalogue import ntr, tr

INDENT = 2
LONGEST = 200
"""Lines that one message may have here."""
HTML = "text/html"
MOST_FILES, MOST_NAMES = 50, 10
FOLDED_SIGN, OPEN_SIGN = "▸", "▾"
_DELIVERY = {
    DeliveryState.QUEUED: "…",
    DeliveryState.SENT: "✓",
    DeliveryState.DELIVERED: "✓✓",
    DeliveryState.UNKNOWN: "?",
}


@dataclass(frozen=True, slots=True)
class Thread:
    """The part of a conversation that is shown."""

    lines: list[Content]
    messages: int  # how many of it, also in part


def thread(
    view: View,
    interaction: Interaction,
    width: int,
    room: int,
    passed: int,
    *,
    unfolded: bool = False,
    found: str | None = None,
) -> Thread:
    """The end of the conversation, as much as there is room for, the newest last.

    Args:
        width: cells of a line.
        room: lines there are.
        passed: how many of the newest messages were scrolled past.
        unfolded: whether what e-mails quote is shown.
        found: the id of the message that was looked for, which is marked.

    Returns:
        At most `room` lines. Of ten thousand messages only those that are shown cost anything.
    """
    shown: list[Content] = []
    count = 0
    blocks = _upwards(view, interaction, width, passed, unfolded=unfolded, found=found)
    for count, block in enumerate(blocks, start=1):
        whole = [*block, content("")] if shown else block
        left = room - len(shown)
        if len(whole) > left:
            return Thread([*whole[len(whole) - left :], *shown] if left > 0 else shown, count)
        shown = [*whole, *shown]
    return Thread(shown, count)


def searched(message: Message) -> str:
    """What of a message can be looked for."""
    files = " ".join(one.name for one in message.attachments)
    text = message.text if message.media_type != HTML else _plain(message.text)
    return f"{message.subject} {message.sender} {text} {files}"


@lru_cache(maxsize=256)
def _plain(html: str) -> str:
    return html_to_text(html)


def has_quotations(interaction: Interaction) -> bool:
    """Whether anything in it is folded, or can be."""
    return interaction.channel is Channel.EMAIL and any(
        part.quoted for message in interaction.messages for part in mail_parts(message.text)
    )


def _upwards(
    view: View, interaction: Interaction, width: int, passed: int, *, unfolded: bool, found: str | None
) -> Iterator[list[Content]]:
    """What is said, the newest first."""
    if not passed and _types(view, interaction):
        yield [content(tr("{who} is writing …", who=title(view.state, interaction)), "italic $accent")]
    if passed:
        yield [line((f"↓ {ntr('{n} newer message', '{n} newer messages', passed)}", "$accent"))]
    else:
        draft = view.state.drafts.get(interaction.id)
        for reply in reversed(draft.outgoing if draft is not None else ()):
            yield _outgoing(view, interaction, reply, width)
    messages = interaction.messages
    for at in range(len(messages) - 1 - passed, -1, -1):
        before = messages[at - 1] if at else None
        block = _message(view, interaction, messages[at], before, width, unfolded=unfolded)
        if messages[at].id == found:
            block = [line(block[0], (f"  ◂ {tr('found')}", "bold $accent")), *block[1:]]
        yield block
    if interaction.earlier:
        earlier = ntr("{n} earlier message is not shown", "{n} earlier messages are not shown", interaction.earlier)
        yield [content(f"↑ {earlier}", "$muted")]


def _types(view: View, interaction: Interaction) -> bool:
    """Whether the customer is writing now, as far as is known."""
    until = interaction.typing_until
    return until is not None and until > view.now and interaction.phase is Phase.ACTIVE


def _message(
    view: View, interaction: Interaction, message: Message, before: Message | None, width: int, *, unfolded: bool
) -> list[Content]:
    time = wording.clock(message.at)[:5]
    if message.author == "system":
        return [line((f"{time} ", "$muted"), ("· ", "$muted"), (message.text, "$muted"))]
    head = line((f"{time} ", "$muted"), *_who(view, interaction, message), *_what_became(message))
    if message.deleted:
        return [head, content(" " * INDENT + tr("deleted by its sender"), "italic $muted")]
    mail = interaction.channel is Channel.EMAIL
    rows = [head, *(_mail_head(message, before) if mail else ())]
    if message.text:
        body = _plain(message.text) if message.media_type == HTML else message.text
        rows += _mail(body, width, unfolded=unfolded) if mail else _text(body, width)
    return [*rows, *map(_attachment, message.attachments[:MOST_FILES])]


def _who(view: View, interaction: Interaction, message: Message) -> list[Part]:
    """Us, the customer, or whoever else of several wrote."""
    if message.author == "agent":
        return [(tr("You"), "bold $accent")]
    name, sender = title(view.state, interaction), message.sender
    if not sender or sender.casefold() == interaction.customer.value.casefold():
        return [(name, "bold")]
    return [(sender, "bold")]


def _what_became(message: Message) -> list[Part]:
    """Whether it arrived and was read, and whether it is as it was written first."""
    parts: list[Part] = []
    if message.delivery is DeliveryState.FAILED:
        parts.append((f"  ✕ {tr('not delivered')}", "bold $error"))
    elif message.author == "agent" and message.read_at is not None:
        parts.append((f"  ✓✓ {tr('read {at}', at=wording.clock(message.read_at)[:5])}", "$success"))
    elif message.author == "agent" and message.delivery is not None:
        parts.append((f"  {_DELIVERY[message.delivery]}", "$muted"))
    if message.edited_at is not None and not message.deleted:
        parts.append((f"  ✎ {tr('edited {at}', at=wording.clock(message.edited_at)[:5])}", "$warning"))
    return parts


def _mail_head(message: Message, before: Message | None) -> list[Content]:
    """Subject and recipients, where they say something: a subject once, and whoever else had the mail."""
    rows: list[Content] = []
    if message.subject and (before is None or before.subject != message.subject):
        rows.append(line(" " * INDENT, (f"{tr('Subject')} ", "$muted"), (message.subject, "bold")))
    others = (*(message.to if message.author == "customer" or len(message.to) > 1 else ()),)
    for label, names in ((tr("To"), others), (tr("Cc"), message.cc)):
        if names:
            more = f" +{len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else ""
            rows.append(line(" " * INDENT, (f"{label} ", "$muted"), (", ".join(names[:MOST_NAMES]) + more, "$muted")))
    return rows


def _attachment(file: Attachment) -> Content:
    """A file with what its sender says of it; it is only ever saved."""
    size = f"  {wording.file_size(file.size)}" if file.size is not None else ""
    about = f"{size}  {file.media_type}  "
    return line(
        " " * INDENT,
        ("▤ ", "$accent"),
        (file.name, "bold"),
        (about, "$muted"),
        key_hint(keys.shown("save_file")),
    )


def _mail(body: str, width: int, *, unfolded: bool) -> list[Content]:
    """A mail: HTML as plain text, and what it quotes behind one line that says how much that is."""
    rows: list[Content] = []
    for part in mail_parts(body):
        if part.quoted:
            sign = OPEN_SIGN if unfolded else FOLDED_SIGN
            count = ntr("{n} quoted line", "{n} quoted lines", len(part.lines))
            opens = line((f"{sign} {count}  ", "$muted"), (keys.shown("quoted"), "bold $accent"))
            rows.append(line(" " * INDENT, pressing(keys.shown("quoted"), opens)))
        if not part.quoted or unfolded:
            rows += _text("\n".join(part.lines).rstrip("\n"), width, "$muted" if part.quoted else "")
    return rows if len(rows) <= LONGEST else [*rows[: LONGEST - 1], content("…", "$muted")]


def _outgoing(view: View, interaction: Interaction, reply: OutgoingReply, width: int) -> list[Content]:
    """A reply of ours that has no answer yet."""
    if reply.due is not None:
        left = max(1.0, ceil(min(reply.due + view.state.skew - view.now, TRAITS[interaction.channel].held)))
        words = tr("sending in {seconds:.0f} s: {unlink:key} takes it back", seconds=left)
        state = line(("  … ", "$accent"), *keyed(words, "unlink"))
    elif Verb.SEND_MESSAGE.value in view.state.pending.get(interaction.id, frozenset()):
        state = line((f"  … {tr('sending')}", "$accent"))
    else:
        words = tr("not confirmed: {retry:key} sends it again, it cannot arrive twice")
        state = line(("  ? ", "bold $warning"), *keyed(words, "retry"))
    return [
        Content.assemble(line((tr("You"), "bold $accent")), state),
        *_outgoing_head(interaction, reply.head),
        *(_text(reply.text, width) if reply.text else ()),
        *(line(" " * INDENT, ("▤ ", "$accent"), (one.name, "bold")) for one in reply.head.files),
    ]


def _outgoing_head(interaction: Interaction, head: ReplyHead) -> list[Content]:
    """To whom an e-mail of ours goes and under which subject, while it can still be taken back."""
    if interaction.channel is not Channel.EMAIL:
        return []
    named = ((tr("To"), ", ".join(head.to)), (tr("Cc"), ", ".join(head.cc)), (tr("Subject"), head.subject))
    parts = [part for label, words in named if words for part in ((f"{label} ", "$muted"), (f"{words}  ", ""))]
    return [line(" " * INDENT, *parts)] if parts else []


@lru_cache(maxsize=256)
def _text(text: str, width: int, style: str = "") -> tuple[Content, ...]:
    """A text as lines; kept, for what is in sight is drawn again with each change of anything else."""
    room = max(20, width - INDENT)
    words = content(text, style, newlines=True, limit=16_384)
    rows = [piece for row in words.split("\n", allow_blank=True) for piece in (row.wrap(room) if row.plain else [row])]
    if len(rows) > LONGEST:
        rows = [*rows[: LONGEST - 1], content("…", "$muted")]
    return tuple(Content(" " * INDENT) + row for row in rows)
