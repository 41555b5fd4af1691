"""The agent's own state, and finding one's way around the desk."""

from dataclasses import replace

from textual.widgets import Input, TextArea

from desktop.domain.model import AvailabilityChoice
from desktop.domain.notices import GLIMPSE, MY_STATE, RETRY, something_is_wrong
from desktop.domain.words import Availability, Phase
from desktop.tui.follow_up_editor import FollowUpEditor
from desktop.tui.keys import BY_ID
from desktop.tui.panes.footer import standing_error
from desktop.tui.panes.guide import Guide
from desktop.tui.panes.queues import QueuesPane
from desktop.tui.panes.state_menu import StateMenu
from desktop.tui.titles import title
from desktop.tui.two_presses import Irrevocable, named
from desktop.tui.verbs.desk import Desk


class AvailabilityVerbs(Desk):
    """What is done to the desk rather than to a contact."""

    _early: tuple[Availability, str] | None = None
    """Chosen before there was a session."""

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
            if availability is not None:  # seen as what comes next, and asked for as soon as there is a session
                self._early = (availability, reason)
                self._screen.state = replace(self._screen.state, awaited=AvailabilityChoice(availability, reason))
                self._screen.redraw()
        elif availability is None:
            self._result(self.session.actions.cancel_next(), MY_STATE)
        else:
            self._result(
                self.session.actions.set_availability(availability, reason=reason, after_current=after_current),
                MY_STATE,
            )

    def signing_in(self) -> None:
        """There is a session now: ask for the availability that was chosen before."""
        if self._early is not None:
            (availability, reason), self._early = self._early, None
            self.chosen_state(availability, reason, after_current=False)

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
        wrong = something_is_wrong(self._screen.state)
        self.session.retry()
        if wrong:
            self._tell("Trying again.", RETRY)
        else:
            self._tell("Everything is connected, and nothing waits to be sent.", GLIMPSE)

    def next_pane(self) -> None:
        """The next pane of a narrow screen."""
        self._screen.next_tab()

    def back(self) -> None:
        """Close what is open, else leave the field, else hide an error that stays, else the guide."""
        if self._screen.close_top():
            self._screen.redraw()
            return
        if self._screen.query_one(FollowUpEditor).leave():
            return
        if isinstance(self._screen.focused, Input | TextArea):
            self._screen.query_one("#work").focus()
            return
        if self.session is not None and (standing := standing_error(self._screen.view())) is not None:
            self.session.store.settle(standing.subject)
            return
        self._screen.query_one(Guide).remove_class("open")

    def leave(self) -> None:
        """Leave; with a contact open, at the second press."""
        open_work = [i for i in self._screen.work() if i.phase in (Phase.ACTIVE, Phase.CONNECTING, Phase.OFFERED)]
        if open_work:
            key = BY_ID["quit"]
            others = f" and {len(open_work) - 1} more" if open_work[1:] else ""
            who = named(title(self._screen.state, open_work[0])) + others
            act = Irrevocable(
                key.shown,
                key.anywhere,
                ("leave", *(i.id for i in open_work)),
                f"leave. The contact centre keeps {who}; your note is saved.",
            )
            if not self._presses.press(act):
                return
        self._leave()
