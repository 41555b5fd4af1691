"""The editor of notes and comments: Textual's, in which undoing a long paste does not end the program."""

from textual.widgets import TextArea


class Editor(TextArea):
    """Textual's `TextArea`.

    Its undo and redo fit the scrollbar before they move the cursor. A scrollbar that comes or goes looks for the
    cursor at once, and where the text has become shorter the cursor's line is not there yet or any more: it raised.
    """

    def _recompute_cursor_offset(self) -> None:
        if self.cursor_location[0] < self.document.line_count:  # else the cursor is moved in a moment
            super()._recompute_cursor_offset()  # type: ignore[no-untyped-call]
