"""What every verb stands on: the screen, the session once there is one, and how a call is made and told."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from desktop.domain import select
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase, Verb
from desktop.domain.state.available_verbs import COMMANDS
from desktop.tui.agent.draft_editor import DraftEditor
from desktop.tui.agent.offer_row import OfferRow
from desktop.tui.agent.screen import AgentScreen
from desktop.tui.keys.two_presses import Irrevocable, TwoPresses
from desktop.tui.words.consequences import consequence
from desktop.words.catalogue import tr
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.commands.command_result import CommandResult
    from desktop.app.notes.unsaved_text import Unsaved
    from desktop.app.session import Session

_SOON_DONE: Final = frozenset({Verb.DECLINE, Verb.CANCEL_LEG})
"""What a letter typed by accident must not do at once, for whoever was there is gone; their function key may."""
_OF_OFFERS: Final = frozenset({Verb.ACCEPT, Verb.DECLINE})
NO_OFFER = mark("No offer to accept or decline.")
_CANNOT: Final = {
    Verb.HOLD: mark("Cannot put this contact on hold now."),
    Verb.SWAP: mark("Cannot switch between customer and expert now."),
    Verb.MUTE: mark("Cannot mute now."),
    Verb.CONSULT: mark("Cannot call an expert now."),
    Verb.CANCEL_LEG: mark("Cannot go back to the customer now."),
    Verb.COMPLETE_TRANSFER: mark("Cannot hand the customer over now."),
    Verb.BLIND_TRANSFER: mark("Cannot transfer now."),
    Verb.CONFERENCE: mark("Cannot start a conference now."),
    Verb.END: mark("Cannot end this contact now."),
    Verb.PARK: mark("Cannot park this contact now."),
    Verb.EXTEND_WRAP_UP: mark("Cannot extend the wrap-up now."),
}
_NOT_ON_CHANNEL: Final = {
    Verb.HOLD: mark("Only calls can be put on hold."),
    Verb.MUTE: mark("Only calls can be muted."),
    Verb.CONFERENCE: mark("Only calls can be merged."),
}
"""Why not, where the channel is the reason and would be tomorrow."""


def impossible(verb: Verb, interaction: Interaction) -> str:
    """Why a verb that is not on offer for a contact is not carried out."""
    if interaction.channel not in COMMANDS[verb].channels and verb in _NOT_ON_CHANNEL:
        return tr(_NOT_ON_CHANNEL[verb])
    if verb in _CANNOT:
        return tr(_CANNOT[verb])
    return tr("Not possible now: {verb:verb}.", verb=verb)


class Tell(Protocol):
    """Shows a sentence about a subject as in `domain.news.notices`, or about the selected contact."""

    def __call__(self, text: str, subject: str = "") -> None: ...


@dataclass(slots=True)
class DeskContext:
    """What the verbs of one desk work with; without a session yet, they say so.

    Attributes:
        screen: what is looked at and changed.
        spawn: runs a coroutine beside the screen.
        tell: shows a sentence.
        leave: ends the program in good order.
        presses: asks again before what cannot be undone.
        wants_field: hears that a field was asked for: should none open, what is typed next is no verb.
        keep: puts every word on disk, and answers those that are not there all the same.
        offers: the row that the offer stands in.
        throwaway: whether what is kept goes when the program is left, as in the demo.
    """

    screen: AgentScreen
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    tell: Tell
    leave: Callable[[], None]
    presses: TwoPresses
    wants_field: Callable[[], None]
    keep: Callable[[], Awaitable[Sequence["Unsaved"]]]
    offers: OfferRow
    throwaway: bool
    session: "Session | None" = None


class DeskVerbs:
    """Verbs of one kind: how each looks at the selected contact, is carried out and told of."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._screen = context.screen
        self._spawn = context.spawn
        self._tell = context.tell
        self._presses = context.presses
        self._wants_field = context.wants_field

    @property
    def session(self) -> "Session | None":
        """None while it is being signed in."""
        return self._context.session

    def _selected(self) -> Interaction | None:
        return self._screen.view().interaction

    def _offer(self) -> Interaction | None:
        return next((i for i in select.mine(self._screen.state) if i.phase is Phase.OFFERED), None)

    def look_at_offer(self) -> None:
        """See which offer stands in the row now."""
        offer = self._offer()
        self._context.offers.look(offer.id if offer is not None else "")
        if offer is not None and self.session is not None:
            self.session.store.settle(NO_OFFER)

    def _typing_elsewhere(self) -> bool:
        return self._screen.typing and not isinstance(self._screen.focused, DraftEditor)

    def first_of(self, *verbs: Verb) -> None:
        """Carry out the first of some verbs that is on offer for the selected contact, or for the offer."""
        to_offers = all(COMMANDS[verb].phases == {Phase.OFFERED} for verb in verbs)
        interaction = self._offer() if to_offers else self._selected()
        if interaction is None:
            self._tell(tr(NO_OFFER), NO_OFFER) if to_offers else self._tell(tr("No contact selected."))
            return
        on_offer = select.verbs_on_offer(self._screen.state, interaction)
        verb = next((verb for verb in verbs if verb in on_offer), None)
        if verb is None:
            self._tell(impossible(verbs[-1], interaction))
        elif verb is Verb.SWAP:
            self._leg(interaction, verb)
        else:
            self._do(verb, interaction)

    def _leg(self, interaction: Interaction, verb: Verb) -> None:
        leg = select.open_leg(interaction)
        if leg is None or verb not in select.verbs_on_offer(self._screen.state, interaction):
            self._tell(impossible(verb, interaction))
        else:
            self._do(verb, interaction, leg_id=leg.id)

    def _do(self, verb: Verb, interaction: Interaction, **arguments: str) -> None:
        """Carry out a verb; what cannot be undone, or goes against the customer's word, at the second press only."""
        if self.session is None:
            self._not_yet()
        elif self._meant(verb, interaction, arguments):
            self._result(self.session.commands.do(verb, interaction.id, **arguments), interaction.id)

    def _meant(self, verb: Verb, interaction: Interaction, arguments: Mapping[str, str]) -> bool:
        """Whether a verb is to be carried out now: one that asks for two presses has named its victim first."""
        by_accident = self._presses.by_letter and verb in _SOON_DONE
        armed = self._presses.armed
        by_accident = by_accident or (verb in _OF_OFFERS and self._context.offers.too_new)
        by_accident = by_accident or (armed is not None and armed.victim == (verb.value, interaction.id))
        if not (COMMANDS[verb].irrevocable or by_accident or self._against_their_word(verb, interaction)):
            self._presses.disarm()
            return True

        def act() -> Irrevocable | None:
            state = self._screen.state
            now = state.interactions.get(interaction.id)
            turned_to = self._offer() if verb in _OF_OFFERS else self._selected()
            if now is None or turned_to is None or turned_to.id != now.id:
                return None
            if verb not in select.verbs_on_offer(state, now):
                return None
            return consequence(state, verb, now, arguments.get("target", ""))

        asked = act()
        if asked is None:
            self._tell(impossible(verb, interaction))
        return self._presses.press(asked, act)

    def _against_their_word(self, verb: Verb, interaction: Interaction) -> bool:
        return verb is Verb.RESUME_RECORDING and select.recording_refused(self._screen.state, interaction)

    def _result(self, call: Awaitable["CommandResult"], subject: str = "", done: str = "") -> None:
        """Tell what came of a call; `subject` and `done` as in `Store.outcome`."""

        async def wait() -> None:
            result = await call
            if self.session is not None:
                self.session.store.outcome(result.ok, result.text, subject, done)

        self._spawn(wait())

    def _not_yet(self) -> None:
        self._tell(tr("Still signing in."))
