"""The door to the page of settings, over whichever screen is in front."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from desktop.tui.pages.launcher import Around, LaunchedPage, PageLauncher
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.tui.settings.settings import Settings
    from desktop.tui.settings.settings_page import SettingsPage


class SettingsLauncher(PageLauncher):
    """Behind it are the settings of the profile in use."""

    INSIDE = frozenset({"back", "help"})
    make: "Callable[[], Settings] | None" = None
    """Makes what is shown and changed, when it is wanted first; None where the screen runs without a profile."""
    _settings: "Settings | None" = None
    _shown: "SettingsPage | None" = None

    def toggle(self, session: "Session | None", screen: Screen[Any]) -> None:
        """Open the page over the screen, or close the one that is open."""
        if self.is_open:
            self.close()
        elif session is None:
            self._tell(tr("Still signing in."), "info")
        elif self.make is None:
            self._tell(tr("This screen has no settings."), "info")
        else:
            self._settings = self._settings or self.make()
            self._open(self._settings, session, screen)

    def handles(self, action: str) -> bool:
        """See the base class; while a key is to be pressed, every key is only that."""
        return super().handles(action) or self.is_capturing

    @property
    def is_capturing(self) -> bool:
        """Whether the page waits for the key of a verb."""
        return self._shown is not None and self.is_open and self._shown.is_capturing

    def rings(self) -> None:
        """A contact is offered: its keys must work."""
        if self._shown is not None and self.is_open:
            self._shown.stop_capturing()

    def _open(self, settings: "Settings", session: "Session", screen: Screen[Any]) -> None:
        from desktop.tui.settings.settings_page import SettingsPage

        def make(around: Around) -> LaunchedPage:
            self._shown = SettingsPage(settings, around)
            return self._shown

        self._show(screen, lambda: session.store.state, make)
