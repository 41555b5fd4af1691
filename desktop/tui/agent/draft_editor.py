"""An editor of what is written about a contact or to its customer: down to the last key it is a draft on disk."""

from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditHistory, EditResult

from desktop.app.notes.card_masking import CardMasking
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.card_number_fields import hide_in_area, replace_in_area, what_was_hidden
from desktop.tui.widgets.editor import Editor
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part
from desktop.tui.words import wording
from desktop.words.catalogue import tr

LIMIT = 16_000
"""Characters it may hold; the CRM's limit for notes with room to spare."""


def is_written_to(view: View) -> bool:
    """Whether the selected contact is one in which messages go to and fro now."""
    interaction = view.interaction
    return interaction is not None and interaction.channel in WRITTEN and interaction.phase is Phase.ACTIVE


class DraftEditor(Pane, Editor):
    """One editor, showing what is written for the selected interaction."""

    in_message = False
    """Whether it goes to the customer."""

    class Refused(Message):
        """What was pasted was not taken; `why` is for the agent."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    class Closed(Message):
        """Something was typed although the contact has left; it was not taken."""

    def __init__(self, name: str) -> None:
        """`name` is its id on the screen."""
        super().__init__(
            soft_wrap=True, show_line_numbers=False, id=name, highlight_cursor_line=False, tab_behavior="focus"
        )
        self.on_edit: Callable[[str, str], None] = lambda interaction_id, text: None
        """Takes the interaction and the whole text whenever it changed; set by the app."""
        self.written: Callable[[str], DraftView | None] | None = None
        """What is written for a contact, down to the last key; set by the app once there is a session."""
        self.cards = CardMasking()
        """Which card numbers were hidden here, and which may stand here in clear; set by the app."""
        self._wrapped_at = 0
        self._of: str | None = None
        self._known = ""
        self._histories: dict[str, tuple[str, EditHistory]] = {}  # of the others in hand, with the text each fits

    def words_of(self, draft: DraftView | None) -> str:
        """The part of what is written that is edited here."""
        raise NotImplementedError

    def draft_of(self, view: View) -> str | None:
        """Which draft is edited here: that of the selected interaction."""
        return view.selected

    def retitle(self) -> None:
        """Say anew how safe the words are that stand here."""
        raise NotImplementedError

    def is_saved(self, draft: DraftView) -> bool:
        """Whether what stands here, down to the last key, is on disk."""
        return draft.saved_at is not None and self.words_of(draft) == self.text

    def take(self, view: View, *, closed: bool) -> None:
        """Load another draft's words; `closed`: whether nothing can be written now."""
        wanted = self.draft_of(view)
        draft = view.state.drafts.get(wanted or "")
        back = self.read_only and not closed and draft is None
        if wanted != self._of or back:
            # What was written for a contact that left and is back may have gone out meanwhile, and what the last
            # frame showed may have been handed over since.
            now = self.written(wanted) if self.written is not None and wanted else draft
            self._load(wanted, self.words_of(now))
        for gone in self._histories.keys() - view.state.interactions.keys() - view.state.drafts.keys():
            del self._histories[gone]
        self._wrap_anew()
        self.read_only = closed

    def replace_words(self, interaction_id: str, text: str) -> None:
        """What is written for an interaction is not what was typed here: it was found on disk, or went out.

        Nothing that was typed may wait to be told: see `tell`. The cursor stays where it is, counted from the end.
        """
        if interaction_id != self._of or text == self.text:
            return
        behind = self.get_text_range(self.cursor_location, self.document.end)
        self._known = text
        self.cards.trust(interaction_id, text)
        with self.prevent(TextArea.Changed):
            self.load_text(text)
            self._wrapped_at = self.wrap_width
            before = text.removesuffix(behind) if text.endswith(behind) else text
            self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1))

    def _load(self, interaction_id: str | None, text: str) -> None:
        self.tell()  # the last key may still be on its way here
        if self._of is not None:
            self._histories[self._of] = (self.text, self.history)
        self._of, self._known = interaction_id, text
        if interaction_id is not None:
            self.cards.trust(interaction_id, text)
        self.history = replace(self.history)  # an empty one: the old one stays as it is
        with self.prevent(TextArea.Changed):
            self.load_text(text)
            self._wrapped_at = self.wrap_width
            self.move_cursor(self.document.end)
        written, history = self._histories.pop(interaction_id or "", ("", None))
        if history is not None and written == text:
            self.history = history  # what was typed before one turned to another contact can still be taken back

    def marks(self) -> list[Part]:
        """What was hidden last, and how long the note is where it nears its limit."""
        length = len(self.text)
        long = tr("{n:,} of {most:,}", n=length, most=LIMIT) if length > LIMIT * 3 // 4 else ""
        latest = self.cards.latest(self._of, self.text) if self._of is not None and not self.read_only else None
        if latest is None:
            return [long]
        key, it_is_none = shown("not_a_card"), tr("not a card") if latest.data.issuer else tr("not a code")
        return [(what_was_hidden(latest), "$warning"), (" · ", "$muted"), key_hint(key, it_is_none, "  "), long]

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Every key goes to the draft at once; the draft decides when to write."""
        event.stop()
        self.tell()

    def on_key(self, event: events.Key) -> None:
        """The contact has left under the agent's hands: the rest of the sentence is not a row of verbs."""
        if self.read_only and event.is_printable:
            event.stop()
            self.app.bell()
            self.post_message(self.Closed())

    def on_paste(self) -> None:
        """Likewise."""
        if self.read_only:
            self.app.bell()
            self.post_message(self.Closed())

    def edit(self, edit: Edit) -> EditResult:
        """See the base class; what would make the note too long is not taken, and nothing else is touched."""
        before = len(self.text)
        after = before + len(edit.text) - len(self.get_text_range(edit.top, edit.bottom))
        if after > max(before, LIMIT):
            self.app.bell()
            if len(edit.text) > 1:
                self.post_message(self.Refused(wording.too_long(after, LIMIT)))
            return EditResult(edit.to_location, "")
        result = super().edit(edit)
        self.retitle()  # painted with the key: no word is seen beside a claim that was made before it
        return result

    def tell(self) -> None:
        """Hand over what was typed since the last time, at once: a message could come too late for a note that ends."""
        self._tell(typing=self.has_focus)

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor may have left a number that could have gone on."""
        event.stop()
        self.tell()

    def on_blur(self) -> None:
        """So it has now."""
        self._tell(typing=False)

    def undo(self) -> None:
        """See the base class; undoing that a number was hidden says that it is no card number."""
        before = self.text
        super().undo()
        if self._of is not None:
            self.cards.uncovered(self._of, before, self.text)

    def put_back(self) -> bool:
        """Show what was hidden last; it is no card number. Says whether anything was hidden."""
        of, text = self._of, self.text
        shown_again = self.cards.put_back(of, text) if of is not None and not self.read_only else None
        if shown_again is None:
            return False
        replace_in_area(self, text, shown_again)
        return True

    def _tell(self, *, typing: bool) -> None:
        of = self._of
        if of is None:
            return
        hide_in_area(
            self,
            lambda text, at: self.cards.hide(of, text, typing_at=at, in_message=self.in_message),
            typing=typing,
        )
        if self.text != self._known:
            self._known = self.text
            self.on_edit(of, self.text)

    def _wrap_anew(self) -> None:
        """What came in while the pane was hidden was wrapped at no width at all, and Textual does not look again."""
        if self.wrap_width != self._wrapped_at:
            self.soft_wrap = False
            self.soft_wrap = True
            self._wrapped_at = self.wrap_width

    def on_show(self) -> None:
        """Wrap anew once it is known where the pane stands."""
        self.call_after_refresh(self._wrap_anew)
