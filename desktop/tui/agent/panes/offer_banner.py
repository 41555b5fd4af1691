"""The banner of an offer: two lines that are hidden when nothing rings. Takes no focus."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from desktop.tui.agent.offer import offer_lines, offer_seen, offered, stranger
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View


class OfferBanner(TextPane):
    """Two lines for the most urgent offer, and how many more there are; hidden when there is none.

    Without an offer, for a call on the phone that is no contact: a colleague's, say.
    """

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
        """The offer."""
        return offer_lines(view, self.content_size.width)
