"""What there is to choose from for an item: codes, customers, follow-ups, channels; and what a choice changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.app.notes.outbox_items import Amendment, NotChangeable, OutboxItem
from desktop.app.storage.tables.outbox_rows import RECORD
from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.customer import FollowUp, Match
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import CodeRule
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.tui.outbox.item_words import follow_up
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words.sources import tags
from desktop.words.catalogue import in_words, term, tr
from desktop.words.marks import mark

NOBODY: Final = "nobody"
CALLBACK: Final = "callback"
_HALF: Final = "half"
_CHOOSE: Final = mark("choose")
_DROP: Final = mark("drop")
_SINGLE: Final = (CodeRule.ONE.value, CodeRule.OPTIONAL_ONE.value)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a list to choose from presents itself: its title, what to type, what to press, all of it marked English."""

    title: str
    placeholder: str
    keys: tuple[tuple[str, str], ...]


OFFERED: Final[Mapping[str, Offer]] = {
    "codes": Offer(mark("Codes"), mark("type a code"), (("enter", mark("add or remove")),)),
    "customer": Offer(
        mark("Customer"), mark("name, company, number, e-mail …"), (("enter", mark("search")), (mark("digit"), _CHOOSE))
    ),
    "follow_up": Offer(mark("Drop a follow-up"), "", (("enter", _DROP), (mark("digit"), _DROP))),
    "callback": Offer(mark("Which callback?"), "", (("enter", _CHOOSE), (mark("digit"), _CHOOSE))),
    "channel": Offer(mark("Which channel was it?"), "", (("enter", _CHOOSE), (mark("digit"), _CHOOSE))),
}


def code_rows(state: AppState, item: OutboxItem, typed: str) -> list[Row]:
    """The codes of the item's queue that fit what was typed; while nothing is typed, the chosen ones first."""
    known = select.codes_of_queue(state, item.queue)
    matches = select.match_codes(known, typed)
    if not typed.strip():
        matches = tuple(sorted(matches, key=lambda code: code.id not in item.codes))
    ids = {code.id for code in known}
    labels = dict(zip(item.codes, item.code_labels, strict=False))
    rows = [] if typed.strip() else [_code(one, labels.get(one, one), "", item) for one in item.codes if one not in ids]
    return rows + [_code(code.id, code.label, code.group, item) for code in matches]


def _code(code: str, label: str, group: str, item: OutboxItem) -> Row:
    chosen = code in item.codes
    return Row(code, (("✓" if chosen else "", "$success"), (label, "bold" if chosen else ""), (group, "$muted")))


def with_code(item: OutboxItem, code: str) -> Amendment:
    """A code added, or taken off where it is there; where the queue takes one only, in the place of the other."""
    if code in item.codes:
        return Amendment(codes=tuple(one for one in item.codes if one != code))
    return Amendment(codes=(code,) if item.code_rule in _SINGLE else (*item.codes, code))


def customer_rows(found: Sequence[Match]) -> list[Row]:
    """Who was found, then nobody."""
    rows = [
        Row(
            match.customer.id,
            (
                (_digit(number), "bold $accent"),
                (match.customer.name, "bold"),
                content(
                    " · ".join(text for text in (match.customer.company, in_words(match.reason), tags(match)) if text),
                    "$muted",
                ),
            ),
        )
        for number, match in enumerate(found, 1)
    ]
    last = ((_digit(len(rows) + 1), "bold $accent"), tr("nobody"), (tr("no customer in the CRM"), "$muted"))
    return [*rows, Row(NOBODY, last)]


def follow_up_rows(item: OutboxItem) -> list[Row]:
    """The follow-ups, then the one that was not added."""
    rows = [
        Row(str(number), ((_digit(number), "bold $accent"), follow_up(one), ("", "")))
        for number, one in enumerate(item.follow_ups, 1)
    ]
    if item.half is not None:
        half = ((_digit(len(rows) + 1), "bold $accent"), follow_up(item.half), (tr("not added"), "$warning"))
        rows.append(Row(_HALF, half))
    return rows


def follow_up_at(item: OutboxItem | None, key: str) -> FollowUp | None:
    """The follow-up of a row; None for the one that was not added."""
    return None if item is None or key == _HALF else item.follow_ups[int(key) - 1]


def callbacks(item: OutboxItem) -> tuple[FollowUp, ...]:
    """The callbacks whose time can be said: the item itself, or those of its record, the one not added last."""
    if item.kind == CALLBACK:
        return (FollowUp(CALLBACK, item.note, due=item.due, to=item.address),) if item.intact else ()
    if item.kind != RECORD:
        return ()
    half = () if item.half is None else (item.half,)
    return tuple(one for one in (*item.follow_ups, *half) if one.kind == CALLBACK)


def callback_rows(item: OutboxItem) -> list[Row]:
    """Its callbacks."""
    return [
        Row(
            str(number),
            (
                (_digit(number), "bold $accent"),
                follow_up(one),
                ("", "") if one in item.follow_ups else (tr("not added"), "$warning"),
            ),
        )
        for number, one in enumerate(callbacks(item), 1)
    ]


def lacks_time(one: FollowUp, now: Instant) -> bool:
    """Whether it is a callback without a time, or whose time has passed. `now`: the server's time."""
    return one.kind == CALLBACK and (one.due is None or one.due <= now)


def with_callback(item: OutboxItem, callback: FollowUp, wanted: FollowUp) -> Amendment:
    """One of its callbacks as it is wanted now; the one that was not added is added with that.

    Raises:
        NotChangeable: the item has no such callback any more.
    """
    if callback not in callbacks(item):
        raise NotChangeable(Sentence("outbox.callback_gone"))
    if item.kind == CALLBACK:
        return Amendment(note=wanted.text, due=wanted.due)
    planned = list(item.follow_ups)
    if callback not in planned:
        return Amendment(follow_ups=(*planned, wanted), half=None)
    planned[planned.index(callback)] = wanted
    return Amendment(follow_ups=tuple(planned))


def without(item: OutboxItem, dropped: FollowUp | None) -> Amendment:
    """A follow-up dropped; None for the one that was not added."""
    if dropped is None:
        return Amendment(half=None)
    kept = list(item.follow_ups)
    if dropped in kept:
        kept.remove(dropped)
    return Amendment(follow_ups=tuple(kept))


def with_half(item: OutboxItem) -> Amendment:
    """The follow-up that was being typed, added."""
    half = () if item.half is None else (item.half,)
    return Amendment(follow_ups=(*item.follow_ups, *half), half=None)


def channel_rows() -> list[Row]:
    """Every channel."""
    return [
        Row(channel.value, ((str(number), "bold $accent"), f"{traits.sign} {term('channel', channel.value)}", ""))
        for number, (channel, traits) in enumerate(TRAITS.items(), 1)
    ]


def _digit(number: int) -> str:
    return str(number) if number < 10 else ""
