"""The door to the screen of reports, over the supervisor's screen. It is imported at the first opening."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from textual.message import Message

from desktop.ports.base import Capability

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.tui.report.report_page import ReportPage
    from desktop.tui.supervisor_screen import SupervisorScreen

BESIDE: Final = frozenset({"decline", "hold", "mute", "end", "retry", "palette"})
"""Verbs of the desk that leave the page open."""
INSIDE: Final = frozenset({"back", "help"})
"""Verbs whose keys mean something on the page itself."""


class ReportsWanted(Message):
    """A supervisor wants to look at the past."""

    def __init__(self, screen: "SupervisorScreen") -> None:
        super().__init__()
        self.screen = screen


class ReportDoor:
    """At most one page is open."""

    def __init__(
        self,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        tell: Callable[[str, str], None],
    ) -> None:
        """A closed door.

        Args:
            clock: the local one, seconds since the Unix epoch.
            spawn: runs a coroutine beside the screen.
            tell: shows a sentence with its severity.
        """
        self._clock = clock
        self._spawn = spawn
        self._tell = tell
        self._page: ReportPage | None = None

    @property
    def is_open(self) -> bool:
        """Whether the page is on screen."""
        return self._page is not None and self._page.is_open

    def turn(self, session: "Session | None", screen: "SupervisorScreen") -> None:
        """Open the page over the screen, or close the one that is open."""
        if self.is_open:
            self.close()
        elif session is None or not session.supervisor.open:
            self._tell("Reports are for supervisors.", "info")
        elif not session.supervisor.offers(Capability.HISTORY):
            self._tell("This contact centre keeps no history.", "info")
        else:
            self._open(session, screen)

    def close(self) -> None:
        """Leave what is open."""
        if self._page is not None and self._page.is_open:
            self._page.close()
        self._page = None

    def before(self, action: str) -> None:
        """A verb of the desk comes: make room for what it shows."""
        if self.is_open and action not in BESIDE | INSIDE:
            self.close()

    def hears(self, action: str) -> bool:
        """Whether the page takes the key of a verb itself."""
        return self.is_open and action in INSIDE

    def _open(self, session: "Session", screen: "SupervisorScreen") -> None:
        from desktop.tui.report.report_page import ReportPage

        focused = screen.focused

        def closed() -> None:
            if focused is not None and focused.is_attached:
                focused.focus()

        rest = (lambda: session.store.state, self._clock, self._spawn, self._tell, closed)
        self._page = ReportPage(session.supervisor, *rest, screen.formula)
        screen.mount(self._page)
