"""An editor whose border says how safe its words are: on disk, fsynced, or not yet."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from desktop.domain.entities.instant import Instant
from desktop.domain.text.card_numbers import masked
from desktop.tui.widgets.card_number_fields import hide_in_area
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.editor import Editor
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr


class WordsField(Editor):
    """Hidden until something is to be written. Every key goes to `on_words` at once."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, name: str) -> None:
        """`name` is the id of the widget."""
        super().__init__(
            soft_wrap=True, show_line_numbers=False, id=name, highlight_cursor_line=False, tab_behavior="focus"
        )
        self._known = ""
        self._limit = 0
        self._heading = ""
        self.subject = ""
        """What the words belong to, as the caller names it."""
        self.on_words: Callable[[str], None] = lambda text: None

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, subject: str, heading: str, text: str, limit: int, on_words: Callable[[str], None]) -> None:
        """Go on with a text.

        Args:
            heading: what it is, in the border.
            limit: the most characters it may have.
            on_words: gets the whole text whenever it changed.
        """
        self.subject, self._heading, self._limit, self.on_words = subject, heading, limit, on_words
        self._known = text
        with self.prevent(TextArea.Changed):
            self.load_text(text)
            self.move_cursor(self.document.end)
        self.add_class("open")
        self.focus()

    def close(self) -> None:
        """Hide it; what was typed was handed over."""
        self.tell()
        self.remove_class("open")

    def say(self, saved_at: Instant | None, problem: str, keys: Part) -> None:
        """Say how safe the words are, and what to press.

        Args:
            saved_at: since when they are on disk as they are, server time; None while they are not.
            problem: why they cannot be put there.
        """
        safety: Part = ("", "")
        if problem:
            safety = (f" · {tr('NOT SAVED: {why}', why=problem)}", "bold $error")
        elif saved_at is not None:
            safety = (f" · {tr('saved {time}', time=wording.clock(saved_at))}", "$success")
        elif self.text:
            safety = (f" · {tr('saving …')}", "$muted")
        self.border_title = line((self._heading, "bold"), safety)
        length, count = len(self.text), ""
        if length > self._limit * 3 // 4:
            count = f"{tr('{n:,.0f} of {most:,.0f}', n=length, most=self._limit)}  "
        self.border_subtitle = line((count, "$warning"), keys)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Hand over what was typed."""
        event.stop()
        self.tell()

    def edit(self, edit: Edit) -> EditResult:
        """See the base class; what would make the text too long is not taken, and nothing else is touched."""
        before = len(self.text)
        after = before + len(edit.text) - len(self.get_text_range(edit.top, edit.bottom))
        if self._limit and after > max(before, self._limit):
            self.app.bell()
            if len(edit.text) > 1:
                self.app.notify(wording.too_long(after, self._limit), severity="warning")
            return EditResult(edit.to_location, "")
        return super().edit(edit)

    def tell(self) -> None:
        """Hand over what was typed since the last time, without card numbers."""
        hide_in_area(self, lambda text, at: masked(text, typing_at=at), typing=self.has_focus)
        if self.is_open and self.text != self._known:
            self._known = self.text
            self.on_words(self.text)


def keys_of(*pairs: tuple[str, str]) -> Content:
    """Keys with what they do, for a border."""
    parts: list[Part] = []
    for key, verb in pairs:
        parts += [key_hint(key, verb, "  ")]
    return line(*parts).rstrip()
