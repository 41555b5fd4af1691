"""The words for an item of the outbox: what it is, where it stands, what it lacks."""

from datetime import datetime
from typing import Final

from desktop.app.notes.outbox_items import CHANNEL, CODES, CUSTOMER, HALF, NOTE, OutboxItem
from desktop.app.storage.tables.outbox_rows import PARKED, RECORD, WRAP_UP
from desktop.app.storage.tables.review_drafts import PARKED_REVIEW
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Instant
from desktop.domain.state.state import AppState
from desktop.tui.words import wording
from desktop.words.catalogue import term
from desktop.words.terms import TERMS

KIND: Final = {
    RECORD: "unfinished wrap-up",
    WRAP_UP: "note",
    **{kind: TERMS["channel"].get(channel, channel) for kind, channel in MESSAGE_KINDS.items()},
    "callback": "callback",
    "case": "case",
    "task": "task",
}
LACKS: Final = {
    CHANNEL: "no channel",
    CODES: "no code",
    NOTE: "no note",
    CUSTOMER: "no customer",
    HALF: "follow-up not added",
}
DAMAGED: Final = "damaged: read it over, then save it"


def kind(item: OutboxItem) -> str:
    """What it is, in one or two words."""
    if is_of_evaluation(item):
        return "evaluation text"
    return KIND.get(item.kind, item.kind.replace("_", " "))


def unfinished_for(item: OutboxItem) -> str:
    """What its queue wants and a parked record lacks, as in "no code"; "" where it is complete."""
    return " and ".join(LACKS[one] for one in (CODES, NOTE) if one in item.missing) if item.state == PARKED else ""


def is_of_evaluation(item: OutboxItem) -> bool:
    """Whether it is what somebody wrote beside an evaluation, which is not sent from here."""
    return item.interaction_id.startswith(PARKED_REVIEW)


def doubts_of(state: AppState) -> list[str]:
    """Why it cannot be said that everything is delivered, in sentences: what is unknown, missing, or still written."""
    doubts = [f"It is not known what waits: {state.outbox.unknown}."] if state.outbox.unknown else []
    doubts += [state.outbox.lost] if state.outbox.lost else []
    loose = sum(
        bool(draft.note.strip() or draft.codes or draft.follow_ups or draft.half)
        for interaction_id, draft in state.drafts.items()
        if interaction_id not in state.interactions
    )
    if loose:
        notes, whose = ("note", "its contact is") if loose == 1 else ("notes", "their contacts are")
        doubts.append(f"{loose} {notes} in progress, saved here until {whose} back.")
    return doubts


def whom(item: OutboxItem) -> str:
    """The customer by name, else by the address they came from."""
    return item.customer or address(item.address) or "unknown customer"


def address(value: str) -> str:
    """A number in its country's groups, or another address as it is."""
    return wording.number(value)


def words_of(item: OutboxItem) -> str:
    """What its words are called: a note, or the text of a message, callback, case or task."""
    return "Note" if item.kind in (RECORD, WRAP_UP) else f"Text of the {kind(item)}"


def victim(item: OutboxItem) -> str:
    """The item as what is to go: `the note and 2 follow-ups about Priya Natarajan`."""
    if is_of_evaluation(item):
        return "what was written beside an evaluation"
    link = "to" if item.kind in MESSAGE_KINDS else "for" if item.kind == "callback" else "about"
    what = "note" if item.kind == RECORD else kind(item)
    more = len(item.follow_ups) + (item.half is not None) if item.kind == RECORD else 0
    if more:
        what += " and its follow-up" if more == 1 else f" and {more} follow-ups"
    return f"the {what} {link} {whom(item)}"


def channel_sign(item: OutboxItem) -> str:
    """The sign of the channel; "" where none is known."""
    return wording.CHANNEL_SIGN.get(item.channel, "")


def channel_name(item: OutboxItem) -> str:
    """The channel in a word; "" where none is known."""
    return term("channel", item.channel)


def moment(instant: Instant) -> str:
    """A day and a time, `Mon 23 Nov 10:00`, local; `—` for what lies outside of the calendar."""
    try:
        then = datetime.fromtimestamp(instant)
    except (ValueError, OverflowError, OSError):
        return wording.UNKNOWN
    return f"{then:%a} {then.day} {then:%b} {then:%H:%M}"


def follow_up(one: FollowUp) -> str:
    """A follow-up with its time and its words: `callback Mon 23 Nov 10:00 · about the refund`."""
    head = KIND.get(one.kind, one.kind)
    if one.due is not None:
        head += f" {moment(one.due)}"
    if one.to:
        head += f" to {address(one.to)}"
    return f"{head} · {one.text}" if one.text else head


def in_short(item: OutboxItem, why: str) -> str:
    """What it lacks or why it waits, as short as a column needs it.

    Args:
        why: what is known to stand in the way of what waits.
    """
    if item.state != PARKED:
        return why
    if not item.intact:
        return "damaged"
    return ", ".join(LACKS[one] for one in item.missing if one in LACKS) or item.reason


def sentence(text: str) -> str:
    """A reason as a sentence of its own."""
    text = text.strip()
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""
