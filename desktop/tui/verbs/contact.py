"""The offer and the call: accept, hold, mute, tones, end."""

from desktop.domain import select
from desktop.domain.phone import CallState
from desktop.domain.words import Verb
from desktop.tui.panes.offer_banner import stranger
from desktop.tui.panes.tones import TonesField
from desktop.tui.verbs.desk import Desk

END_SECONDS = 1.5
"""How long after the first press a second one, or enter, ends the contact."""


class ContactVerbs(Desk):
    """What is done to the contact itself."""

    def accept(self) -> None:
        """Accept the most urgent offer, and turn to it; without one, answer a call that is no contact."""
        offer = self._offer()
        if offer is None:
            self._answer_stranger()
            return
        self._screen.uncover()
        self._screen.select(offer.id)
        if not self._typing_elsewhere():
            self._screen.focus_note()
        self._do(Verb.ACCEPT, offer)

    def decline(self) -> None:
        """Decline the most urgent offer; without one, reject or end a call on the phone that is no contact."""
        offer = self._offer()
        call = stranger(self._screen.view())
        if offer is not None:
            self._do(Verb.DECLINE, offer, reason="declined")
        elif call is None:
            self._tell("Nothing is offered to you now.")
        elif self.session is None:
            self._not_yet()
        else:
            self._result(self.session.actions.hang_up_call(call.id))

    def _answer_stranger(self) -> None:
        call = stranger(self._screen.view())
        if call is None or call.state is not CallState.RINGING:
            self._tell("Nothing is offered to you now.")
        elif self.session is None:
            self._not_yet()
        else:
            self._result(self.session.actions.answer_call(call.id))

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
            self.disarm()
            self._tell("There is no contact to end.")
            return
        if self._ending == interaction.id:
            self.confirm_end()
            return
        self._arm(interaction.id)
        self._later(END_SECONDS, self.disarm)

    @property
    def ending(self) -> bool:
        """Whether the contact was asked to be ended once, a moment ago, and still can be."""
        interaction = self._selected()
        if interaction is None or interaction.id != self._ending:
            return False
        return Verb.END in select.verbs_on_offer(self._screen.state, interaction)

    def confirm_end(self) -> None:
        """End what was asked to be ended."""
        interaction, armed = self._selected(), self._ending
        self.disarm()
        if interaction is not None and interaction.id == armed:
            self._do(Verb.END, interaction)

    def tones(self) -> None:
        """Open the keypad."""
        interaction = self._selected()
        if interaction is None or Verb.DTMF not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell("Tones need a call you are talking on.")
            return
        self._screen.query_one(TonesField).open()
        self._screen.opened()

    def send_tones(self, digits: str) -> None:
        """Send tones on the selected call."""
        interaction = self._selected()
        if interaction is not None:
            self._do(Verb.DTMF, interaction, digits=digits)
