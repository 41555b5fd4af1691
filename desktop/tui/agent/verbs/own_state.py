"""The agent's own state, and finding one's way around the desk."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.model import AvailabilityChoice, Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.news.notices import GLIMPSE, MY_STATE, RETRY, something_is_wrong
from desktop.tui.agent.notice import standing_error
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.guide import Guide
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.agent.verbs.base import DeskVerbs
from desktop.tui.keys.keys import BY_ID
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.words.titles import title
from desktop.words.catalogue import in_words, ntr, tr

if TYPE_CHECKING:
    from desktop.app.notes.unsaved_text import Unsaved

_OPEN = (Phase.ACTIVE, Phase.CONNECTING, Phase.OFFERED)


class AvailabilityVerbs(DeskVerbs):
    """What is done to the desk rather than to a contact."""

    _early: tuple[Availability, str] | None = None
    """Chosen before there was a session."""

    def state(self) -> None:
        """Open the menu of availabilities, or close it."""
        menu = self._screen.query_one(StateMenu)
        if menu.is_open:
            self._screen.close_top()
        else:
            self._screen.query_one(Page).close()  # the two would share the room
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
            self._result(self.session.commands.cancel_next(), MY_STATE)
        else:
            self._result(
                self.session.commands.set_availability(availability, reason=reason, after_current=after_current),
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
            self._tell(tr("Trying again."), RETRY)
        else:
            self._tell(tr("Everything is connected and nothing is waiting to be sent."), GLIMPSE)

    def next_pane(self) -> None:
        """The next pane of a narrow screen."""
        self._screen.next_tab()

    def back(self) -> None:
        """Close what is open, else leave the field, else hide an error that stays, else the guide."""
        if self._screen.close_top():
            self._screen.redraw()
            return
        if self._screen.query_one(WrapUpPane).editor.leave():
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
        self._spawn(self._leave_or_ask())

    async def _leave_or_ask(self) -> None:
        unsaved = await self._context.keep()
        act, armed = self._left_behind(unsaved), self._presses.armed
        if act is not None and armed is not None and armed.victim == act.victim and not unsaved:
            act = armed  # since the first press the words may have been saved: then less is asked than was answered
        if act is None or self._presses.press(act):
            self._presses.disarm()
            self._context.leave()

    def _left_behind(self, unsaved: "Sequence[Unsaved]") -> Irrevocable | None:
        """What leaving leaves behind, if anything."""
        work = [i for i in self._screen.work() if i.phase in (*_OPEN, Phase.WRAP_UP)]
        if not (unsaved or work):
            return None
        talking = [interaction for interaction in work if interaction.phase in _OPEN]
        who = ""
        if first := (talking or work)[:1]:
            who = named(title(self._screen.state, first[0]))
            if more := len(talking or work) - 1:
                who = tr("{name} and {n} more", name=who, n=more)
        if unsaved:
            words = unsaved_words(unsaved)
        elif self._context.throwaway:
            words = tr("leave the demo and {who}; it keeps nothing", who=who)
        elif talking:
            words = tr("leave. {contacts}; {text}.", contacts=_stays(talking, who), text=self._becomes_of_words())
        else:
            words = tr(
                "leave. The wrap-up of {who} is not finished, and its timer keeps running; {text}.",
                who=who,
                text=self._becomes_of_words(),
            )
        key = BY_ID["quit"]
        victim = ("leave", *(interaction.id for interaction in work))
        return Irrevocable(key.shown, key.anywhere, victim, words)

    def _becomes_of_words(self) -> str:
        state = self._screen.state
        unsent = [one for one in self._screen.work() if one.id in state.drafts and state.drafts[one.id].reply.strip()]
        if not unsent:
            return tr("your words are saved")
        who = named(title(state, unsent[0]))
        if more := len(unsent) - 1:
            who = tr("{name} and {n} more", name=who, n=more)
        return ntr(
            "your words are saved, the reply to {who} is not sent",
            "your words are saved, the replies to {who} are not sent",
            len(unsent),
            who=who,
        )


def _stays(talking: Sequence[Interaction], who: str) -> str:
    """What becomes of the contacts that are left; only calls are on a line."""
    if all(one.channel in CALLS and one.phase is Phase.ACTIVE for one in talking):
        return ntr("{who} is still on the line", "{who} are still on the line", len(talking), who=who)
    return ntr("The contact with {who} stays open", "The contacts with {who} stay open", len(talking), who=who)


def unsaved_words(unsaved: "Sequence[Unsaved]") -> str:
    """What is not on disk, why, and what leaving does about it."""
    what, why = in_words(unsaved[0].about), in_words(unsaved[0].problem).rstrip(".")
    if len(unsaved) > 1:
        what = tr("{name} and {n} more", name=what, n=len(unsaved) - 1)
    lost = tr("Not saved: the {what} ({why}).", what=what, why=why) if why else tr("Not saved: the {what}.", what=what)
    return tr(
        "leave. {lost} It will be tried once more; if that fails, the text goes into a file, and you are told which.",
        lost=lost,
    )
