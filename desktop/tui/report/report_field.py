"""Where a period, a target or a file's name is typed."""

from textual.content import Content
from textual.widgets import Input

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import line
from desktop.words.catalogue import tr
from desktop.words.marks import mark

_WORDS = {
    "search": mark("find"),
    "own": mark("custom range"),
    "plan": mark("staffing target"),
    "export": mark("export to"),
}


class ReportField(Input):
    """One line, seen while something is wanted."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="report-field", select_on_focus=False, compact=True)
        self.wanted = ""

    def want(self, wanted: str, value: str, hint: str) -> Content:
        """Begin with a value; what to say in the place of the keys."""
        self.wanted = wanted
        self.placeholder = hint
        self.value = value
        self.cursor_position = len(value)
        self.focus()
        return line(
            (f" {tr(_WORDS[wanted])} ", "bold"),
            (hint, "$muted"),
            "  ",
            key_hint("enter", tr("confirm"), " "),
        )
