"""The keys of a page that lies over a screen, in the place of what it shows."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Hanging, Line, PageText
from desktop.tui.widgets.safe_text import content, line
from desktop.words.catalogue import tr, word


class PageHelp(VerticalScroll, can_focus=True):
    """Opened and closed by the key of help; the page is as it was afterwards."""

    SCOPED_CSS: ClassVar[bool] = False  # what else stands on the page is hidden, too
    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, lines: Callable[[], Sequence[Line]]) -> None:
        """`lines` says what the keys do now."""
        super().__init__()
        self._read = lines
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield PageText(id="page-help-text")

    @property
    def is_open(self) -> bool:
        """Whether it is shown in the place of the page."""
        return self.parent is not None and self.parent.has_class("helping")

    def took(self, event: events.Key, *, typing: bool) -> bool:
        """Whether a key was meant for it: the key of help, or any while it is open.

        Args:
            typing: whether letters go into a field now.
        """
        key = BY_ID["help"]
        if event.key in key.always or (event.key in key.letters and not typing):
            event.stop()
            self.toggle()
        elif not self.is_open:
            return False
        elif event.key in BY_ID["back"].letters:
            event.stop()
            self.toggle()
        elif event.is_printable:
            event.stop()
        return True

    def toggle(self) -> None:
        """Open it, or go back to where one was."""
        page = self.parent
        if page is None:
            return
        if self.is_open:
            page.remove_class("helping")
            if self._before is not None and self._before.is_attached:
                self._before.focus()
            return
        self._before = self.screen.focused
        page.add_class("helping")
        back = line(key_hint("esc", tr("back to the page")))
        self.query_one(PageText).set_lines([*self._read(), content(""), back])
        self.scroll_home(animate=False)
        self.focus()


def key_line(key: str, label: str, does: str) -> Hanging:
    """A key with its name and what it does, both `mark`ed."""
    named = f"{word(label)} "
    return Hanging(line((f"  {key + ' ':<7}", "bold $accent"), (f"{named:<16}", "")), content(tr(does), "$muted"))


def fitted_keys(keys: Sequence[tuple[str, str]], way_out: tuple[str, str], width: int) -> list[tuple[str, str]]:
    """As many keys of a page as there is room for, then the key of help and the way out, which are always there.

    Args:
        keys: as they are printed, with their names, `mark`ed, the most wanted first.
        way_out: what esc does.
        width: cells there are; a key and its name take three more than their letters.
    """
    last = [(shown("help"), tr("keys")), (way_out[0], word(way_out[1]))]
    kept = [(key, word(label)) for key, label in keys]
    while kept and sum(len(key) + len(label) + 3 for key, label in (*kept, *last)) > width:
        kept.pop()
    return [*kept, *last]
