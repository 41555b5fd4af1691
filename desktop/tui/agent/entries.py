"""What is listed of a customer's past: the cases, and the timeline as far as it holds what the agent looks for."""

from collections.abc import Sequence

from desktop.domain import select
from desktop.domain.entities.customer import Case, HistoryEntry, Purchase
from desktop.tui.agent.past import match_of
from desktop.tui.widgets.pane import View
from desktop.words.catalogue import in_words

OLDER = "older"
"""The key of the last row of a timeline that goes on."""


def cases(view: View) -> Sequence[Case]:
    """The cases, open ones first."""
    known = select.details_of(view.state, match_of(view)).cases
    return sorted(known or (), key=lambda case: (not case.is_open, -case.opened_at))


def timeline(view: View) -> Sequence[HistoryEntry]:
    """The whole timeline, newest first, with what the desktop saw of this contact."""
    if view.interaction is not None:
        return select.timeline(view.state, view.interaction)
    return select.timeline_of_customer(view.state, match_of(view))


def row_key(entry: HistoryEntry | Case) -> str:
    """The row of an entry in its list."""
    sort = "purchase " if isinstance(entry, Purchase) else ""
    return f"{sort}{entry.source}{entry.id}"


def words_of(wanted: str) -> tuple[str, ...]:
    """What is looked for, word by word."""
    return tuple(wanted.casefold().split())


def haystack(entry: HistoryEntry) -> str:
    """Everything of an entry that can be looked for."""
    if isinstance(entry, Purchase):
        texts = (entry.item, entry.amount, entry.id)
    else:
        texts = (in_words(entry.summary), in_words(entry.agent), entry.detail)
    return "\n".join(texts).casefold()


def found(entries: Sequence[HistoryEntry], wanted: str) -> Sequence[HistoryEntry]:
    """Those that have every word that is looked for."""
    words = words_of(wanted)
    if not words:
        return entries
    return [one for one in entries if (text := haystack(one)) and all(word in text for word in words)]
