"""What the palette finds beside commands: customers kept on this machine, contacts, colleagues and queues."""

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, cast

from textual.command import Hit, Hits, Provider
from textual.content import Content

from desktop.domain.entities.customer import FoundCustomers
from desktop.tui.agent import found
from desktop.tui.widgets.safe_text import line, safe

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.tui.agent.screen import AgentScreen

_LEAST_SIGNS: Final = 2
"""Signs from which anything but a command is looked for."""


class _Desktop(Protocol):
    """What the palette needs of the program that it belongs to."""

    desk_screen: "AgentScreen"
    session: "Session | None"

    @property
    def front(self) -> object:
        """The screen that is in front, whatever lies over it."""

    def take(self, hit: found.Hit) -> None:
        """Do what is natural for what was found."""


class DeskProvider(Provider):
    """Asks no system: what is found is on this desk, or in the local file."""

    async def search(self, query: str) -> Hits:
        """See the base class."""
        app = self._desktop
        if len(query.strip()) < _LEAST_SIGNS or app.front is not app.desk_screen:
            return
        view = app.desk_screen.view()
        for hit in found.found_here(view, query):
            if hit.kind is not found.FoundKind.COMMAND:  # the palette has them all
                yield self._hit(hit, query)
        session = app.session
        if session is not None:
            matches = await session.search.known(query)
            kept = frozenset(match.customer.id for match in matches)
            for hit in found.customers(view, FoundCustomers(matches, text=query, kept=kept)):
                yield self._hit(hit, query)

    @property
    def _desktop(self) -> _Desktop:
        """The only program that has this palette."""
        return cast(_Desktop, self.app)

    def _hit(self, hit: found.Hit, query: str) -> Hit:
        first = line(hit.name, (f"  {found.group_of(hit.kind)}  ", "$muted"), hit.aside)
        shown = Content("\n").join([first, line(hit.second)]) if hit.second else first
        score = max(self.matcher(query).match(hit.label), 0.1)
        return Hit(score, shown, partial(self._desktop.take, hit), text=safe(hit.label))
