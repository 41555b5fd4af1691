"""Where the words of an item are changed: nothing typed is lost by a key that leaves."""

from textual import events
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult

from desktop.tui.keys.keys import BY_ID
from desktop.tui.quality.words_field import WordsField, keys_of
from desktop.tui.widgets.safe_text import line
from desktop.words.catalogue import tr

LIMIT = 16_000
"""Characters that a note or a text may hold; the CRM's limit with room to spare."""


class NoteField(WordsField):
    """Leaving it with other words than it was opened with asks first: enter saves them, esc discards them."""

    class Left(Message):
        """The agent is done; `text` is to be saved, None where there is nothing to save."""

        def __init__(self, text: str | None) -> None:
            super().__init__()
            self.text = text

    class Refused(Message):
        """What was to be put in would make the text too long."""

    def __init__(self) -> None:
        super().__init__("outbox-note")
        self.asking = False
        """Whether it has asked what is to become of the change."""
        self.original = ""
        """The words it was opened with."""
        self._what = ""

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.is_open and self.text != self.original

    def edit_text(self, subject: str, heading: str, text: str) -> None:
        """Begin with the words of an item."""
        self.original, self._what, self.asking = text, heading, False
        self.open(subject, heading, text, max(LIMIT, len(text)), lambda _: None)
        self.label()

    def label(self) -> None:
        """Say what is going on in it."""
        changed = (f" · {tr('changed, not saved')}", "$warning") if self.changed else ("", "")
        self.border_title = line((self._what, "bold"), changed)
        if self.asking:
            self.border_subtitle = line(
                (f"{tr('Save the change?')}  ", "bold $warning"),
                keys_of(("enter", tr("save")), ("esc", tr("discard it")), (tr("other keys"), tr("go on"))),
            )
        else:
            self.border_subtitle = keys_of((BY_ID["finish"].shown, tr("save")), (BY_ID["back"].shown, tr("leave")))

    def on_key(self, event: events.Key) -> None:
        """The keys that leave the field; all others write."""
        finish, back = event.key in BY_ID["finish"].always, event.key in BY_ID["back"].letters
        asked, self.asking = self.asking, False
        if finish or (asked and event.key == "enter"):
            self._take(event)
            self.post_message(self.Left(self.text if self.changed or finish else None))
        elif back and (asked or not self.changed):
            self._take(event)
            self.post_message(self.Left(None))
        elif back:
            self._take(event)
            self.asking = True
        if asked or self.asking:
            self.label()

    def on_text_area_changed(self, event: WordsField.Changed) -> None:
        """See the base class; the border says that there is something to save."""
        super().on_text_area_changed(event)
        self.label()

    def edit(self, edit: Edit) -> EditResult:
        """See the base class; what would make the text too long is not taken, and that is said."""
        before, replaced = self.text, self.get_text_range(edit.top, edit.bottom)
        result = super().edit(edit)
        if edit.text != replaced and self.text == before:
            self.post_message(self.Refused())
        return result

    def _take(self, event: events.Key) -> None:
        event.prevent_default()
        event.stop()
