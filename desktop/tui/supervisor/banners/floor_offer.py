"""The banner of an offer on the floor: it stands where the floor's own lines stand, and moves nothing."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from desktop.tui.agent.offer_text import offer_in_one_line, offer_lines, offer_seen, offered, stranger
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View


class FloorOffer(TextPane):
    """The most urgent offer, as high as its place; hidden when nothing rings. Takes no focus."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def look(self, view: View) -> tuple[object, ...]:
        """The offers, and who is calling."""
        return offer_seen(view)

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            super().draw(self.view)

    def draw(self, view: View) -> None:
        """Show or hide, and redraw."""
        self.set_class(bool(offered(view) or stranger(view)), "offered")
        super().draw(view)

    def lines(self, view: View) -> Sequence[Content]:
        """One line where its place has one, else two."""
        width = self.content_size.width
        if not self.screen.has_class("wide"):
            return offer_lines(view, width)
        one = offer_in_one_line(view, width)
        return (one,) if one is not None else ()
