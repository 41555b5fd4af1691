"""The door to the pages of quality, over whichever screen is in front."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen

from desktop.domain.entities.floor import CoachingNews
from desktop.ports.base import Capability
from desktop.tui.keys.keys import shown
from desktop.tui.keys.two_presses import TwoPresses
from desktop.tui.pages.launcher import Around, LaunchedPage, PageLauncher, Tell
from desktop.words.catalogue import ntr, tr

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.domain.state.state import AppState


class QualityWanted(Message):
    """A supervisor wants their page."""


class QualityLauncher(PageLauncher):
    """Behind it are a supervisor's page and an agent's. What was typed on one is kept, however it is closed."""

    INSIDE = frozenset({"finish", "back", "help"})

    def __init__(
        self,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        tell: Tell,
        presses: TwoPresses,
        wants_field: Callable[[], None],
    ) -> None:
        """A closed door; see `PageLauncher`."""
        super().__init__(clock, spawn, tell, presses, wants_field)
        self._told = CoachingNews()

    def toggle(self, session: "Session | None", screen: Screen[Any], *, review: bool) -> None:
        """Open the page, or close the one that is open.

        Args:
            screen: the one it lies over.
            review: a supervisor's page instead of the agent's own.
        """
        if self.is_open:
            self.close()
        elif session is None or not session.store.state.me:
            self._tell(tr("Still signing in."), "info")
        elif not session.supervisor.offers(Capability.QUALITY):
            self._tell(tr("This contact centre does not support evaluations and coaching notes."), "info")
        else:
            self._open(session, screen, review=review)

    def notice(self, state: "AppState") -> None:
        """Say quietly that there is something new to read; once, and without touching the keyboard."""
        news = state.coaching
        if news is None or news is self._told:
            return
        before, self._told = self._told, news
        if self.is_open:
            return
        if news.unread > before.unread:
            self._tell(_feedback(news), "info")
        if news.answers > before.answers:
            from desktop.tui.keys.floor_keys import FLOOR_BY_ID

            answered = ntr(
                "{name} answered your coaching note: {key} on the floor to read.",
                "{name} answered coaching notes: {key} on the floor to read.",
                news.answers,
                name=news.answered_by,
                key=FLOOR_BY_ID["quality"].shown,
            )
            self._tell(answered, "info")

    def _open(self, session: "Session", screen: Screen[Any], *, review: bool) -> None:
        from desktop.domain.reviews.sampling import Scorecards
        from desktop.tui.quality.feedback_page import FeedbackPage
        from desktop.tui.quality.review_page import ReviewPage

        desk, read = session.supervisor.quality, session.supervisor.scorecards

        def make(around: Around) -> LaunchedPage:
            if review:
                return ReviewPage(read() if read is not None else Scorecards(), desk, around)
            return FeedbackPage(desk, around)

        self._show(screen, lambda: session.store.state, make)


def _feedback(news: CoachingNews) -> str:
    if not news.by_name:
        return ntr(
            "New feedback on your work: {key} to read.",
            "{n} new pieces of feedback on your work: {key} to read.",
            news.unread,
            key=shown("coaching"),
        )
    return ntr(
        "New feedback on your work from {name}: {key} to read.",
        "{n} new pieces of feedback on your work from {name}: {key} to read.",
        news.unread,
        name=news.by_name,
        key=shown("coaching"),
    )
