"""The door to the page of reports, over the supervisor's screen."""

from typing import TYPE_CHECKING

from textual.message import Message

from desktop.ports.base import Capability
from desktop.tui.pages.launcher import Around, LaunchedPage, PageLauncher
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.tui.supervisor.screen import SupervisorScreen


class ReportsWanted(Message):
    """A supervisor wants to look at the past."""

    def __init__(self, screen: "SupervisorScreen") -> None:
        super().__init__()
        self.screen = screen


class ReportLauncher(PageLauncher):
    """Behind it is the page of the past."""

    INSIDE = frozenset({"back", "help"})

    def toggle(self, session: "Session | None", screen: "SupervisorScreen") -> None:
        """Open the page over the screen, or close the one that is open."""
        if self.is_open:
            self.close()
        elif session is None or not session.supervisor.open:
            self._tell(tr("Reports are for supervisors."), "info")
        elif not session.supervisor.offers(Capability.HISTORY):
            self._tell(tr("This contact centre keeps no history."), "info")
        else:
            self._open(session, screen)

    def _open(self, session: "Session", screen: "SupervisorScreen") -> None:
        from desktop.tui.report.report_page import ReportPage

        def make(around: Around) -> LaunchedPage:
            return ReportPage(session.supervisor, screen.formula, around)

        self._show(screen, lambda: session.store.state, make)
