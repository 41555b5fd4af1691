"""An item of the outbox in full: who it is about, what was written, what it lacks, why it is still here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from desktop.app.notes.outbox_items import CHANNEL, CODES, CUSTOMER, HALF, NOTE, OutboxItem
from desktop.app.storage.tables.outbox_rows import LINK, PARKED, RECORD, WRAP_UP
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import Sentence
from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID
from desktop.tui.outbox import choices
from desktop.tui.outbox.item_rows import look, tries
from desktop.tui.outbox.item_words import (
    address,
    channel_name,
    channel_sign,
    follow_up,
    is_of_evaluation,
    kind,
    moment,
    whom,
)
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import as_sentence, in_words, ptr, tr
from desktop.words.marks import mark

_LABEL: Final = 12
_WANTED: Final = {
    CHANNEL: (mark("the channel"), "item_channel"),
    HALF: (mark("a follow-up was not added"), "item_add"),
    CODES: (mark("a wrap-up code"), "item_codes"),
    NOTE: (mark("a note"), "item_edit"),
    CUSTOMER: (mark("the customer"), "item_customer"),
}
"""What an item lacks, with the key that mends it; the first two keep it from being sent."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at an item, and when.

    Args:
        me: the agent who is signed in.
        now: the local clock, by which items are dated.
        server_now: the server's, by which something is due.
        why: what keeps it, where it waits; nothing when nothing is known to.
    """

    me: str
    now: Instant
    server_now: Instant
    why: Sentence


def item_lines(item: OutboxItem, reader: Reader) -> list[Line]:
    """Everything there is to know of an item, with the keys for what it lacks."""
    sign, word, style = look(item)
    lines: list[Line] = [
        line((whom(item), "bold"), ("  ", ""), (kind(item), "$muted")),
        _row(tr("state"), line((f"{sign} {word}", style))),
        *(_row("", content(text, "$warning")) for text in _reasons(item, reader)),
        *_missing(item),
        content(""),
        *_contact(item, reader),
    ]
    lines += [content(""), *_words(item)]
    if item.follow_ups or item.half is not None:
        lines += [content(""), *_follow_ups(item, reader)]
    return lines


def _row(label: str, words: Content) -> Hanging:
    return Hanging(content(f"{label:<{_LABEL}}", "$muted"), words)


def _reasons(item: OutboxItem, reader: Reader) -> Iterator[str]:
    tried = f" ({tries(item.attempts)})" if item.attempts else ""
    if item.state == PARKED:
        if item.reason and item.intact:
            yield as_sentence(in_words(item.reason)).rstrip(".") + f"{tried}."
        if not item.intact and item.kind == RECORD:
            yield tr("Damaged: read it over, then save it.")
        elif not item.intact:
            yield tr("Damaged: it can be read and copied, not sent.")
        if is_of_evaluation(item):
            yield tr("It belongs to an evaluation; open it there, or copy the text.")
        return
    if item.author and reader.me and item.author != reader.me:
        yield tr("It goes out when {agent} is signed in here.", agent=item.author_name or item.author)
        return
    left = item.not_before - reader.now
    soon = f" {tr('Next try in {left}.', left=wording.duration(left))}" if left >= 1 else ""
    if reason := reader.why or item.reason:
        yield tr("Waits: {why:clause}{tries}.", why=reason, tries=tried) + soon
    else:
        yield tr("It is being sent{tries}.", tries=tried) + soon


def _missing(item: OutboxItem) -> Iterator[Line]:
    if item.state != PARKED or is_of_evaluation(item):
        return
    parts: list[Part] = []
    for one, (name, key) in _WANTED.items():
        if one in item.missing:
            style = "bold $warning" if one in (CHANNEL, HALF) else ""
            parts += [" · " if parts else "", (tr(name), style), *_key(key)]
    if parts:
        yield _row(tr("missing"), line(*parts))


def _key(name: str) -> tuple[Part, ...]:
    """The key that mends what stands before it; a bare letter there would read as a word."""
    return (" (", key_hint(OUTBOX_BY_ID[name].shown), ")")


def _contact(item: OutboxItem, reader: Reader) -> Iterator[Line]:
    if item.kind in (RECORD, WRAP_UP):
        known = item.customer if item.customer_id is not None or item.customer else ""
        yield _row(tr("customer"), content(known) if known else content(tr("not linked to a customer"), "$muted"))
    came = [channel_name(item) or tr("channel not known"), item.queue, address(item.address)]
    if item.channel or item.queue or item.address or item.kind == RECORD:
        sign = channel_sign(item)
        yield _row(tr("contact"), line((f"{sign} " if sign else "", "$accent"), " · ".join(one for one in came if one)))
    if item.due is not None:
        callback = next(iter(choices.callbacks(item)), None)
        yield _row(tr("due"), line(moment(item.due), *_late(item, callback, reader)))
    age = wording.since(reader.now - item.created_at)
    yield _row(tr("written"), line(moment(item.created_at), (f"  {age}", "$muted")))
    if item.author and item.author != reader.me:
        yield _row(tr("by"), content(item.author_name or item.author, "bold"))


def _words(item: OutboxItem) -> Iterator[Line]:
    if item.kind == LINK and item.intact:
        with_whom = tr("With the customer {id}.", id=item.customer_id) if item.customer_id else ""
        yield _row(tr("text"), content(with_whom or tr("Not with this customer after all.")))
        return
    if item.kind in (RECORD, WRAP_UP) and not is_of_evaluation(item):
        chosen = " · ".join(item.code_labels or item.codes)
        yield _row(tr("codes"), content(chosen) if chosen else content(ptr("codes", "none"), "$muted"))
    label = tr("note") if item.kind in (RECORD, WRAP_UP) else tr("text")
    written = item.note.replace("\r\n", "\n").split("\n") if item.note else []
    if not written:
        yield _row(label, content(ptr("text", "none"), "$muted"))
    for number, one in enumerate(written):
        yield _row("" if number else label, content(one))


def _late(item: OutboxItem, one: FollowUp | None, reader: Reader) -> Iterator[Part]:
    """That the time of a callback has passed, with the key for another one."""
    if one is not None and one.due is not None and item.state == PARKED and choices.lacks_time(one, reader.server_now):
        yield from ((f"  {tr('passed')}", "bold $warning"), *_key("item_when"))


def _follow_ups(item: OutboxItem, reader: Reader) -> Iterator[Line]:
    label = tr("follow-ups")
    for one in item.follow_ups:
        late = _late(item, one, reader) if item.kind == RECORD else ()
        yield _row(label, line(follow_up(one), *late))
        label = ""
    if item.half is not None:
        yield _row(
            label,
            line((f"{tr('not added:')} ", "bold $warning"), follow_up(item.half), *_late(item, item.half, reader)),
        )
