"""The last line: what was told last, or the keys that always help."""

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.tui import keys
from desktop.tui.pane import Pane, View
from desktop.tui.safe_text import Part, content, line

STAYS = 12.0
"""Seconds a notice stays; an error stays until the next one."""
SHOWN = ("help", "state", "search", "note", "outbox", "diagnostics", "palette", "quit")


class Footer(Pane, Widget):
    """One line."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = """
    Footer { height: 1; background: $panel; color: $foreground; }
    """
    _line: Content = Content("")

    def look(self, view: View) -> tuple[object, ...]:
        """What was told."""
        return (view.state.notices,)

    def draw(self, view: View) -> None:
        """Show the newest notice while it is fresh."""
        notices = view.state.notices
        newest = notices[-1] if notices else None
        if (
            newest is not None
            and (newest.severity == "error" or view.now - newest.at < STAYS)
            and view.now - newest.at < 60
        ):
            style = {"error": "bold $error", "warning": "bold $warning"}.get(newest.severity, "$accent")
            sign = {"error": "✕", "warning": "!"}.get(newest.severity, "·")
            shown = line((f" {sign} ", style), (newest.text, style))
        else:
            shown = _keys(self.size.width or 80)
        if not shown.is_same(self._line):
            self._line = shown
            self.refresh()

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def render(self) -> Content:
        """What Textual paints."""
        return self._line


def _keys(width: int) -> Content:
    parts: list[Part] = [" "]
    for name in SHOWN:
        key = keys.BY_ID[name]
        candidate: list[Part] = [*parts, (key.shown, "bold $accent"), (f" {key.label}   ", "$muted")]
        if line(*candidate).cell_length > width:
            break
        parts = candidate
    return line(*parts) if len(parts) > 1 else content("")
