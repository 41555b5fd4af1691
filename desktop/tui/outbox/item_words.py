"""The words for an item of the outbox: what it is, where it stands, what it lacks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from desktop.app.notes.outbox_items import CHANNEL, CODES, CUSTOMER, HALF, NOTE, OutboxItem
from desktop.app.storage.tables.outbox_rows import PARKED, RECORD, WRAP_UP
from desktop.app.storage.tables.review_drafts import PARKED_REVIEW
from desktop.domain.conversations.message_drafts import message_to
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Channel
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.tui.words import wording
from desktop.tui.words.follow_ups import kind_word
from desktop.words import formats
from desktop.words.catalogue import in_words, ntr, term, tr
from desktop.words.marks import mark

_CALLBACK, _CASE, _TASK = "callback", "case", "task"
_OF_ITEMS: Final[Mapping[str, str]] = {RECORD: mark("unfinished wrap-up"), WRAP_UP: mark("note")}
LACKS: Final[Mapping[str, str]] = {
    CHANNEL: mark("no channel"),
    CODES: mark("no code"),
    NOTE: mark("no note"),
    CUSTOMER: mark("no customer"),
    HALF: mark("follow-up not added"),
}
_TEXTS: Final[Mapping[str, str]] = {
    RECORD: mark("Note"),
    WRAP_UP: mark("Note"),
    Channel.SMS.value: mark("Text of the SMS"),
    Channel.EMAIL.value: mark("Text of the e-mail"),
    _CALLBACK: mark("Text of the callback"),
    _CASE: mark("Text of the case"),
    _TASK: mark("Text of the task"),
}
_VICTIMS: Final[Mapping[str, str]] = {
    RECORD: mark("the note about {whom}"),
    WRAP_UP: mark("the note about {whom}"),
    Channel.SMS.value: mark("the SMS to {whom}"),
    Channel.EMAIL.value: mark("the e-mail to {whom}"),
    _CALLBACK: mark("the callback for {whom}"),
    _CASE: mark("the case about {whom}"),
    _TASK: mark("the task about {whom}"),
}


def kind(item: OutboxItem) -> str:
    """What it is, in one or two words."""
    if is_of_evaluation(item):
        return tr("evaluation text")
    return tr(_OF_ITEMS[item.kind]) if item.kind in _OF_ITEMS else kind_word(item.kind)


def unfinished_for(item: OutboxItem) -> str:
    """What its queue wants and a parked record lacks, as in "no code"; "" where it is complete."""
    lacks = [tr(LACKS[one]) for one in (CODES, NOTE) if one in item.missing] if item.state == PARKED else []
    return tr("{one} and {other}", one=lacks[0], other=lacks[1]) if lacks[1:] else "".join(lacks)


def is_of_evaluation(item: OutboxItem) -> bool:
    """Whether it is what somebody wrote beside an evaluation, which is not sent from here."""
    return item.interaction_id.startswith(PARKED_REVIEW)


def doubts_of(state: AppState) -> list[str]:
    """Why it cannot be said that everything is delivered, in sentences: what is unknown, missing, or still written."""
    unknown, lost = state.outbox.unknown, state.outbox.lost
    doubts = [tr("It is not known what waits: {why:clause}.", why=unknown)] if unknown else []
    doubts += [in_words(lost)] if lost else []
    loose = sum(
        bool(draft.note.strip() or draft.codes or draft.follow_ups or draft.half)
        for interaction_id, draft in state.drafts.items()
        if interaction_id not in state.interactions and message_to(interaction_id) is None
    )
    if loose:
        doubts.append(
            ntr(
                "{n} note in progress, saved here until its contact is back.",
                "{n} notes in progress, saved here until their contacts are back.",
                loose,
            )
        )
    written = sum(
        bool(draft.reply.strip() or draft.head.subject.strip() or draft.outgoing)
        for draft_id, draft in state.drafts.items()
        if (to := message_to(draft_id)) is not None and to.agent_id == state.me
    )
    if written:
        doubts.append(
            ntr(
                "{n} unfinished message to a customer, saved here: open their card and press {customer_message:key}.",
                "{n} unfinished messages to customers, saved here: open their cards and press {customer_message:key}.",
                written,
            )
        )
    return doubts


def whom(item: OutboxItem) -> str:
    """The customer by name, else by the address they came from."""
    return item.customer or address(item.address) or tr("unknown customer")


def address(value: str) -> str:
    """A number in its country's groups, or another address as it is."""
    return wording.number(value)


def words_of(item: OutboxItem) -> str:
    """What its words are called: a note, or the text of a message, callback, case or task."""
    return tr(_TEXTS[item.kind]) if item.kind in _TEXTS else kind(item)


def victim(item: OutboxItem) -> str:
    """The item as what is to go: `the note and 2 follow-ups about Priya Natarajan`."""
    if is_of_evaluation(item):
        return tr("what was written beside an evaluation")
    more = len(item.follow_ups) + (item.half is not None) if item.kind == RECORD else 0
    if more:
        return ntr(
            "the note and its follow-up about {whom}", "the note and {n} follow-ups about {whom}", more, whom=whom(item)
        )
    if item.kind in _VICTIMS:
        return tr(_VICTIMS[item.kind], whom=whom(item))
    return f"{kind(item)} · {whom(item)}"


def channel_sign(item: OutboxItem) -> str:
    """The sign of the channel; "" where none is known."""
    return wording.CHANNEL_SIGN.get(item.channel, "")


def channel_name(item: OutboxItem) -> str:
    """The channel in a word; "" where none is known."""
    return term("channel", item.channel) if item.channel else ""


def moment(instant: Instant) -> str:
    """A day and a time, `Mon 23 Nov 10:00`, local; `—` for what lies outside of the calendar."""
    try:
        then = datetime.fromtimestamp(instant)
    except (ValueError, OverflowError, OSError):
        return wording.UNKNOWN
    return f"{formats.weekday_and_day(then.date())} {then:%H:%M}"


def follow_up(one: FollowUp) -> str:
    """A follow-up with its time and its words: `callback Mon 23 Nov 10:00 · about the refund`."""
    head = kind_word(one.kind)
    if one.due is not None:
        head += f" {moment(one.due)}"
    if one.to:
        head += f" {tr('to {address}', address=address(one.to))}"
    return f"{head} · {one.text}" if one.text else head


def in_short(item: OutboxItem, why: Sentence) -> str:
    """What it lacks or why it waits, as short as a column needs it.

    Args:
        why: what is known to stand in the way of what waits.
    """
    if item.state != PARKED:
        return in_words(why)
    if not item.intact:
        return tr("damaged")
    return ", ".join(tr(LACKS[one]) for one in item.missing if one in LACKS) or in_words(item.reason)
