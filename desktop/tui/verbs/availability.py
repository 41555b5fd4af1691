"""The agent's own state, and finding one's way around the desk."""

from textual.widgets import Input, TextArea

from desktop.domain.words import Availability, Phase
from desktop.tui.follow_up_editor import FollowUpEditor
from desktop.tui.panes.guide import Guide
from desktop.tui.panes.queues import QueuesPane
from desktop.tui.panes.state_menu import StateMenu
from desktop.tui.verbs.desk import Desk


class AvailabilityVerbs(Desk):
    """What is done to the desk rather than to a contact."""

    def state(self) -> None:
        """Open the menu of availabilities, or close it."""
        menu = self._screen.query_one(StateMenu)
        if menu.is_open:
            self._screen.close_top()
        else:
            menu.open()

    def chosen_state(self, availability: Availability | None, reason: str, *, after_current: bool) -> None:
        """Ask for an availability, or take back the next one."""
        self._screen.close_top()
        if self.session is None:
            self._not_yet()
        elif availability is None:
            self._result(self.session.actions.cancel_next())
        else:
            self._result(
                self.session.actions.set_availability(availability, reason=reason, after_current=after_current)
            )

    def queues(self) -> None:
        """Go to the queues."""
        self._screen.uncover()
        self._screen.show_tab("work")
        self._screen.query_one(QueuesPane).focus()

    def retry(self) -> None:
        """Try again now whatever waits."""
        if self.session is None:
            self._not_yet()
            return
        self.session.retry()
        self._tell("Trying again.")

    def next_pane(self) -> None:
        """The next pane of a narrow screen."""
        self._screen.next_tab()

    def back(self) -> None:
        """Close what is open, else leave the field, else hide the guide."""
        if self._ending is not None:
            self.disarm()
            return
        if self._screen.close_top():
            self._screen.redraw()
            return
        if self._screen.query_one(FollowUpEditor).leave():
            return
        if isinstance(self._screen.focused, Input | TextArea):
            self._screen.query_one("#work").focus()
            return
        self._screen.query_one(Guide).remove_class("open")

    def leave(self) -> None:
        """Leave; with a contact open, at the second press."""
        open_work = [i for i in self._screen.work() if i.phase in (Phase.ACTIVE, Phase.CONNECTING, Phase.OFFERED)]
        if open_work and not self._leaving:
            self._leaving = True
            self._later(3.0, self._stay)
            self._tell("A contact is open. Press again to leave; the contact centre keeps it, and your note is saved.")
            return
        self._leave()

    def _stay(self) -> None:
        self._leaving = False
