"""The follow-ups of a wrap-up: those planned, each to change or to drop, and the field for the next one.

What is being typed is kept with the record, but is not planned before enter (or finishing) says so. Esc discards it:
it is neither kept nor sent, and comes back only when the same kind of follow-up is asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from desktop.app.callback_time.time_zones import customer_zone, local_zone
from desktop.app.notes.card_masking import CardMasking
from desktop.domain import select
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.own_events import AS_IT_IS, Keep
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.tui.widgets.card_number_fields import hide_in_input, what_was_hidden
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, line, lines
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import text_message, wording
from desktop.tui.words.follow_ups import described
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

SHOWN = 3
"""Planned follow-ups that are in sight at once."""
PLACEHOLDERS = {
    "callback": mark("callback: when and what, as in “tomorrow 14:00 about the refund”"),
    "sms": mark("text message, sent when you finish · consent ✓"),
}
"""By kind, what stands in the empty field."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A follow-up being written. `instead_of`: the planned one that it is to replace."""

    kind: str
    to: str = ""
    text: str = ""
    instead_of: FollowUp | None = None


class Change(Protocol):
    """Says what changed of the record; what is not given stays as it is."""

    def __call__(
        self, *, follow_ups: tuple[FollowUp, ...] | None = None, half: FollowUp | Keep | None = AS_IT_IS
    ) -> None: ...


class FollowUpEditor(Vertical):
    """A list, and a field with a line below it that says what was understood."""

    DEFAULT_CSS = css_beside(__file__)

    class CardHidden(Message):
        """A card number or security code was hidden in the field; `what` says which, `in_message` that it stays so."""

        def __init__(self, what: str, *, in_message: bool) -> None:
            super().__init__()
            self.what, self.in_message = what, in_message

    class Discarded(Message):
        """Esc discarded what was typed: `text`, of a follow-up of this `kind`."""

        def __init__(self, kind: str, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Left(Message):
        """The agent is done with the field or the list."""

    def __init__(self, record: Callable[[], DraftView | None], change: Change) -> None:
        """`record`: what is written about the contact shown, down to the last key. `change` says what changed of it."""
        super().__init__(id="wrap-up-follow-ups")
        self._keys = Static(id="wrap-up-planned-keys")
        self._list = LineTable((Column("follow-up"),), header=False, id="wrap-up-planned")
        self._field = Input(select_on_focus=False, id="wrap-up-follow-up")
        self._understood = Static(id="wrap-up-understood")
        self.cards = CardMasking()
        """Which card numbers were hidden here, and which may stand here in clear; set by the app."""
        self.country = ""  # the two-letter country of the profile
        self._record = record
        self._change = change
        self._view: View | None = None
        self.of: str | None = None  # the contact shown
        self._writing: Writing | None = None
        self._told: tuple[str, str, str] | None = None  # kind, recipient and text, as they were last handed over
        self._put_off: dict[str, Writing] = {}  # of contacts that the agent turned away from in the middle of one
        self._discarded: dict[tuple[str, str], Writing] = {}  # by contact and kind; in memory only, and never sent

    def compose(self) -> ComposeResult:
        """What is planned, the field, what was understood."""
        yield from (self._keys, self._list, self._field, self._understood)

    def on_mount(self) -> None:
        """The field appears when it is asked for."""
        self._close_field()

    @property
    def _planned(self) -> tuple[FollowUp, ...]:
        record = self._record()
        return record.follow_ups if record is not None else ()

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What finishing would send: what is planned, with what is understood of the field."""
        written = self._read()[0]
        if written is None or self._writing is None:
            return self._planned
        replaced = self._writing.instead_of
        if replaced in self._planned:
            place = self._planned.index(replaced)
            return (*self._planned[:place], written, *self._planned[place + 1 :])
        return (*self._planned, written)

    @property
    def problem(self) -> str:
        """Why what stands in the field is no follow-up; "" when it is one, or when there is nothing."""
        return in_words(self._read()[1])

    def tell(self) -> None:
        """Say what stands in the field, down to the last key, of which the message may still be on its way here."""
        self._hide_cards()
        half = self._half()
        words = None if half is None else (half.kind, half.to, half.text)
        if self._writing is not None and words != self._told:  # a record that left with it must not begin anew
            self._told = words
            self._change(half=half)

    @property
    def is_open(self) -> bool:
        """Whether a follow-up is being written."""
        return self._writing is not None

    def put_back(self) -> bool:
        """Show what was hidden last in the field, or else in what is planned; says whether anything was.

        What goes to the customer stays as it is.
        """
        of = self.of or ""
        text = None if self._writes_message else self.cards.put_back(of, self._field.value)
        if text is not None:
            self._field.value = text
            return True
        for place, one in reversed(list(enumerate(self._planned))):
            if one.kind not in MESSAGE_KINDS and (text := self.cards.put_back(of, one.text)) is not None:
                changed = replace(one, text=text)
                self._change(follow_ups=(*self._planned[:place], changed, *self._planned[place + 1 :]))
                return True
        return False

    @property
    def hides_in_message(self) -> bool:
        """Whether something is hidden in a message to the customer, where it stays hidden."""
        written = [one.text for one in self._planned if one.kind in MESSAGE_KINDS]
        written += [self._field.value] if self._writes_message else []
        return any(self.cards.latest(self.of or "", text) is not None for text in written)

    @property
    def _writes_message(self) -> bool:
        return self._writing is not None and self._writing.kind in MESSAGE_KINDS

    def put_aside(self) -> None:
        """Close the field; what stands in it is kept with the record for when the agent comes back."""
        self.tell()
        if self._writing is not None and self.of is not None and self._field.value.strip():
            self._put_off[self.of] = self._writing
        self._close_field()

    def commit(self) -> str:
        """Plan what stands in the field; returns why that cannot be, or ""."""
        return "" if self._plan() else self.problem

    def open(self, kind: str) -> str:
        """Turn to the field for a `callback` or a text message (`sms`); returns why that cannot be, or ""."""
        if self._view is None:
            return ""
        if self._writing is not None and self._writing.kind == kind:
            self._field.focus()
            return ""
        refusal = text_message.refusal(self._view, self.of or "") if kind == "sms" else ""
        if refusal or not self._plan():
            return refusal or tr("{why} Or press esc to discard it.", why=self.problem)
        to = text_message.number_of(self._view, self.of or "") if kind == "sms" else ""
        self._open_field(self._back_again(kind, to) or Writing(kind, to))
        self._field.focus()
        self.tell()
        return ""

    def focus_field(self) -> None:
        """Go to the field that is typed in."""
        self._field.focus()

    def leave(self) -> bool:
        """Discard what was not planned yet, if the agent is in the field; says whether they were here at all."""
        if not self.has_focus_within:
            return False
        if self._field.has_focus:
            self._remember_discarded()
            self._close_field()
            self._change(half=None)
        self.post_message(self.Left())
        return True

    def _remember_discarded(self) -> None:
        """Keep what esc takes away for `open`, and say so; nothing is lost where nothing was typed or changed."""
        self._hide_cards()
        writing, text = self._writing, self._field.value
        if writing is None or not text.strip() or (writing.instead_of is not None and text == writing.text):
            return
        self._discarded[(self.of or "", writing.kind)] = replace(writing, text=text)
        self.post_message(self.Discarded(writing.kind, text))

    def _back_again(self, kind: str, to: str) -> Writing | None:
        """What was discarded of this kind, once: as a change of what is still planned, else as a new one for `to`."""
        writing = self._discarded.pop((self.of or "", kind), None)
        if writing is None or writing.instead_of in self._planned:
            return writing
        return replace(writing, to=to, instead_of=None)

    def draw(self, view: View) -> None:
        """Redraw; what a text means may change with the time."""
        self._view = view
        for of, kind in [*self._discarded]:
            if of not in view.state.interactions and of not in view.state.unfinished:
                del self._discarded[of, kind]
        record = self._record()
        if self._was_handed_over(record):
            self._close_field()
        if self._writing is None and record is not None and record.half is not None:
            half = record.half
            put_off = self._put_off.pop(self.of or "", None) or Writing(half.kind, half.to)
            self._open_field(replace(put_off, text=half.text))
            self._told = (half.kind, half.to, half.text)
        changed = self._writing.instead_of if self._writing is not None else None
        rows = [self._row(place, one, view) for place, one in enumerate(self._planned) if one is not changed]
        self._list.display = self._keys.display = bool(rows)
        self._list.styles.height = min(SHOWN, max(1, len(rows)))
        self._list.set_rows(rows)
        self._draw_keys()
        self._draw_understood(view)

    def on_descendant_focus(self) -> None:
        """The keys of the list are those that do something now."""
        self._draw_keys()

    on_descendant_blur = on_descendant_focus

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each key may change what is understood."""
        event.stop()
        self.tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter plans what is understood, and stays with what is not."""
        event.stop()
        if self._plan():
            self.post_message(self.Left())

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter or a double click puts a follow-up back into the field."""
        event.stop()
        if not self._plan():
            self._field.focus()
            return
        chosen = self._planned[int(event.key)]
        due = f"{wording.planned(chosen.due, local_zone())} " if chosen.due is not None else ""
        text = f"{due}{chosen.text}" if chosen.kind == "callback" else chosen.text
        self._open_field(Writing(chosen.kind, chosen.to, text, chosen))
        self._field.focus()
        self.tell()

    def on_key(self, event: events.Key) -> None:
        """Up goes to the list; backspace and delete drop what is under its cursor, or the last one from the field."""
        drops = event.key in ("backspace", "delete")
        if self._field.has_focus and self._planned and not self._field.value and event.key == "backspace":
            self._drop(len(self._planned) - 1)
        elif self._field.has_focus and self._planned and event.key == "up":
            self._list.focus()
        elif self._list.has_focus and drops and self._list.cursor_key is not None:
            self._drop(int(self._list.cursor_key))
        else:
            return
        event.stop()

    def _drop(self, place: int) -> None:
        left = (*self._planned[:place], *self._planned[place + 1 :])
        if not left and self._list.has_focus:
            self.post_message(self.Left())
        self._change(follow_ups=left)

    def _plan(self) -> bool:
        """Put what stands in the field to the others and close it; not while it is not understood."""
        if self.problem:
            self._redraw()
            return False
        wanted, written = self.follow_ups, self._writing is not None
        self._close_field()
        if written:
            self._change(follow_ups=wanted, half=None)
        return True

    def _hide_cards(self) -> None:
        of = self.of or ""
        in_message = self._writes_message

        def hide(text: str, at: int | None) -> str:
            return self.cards.hide(of, text, typing_at=at, in_message=in_message)

        if hide_in_input(self._field, hide):
            latest = self.cards.latest(of, self._field.value)
            if latest is not None:
                self.post_message(self.CardHidden(what_was_hidden(latest), in_message=in_message))

    def _was_handed_over(self, record: DraftView | None) -> bool:
        """Whether what stands in the field left with its record, and would go out again if it were planned."""
        half = self._half()
        is_told = half is not None and self._told == (half.kind, half.to, half.text)
        return is_told and (record is None or record.half is None)

    def _half(self) -> FollowUp | None:
        """What stands in the field, as it is typed."""
        writing, text = self._writing, self._field.value
        if writing is None or not text.strip():
            return None
        found = self._read()[0]
        return FollowUp(writing.kind, text, due=found.due if found is not None else None, to=writing.to)

    def _redraw(self) -> None:
        if self._view is not None:
            self.draw(self._view)

    def _open_field(self, writing: Writing) -> None:
        self._writing = writing
        field = self._field
        self.cards.trust(self.of or "", writing.text)
        field.placeholder = tr(PLACEHOLDERS[writing.kind]) if writing.kind in PLACEHOLDERS else ""
        field.display = self._understood.display = True
        with self.prevent(Input.Changed):
            field.value = writing.text
            field.cursor_position = len(writing.text)

    def _close_field(self) -> None:
        self._writing = self._told = None
        with self.prevent(Input.Changed):
            self._field.value = ""
        self._field.display = self._understood.display = False

    def _read(self) -> tuple[FollowUp | None, Sentence]:
        """What stands in the field, or why it is no follow-up; neither where there is nothing."""
        writing, text = self._writing, self._field.value.strip()
        if writing is None or self._view is None or not text:
            return None, NOTHING
        if writing.kind != "callback":
            changed = replace(writing.instead_of, text=text) if writing.instead_of else None
            return changed or FollowUp(writing.kind, text, to=writing.to), NOTHING
        from desktop.app.callback_time.due import Due, read_due  # its patterns; not before the first paint

        view = self._view
        found = read_due(text, view.now, local_zone(), region=self.country, customer=self._customer_zone(view))
        if isinstance(found, Due):
            return FollowUp("callback", found.rest, due=found.at, to=writing.to), NOTHING
        return None, found.why

    def _draw_keys(self) -> None:
        keys: list[Part] = [(f"{tr('follow-ups')}  ", "$muted")]
        if self._list.has_focus:
            for key, does in (("enter", tr("change")), ("del", tr("drop")), ("esc", tr("back"))):
                keys += [key_hint(key, does, "  ")]
        else:
            keys += [key_hint("tab", tr("to change or drop"))]
        self._keys.update(line(*keys))

    def _draw_understood(self, view: View) -> None:
        if self._writing is None:
            return
        found, why = self._read()
        if why:
            self._understood.update(line((in_words(why), "$warning")))
            return
        if found is None:
            self._understood.update(line(key_hint("esc", tr("back"))))
            return
        keys = line(key_hint("enter", tr("adds"), "  "), key_hint("esc", tr("discards")))
        words = described(replace(found, text=""), None, local_zone(), self._customer_zone(view))
        words = words[1:] if found.kind == "callback" else words
        head = line(("✓ ", "bold $success"), *words)
        whole = line(head, f" · {found.text}") if found.kind == "callback" and found.text else head
        # What is typed stands in the field; what the keys do stands nowhere else.
        room = self.size.width - keys.cell_length - 2
        fits = next((one for one in (whole, head) if one.cell_length <= room), None)
        self._understood.update(line(fits, "  ", keys) if fits is not None else lines(head, keys))

    def on_resize(self) -> None:
        """Fit the new width."""
        if self._view is not None:
            self._draw_understood(self._view)

    def _row(self, place: int, follow_up: FollowUp, view: View) -> Row:
        came_from = view.interaction.customer if view.interaction is not None else None
        words = described(follow_up, came_from, local_zone(), self._customer_zone(view))
        return Row(str(place), (line(("→ ", "$accent"), *words),))

    def _customer_zone(self, view: View) -> tzinfo | None:
        came_from = view.interaction.customer if view.interaction is not None else None
        return customer_zone(select.customer_of(view.state, self.of or ""), came_from, self.country)
