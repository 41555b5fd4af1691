"""The door to the pages of quality, over whichever screen is in front. They are imported at the first opening."""

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final

from textual.app import SystemCommand
from textual.message import Message
from textual.screen import Screen

from desktop.domain.floor import CoachingNews
from desktop.ports.base import Capability
from desktop.tui.keys import shown

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.domain.state import AppState
    from desktop.tui.quality.quality_page import QualityPage

BESIDE: Final = frozenset({"accept", "decline", "hold", "mute", "end", "retry", "palette"})
"""Verbs of the desk that leave a page open, but for `accept`: the contact wants the whole screen."""
INSIDE: Final = frozenset({"finish", "back", "help"})
"""Verbs whose keys mean something on the page itself."""


_NAMES: Final = {"esc": "escape", "<": "less_than_sign", ">": "greater_than_sign"}


class QualityWanted(Message):
    """A supervisor wants their page."""


class QualityDoor:
    """At most one page is open. What was typed on it is kept, however it is closed."""

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
        self._page: QualityPage | None = None
        self._told = CoachingNews()

    @property
    def is_open(self) -> bool:
        """Whether a page is on screen."""
        return self._page is not None and self._page.is_open

    def turn(self, session: "Session | None", screen: Screen[Any], *, review: bool) -> None:
        """Open the page, or close the one that is open.

        Args:
            screen: the one it lies over.
            review: a supervisor's page instead of the agent's own.
        """
        if self.is_open:
            self.close()
        elif session is None or not session.store.state.me:
            self._tell("Still signing in.", "info")
        elif not session.supervisor.offers(Capability.QUALITY):
            self._tell("This contact centre keeps no evaluations and no coaching notes.", "info")
        else:
            self._open(session, screen, review=review)

    def close(self) -> None:
        """Leave what is open."""
        if self._page is not None and self._page.is_open:
            self._page.close()
        self._page = None

    def commands(self, press: Callable[[str], None]) -> Iterable[SystemCommand]:
        """What the palette offers of the page that is open; `press` presses a key."""
        if self._page is not None and self._page.is_open:
            for key, does in self._page.commands():
                name = _NAMES.get(key, key)
                yield SystemCommand(f"{does.capitalize()}  ({key})", "On this page.", lambda name=name: press(name))

    def before(self, action: str) -> None:
        """A verb of the desk comes: make room for what it shows."""
        if self.is_open and (action not in BESIDE or action == "accept"):
            self.close()

    def hears(self, action: str) -> bool:
        """Whether the page takes the key of a verb itself."""
        return self.is_open and action in INSIDE

    def notice(self, state: "AppState") -> None:
        """Say quietly that there is something new to read; once, and without touching the keyboard."""
        news = state.coaching
        if news is None or news is self._told:
            return
        before, self._told = self._told, news
        if self.is_open:
            return
        if news.unread > before.unread:
            count = "Something" if news.unread == 1 else f"{news.unread} things"
            by = f" from {news.by_name}" if news.by_name else ""
            self._tell(f"{count} to read on your work{by}: {shown('coaching')} shows it.", "info")
        if news.answers > before.answers:
            from desktop.tui.floor_keys import FLOOR_BY_ID

            count = "your coaching note" if news.answers == 1 else "coaching notes"
            self._tell(
                f"{news.answered_by} answered {count}: {FLOOR_BY_ID['quality'].shown} on the floor shows it.", "info"
            )

    def _open(self, session: "Session", screen: Screen[Any], *, review: bool) -> None:
        from desktop.domain.sampling import Scorecards
        from desktop.tui.quality.feedback_page import FeedbackPage
        from desktop.tui.quality.review_page import ReviewPage

        focused = screen.focused

        def closed() -> None:
            if focused is not None and focused.is_attached:
                focused.focus()

        desk = session.supervisor.quality
        rest = (desk, lambda: session.store.state, self._clock, self._spawn, self._tell, closed)
        if review:
            read = session.supervisor.scorecards
            self._page = ReviewPage(read() if read is not None else Scorecards(), *rest)
        else:
            self._page = FeedbackPage(*rest)
        screen.mount(self._page)
