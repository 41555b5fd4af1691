"""Canned replies in a field for the customer: which are offered for what was typed, and what is inserted of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain import select
from desktop.domain.conversations.canned_replies import CannedReply, Placeholder, filled, first_gap, fitting, matching
from desktop.domain.entities.customer import Match
from desktop.domain.entities.words import Channel
from desktop.tui.widgets.pane import View
from desktop.words.catalogue import term

SIGN = "/"
"""Opens the list, on an empty line only: dates, addresses and "and/or" have it behind something."""
_ENGLISH_GAPS = tuple(f"[{one.replace('.', ' ')}?]" for one in Placeholder)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a text is for, as far as canned replies go by it. `queue` is None outside of a contact."""

    channel: Channel
    queue: str | None
    language: str
    values: Mapping[Placeholder, str]


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


def of_contact(view: View) -> Reader | None:
    """The customer of the selected contact."""
    interaction = view.interaction
    if interaction is None:
        return None
    customer = select.customer_of(view.state, interaction.id)
    language = customer.language if customer is not None else ""
    values = select.placeholder_values(view.state, interaction)
    return Reader(interaction.channel, interaction.queue, language, values)


def outside(view: View, match: Match, channel: Channel) -> Reader:
    """A customer who is written to outside of a contact."""
    return Reader(channel, None, match.customer.language, select.placeholder_values_outside(view.state, match))


def choice(replies: Sequence[CannedReply], reader: Reader, typed: str) -> CannedChoice | None:
    """What is on offer for these words; None where there are no canned replies for the reader at all."""
    fit = fitting(replies, reader.channel, reader.queue, reader.language)
    if not fit:
        return None
    found = matching(fit, typed)
    return CannedChoice(found, tuple(filled(one.text, reader.values, _gap) for one in found))


def unfilled(text: str) -> tuple[int, int] | None:
    """Where the first gap that an inserted text left in a reply begins and ends; None where there is none."""
    return first_gap(text, {*map(_gap, Placeholder), *_ENGLISH_GAPS})  # it may be older than the language in force


def _gap(placeholder: Placeholder) -> str:
    return f"[{term('placeholder', placeholder)}?]"
