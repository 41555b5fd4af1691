"""The door to the outbox page, over whichever screen is in front."""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from desktop.app.notes.unsaved_text import Unsaved
from desktop.domain.text.sentence import Sentence
from desktop.tui.pages.launcher import Around, LaunchedPage, PageLauncher
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.domain.state.state import AppState
    from desktop.tui.outbox.outbox_page import OutboxPage


class OutboxLauncher(PageLauncher):
    """Behind it is the outbox. What was typed there is saved, however it is closed."""

    INSIDE = frozenset({"finish", "back", "help"})
    _outbox: "OutboxPage | None" = None

    def toggle(self, session: "Session | None", screen: Screen[Any]) -> None:
        """Open the page over the screen, or close the one that is open."""
        if self.is_open:
            self.close()
        elif session is None:
            self._tell(tr("Still signing in."), "info")
        else:
            self._open(session, screen)

    def notice(self, state: "AppState") -> None:
        """Have the page look at a new state."""
        if self._outbox is not None and self.is_open:
            self._outbox.notice(state)

    def takes_alt(self, key: str) -> bool:
        """Whether a key is alt and the letter of a verb of the page that is open, which takes it then."""
        return self._outbox is not None and self.is_open and self._outbox.takes_alt(key)

    def send_all(self) -> bool:
        """Send everything that can be sent, from the page; says whether it is open."""
        if self._outbox is None or not self.is_open:
            return False
        self._outbox.send_all()
        return True

    def prompted(self) -> None:
        """Have the page say what one more press does, or no more."""
        if self._outbox is not None and self.is_open:
            self._outbox.draw_keys()

    async def flush(self) -> None:
        """Put what is being typed on disk."""
        if self._outbox is not None and self.is_open:
            await self._outbox.keep_typed()

    def unsaved(self) -> tuple[Unsaved, ...]:
        """What was typed on the page and is not on disk."""
        typed = self._outbox.typed if self._outbox is not None and self.is_open else ""
        return (Unsaved(Sentence("unsaved.outbox_change"), typed),) if typed else ()

    def _open(self, session: "Session", screen: Screen[Any]) -> None:
        from desktop.tui.outbox.outbox_page import OutboxPage

        def make(around: Around) -> LaunchedPage:
            self._outbox = OutboxPage(session, around)
            return self._outbox

        self._show(screen, lambda: session.store.state, make)
