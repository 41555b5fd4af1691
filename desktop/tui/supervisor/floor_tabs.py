"""The line that says which panes there are, and which of them is turned to."""

from textual.content import Content
from textual.widget import Widget

from desktop.tui.keys.keys import shown
from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import pressing
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.words.catalogue import tr
from desktop.words.marks import mark

FLOOR_TABS = (
    ("queues", mark("Queues")),
    ("agents", mark("Agents")),
    ("alerts", mark("Alerts")),
    ("detail", mark("Detail")),
)


class FloorTabs(FloorPane, Widget):
    """One line; hidden where every pane is in sight."""

    DEFAULT_CSS = css_beside(__file__)
    current = "queues"

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """Which tab is shown."""
        return (self.current,)

    def draw_floor(self, view: FloorView) -> None:
        """Redraw."""
        self.refresh()

    def render(self) -> Content:
        """What Textual paints."""
        parts: list[Part] = [" "]
        for number, (name, label) in enumerate(FLOOR_TABS, start=1):
            style = "bold reverse $accent" if name == self.current else "$muted"
            parts.append(pressing(str(number), content(f" {number} {tr(label)} ", style)))
            parts.append(" ")
        parts.append(pressing(shown("pane"), content(f" {tr('{pane:key} next')}", "$muted")))
        return line(*parts)
