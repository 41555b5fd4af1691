"""Wrap-up: type-ahead codes, what is still required, follow-ups, and the time that is left."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from desktop.app.callback_time.time_zones import local_zone
from desktop.domain import select
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import CodeRule, Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.own_events import AS_IT_IS, Keep
from desktop.tui.agent.follow_up_editor import FollowUpEditor
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, first_that_fits, key_hints
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.finish_summary import finish_summary
from desktop.tui.words.keyed import keyed
from desktop.tui.words.still_needed import refusal, still_needed
from desktop.tui.words.titles import title
from desktop.words.catalogue import ntr, ptr, tr
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.notes.notes import Notes


class CodeField(Input):
    """Where codes are typed; it asks for one only while it has the keyboard, else for the key that brings it here."""

    def on_mount(self) -> None:
        """The panel opens by itself, while the agent still writes the note."""
        self.on_blur()

    def on_focus(self) -> None:
        """Letters land here now."""
        self.placeholder = tr("type a code")

    def on_blur(self) -> None:
        """Letters land elsewhere."""
        self.placeholder = tr("{key} to choose a code", key=shown("wrap_up"))


class WrapUpPane(Pane, Vertical):
    """Enter takes the code that was typed for or moved to, backspace in an empty field gives the last one back."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    class Refused(Message):
        """What was asked for cannot be done; `why` is for the agent."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(self) -> None:
        super().__init__(id="wrap-up")
        self._of: str | None = None
        self.opened_for: str | None = None
        self.notes: Notes | None = None
        """Where the codes and follow-ups are; this pane holds none of them. Set by the app once there is a session."""
        self._pointed = False
        self.editor = FollowUpEditor(lambda: self._record, self._change)

    def compose(self) -> ComposeResult:
        """Chosen codes, the field, the list, follow-ups, what finishing does, what is missing."""
        yield Static(id="wrap-up-chosen")
        yield CodeField(id="wrap-up-code")
        yield LineTable(
            (Column("code", weight=2), Column("group", min_width=40)),
            header=False,
            empty=tr("No such code."),
            id="wrap-up-codes",
        )
        yield self.editor
        yield Static(id="wrap-up-summary")
        yield Static(id="wrap-up-missing")

    def open(self, *, focus: bool) -> None:
        """Show it; take the focus only when the agent asked for it."""
        self.add_class("open")
        if self.view is not None:
            self.opened_for = self.view.selected
            self.draw(self.view)
        if focus:
            self.query_one("#wrap-up-code", Input).focus()

    def close(self) -> None:
        """Hide it; what was chosen and what is being typed stays in the draft."""
        self.remove_class("open")
        self.opened_for = None
        self.query_one("#wrap-up-code", Input).value = ""
        self._point(False)
        self.editor.put_aside()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes chosen for the contact shown."""
        return self._record.codes if self._record is not None else ()

    @property
    def _record(self) -> DraftView | None:
        """What is written about the contact shown, down to the last key."""
        if self._of is None:
            return None
        if self.notes is not None:
            return self.notes.text(self._of)
        return self.view.state.drafts.get(self._of) if self.view is not None else None

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """The interaction, its draft, and who the customer is."""
        chosen = view.selected or ""
        return (
            view.interaction,
            view.state.drafts.get(chosen),
            view.state.handed_over.get(chosen),
            view.state.pops.get(chosen),
            view.state.codes,
        )

    def draw(self, view: View) -> None:
        """Redraw all parts; nothing is done while hidden."""
        if view.selected != self._of:
            self.editor.put_aside()
            self._of = self.editor.of = view.selected
        interaction = view.interaction
        if interaction is None or not self.is_open:
            return
        self._draw_codes(view, interaction)
        self.editor.draw(view)
        self._fit_codes(view, interaction)
        self._draw_summary(view, interaction)
        self._draw_missing(view, interaction)
        self._draw_border(view, interaction)

    def _draw_border(self, view: View, interaction: Interaction) -> None:
        """Whom it is about, and the keys."""
        room = border_room(self)
        self.border_title = _heading(view, interaction, room)
        more = [(shown("extend"), tr("more time"))] if interaction.wrap_up_deadline else []
        first = [(shown("finish"), tr("finish")), *more]
        self.border_subtitle = key_hints(
            room, [*first, (shown("callback"), tr("callback")), (shown("text"), ptr("to the customer", "text"))]
        )

    def on_resize(self) -> None:
        """Fit the border to the new width, and the codes to the new height."""
        if self.view is not None and self.view.interaction is not None:
            self._draw_border(self.view, self.view.interaction)
            self._fit_codes(self.view, self.view.interaction)

    def _fit_codes(self, view: View, interaction: Interaction) -> None:
        """As many rows as the queue has codes, as far as there is room: the list keeps its height while one types."""
        height: int | str = "1fr"
        if not self.screen.has_class("narrow"):  # there it has what the note leaves
            wanted = len(select.codes_for(view.state, interaction))
            room = self.screen.size.height // 3 - 7 - len(self.editor.follow_ups)
            height = max(2, min(wanted, room - 3)) if self.editor.is_open else max(4, min(wanted, room))
        self.query_one("#wrap-up-codes").styles.height = height

    def _draw_codes(self, view: View, interaction: Interaction) -> None:
        labels = {code.id: code.label for code in view.state.codes}
        chips: list[Part] = [(f"{tr('codes')}  ", "$muted")]
        for code in self.codes:
            chips += [(f" {labels.get(code, code)} ", "reverse $accent"), " "]
        if not self.codes:
            chips.append((_wanted(interaction.wrap_up_rule.codes), "$muted"))
        self.query_one("#wrap-up-chosen", Static).update(line(*chips))
        typed = self.query_one("#wrap-up-code", Input).value
        matches = [
            code
            for code in select.match_codes(select.codes_for(view.state, interaction), typed)
            if code.id not in self.codes
        ]
        rows = [Row(code.id, (content(code.label), content(code.group, "$muted"))) for code in matches]
        table = self.query_one("#wrap-up-codes", LineTable)
        table.set_rows(rows)
        if not rows:
            table.set_empty(_no_such_code(view, interaction, typed))

    def _draw_summary(self, view: View, interaction: Interaction) -> None:
        draft = view.state.drafts.get(interaction.id)
        note = draft.note if draft else ""
        what = finish_summary(view.state, interaction, self.codes, note, self.editor.follow_ups, local_zone())
        summary = self.query_one("#wrap-up-summary", Static)
        summary.display = bool(what)
        summary.update(line((f"{tr('on finish')}  ", "$muted"), what))

    def _problems(self, view: View, interaction: Interaction) -> tuple[str, str]:
        """What is missing, and what is wrong."""
        draft = view.state.drafts.get(interaction.id)
        problems = select.wrap_up_problems(view.state, interaction, self.codes, draft.note if draft else "")
        return still_needed(problems, callback_lacks_time=bool(self.editor.problem))

    def _draw_missing(self, view: View, interaction: Interaction) -> None:
        draft = view.state.drafts.get(interaction.id)
        missing, wrong = self._problems(view, interaction)
        if interaction.id in view.state.unfinished:
            goes = tr(
                "The contact is no longer yours: this goes to the outbox now. {outbox:key} goes on with it there."
            )
            parts = keyed(goes, "outbox", "$warning")
        elif interaction.phase is not Phase.WRAP_UP:
            parts = [(tr("You can choose codes now, and finish once the contact has ended."), "$muted")]
        elif (finished := view.state.handed_over.get(interaction.id)) is not None and draft is None:
            parts = [
                (f"✓ {tr('finished {at}', at=wording.clock(finished.at))}", "bold $success"),
                (f": {tr('the record is safe.')} ", "$muted"),
                key_hint(shown("finish"), tr("closes the contact; anything you add is sent as well.")),
            ]
        elif missing or wrong:
            parts = [(wrong, "bold $warning"), "  " if wrong and missing else ""]
            if missing:
                parts += [(f"{tr('still needed:')} ", "$warning"), (missing, "bold $warning")]
            parts += _nobody_chosen(view)
        else:
            ready: Part = (f"✓ {tr('ready:')} ", "bold $success")
            parts = [ready, key_hint(shown("finish"), tr("finishes")), *_nobody_chosen(view)]
        self.query_one("#wrap-up-missing", Static).update(line(*parts))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing narrows the codes down."""
        event.stop()
        if event.input.id == "wrap-up-code" and self.view is not None and self.view.interaction is not None:
            self._draw_codes(self.view, self.view.interaction)
            self.query_one("#wrap-up-codes", LineTable).action_edge(-1)
            self._point(bool(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the code that is marked; where none is, it takes none and says what to press."""
        event.stop()
        if self._pointed:
            self._take(self.query_one("#wrap-up-codes", LineTable).cursor_key)
        elif self.view is not None and self.view.interaction is not None:
            self.post_message(self.Refused(self._what_next(self.view, self.view.interaction)))

    def _what_next(self, view: View, interaction: Interaction) -> str:
        problems = self._problems(view, interaction)
        if interaction.phase is Phase.WRAP_UP and not any(problems):
            return tr("{key} finishes the wrap-up.", key=shown("finish"))
        if self.codes and interaction.phase is Phase.WRAP_UP:
            return refusal(*problems)
        return tr("Type a code, or choose one with the arrow keys.")

    def _point(self, marked: bool) -> None:
        """Whether a code is marked for enter: only what was typed for or moved to is."""
        self._pointed = marked
        self.query_one("#wrap-up-codes", LineTable).mark(marked)

    def on_follow_up_editor_left(self, event: FollowUpEditor.Left) -> None:
        """Back to the codes."""
        event.stop()
        self.query_one("#wrap-up-code", Input).focus()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter or a double click on a code."""
        event.stop()
        self._take(event.key)

    def on_key(self, event: events.Key) -> None:
        """Up and down move in the list from the field; backspace in an empty field gives the last one back."""
        key, field = event.key, self.query_one("#wrap-up-code", Input)
        if not field.has_focus:
            return
        if key in ("up", "down"):
            codes = self.query_one("#wrap-up-codes", LineTable)
            if self._pointed:
                codes.action_move(-1 if key == "up" else 1)
            else:  # the first press marks where the cursor is
                codes.action_edge(-1)
            self._point(True)
            event.stop()
        elif key == "backspace" and not field.value and self.codes:
            self._change(codes=self.codes[:-1])

    def add_follow_up(self, kind: str) -> None:
        """Open the field for a `callback` or a text message (`sms`)."""
        if not self.is_open or self.view is None:
            return
        if why := self.editor.open(kind):
            self.post_message(self.Refused(why))
        else:
            self.draw(self.view)

    def _take(self, code: str | None) -> None:
        interaction = self.view.interaction if self.view else None
        if code is None or interaction is None or code in self.codes:
            return
        many = interaction.wrap_up_rule.codes is CodeRule.MANY
        self.query_one("#wrap-up-code", Input).value = ""
        self._point(False)
        self._change(codes=(*self.codes, code) if many else (code,))

    def _change(
        self,
        *,
        codes: tuple[str, ...] | None = None,
        follow_ups: tuple[FollowUp, ...] | None = None,
        half: FollowUp | Keep | None = AS_IT_IS,
    ) -> None:
        """Say what changed, and nothing else: what was not touched here may have come from the disk since."""
        if self._of is not None and self.notes is not None:
            self.notes.edit(self._of, codes=codes, follow_ups=follow_ups, half=half)
        if self.view is not None and self.view.selected == self._of:
            self.draw(self.view)


def _nobody_chosen(view: View) -> list[Part]:
    """That the contact may be with several customers and is linked to none; it may be finished all the same."""
    count = len(select.possible_customers(view.state, view.selected or ""))
    if not count:
        return []
    words = ntr("a possible customer is not linked", "none of {n} possible customers chosen", count)
    return [(f" · {words}", "$warning"), (f" (alt+1–{min(count, 9)})" if count > 1 else " (alt+1)", "$muted")]


def _no_such_code(view: View, interaction: Interaction, typed: str) -> str:
    """That the queue has none, and where another queue has what was typed for: which."""
    elsewhere = [code for code in select.match_codes(view.state.codes, typed) if code.queues] if typed.strip() else []
    if not elsewhere or interaction.queue in elsewhere[0].queues:
        return tr("No such code.")
    return tr(
        "No such code in {queue}. “{code}” is for {queues} only.",
        queue=interaction.queue,
        code=elsewhere[0].label,
        queues=", ".join(sorted(elsewhere[0].queues)),
    )


def _wanted(rule: CodeRule) -> str:
    return tr(_WANTED[rule])


_WANTED: Final[Mapping[CodeRule, str]] = {
    CodeRule.NONE: mark("none needed"),
    CodeRule.OPTIONAL_ONE: mark("optional"),
    CodeRule.ONE: mark("one required"),
    CodeRule.MANY: mark("at least one required"),
}


def _heading(view: View, interaction: Interaction, room: int) -> Content:
    """What it is, how long there is, whom it is about, and how their contact ended; a long name is cut."""
    now, name = view.now, title(view.state, interaction)
    ended = wording.how_contact_ended(view.state, interaction)
    parts: list[Part] = [(tr("Wrap-up"), "bold")]
    if interaction.phase is Phase.WRAP_UP and interaction.wrap_up_deadline is not None:
        left = interaction.wrap_up_deadline - now
        words = tr("{time} left", time=wording.duration(left))
        parts.append((f" · {words}", "bold $error" if left < 15 else "$warning"))
    versions = [line(*parts, f" · {name}", (f" · {ended}", "$muted"))] if ended else []
    return first_that_fits(room, [*versions, line(*parts, f" · {name}")])
