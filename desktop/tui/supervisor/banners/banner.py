"""A line under the header that stands for as long as something goes on."""

from typing import ClassVar

from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View


class Banner(TextPane):
    """One line, two where a name is too long for that; hidden while there is nothing to say."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def draw(self, view: View) -> None:
        """Show or hide."""
        self.set_class(bool(self.lines(view)), "on")
        super().draw(view)
