"""The agent's own state, and finding one's way around the desk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.widgets import Input, TextArea

from desktop.domain.notices import GLIMPSE, MY_STATE, RETRY, something_is_wrong
from desktop.domain.words import Availability, Phase
from desktop.tui.follow_up_editor import FollowUpEditor
from desktop.tui.panes.footer import standing_error
from desktop.tui.panes.guide import Guide
from desktop.tui.panes.queues import QueuesPane
from desktop.tui.panes.state_menu import StateMenu
from desktop.tui.verbs.desk import Desk

if TYPE_CHECKING:
    from desktop.app.rescue import Unsaved

ASK_SECONDS: Final = 3.0
ASK_UNSAVED_SECONDS: Final = 10.0
"""How long a second press leaves; there is more to read where words are not saved."""


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
            self._result(self.session.actions.cancel_next(), MY_STATE)
        else:
            self._result(
                self.session.actions.set_availability(availability, reason=reason, after_current=after_current),
                MY_STATE,
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
        if self.session is not None and (standing := standing_error(self._screen.view())) is not None:
            self.session.store.settle(standing.subject)
            return
        self._screen.query_one(Guide).remove_class("open")

    def leave(self) -> None:
        """Leave; at the second press where a contact is in hand, or where the disk does not hold every word."""
        if self._leaving:
            self._leave()
        else:
            self._spawn(self._leave_or_ask())

    async def _leave_or_ask(self) -> None:
        unsaved = await self._keep()
        if self._leaving and not unsaved:  # pressed twice before the first press could ask
            self._leave()
            return
        phases = {interaction.phase for interaction in self._screen.work()}
        if unsaved:
            question = unsaved_words(unsaved)
        elif phases & {Phase.ACTIVE, Phase.CONNECTING, Phase.OFFERED}:
            question = "A contact is open. Press again to leave; the contact centre keeps it, and your words are saved."
        elif Phase.WRAP_UP in phases:
            question = "A wrap-up is not finished, and its time runs on. Press again to leave; your words are saved."
        else:
            self._leave()
            return
        self._leaving = True
        self._later(ASK_UNSAVED_SECONDS if unsaved else ASK_SECONDS, self._stay)
        self._tell(question)

    def _stay(self) -> None:
        self._leaving = False


def unsaved_words(unsaved: Sequence["Unsaved"]) -> str:
    """What is not on disk, why, and what leaving does about it."""
    more = f" and {len(unsaved) - 1} more" if len(unsaved) > 1 else ""
    why = f" ({problem})" if (problem := unsaved[0].problem) else ""
    return (
        f"Not saved: the {unsaved[0].about}{more}{why}. Press again to leave: it is tried once more, and else the words"
        " go into a text file that you are told of."
    )
