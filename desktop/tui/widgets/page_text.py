"""The lines of a page, laid out for the width there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content
from textual.widgets import Static

from desktop.tui.widgets.css import css_beside

LEAST: Final = 24
"""Cells below which words no longer keep clear of their head."""
_FRAME: Final = 7
"""Cells of border, padding and scrollbar around a page, until its true width is known."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A line whose words go on under themselves instead of under their head."""

    head: Content
    words: Content


Line = Content | Hanging


class PageText(Static):
    """Text that is laid out again when the width is another one."""

    DEFAULT_CSS = css_beside(__file__)
    _lines: Sequence[Line] = ()
    _laid_for = 0
    _text = Content("")

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        self._lines = lines
        self._lay(self.content_size.width or self.screen.size.width - _FRAME)

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.content_size.width not in (0, self._laid_for):
            self._lay(self.content_size.width)

    def _lay(self, width: int) -> None:
        self._laid_for = width
        text = Content("\n").join([piece for one in self._lines for piece in _laid(one, width)])
        if not text.is_same(self._text):
            self._text = text
            self.update(text)


def _laid(one: Line, width: int) -> list[Content]:
    if isinstance(one, Content):
        return [one]
    indent = one.head.cell_length
    if width - indent < LEAST:
        return [one.head + one.words]
    first, *rest = one.words.wrap(width - indent) or [Content("")]
    return [one.head + first, *(Content(" " * indent) + piece for piece in rest)]
