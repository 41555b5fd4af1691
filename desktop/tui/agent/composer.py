"""A field for words to a customer: canned replies at a sign, gaps that must be filled in, text messages counted."""

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult, Location

from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.text.sms import segments
from desktop.tui.agent.canned import SIGN, CannedChoice, Reader, choice, unfilled
from desktop.tui.agent.draft_editor import DraftEditor
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, tr


class Composer(DraftEditor):
    """What goes to a customer. Enter is a line; nothing is sent by it."""

    in_message = True

    class Offered(Message):
        """These canned replies are to be shown, or none any more."""

        def __init__(self, composer: "Composer", choice: CannedChoice | None) -> None:
            super().__init__()
            self.composer = composer
            self.choice = choice

    def __init__(self, name: str) -> None:
        """`name` is its id on the screen."""
        super().__init__(name)
        self.canned: Callable[[], Sequence[CannedReply]] = tuple
        """The canned replies at hand; set by the app once there is a session."""
        self._choice: CannedChoice | None = None
        self._sign_at: int | None = None  # the line on which the list was asked for

    def reader(self, view: View) -> Reader | None:
        """Whom it is for; None where nothing can be written."""
        raise NotImplementedError

    def words_of(self, draft: DraftView | None) -> str:
        """The reply."""
        return draft.reply if draft else ""

    def on_key(self, event: events.Key) -> None:
        """Keys of the list, and the sign that opens it."""
        if self._choose_with(event.key):
            event.stop()
            event.prevent_default()
        else:
            row, _ = self.cursor_location
            if event.character == SIGN and not self.read_only and not self.document.get_line(row):
                self._sign_at = row
            super().on_key(event)

    def edit(self, edit: Edit) -> EditResult:
        """See the base class; what is typed behind the sign narrows the list at once, not with a later message."""
        result = super().edit(edit)
        self._follow()
        return result

    def on_text_area_selection_changed(self, event: "DraftEditor.SelectionChanged") -> None:
        """See the base class; elsewhere in the text nothing is offered."""
        super().on_text_area_selection_changed(event)
        self._follow()

    def on_blur(self) -> None:
        """See the base class."""
        super().on_blur()
        self.close_choice()

    def insert_canned(self, at: int) -> None:
        """Insert one of those on offer in place of what was typed for it; the first gap in it is selected."""
        if self._choice is None or self._sign_at is None or not at < len(self._choice.texts):
            return
        text, row, (_, column) = self._choice.texts[at], self._sign_at, self.cursor_location
        self.close_choice()
        before = self.text
        self.replace(text, (row, 0), (row, column))
        if self.text != before and (gap := unfilled(text)) is not None:
            offset = len("".join(f"{one}\n" for one in before.split("\n")[:row]))
            self._select(offset + gap[0], offset + gap[1])

    def gap(self) -> str:
        """The first gap that an inserted text left and nobody has filled in, which is selected; "" where none is."""
        found = unfilled(self.text)
        if found is None:
            return ""
        self._select(*found)
        return self.text[slice(*found)]

    def _choose_with(self, key: str) -> bool:
        """Whether a key was meant for the list: while nothing fits, all but esc are for the text."""
        if self._choice is None:
            return False
        if key == "escape":
            self.close_choice()
        elif not self._choice.texts:
            return False
        elif key in ("up", "down"):
            self._show(self._choice.moved(-1 if key == "up" else 1))
        elif key == "enter":
            self.insert_canned(self._choice.at)
        else:
            return False
        return True

    def _follow(self) -> None:
        """Offer what fits the words between the sign and the cursor, or nothing any more."""
        if self._sign_at is None:
            return
        row, column = self.cursor_location
        text = self.document.get_line(row)[:column] if row == self._sign_at else ""
        if not text.startswith(SIGN) or self.view is None or not self.selection.is_empty:
            self.close_choice()
            return
        reader = self.reader(self.view)
        found = choice(self.canned(), reader, text.removeprefix(SIGN)) if reader is not None else None
        if found is None or self._choice is None or found.replies != self._choice.replies:
            self._show(found)

    def close_choice(self) -> None:
        """Offer nothing any more."""
        self._sign_at = None
        self._show(None)

    def _show(self, found: CannedChoice | None) -> None:
        if found is not None or self._choice is not None:
            self._choice = found
            self.post_message(self.Offered(self, found))

    def _select(self, start: int, end: int) -> None:
        self.move_cursor(_location(self.text, start))
        self.move_cursor(_location(self.text, end), select=True)

    def saved(self, draft: DraftView | None) -> list[Part]:
        """Whether what is written is on disk."""
        if draft is None or not draft.reply:
            return []
        if draft.problem:
            return [(" · ", ""), (tr("NOT SAVED: {why:clause}", why=draft.problem), "bold $error")]
        if draft.saved_at is None or not self.is_saved(draft):
            return [(f" · {tr('saving …')}", "$muted")]
        return [(f" · {tr('draft saved {at}', at=wording.clock(draft.saved_at))}", "$success")]

    def messages_needed(self, channel: Channel | None) -> list[Part]:
        """How many text messages it takes, where each costs."""
        if channel is not Channel.SMS or not self.text:
            return []
        count = segments(self.text)
        return [(ntr("{n} text message", "{n} text messages", count), "$warning" if count > 1 else "$muted"), "  "]


def _location(text: str, offset: int) -> Location:
    before = text[:offset]
    return before.count("\n"), len(before) - before.rfind("\n") - 1
