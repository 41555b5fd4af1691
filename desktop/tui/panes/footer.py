"""The last lines: what was told last, or the keys that always help."""

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.tui import keys
from desktop.tui.pane import Pane, View
from desktop.tui.safe_text import Part, content, line

STAYS, ERROR_STAYS = 12.0, 25.0
"""Seconds a notice stays, and an error, unless the next one comes; diagnostics keep them all."""
TALLEST = 3
"""Lines that a notice may have."""
SHOWN = ("help", "state", "search", "note", "outbox", "diagnostics", "palette", "quit")


class Footer(Pane, Widget):
    """One line; a notice that needs more has up to three."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = """
    Footer { height: auto; min-height: 1; max-height: 3; background: $panel; color: $foreground; }
    """
    _line: Content = Content("")

    def look(self, view: View) -> tuple[object, ...]:
        """What was told."""
        return (view.state.notices,)

    def draw(self, view: View) -> None:
        """Show the newest notice while it is fresh."""
        notices = view.state.notices
        newest = notices[-1] if notices else None
        if newest is not None and view.now - newest.at < (ERROR_STAYS if newest.severity == "error" else STAYS):
            style = {"error": "bold $error", "warning": "bold $warning"}.get(newest.severity, "$accent")
            sign = {"error": "✕", "warning": "!"}.get(newest.severity, "·")
            shown = self._fitted(f" {sign} {newest.text}", style)
        else:
            shown = self.keys_line(self.size.width or 80)
        if not shown.is_same(self._line):
            width = self.size.width or 80
            other_height = shown.get_height({}, width) != self._line.get_height({}, width)
            self._line = shown
            self.refresh(layout=other_height)

    def _fitted(self, text: str, style: str) -> Content:
        """As much of a notice as there is room for, with an ellipsis where that is not all."""
        width = self.size.width or 80
        # A page covers all but the last line.
        room = 1 if self.is_attached and self.screen.query("#page.open") else TALLEST
        whole = content(text, style)
        fitted, words = whole, text.split(" ")
        while fitted.get_height({}, width) > room and len(words) > 1:
            words.pop()
            fitted = content(" ".join(words) + " …", style)
        return fitted

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def render(self) -> Content:
        """What Textual paints."""
        return self._line

    def keys_line(self, width: int) -> Content:
        """The keys that always help, as many as there is room for."""
        parts: list[Part] = [" "]
        for name in SHOWN:
            key = keys.BY_ID[name]
            candidate: list[Part] = [*parts, (key.shown, "bold $accent"), (f" {key.label}   ", "$muted")]
            if line(*candidate).cell_length > width:
                break
            parts = candidate
        return line(*parts) if len(parts) > 1 else content("")
