"""A page of text over the whole screen: help, diagnostics, the outbox."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Line, PageText
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.words.catalogue import tr


class Page(Pane, VerticalScroll, can_focus=True):
    """Opened by a key, closed by esc; scrolls with the arrows. What counts in it goes on as long as it is open."""

    DEFAULT_CSS = css_beside(__file__)
    ticks: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(id="page")
        self.topic = ""
        self._again: Callable[[View], Sequence[Line]] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield PageText(id="page-text")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """Nothing: it is drawn once a second, and only while it is open."""
        return ()

    def draw(self, view: View) -> None:
        """Say anew what counts or may have changed."""
        if self._again is not None:
            self.query_one(PageText).set_lines(self._again(view))

    def open(
        self, topic: str, heading: str, lines: Sequence[Line], again: Callable[[View], Sequence[Line]] | None = None
    ) -> None:
        """Show a page.

        Args:
            topic: what it is about, so that pressing the same key again closes it.
            heading: its title.
            lines: its text.
            again: its text a second later; None for what stays as it is.
        """
        self.topic = topic
        self._again = again
        self.border_title = content(heading)
        self.border_subtitle = line(key_hint("esc", tr("close")))
        self.query_one(PageText).set_lines(lines)
        self.add_class("open")
        self.scroll_home(animate=False)
        self.focus()

    def close(self) -> None:
        """Hide it."""
        self.topic, self._again = "", None
        self.remove_class("open")
