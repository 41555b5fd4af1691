"""Canned replies in the reply field: which are offered for what was typed, and what is inserted of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain import select
from desktop.domain.notes.canned_replies import CannedReply, Placeholder, filled, first_gap, fitting, matching
from desktop.tui.widgets.pane import View
from desktop.words.catalogue import term

SIGN = "/"
"""Opens the list, on an empty line only: dates, addresses and "and/or" have it behind something."""
_ENGLISH_GAPS = tuple(f"[{one.replace('.', ' ')}?]" for one in Placeholder)


@dataclass(frozen=True, slots=True)
class CannedChoice:
    """The canned replies on offer, each as it would be inserted, and which of them is under the cursor."""

    replies: tuple[CannedReply, ...]
    texts: tuple[str, ...]
    at: int = 0

    @property
    def text(self) -> str:
        """What enter inserts; "" where nothing fits what was typed."""
        return self.texts[self.at] if self.texts else ""

    def moved(self, rows: int) -> "CannedChoice":
        """The same with the cursor so many rows further down, round the end."""
        return CannedChoice(self.replies, self.texts, (self.at + rows) % max(1, len(self.replies)))


def choice(replies: Sequence[CannedReply], view: View, typed: str) -> CannedChoice | None:
    """What is on offer for the selected contact and these words; None where it has no canned replies at all."""
    interaction = view.interaction
    if interaction is None:
        return None
    customer = select.customer_of(view.state, interaction.id)
    language = customer.language if customer is not None else ""
    fit = fitting(replies, interaction.channel, interaction.queue, language)
    if not fit:
        return None
    found = matching(fit, typed)
    values = select.placeholder_values(view.state, interaction)
    return CannedChoice(found, tuple(filled(one.text, values, _gap) for one in found))


def unfilled(text: str) -> tuple[int, int] | None:
    """Where the first gap that an inserted text left in a reply begins and ends; None where there is none."""
    return first_gap(text, {*map(_gap, Placeholder), *_ENGLISH_GAPS})  # it may be older than the language in force


def _gap(placeholder: Placeholder) -> str:
    return f"[{term('placeholder', placeholder)}?]"
