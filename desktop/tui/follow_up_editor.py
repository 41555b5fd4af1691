"""The follow-ups of a wrap-up: those planned, each to change or to drop, and the field for the next one.

What is understood in the field counts as planned at once, so that nothing can lose it: not the end of the time for
wrapping up, nor turning to another contact. Enter puts it to the others, esc takes it back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from desktop.app.time_zones import customer_zone, local_zone
from desktop.domain import select
from desktop.domain.customer import FollowUp
from desktop.tui import text_message, wording
from desktop.tui.follow_up_words import in_words
from desktop.tui.pane import View
from desktop.tui.safe_text import Part, line
from desktop.tui.table import LineTable
from desktop.tui.table_columns import Column
from desktop.tui.table_rows import Row

SHOWN = 3
"""Planned follow-ups that are in sight at once."""
PLACEHOLDERS = {
    "callback": "callback: when and what, as in «tomorrow 14:00 about the refund»",
    "sms": "text message, sent when you finish · consent ✓",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """A follow-up being written. `instead_of`: the planned one that it is to replace."""

    kind: str
    to: str = ""
    text: str = ""
    instead_of: FollowUp | None = None


class FollowUpEditor(Vertical):
    """A list, and a field with a line below it that says what was understood."""

    DEFAULT_CSS = """
    FollowUpEditor { height: auto; }
    FollowUpEditor Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    FollowUpEditor LineTable { height: 1; }
    """

    class Left(Message):
        """The agent is done with the field or the list."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when the follow-ups are others than before."""
        super().__init__(id="wrap-up-follow-ups")
        self._keys = Static(id="wrap-up-planned-keys")
        self._list = LineTable((Column("follow-up"),), header=False, id="wrap-up-planned")
        self._field = Input(select_on_focus=False, id="wrap-up-follow-up")
        self._understood = Static(id="wrap-up-understood")
        self.country = ""  # the two-letter country of the profile
        self._tell = changed
        self._told: tuple[FollowUp, ...] = ()
        self._view: View | None = None
        self._of: str | None = None
        self._planned: tuple[FollowUp, ...] = ()
        self._writing: Writing | None = None
        self._put_off: dict[str, Writing] = {}  # what is not understood of a contact that the agent turned away from

    def compose(self) -> ComposeResult:
        """What is planned, the field, what was understood."""
        yield from (self._keys, self._list, self._field, self._understood)

    def on_mount(self) -> None:
        """The field appears when it is asked for."""
        self._close_field()

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What is planned, with what is understood of the field; one that is being changed stays until that is."""
        written = self._read()[0] or (self._writing.instead_of if self._writing else None)
        return self._planned if written is None else (*self._planned, written)

    @property
    def problem(self) -> str:
        """Why what stands in the field is no follow-up; "" when it is one, or when there is nothing."""
        return self._read()[1]

    @property
    def is_open(self) -> bool:
        """Whether a follow-up is being written."""
        return self._writing is not None

    def take(self, interaction_id: str | None, follow_ups: tuple[FollowUp, ...]) -> None:
        """Show the follow-ups of a contact; those of another one must be put aside before."""
        self._of, self._planned, self._told = interaction_id, follow_ups, follow_ups

    def put_aside(self) -> None:
        """Plan what is understood, keep what is not for when the agent comes back, and close the field."""
        text, writing = self._field.value.strip(), self._writing
        if writing is not None and self.problem and self._of is not None:
            self._put_off[self._of] = replace(writing, text=text)
        self._planned = self.follow_ups
        self._close_field()
        self._changed()

    def open(self, kind: str) -> str:
        """Turn to the field for a `callback` or a text message (`sms`); returns why that cannot be, or ""."""
        if self._view is None:
            return ""
        if self._writing is not None and self._writing.kind == kind:
            self._field.focus()
            return ""
        refusal = text_message.refusal(self._view, self._of or "") if kind == "sms" else ""
        if refusal or not self._plan():
            return refusal or f"{self.problem} Or press esc to discard it."
        self._open_field(Writing(kind, text_message.number_of(self._view, self._of or "") if kind == "sms" else ""))
        self._field.focus()
        return ""

    def leave(self) -> bool:
        """Discard what was not planned yet, if the agent is in the field; says whether they were here at all."""
        if not self.has_focus_within:
            return False
        if self._field.has_focus:
            if self._writing is not None and self._writing.instead_of is not None:
                self._planned = (*self._planned, self._writing.instead_of)
            self._close_field()
            self._redraw()
        self.post_message(self.Left())
        return True

    def draw(self, view: View) -> None:
        """Redraw; what a text means may change with the time."""
        self._view = view
        if self._writing is None and (put_off := self._put_off.pop(self._of or "", None)) is not None:
            if put_off.instead_of in self._planned:
                self._planned = _without(self._planned, self._planned.index(put_off.instead_of))
            self._open_field(put_off)
        rows = [self._row(place, one, view) for place, one in enumerate(self._planned)]
        self._list.display = self._keys.display = bool(rows)
        self._list.styles.height = min(SHOWN, max(1, len(rows)))
        self._list.set_rows(rows)
        self._draw_keys()
        self._draw_understood(view)
        self._changed()

    def on_descendant_focus(self) -> None:
        """The keys of the list are those that do something now."""
        self._draw_keys()

    on_descendant_blur = on_descendant_focus

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each key may change what is understood."""
        event.stop()
        self._redraw()

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
        place = int(event.key)
        chosen = self._planned[place]
        self._planned = _without(self._planned, place)
        due = f"{wording.planned(chosen.due, local_zone())} " if chosen.due is not None else ""
        text = f"{due}{chosen.text}" if chosen.kind == "callback" else chosen.text
        self._open_field(Writing(chosen.kind, chosen.to, text, chosen))
        self._field.focus()
        self._redraw()

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
        self._planned = _without(self._planned, place)
        if not self._planned and self._list.has_focus:
            self.post_message(self.Left())
        self._redraw()

    def _plan(self) -> bool:
        """Put what stands in the field to the others and close it; not while it is not understood."""
        if self.problem:
            self._redraw()
            return False
        self._planned = self.follow_ups
        self._close_field()
        self._redraw()
        return True

    def _redraw(self) -> None:
        if self._view is not None:
            self.draw(self._view)

    def _changed(self) -> None:
        if (now := self.follow_ups) != self._told:
            self._told = now
            self._tell()

    def _open_field(self, writing: Writing) -> None:
        self._writing = writing
        field = self._field
        field.placeholder = PLACEHOLDERS.get(writing.kind, "")
        field.display = self._understood.display = True
        with self.prevent(Input.Changed):
            field.value = writing.text
            field.cursor_position = len(writing.text)

    def _close_field(self) -> None:
        self._writing = None
        with self.prevent(Input.Changed):
            self._field.value = ""
        self._field.display = self._understood.display = False

    def _read(self) -> tuple[FollowUp | None, str]:
        """What stands in the field, or why it is no follow-up; neither where there is nothing."""
        writing, text = self._writing, self._field.value.strip()
        if writing is None or self._view is None or not text:
            return None, ""
        if writing.kind != "callback":
            changed = replace(writing.instead_of, text=text) if writing.instead_of else None
            return changed or FollowUp(writing.kind, text, to=writing.to), ""
        from desktop.app.when.due import Due, read_due  # its patterns; not before the first paint

        view = self._view
        found = read_due(text, view.now, local_zone(), region=self.country, customer=self._customer_zone(view))
        if isinstance(found, Due):
            return FollowUp("callback", found.rest, due=found.at, to=writing.to), ""
        return None, found.why

    def _draw_keys(self) -> None:
        keys: list[Part] = [("follow-ups  ", "$muted")]
        if self._list.has_focus:
            for key, does in (("enter", "change"), ("del", "drop"), ("esc", "back")):
                keys += [(key, "bold $accent"), (f" {does}  ", "$muted")]
        else:
            keys += [("tab", "bold $accent"), (" to change or drop", "$muted")]
        self._keys.update(line(*keys))

    def _draw_understood(self, view: View) -> None:
        if self._writing is None:
            return
        found, why = self._read()
        parts: list[Part] = [("esc", "bold $accent"), (" back", "$muted")]
        if why:
            parts = [(why, "$warning")]
        elif found is not None:
            keys = (
                ("  enter", "bold $accent"),
                (" adds  ", "$muted"),
                ("esc", "bold $accent"),
                (" discards", "$muted"),
            )
            shown = in_words(replace(found, text=""), None, local_zone(), self._customer_zone(view))
            if found.kind == "callback":
                shown = [*shown[1:], f" · {found.text}" if found.text else ""]
            parts = [("✓ ", "bold $success"), *shown, *keys]
        self._understood.update(line(*parts))

    def _row(self, place: int, follow_up: FollowUp, view: View) -> Row:
        came_from = view.interaction.customer if view.interaction is not None else None
        words = in_words(follow_up, came_from, local_zone(), self._customer_zone(view))
        return Row(str(place), (line(("→ ", "$accent"), *words),))

    def _customer_zone(self, view: View) -> tzinfo | None:
        came_from = view.interaction.customer if view.interaction is not None else None
        return customer_zone(select.customer_of(view.state, self._of or ""), came_from, self.country)


def _without(follow_ups: tuple[FollowUp, ...], place: int) -> tuple[FollowUp, ...]:
    return (*follow_ups[:place], *follow_ups[place + 1 :])
