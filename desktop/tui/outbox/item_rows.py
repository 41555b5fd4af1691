"""The rows of the outbox: one for each item, what needs attention first."""

from collections.abc import Callable, Sequence
from typing import Final

from desktop.app.notes.outbox_items import OutboxItem
from desktop.app.storage.tables.outbox_rows import PARKED
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import Sentence
from desktop.tui.outbox.item_words import channel_sign, in_short, kind, whom
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, tr
from desktop.words.marks import mark

COLUMNS: Final = (
    Column("state", width=17),
    Column("customer", weight=3),
    Column("channel", width=1),
    Column("what", width=18),
    Column("age", width=4, align="right"),
    Column("tries", width=8, min_width=100),
    Column("why", weight=4, min_width=72),
)
PARKED_LOOK: Final = ("✕", mark("needs attention"), "bold $error")
WAITING_LOOK: Final = ("◌", mark("not sent yet"), "$warning")


def worst_first(items: Sequence[OutboxItem]) -> list[OutboxItem]:
    """What needs attention before what waits by itself, of each the oldest first."""
    return sorted(items, key=lambda item: (item.state != PARKED, item.created_at))


def look(item: OutboxItem) -> tuple[str, str, str]:
    """Sign, word and style of where it stands."""
    sign, word, style = PARKED_LOOK if item.state == PARKED else WAITING_LOOK
    return sign, tr(word), style


def tries(count: int) -> str:
    """How often it was tried; "" for never."""
    return ntr("{n} try", "{n} tries", count) if count else ""


def rows(items: Sequence[OutboxItem], now: Instant, why: Callable[[OutboxItem], Sentence]) -> list[Row]:
    """The rows as the table takes them.

    Args:
        now: the local clock, by which items are dated.
        why: what keeps an item that waits.
    """
    made = []
    for item in worst_first(items):
        sign, word, style = look(item)
        cells = (
            (f"{sign} {word}", style),
            (whom(item), "bold"),
            (channel_sign(item), "$accent"),
            kind(item),
            (wording.age(now - item.created_at), "$muted"),
            (tries(item.attempts), "$muted"),
            (in_short(item, why(item)), "$warning" if item.state == PARKED else "$muted"),
        )
        made.append(Row(item.key, cells))
    return made
