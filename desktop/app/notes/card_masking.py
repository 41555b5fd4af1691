"""Card numbers hidden in what is written about contacts, and the numbers the agent said are none.

Both are kept in memory only, until the contact's record is handed over. Neither is needed after a restart: a number
that stands in a draft in clear stands there because the agent said so.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from desktop.app.notes.outbox_items import Amendment, OutboxItem
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.state.own_events import Keep
from desktop.domain.text.card_numbers import HIDDEN, CardData, find, masked

_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Hidden:
    """One card number or security code that was hidden: as it was written, and as it stands now."""

    data: CardData
    clear: str
    shown: str

    def place(self, text: str) -> int | None:
        """Where it stands in a text, the last of several; None where it is no part of it any more."""
        at = text.rfind(self.shown)
        while at >= 0:
            around = text[max(0, at - 1) : at] + text[at + len(self.shown) : at + len(self.shown) + 1]
            if not any(sign == HIDDEN or sign.isdecimal() for sign in around):
                return at
            at = text.rfind(self.shown, 0, at + len(self.shown) - 1)
        return None


class CardMasking:
    """By contact: what was hidden, and what may stand there in clear."""

    def __init__(self) -> None:
        self._allowed: dict[str, set[str]] = {}
        self._hidden: dict[str, list[Hidden]] = {}

    def hide(self, contact_id: str, text: str, *, typing_at: int | None = None, in_message: bool = False) -> str:
        """Hide the card numbers and security codes of a text, and remember them.

        Args:
            typing_at: where the agent is typing, so that a number being typed there is left alone.
            in_message: whether it goes to the customer: then what the agent said is no card is hidden all the same.

        Returns:
            A text of the same length.
        """
        allowed = () if in_message else self._allowed.get(contact_id, ())
        found = find(text, allowed, typing_at=typing_at)
        if not found:
            return text
        hidden = masked(text, allowed, typing_at=typing_at)
        known = self._hidden.setdefault(contact_id, [])
        for one in found:
            entry = Hidden(one, text[one.start : one.end], hidden[one.start : one.end])
            known[:] = [*(other for other in known if other.shown != entry.shown), entry][-_REMEMBERED:]
        return hidden

    def hide_in_record(
        self,
        contact_id: str,
        note: str | None,
        follow_ups: tuple[FollowUp, ...] | None,
        half: FollowUp | Keep | None,
    ) -> tuple[str | None, tuple[FollowUp, ...] | None, FollowUp | Keep | None]:
        """The parts of a record that changed, with nothing in them that may not be kept; None and Keep stay."""
        return (
            None if note is None else self.hide(contact_id, note),
            None if follow_ups is None else tuple(self._hide_in(contact_id, one) for one in follow_ups),
            self._hide_in(contact_id, half) if isinstance(half, FollowUp) else half,
        )

    def hide_in_amendment(self, item: OutboxItem, change: Amendment) -> Amendment:
        """What the agent changed of a row of the outbox, likewise. What stands there in clear may go on to."""
        self.trust(item.interaction_id, item.note, *(one.text for one in item.follow_ups))
        if change.note is not None and item.kind in MESSAGE_KINDS:
            change = replace(change, note=masked(change.note))
        note, follow_ups, half = self.hide_in_record(item.interaction_id, change.note, change.follow_ups, change.half)
        return replace(change, note=note, follow_ups=follow_ups, half=half)

    def trust(self, contact_id: str, *texts: str) -> None:
        """Allow what stands in texts that were kept: a number is in clear there because the agent said it is none."""
        for text in texts:
            self.allow(contact_id, [one.digits for one in find(text)])

    def allow(self, contact_id: str, digits: Collection[str]) -> None:
        """The agent said that these numbers are no card numbers or security codes."""
        if digits:
            self._allowed.setdefault(contact_id, set()).update(digits)

    def uncovered(self, contact_id: str, before: str, after: str) -> None:
        """An editor's own undo took a text back to how it was: allow what was hidden there and is in clear again."""
        if len(before) == len(after):
            self.allow(contact_id, [one.digits for one in find(after) if HIDDEN in before[one.start : one.end]])

    def latest(self, contact_id: str, text: str) -> Hidden | None:
        """What was hidden last of all that still stands in a text."""
        known = reversed(self._hidden.get(contact_id, ()))
        return next((one for one in known if one.place(text) is not None), None)

    def put_back(self, contact_id: str, text: str) -> str | None:
        """Undo the latest hiding in a text, for good: its digits are allowed from now on. None: nothing was hidden."""
        latest = self.latest(contact_id, text)
        at = latest.place(text) if latest is not None else None
        if latest is None or at is None:
            return None
        self.allow(contact_id, [latest.data.digits])
        return text[:at] + latest.clear + text[at + len(latest.shown) :]

    def forget(self, contact_id: str) -> None:
        """The record was handed over: nothing of it is remembered here."""
        self._allowed.pop(contact_id, None)
        self._hidden.pop(contact_id, None)

    def _hide_in(self, contact_id: str, follow_up: FollowUp) -> FollowUp:
        text = self.hide(contact_id, follow_up.text, in_message=follow_up.kind in MESSAGE_KINDS)
        return follow_up if text == follow_up.text else replace(follow_up, text=text)
