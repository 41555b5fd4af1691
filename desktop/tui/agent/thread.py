"""The messages of a written contact as lines: who wrote when, what became of ours, and what is on its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from textual.content import Content

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import Channel, DeliveryState, Verb
from desktop.domain.entities.wrap_up_record import OutgoingReply
from desktop.domain.text.mail_text import mail_parts
from desktop.tui.keys import keys
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.keyed import keyed
from desktop.tui.words.titles import title
from desktop.words.catalogue import ntr, tr

INDENT = 2
LONGEST = 200
"""Lines that one message may have here."""
FOLDED_SIGN, OPEN_SIGN = "▸", "▾"
_DELIVERY = {
    DeliveryState.QUEUED: "…",
    DeliveryState.SENT: "✓",
    DeliveryState.DELIVERED: "✓✓",
}


@dataclass(frozen=True, slots=True)
class Thread:
    """The part of a conversation that is shown."""

    lines: list[Content]
    messages: int  # how many of it, also in part


def thread(
    view: View, interaction: Interaction, width: int, room: int, passed: int, *, unfolded: bool = False
) -> Thread:
    """The end of the conversation, as much as there is room for, the newest last.

    Args:
        width: cells of a line.
        room: lines there are.
        passed: how many of the newest messages were scrolled past.
        unfolded: whether what e-mails quote is shown.

    Returns:
        At most `room` lines. Of ten thousand messages only those that are shown cost anything.
    """
    shown: list[Content] = []
    count = 0
    for count, block in enumerate(_upwards(view, interaction, width, passed, unfolded=unfolded), start=1):
        whole = [*block, content("")] if shown else block
        left = room - len(shown)
        if len(whole) > left:
            return Thread([*whole[len(whole) - left :], *shown] if left > 0 else shown, count)
        shown = [*whole, *shown]
    return Thread(shown, count)


def has_quotations(interaction: Interaction) -> bool:
    """Whether anything in it is folded, or can be."""
    return interaction.channel is Channel.EMAIL and any(
        part.quoted for message in interaction.messages for part in mail_parts(message.text)
    )


def _upwards(
    view: View, interaction: Interaction, width: int, passed: int, *, unfolded: bool
) -> Iterator[list[Content]]:
    """What is said, the newest first."""
    if passed:
        yield [line((f"↓ {ntr('{n} newer message', '{n} newer messages', passed)}", "$accent"))]
    else:
        draft = view.state.drafts.get(interaction.id)
        for reply in reversed(draft.outgoing if draft is not None else ()):
            yield _outgoing(view, interaction, reply, width)
    messages = interaction.messages
    for at in range(len(messages) - 1 - passed, -1, -1):
        yield _message(view, interaction, messages[at], width, unfolded=unfolded)


def _message(view: View, interaction: Interaction, message: Message, width: int, *, unfolded: bool) -> list[Content]:
    time = wording.clock(message.at)[:5]
    if message.author == "system":
        return [line((f"{time} ", "$muted"), ("· ", "$muted"), (message.text, "$muted"))]
    ours = message.author == "agent"
    who = tr("You") if ours else title(view.state, interaction)
    head: list[Part] = [(f"{time} ", "$muted"), (who, "bold $accent" if ours else "bold")]
    if message.delivery is DeliveryState.FAILED:
        head.append((f"  ✕ {tr('not delivered')}", "bold $error"))
    elif ours and message.delivery is not None:
        head.append((f"  {_DELIVERY[message.delivery]}", "$muted"))
    if interaction.channel is Channel.EMAIL:
        return [line(*head), *_mail(message.text, width, unfolded=unfolded)]
    return [line(*head), *_text(message.text, width)]


def _mail(body: str, width: int, *, unfolded: bool) -> list[Content]:
    """A mail: HTML as plain text, and what it quotes behind one line that says how much that is."""
    rows: list[Content] = []
    for part in mail_parts(body):
        if part.quoted:
            sign = OPEN_SIGN if unfolded else FOLDED_SIGN
            count = ntr("{n} quoted line", "{n} quoted lines", len(part.lines))
            rows.append(line(" " * INDENT, (f"{sign} {count}  ", "$muted"), (keys.shown("quoted"), "bold $accent")))
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
    return [Content.assemble(line((tr("You"), "bold $accent")), state), *_text(reply.text, width)]


def _text(text: str, width: int, style: str = "") -> list[Content]:
    room = max(20, width - INDENT)
    words = content(text, style, newlines=True, limit=16_384)
    rows = [piece for row in words.split("\n", allow_blank=True) for piece in (row.wrap(room) if row.plain else [row])]
    if len(rows) > LONGEST:
        rows = [*rows[: LONGEST - 1], content("…", "$muted")]
    return [Content(" " * INDENT) + row for row in rows]
