"""What is done to the contact itself: accepting, declining, hold, mute, recording, ending, tones.

How a verb is carried out and told of, and why some ask for a second press, is in `base.py`.
"""

import asyncio

from desktop.domain import select
from desktop.domain.entities.channels import CALLS, WRITTEN
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.phone import CallState, PhoneCall
from desktop.domain.entities.words import Phase, Verb
from desktop.domain.news.notices import DONE
from desktop.domain.state.state import AppState
from desktop.ports.base import Capability
from desktop.ports.phone_numbers import e164
from desktop.tui.agent.offer_text import stranger
from desktop.tui.agent.overlays.dial_field import DialField
from desktop.tui.agent.overlays.keypad import Keypad
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.message import MessagePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.verbs.base import NO_OFFER, DeskVerbs
from desktop.tui.keys.keys import BY_ID
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr

_CALL = "a call to make"
"""What is told of one, until one is made."""
_PULL = "a contact to take from a queue"
_ON_THE_LINE = frozenset({Phase.CONNECTING, Phase.ACTIVE})


class ContactVerbs(DeskVerbs):
    """What is done to the contact itself."""

    def accept(self) -> None:
        """Accept the most urgent offer, and turn to it; without one, answer a call that is no contact."""
        offer = self._offer()
        if offer is None:
            self._answer_stranger()
            return
        if self.session is None:
            self._not_yet()
            return
        self.look_at_offer()
        if not self._meant(Verb.ACCEPT, offer, {}):
            return
        composing = self._screen.query_one(MessagePane).has_focus_within
        self._screen.uncover()
        self._screen.select(offer.id)
        if composing or not self._typing_elsewhere():
            self._screen.focus_writing()
        self._result(self.session.commands.do(Verb.ACCEPT, offer.id), offer.id)

    def hold(self) -> None:
        """Hold the customer, or resume; with an expert on the line, talk to the other of the two.

        A written contact is parked, or taken back.
        """
        selected = self._selected()
        if selected is not None and selected.channel in WRITTEN and selected.phase is not Phase.OFFERED:
            self.first_of(Verb.UNPARK, Verb.PARK)
        else:
            self.first_of(Verb.SWAP, Verb.RESUME, Verb.HOLD)

    def pull(self, interaction_id: str) -> None:
        """Take what waits in a queue, and turn to it."""
        session = self.session
        if session is None:
            self._not_yet()
            return

        async def take() -> None:
            result = await session.commands.pull(interaction_id)
            session.store.outcome(result.ok, result.text, _PULL)
            state = session.store.drain()
            if result.ok and interaction_id in state.interactions:
                self._screen.show(state)  # the contact came with it; the next frame would be too late
                self._screen.select(interaction_id)
                if not self._screen.typing:
                    self._screen.focus_writing()

        self._spawn(take())

    def dial(self) -> None:
        """Choose the number to call, where the contact centre can call and nobody is on the line."""
        state = self._screen.state
        on_the_line = [one for one in select.mine(state) if one.channel in CALLS and one.phase in _ON_THE_LINE]
        if self.session is None:
            self._not_yet()
        elif Capability.DIAL.value not in select.call_capabilities(state):
            self._tell(tr("This contact centre cannot make calls from here."))
        elif on_the_line:
            self._tell(tr("You are on a call already; end it first."))
        else:
            view = self._screen.view()
            customer = view.preview.customer if view.preview is not None else None
            if customer is None and view.selected is not None:
                customer = select.customer_of(state, view.selected)
            numbers = [one.value for one in customer.addresses if one.kind == "phone"] if customer is not None else []
            self._wants_field()
            self._screen.uncover()
            self._screen.query_one(DialField).open(customer.name if customer is not None else "", numbers)

    def dialled(self, number: str) -> None:
        """Call it. The field stays until the contact centre has taken it: a slip is mended there and not typed anew."""
        session = self.session
        if session is None:
            return

        async def call() -> None:
            found = await asyncio.to_thread(e164, number, session.region)
            if not found:
                self._tell(tr("{number} is no telephone number.", number=number), _CALL)
                return
            result = await session.commands.dial(found)
            session.store.outcome(result.ok, result.text, _CALL)
            if not result.ok:
                return
            self._turn_to_call(session.store.drain(), found)

        self._spawn(call())

    def _turn_to_call(self, state: AppState, number: str) -> None:
        """From the number straight into the note: between the two, letters would be verbs."""
        self._screen.show(state)  # the contact came with it; the next frame would be too late
        made = (one for one in select.mine(state) if one.customer.value == number and one.phase in _ON_THE_LINE)
        if (contact := next(made, None)) is not None:
            self._screen.select(contact.id)
        field = self._screen.query_one(DialField)
        if contact is not None and field.is_open:
            self._screen.focus_note()
            self._screen.set_focus(self._screen.query_one(NotePane))  # at once, before the field is gone
            field.close()
        elif field.is_open:
            self._screen.close_top()

    def mute(self) -> None:
        """Mute yourself, or unmute."""
        self.first_of(Verb.UNMUTE, Verb.MUTE)

    def decline(self) -> None:
        """Decline the most urgent offer; without one, reject or end a call on the phone that is no contact."""
        offer = self._offer()
        call = stranger(self._screen.view())
        if offer is not None:
            self._decline(offer)
        elif call is None:
            self._refuse_offer()
        elif self.session is None:
            self._not_yet()
        elif call.state is CallState.RINGING or self._presses.press(self._hang_up(call), self._hanging_up):
            self._result(self.session.commands.hang_up_call(call.id))

    def _decline(self, offer: Interaction) -> None:
        """Whoever was declined is named afterwards: the next offer may stand in the same row already."""
        session, who = self.session, named(title(self._screen.state, offer))
        self.look_at_offer()
        if session is None:
            self._not_yet()
        elif self._meant(Verb.DECLINE, offer, {}):

            async def decline() -> None:
                result = await session.commands.do(Verb.DECLINE, offer.id, reason="declined")
                session.store.outcome(result.ok, result.text, offer.id)
                if result.ok and not result.text:
                    self._tell(tr("Declined: {who}.", who=who), DONE)

            self._spawn(decline())

    def _hanging_up(self) -> Irrevocable | None:
        call = stranger(self._screen.view())
        return self._hang_up(call) if call is not None and self._offer() is None else None

    def _hang_up(self, call: PhoneCall) -> Irrevocable:
        key = BY_ID["decline"]
        words = tr("hang up on {who}", who=named(call.name or call.number))
        return Irrevocable(key.shown, (*key.anywhere, *key.letters), ("hang up", call.id), words)

    def _answer_stranger(self) -> None:
        call = stranger(self._screen.view())
        if call is None or call.state is not CallState.RINGING:
            self._refuse_offer()
        elif self.session is None:
            self._not_yet()
        else:
            self._result(self.session.commands.answer_call(call.id))

    def _refuse_offer(self) -> None:
        """There is no offer, or none any more: the words meant for its note are no verbs."""
        self._wants_field()
        self._tell(tr(NO_OFFER), NO_OFFER)

    def recording(self) -> None:
        """Pause the recording, or resume it; of a customer who has refused, at the second press only."""
        interaction = self._selected()
        on_offer = () if interaction is None else select.verbs_on_offer(self._screen.state, interaction)
        verb = next((verb for verb in (Verb.RESUME_RECORDING, Verb.PAUSE_RECORDING) if verb in on_offer), None)
        if interaction is None or verb is None:
            self._tell(wording.cannot_pause(interaction))
        else:
            self._do(verb, interaction)

    def end(self) -> None:
        """End the contact, at the second press."""
        interaction = self._selected()
        if interaction is None or Verb.END not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell(tr("There is no contact to end."))
        else:
            self._do(Verb.END, interaction)

    def quoted(self) -> None:
        """Show what the e-mails quote, or fold it again."""
        if not self._screen.query_one(ConversationPane).fold():
            self._tell(tr("Nothing is quoted here."))

    def tones(self) -> None:
        """Open the keypad."""
        self._wants_field()
        interaction = self._selected()
        if interaction is None or Verb.DTMF not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell(tr("Tones can only be sent on an active call."))
            return
        self._screen.query_one(Keypad).open()
        self._screen.opened()

    def send_tones(self, digits: str) -> None:
        """Send tones on the selected call."""
        interaction = self._selected()
        if interaction is not None:
            self._do(Verb.DTMF, interaction, digits=digits)
