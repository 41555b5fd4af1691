"""What every verb stands on: the screen, the session once there is one, and how a call is made and told."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from desktop.domain import select
from desktop.domain.model import Interaction
from desktop.domain.words import Phase, Verb
from desktop.tui.agent_screen import AgentScreen
from desktop.tui.panes.conversation import ConversationPane
from desktop.tui.panes.note import NotePane

if TYPE_CHECKING:
    from desktop.app.action_result import ActionResult
    from desktop.app.session import Session


class Desk:
    """One screen and one session."""

    def __init__(
        self,
        screen: AgentScreen,
        *,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        later: Callable[[float, Callable[[], None]], object],
        tell: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """A desk without a session yet: until there is one, verbs say so.

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

    def _result(self, call: Awaitable["ActionResult"]) -> None:
        async def wait() -> None:
            result = await call
            if result.text and self.session is not None:
                self.session.store.notice(result.text, "info" if result.ok else "error")

        self._spawn(wait())

    def _not_yet(self) -> None:
        self._tell("Still signing in.")

    def disarm(self) -> None:
        """Forget that the end key was pressed once."""
        if self._ending is not None:
            self._arm(None)

    def _arm(self, interaction_id: str | None) -> None:
        self._ending = interaction_id
        pane = self._screen.query_one(ConversationPane)
        pane.ending = interaction_id
        pane.draw(self._screen.view())
