"""The supervisor's screen with a session behind it: what is imported, once, when the contact centre allows it."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from desktop.domain.state.state import AppState
from desktop.tui.keys.two_presses import TwoPresses
from desktop.tui.supervisor.floor_actions import FloorActions
from desktop.tui.supervisor.floor_view import FloorView, Heard
from desktop.tui.supervisor.requests import FloorRequests
from desktop.tui.supervisor.screen import SupervisorScreen

if TYPE_CHECKING:
    from desktop.app.session import Session


class Floor:
    """Screen, keys and inquiries of one supervisor."""

    def __init__(
        self,
        session: "Session",
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        presses: TwoPresses,
        wants_field: Callable[[str], None],
        *,
        guide: bool,
    ) -> None:
        """Nothing is on screen yet.

        Args:
            clock: the local one, seconds since the Unix epoch.
            spawn: runs a coroutine beside the screen.
            presses: asks again before what cannot be undone.
            wants_field: hears that a field was asked for, and which digits lead to where it can be.
            guide: whether the guide is shown.
        """
        self._session = session
        self._clock = clock
        self._spawn = spawn
        self.screen = SupervisorScreen(self, clock)
        self.screen.guided = guide
        self.actions = FloorActions(self.screen, session, spawn, self.done, presses, wants_field)
        self._inquiries = FloorRequests(session.supervisor, spawn, self.screen.redraw, session.store.give_way)

    def show(self, state: AppState) -> None:
        """Draw a new state."""
        self.listen(state)
        self.screen.show(state)

    def second(self) -> None:
        """Let the clocks go on."""
        self.listen(self.screen.state)
        self.screen.second()

    def listen(self, state: AppState) -> None:
        """Find out whom I hear, and what I may do."""
        acts, before = self._session.supervisor.acts, self.screen.heard
        now = acts.monitoring
        self.screen.standing = acts.standing
        if now is None:
            self.screen.heard = None
        elif before is None or (before.agent_id, before.mode) != (now.agent_id, now.mode):
            same = before is not None and before.agent_id == now.agent_id
            since = before.since if before is not None and same else self._clock() + state.skew
            self.screen.heard = Heard(now.agent_id, now.mode, since)

    # What the screen asks

    def ready(self) -> None:
        """The screen is there: have it as it was left."""
        self._spawn(self.actions.take_up_habits())

    def look(self, view: FloorView, details: bool) -> FloorView:
        """The view with what was looked up; asks for what is missing."""
        self._inquiries.ask(view, details=details)
        return self._inquiries.look(view)

    def done(self) -> None:
        """Something was done: look again."""
        self._inquiries.forget()
        self.listen(self.screen.state)
        self.screen.redraw()
