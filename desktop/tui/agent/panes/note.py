"""The note: there from the offer on. What its border says about saving is true: on disk, fsynced."""

from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.tui.agent.draft_editor import DraftEditor, is_written_to
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr


class NotePane(DraftEditor):
    """The note of the selected interaction."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__("note")
        self.border_title = content(tr("Note"))

    def words_of(self, draft: DraftView | None) -> str:
        """The note."""
        return draft.note if draft else ""

    def look(self, view: View) -> tuple[object, ...]:
        """The draft of the selected interaction."""
        interaction = view.interaction
        return (
            view.selected,
            view.state.drafts.get(view.selected or ""),
            view.state.handed_over.get(view.selected or ""),
            interaction.phase if interaction else None,
        )

    def draw(self, view: View) -> None:
        """Load another interaction's note, and say how safe this one is."""
        self.take(view, closed=view.interaction is None)
        self.retitle()
        back = [key_hint(shown("text"), tr("reply"))] if is_written_to(view) else []
        self.border_subtitle = line(*self.marks(), *back)

    def retitle(self) -> None:
        """See the base class."""
        if self.view is not None:
            self.border_title = line(*self._safety(self.view))

    def close_note(self, interaction_id: str) -> None:
        """The note of an interaction is in the outbox: a key that comes before the next frame is not taken either."""
        if interaction_id == self._of:
            self.read_only = True

    def _safety(self, view: View) -> list[Part]:
        draft = view.state.drafts.get(view.selected or "")
        interaction = view.interaction
        label: Part = (tr("Note"), "bold")
        if interaction is None:
            gone = f" · {tr('the contact is gone, this is in the outbox')} · "
            left: list[Part] = [] if self._of is None else [(gone, "$warning"), key_hint("esc")]
            return [(tr("Note"), "$muted"), *left]
        required = interaction.wrap_up_rule.note_required and interaction.phase is Phase.WRAP_UP
        want: list[Part] = [(f" · {tr('required')}", "$warning")] if required and not self.text.strip() else []
        if draft is None or (not draft.note and (draft.saved_at is None or draft.reply or draft.outgoing)):
            finished = view.state.handed_over.get(interaction.id)
            if finished is not None and draft is None:
                return [label, (f" · {tr('finished {at}', at=wording.clock(finished.at))}", "$success")]
            return [label, *want]
        if draft.problem:
            return [label, (" · ", "bold"), (tr("NOT SAVED: {why:clause}", why=draft.problem), "bold $error")]
        if draft.saved_at is None or not self.is_saved(draft):
            return [label, (f" · {tr('saving …')}", "$muted"), *want]
        return [label, (f" · {tr('saved {at}', at=wording.clock(draft.saved_at))}", "$success"), *want]
