"""The banner of an offer on the floor: it stands where the floor's own lines stand, and moves nothing."""

from collections.abc import Sequence

from textual.content import Content

from desktop.tui.agent.panes.offer_banner import OfferBanner
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import View


class FloorOffer(OfferBanner):
    """As high as its place: where that is one line, what to press follows who it is."""

    DEFAULT_CSS = css_beside(__file__)

    def lines(self, view: View) -> Sequence[Content]:
        """See the base class."""
        lines = super().lines(view)
        return (Content("   ").join(lines),) if self.screen.has_class("wide") else lines
