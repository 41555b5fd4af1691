"""The row below the header: the offer that rings, else what was told last or is new, else my day."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain import select
from desktop.tui.agent.panes.notice import notice_line
from desktop.tui.agent.panes.offer_banner import OfferBanner, offer_in_one_line
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, tr

ONE_LINE = 100
"""Columns from which an offer has room in one line; below, it is a banner of two that is hidden when nothing rings."""
TALLEST = 3
"""Lines that a notice may have."""


class StatusLine(OfferBanner):
    """One line that nothing below moves for; only a notice that needs more has up to three."""

    def look(self, view: View) -> tuple[object, ...]:
        """What rings; what was told, what is new, what settles it; and my day."""
        state = view.state
        told = (state.notices, state.news, state.health, state.outbox, state.interactions)
        return (*super().look(view), *told, select.me(state))

    def lines(self, view: View) -> Sequence[Content]:
        """The first of the three that there is."""
        if not self.is_row:
            return super().lines(view)
        width = self.content_size.width
        offer = offer_in_one_line(view, width)
        return (offer if offer is not None else notice_line(view, width, TALLEST) or _my_day(view),)

    @property
    def is_row(self) -> bool:
        """Whether it is a row of its own that is always there."""
        return self.app.size.width >= ONE_LINE


def _my_day(view: View) -> Content:
    """What I have done since the centre's midnight, as far as it tells."""
    me = select.me(view.state)
    if me is None or me.today is None:
        return content("")
    day = me.today
    parts: list[Part] = [(f" {tr('Today')}  ", "$muted"), (ntr("{n} handled", "{n} handled", day.handled), "")]
    if day.missed:
        parts.append((f" · {ntr('{n} missed', '{n} missed', day.missed)}", "$warning"))
    if day.declined:
        parts.append((f" · {ntr('{n} declined', '{n} declined', day.declined)}", ""))
    if day.signed_in:
        parts.append((f" · {tr('signed in {time}', time=wording.duration(day.signed_in))}", "$muted"))
    if day.until is not None:
        parts.append((f" · {wording.since(view.now - day.until)}", "$muted"))
    return line(*parts)
