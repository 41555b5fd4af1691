"""What the keys do: each action looks at the selected contact, checks what is on offer, and asks the session."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from desktop.app.actions import ActionResult
from desktop.domain import select
from desktop.domain.model import Interaction
from desktop.domain.words import Availability, LegPhase, Phase, PopAnswer, Verb
from desktop.tui.agent_screen import AgentScreen
from desktop.tui.panes.conversation import ConversationPane
from desktop.tui.panes.expert_finder import ExpertFinder
from desktop.tui.panes.guide import Guide
from desktop.tui.panes.note import NotePane
from desktop.tui.panes.queues import QueuesPane
from desktop.tui.panes.search import SearchPane
from desktop.tui.panes.state_menu import StateMenu
from desktop.tui.panes.tones import TonesField
from desktop.tui.panes.wrap_up import WrapUpPane

if TYPE_CHECKING:
    from desktop.app.session import Session

END_SECONDS = 1.5
"""How long after the first press a second one, or enter, ends the contact."""


class DeskActions:
    """The verbs of the desk, over one screen and one session."""

    def __init__(
        self,
        screen: AgentScreen,
        *,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        later: Callable[[float, Callable[[], None]], object],
        tell: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """Actions without a session yet: until there is one, verbs say so.

        Args:
            screen: what is looked at and changed.
            spawn: runs a coroutine beside the screen.
            later: calls back after so many seconds.
            tell: shows a sentence.
            leave: ends the program in good order.
        """
        self.session: Session | None = None
        self._screen = screen
        self._spawn = spawn
        self._later = later
        self._tell = tell
        self._leave = leave
        self._ending: str | None = None
        self._leaving = False

    # --- the offer -------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Accept the most urgent offer, and turn to it."""
        offer = self._offer()
        if offer is None:
            self._tell("Nothing is offered to you now.")
            return
        self._screen.select(offer.id)
        if not self._typing_elsewhere():
            self._screen.focus_note()
        self._do(Verb.ACCEPT, offer)

    def decline(self) -> None:
        """Decline the most urgent offer."""
        offer = self._offer()
        if offer is None:
            self._tell("Nothing is offered to you now.")
        else:
            self._do(Verb.DECLINE, offer, reason="declined")

    # --- the contact -----------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Hold or resume; with an expert on the line, talk to the other one."""
        self._first_of(Verb.SWAP, Verb.RESUME, Verb.HOLD)

    def mute(self) -> None:
        """Mute or unmute."""
        self._first_of(Verb.UNMUTE, Verb.MUTE)

    def end(self) -> None:
        """Ask once, end at the second press."""
        interaction = self._selected()
        if interaction is None or Verb.END not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell("There is no contact to end.")
            return
        if self._ending == interaction.id:
            self.confirm_end()
            return
        self._arm(interaction.id)
        self._later(END_SECONDS, self._disarm)

    @property
    def ending(self) -> bool:
        """Whether the contact was asked to be ended once, a moment ago."""
        return self._ending is not None

    def confirm_end(self) -> None:
        """End what was asked to be ended."""
        interaction = self._selected()
        armed, self._ending = self._ending, None
        self._disarm()
        if interaction is not None and interaction.id == armed:
            self._do(Verb.END, interaction)

    def tones(self) -> None:
        """Open the keypad."""
        interaction = self._selected()
        if interaction is None or Verb.DTMF not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell("Tones need a call you are talking on.")
            return
        self._screen.query_one(TonesField).open()

    def send_tones(self, digits: str) -> None:
        """Send tones on the selected call."""
        interaction = self._selected()
        if interaction is not None:
            self._do(Verb.DTMF, interaction, digits=digits)

    # --- the expert ------------------------------------------------------------------------------------------------

    def expert(self) -> None:
        """Find an expert, or come back from the one on the line."""
        interaction = self._selected()
        if interaction is None or interaction.phase is not Phase.ACTIVE:
            self._tell("Experts can be asked during a contact.")
            return
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open:
            self._screen.close_top()
        elif select.open_leg(interaction) is not None:
            self._leg(interaction, Verb.CANCEL_LEG)
        else:
            self._open_finder(interaction, transferring=False)

    def transfer(self) -> None:
        """Hand over to the expert on the line, or choose whom to transfer to."""
        interaction = self._selected()
        if interaction is None or interaction.phase is not Phase.ACTIVE:
            self._tell("There is no contact to transfer.")
            return
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open and not finder.transferring:
            finder.pick("transfer")
            return
        leg = select.open_leg(interaction)
        if leg is None:
            self._open_finder(interaction, transferring=True)
        elif leg.phase is LegPhase.ACTIVE:
            self._leg(interaction, Verb.COMPLETE_TRANSFER)
        else:
            self._tell("Wait until they answer, or F6 to come back.")

    def conference(self) -> None:
        """Join everybody."""
        interaction = self._selected()
        if interaction is not None:
            self._leg(interaction, Verb.CONFERENCE)

    def picked_expert(self, how: str, target: str, text: str) -> None:
        """The finder's choice."""
        session, interaction = self.session, self._selected()
        if session is None or interaction is None:
            return
        if how == "chat":
            self._result(session.actions.chat(target, text))
            return
        target = target if target.startswith("queue:") else f"person:{target}"
        self._screen.close_top()
        self._do(
            Verb.CONSULT if how == "consult" and not target.startswith("queue:") else Verb.BLIND_TRANSFER,
            interaction,
            target=target,
        )

    # --- the wrap-up -----------------------------------------------------------------------------------------------

    def note(self) -> None:
        """Go to the note."""
        if self._selected() is None:
            self._tell("The note belongs to a contact, and there is none.")
        else:
            self._screen.focus_note()

    def wrap_up(self) -> None:
        """Go to the codes; from there, back to the note."""
        interaction = self._selected()
        pane = self._screen.query_one(WrapUpPane)
        if interaction is None or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP, Phase.CLOSED):
            self._tell("There is nothing to wrap up.")
        elif pane.is_open and pane.has_focus_within:
            self._screen.focus_note()
        else:
            self._screen.show_tab("contact")
            pane.open(focus=True)
            self._screen.redraw()

    def finish(self) -> None:
        """Finish the wrap-up; in the expert finder: write to the expert."""
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open:
            finder.pick("chat")
            return
        session, interaction = self.session, self._selected()
        if session is None or interaction is None:
            return
        if (
            interaction.phase not in (Phase.WRAP_UP, Phase.CLOSED)
            and interaction.id not in self._screen.state.unfinished
        ):
            self._tell("The contact is still going on; end it first.")
            return
        pane, note = self._screen.query_one(WrapUpPane), self._screen.query_one(NotePane)
        problems = select.wrap_up_problems(self._screen.state, interaction, pane.codes, note.text)
        if problems and interaction.id not in self._screen.state.unfinished:
            self._tell("Still needed: " + " ".join(problems))
            self.wrap_up()
            return
        self._result(
            session.wrap_ups.finish(interaction.id, codes=pane.codes, note=note.text, follow_ups=pane.follow_ups)
        )

    def extend(self) -> None:
        """Ask for more time."""
        interaction = self._selected()
        if interaction is not None:
            self._first_of(Verb.EXTEND_WRAP_UP)

    def callback(self) -> None:
        """Plan a callback in the wrap-up."""
        self._follow_up("callback")

    def text_message(self) -> None:
        """Write a text message to the customer in the wrap-up."""
        self._follow_up("sms")

    def _follow_up(self, kind: str) -> None:
        pane = self._screen.query_one(WrapUpPane)
        if not pane.is_open:
            self.wrap_up()
        pane.add_follow_up(kind)

    # --- the customer ----------------------------------------------------------------------------------------------

    def pick(self, number: int) -> None:
        """The customer with this number where there are several, else the contact with this number in the work list."""
        matches = self.ambiguous()
        interaction = self._selected()
        if matches and interaction is not None and self.session is not None:
            if number <= len(matches):
                self.session.pops.choose(interaction.id, matches[number - 1])
            return
        work = self._screen.work()
        if number <= len(work):
            self._screen.select(work[number - 1].id)
            if work[number - 1].phase in (Phase.ACTIVE, Phase.WRAP_UP):
                self._screen.show_tab("contact")

    def ambiguous(self) -> list[str]:
        """The customers to choose between, by id; empty where it is clear."""
        interaction = self._selected()
        pop = select.pop(self._screen.state, interaction.id) if interaction else None
        if pop is None or pop.answer not in (PopAnswer.ONE, PopAnswer.MANY) or pop.match is not None:
            return []
        return [match.customer.id for match in pop.matches[:9]]

    def search(self) -> None:
        """Search the customers for the selected contact."""
        self._open_search(creating=False)

    def create(self) -> None:
        """Name a new customer."""
        self._open_search(creating=True)

    def unlink(self) -> None:
        """Undo the link of the selected contact."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self.session.pops.unlink(interaction.id)

    def searched(self, text: str) -> None:
        """Ask the CRM."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self._spawn(self.session.pops.search(interaction.id, text))

    def picked_customer(self, customer_id: str) -> None:
        """The contact is with this customer."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self.session.pops.choose(interaction.id, customer_id)
        self._screen.close_top()

    def create_customer(self, name: str) -> None:
        """Make a record and link the contact to it."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self._result(self.session.pops.create(interaction.id, name))
        self._screen.close_top()

    # --- the desk --------------------------------------------------------------------------------------------------

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
            self._disarm()
            return
        if self._screen.close_top():
            self._screen.redraw()
            return
        if self._screen.typing:
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

    # --- inside ----------------------------------------------------------------------------------------------------

    def _selected(self) -> Interaction | None:
        return self._screen.view().interaction

    def _offer(self) -> Interaction | None:
        return next((i for i in select.mine(self._screen.state) if i.phase is Phase.OFFERED), None)

    def _typing_elsewhere(self) -> bool:
        return self._screen.typing and not isinstance(self._screen.focused, NotePane)

    def _first_of(self, *verbs: Verb) -> None:
        interaction = self._selected()
        if interaction is None:
            self._tell("There is no contact.")
            return
        on_offer = select.verbs_on_offer(self._screen.state, interaction)
        verb = next((verb for verb in verbs if verb in on_offer), None)
        if verb is None:
            self._tell(f"{verbs[-1].value.replace('_', ' ').capitalize()} is not possible now.")
        elif verb is Verb.SWAP:
            self._leg(interaction, verb)
        else:
            self._do(verb, interaction)

    def _leg(self, interaction: Interaction, verb: Verb) -> None:
        leg = select.open_leg(interaction)
        if leg is None or verb not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell(f"{verb.value.replace('_', ' ').capitalize()} is not possible now.")
        else:
            self._do(verb, interaction, leg_id=leg.id)

    def _do(self, verb: Verb, interaction: Interaction, **arguments: str) -> None:
        if self.session is None:
            self._not_yet()
        else:
            self._result(self.session.actions.do(verb, interaction.id, **arguments))

    def _result(self, call: Awaitable[ActionResult]) -> None:
        async def wait() -> None:
            # What went wrong is told by the session as a notice; the screen has nothing to add.
            await call

        self._spawn(wait())

    def _not_yet(self) -> None:
        self._tell("Still signing in.")

    def _arm(self, interaction_id: str) -> None:
        self._ending = interaction_id
        self._mark_ending(on=True)

    def _disarm(self) -> None:
        self._ending = None
        self._mark_ending(on=False)

    def _mark_ending(self, *, on: bool) -> None:
        pane = self._screen.query_one(ConversationPane)
        pane.ending = on
        pane.draw(self._screen.view())

    def _open_finder(self, interaction: Interaction, *, transferring: bool) -> None:
        query = "" if transferring else (interaction.skills[0] if interaction.skills else interaction.queue)
        self._screen.query_one(ExpertFinder).open(query, transferring=transferring)
        self._screen.open_right()

    def _open_search(self, *, creating: bool) -> None:
        if self._selected() is None:
            self._tell("Select a contact first; the search links it to a customer.")
            return
        self._screen.query_one(SearchPane).open(creating=creating)
        self._screen.open_right()
