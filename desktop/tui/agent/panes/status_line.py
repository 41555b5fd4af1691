"""The row below the header: the offer that rings, else what was told last or is new, else my day."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from desktop.domain import select
from desktop.domain.figures.agent_day import day_until
from desktop.tui.agent.notice import notice_line
from desktop.tui.agent.offer_text import offer_in_one_line, offer_lines, offer_seen, offered, stranger
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, tr

ONE_LINE = 100
"""Columns from which an offer has room in one line; below, it takes two lines and is hidden when nothing rings."""
TALLEST = 3
"""Lines that a notice may have."""


class StatusLine(TextPane):
    """One line that nothing below moves for; only a notice that needs more has up to three.

    In a narrow window, two lines for an offer, and hidden when nothing rings.
    """

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def look(self, view: View) -> tuple[object, ...]:
        """What rings; what was told, what is new, what settles it; and my day."""
        state = view.state
        told = (state.notices, state.news, state.health, state.outbox, state.interactions)
        return (*offer_seen(view), *told, select.me(state))

    def draw(self, view: View) -> None:
        """Say whether it is an offer, and redraw."""
        self.set_class(bool(offered(view) or stranger(view)), "offered")
        super().draw(view)

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            super().draw(self.view)

    def lines(self, view: View) -> Sequence[Content]:
        """The first of the three that there is."""
        width = self.content_size.width
        if not self.is_row:
            return offer_lines(view, width)
        offer = offer_in_one_line(view, width)
        return (offer if offer is not None else notice_line(view, width, TALLEST) or _my_day(view),)

    @property
    def is_row(self) -> bool:
        """Whether it is a row of its own that is always there."""
        return self.app.size.width >= ONE_LINE

    @property
    def tells(self) -> bool:
        """Whether notices stand here now."""
        return self.is_row and not self.has_class("offered")


def _my_day(view: View) -> Content:
    """What I have done since the centre's midnight, as far as it tells; how old that is where time did not go on."""
    me = select.me(view.state)
    day = day_until(me, view.now) if me is not None else None
    if day is None:
        return content("")
    parts: list[Part] = [
        (f"{tr('Today')}  ", "$muted"),
        (ntr("{n} contact handled", "{n} contacts handled", day.handled), ""),
    ]
    if day.missed:
        parts.append((f" · {ntr('{n} offer missed', '{n} offers missed', day.missed)}", "$warning"))
    if day.declined:
        parts.append((f" · {ntr('{n} offer declined', '{n} offers declined', day.declined)}", ""))
    if day.signed_in:
        parts.append((f" · {tr('signed in {time}', time=wording.age(day.signed_in))}", "$muted"))
    if day.until is not None and day.until < view.now:
        parts.append((f" · {wording.since(view.now - day.until)}", "$muted"))
    return line(*parts)
