"""A page of text over the whole screen: help, diagnostics, the outbox."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Line, PageText
from desktop.tui.widgets.safe_text import content, line
from desktop.words.catalogue import tr


class Page(VerticalScroll, can_focus=True):
    """Opened by a key, closed by esc; scrolls with the arrows."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="page")
        self.topic = ""

    def compose(self) -> ComposeResult:
        """One text."""
        yield PageText(id="page-text")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, topic: str, heading: str, lines: Sequence[Line]) -> None:
        """Show a page.

        Args:
            topic: what it is about, so that pressing the same key again closes it.
            heading: its title.
            lines: its text.
        """
        self.topic = topic
        self.border_title = content(heading)
        self.border_subtitle = line(key_hint("esc", tr("close")))
        self.query_one(PageText).set_lines(lines)
        self.add_class("open")
        self.scroll_home(animate=False)
        self.focus()

    def change(self, lines: Sequence[Line]) -> None:
        """Other lines for what is open, which stays where it was scrolled to."""
        self.query_one(PageText).set_lines(lines)

    def close(self) -> None:
        """Hide it."""
        self.topic = ""
        self.remove_class("open")
