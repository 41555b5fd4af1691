"""The line of tabs on narrow screens, where one pane is shown at a time."""

from textual.content import Content
from textual.widget import Widget

from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, line
from desktop.words.catalogue import tr
from desktop.words.marks import mark

TABS = (("work", mark("Work")), ("contact", mark("Contact")), ("customer", mark("Customer")))


class Tabs(Pane, Widget):
    """One line; hidden on wide screens."""

    DEFAULT_CSS = css_beside(__file__)
    current = "work"

    def look(self, view: View) -> tuple[object, ...]:
        """Which tab is shown and how much work there is."""
        return (self.current, view.state.interactions)

    def draw(self, view: View) -> None:
        """Redraw."""
        self.refresh()

    def render(self) -> Content:
        """What Textual paints."""
        parts: list[Part] = [" "]
        for name, label in TABS:
            parts += [(f" {tr(label)} ", "bold reverse $accent" if name == self.current else "$muted"), " "]
        parts.append((f"  {shown('pane')} {tr('next')}", "$muted"))
        return line(*parts)
