"""The editor of notes and comments: Textual's, in which undoing a long paste does not end the program."""

from textual.geometry import Offset
from textual.widgets import TextArea


class Editor(TextArea):
    """Textual's `TextArea`.

    Its undo and redo fit the scrollbar before they move the cursor. A scrollbar that comes or goes looks for the
    cursor at once, and where the text has become shorter the cursor's line is not there yet or any more: it raised
    (https://github.com/Textualize/textual/issues/6686).
    """

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """See the base class."""
        if self.cursor_location[0] >= self.document.line_count:  # the cursor is moved in a moment
            return Offset(0, 0)
        return super().scroll_cursor_visible(center, animate)
