"""The door to the supervisor's screen. Whoever the contact centre calls no supervisor never gets past it."""

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final

from textual.app import SystemCommand

from desktop.domain import select
from desktop.domain.entities.words import Health, Phase, Role
from desktop.domain.select.centres import best_heard
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.panes.guide import Guide
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.agent.screen import AgentScreen
from desktop.tui.keys.two_presses import TwoPresses
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.tui.supervisor.banners.listening_banner import ListeningBanner
    from desktop.tui.supervisor.floor import Floor
    from desktop.tui.supervisor.screen import SupervisorScreen
    from desktop.tui.terminal.alert_bell import AlertBell
    from desktop.tui.terminal.base_app import TerminalApp

_SCREEN: Final = "floor"
_VEILED: Final = "veiled"
"""The class of a desk of which only the header is shown."""
_BUSY: Final = (Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP)
ON_FLOOR: Final = frozenset(
    {
        *("accept", "decline", "state", "outbox", "retry", "news", "diagnostics", "palette", "help", "next_pane"),
        *("back", "leave", "floor", "repaint", "settings"),
    }
)
"""Actions of the agent's table of keys that there are on the supervisor's screen, too."""


class FloorLauncher:
    """Decides which of the two screens is in front, and draws that one. The other is imported at the first opening."""

    def __init__(
        self,
        app: "TerminalApp",
        desk_screen: AgentScreen,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        presses: TwoPresses,
        wants_field: Callable[[str], None],
        *,
        guide: bool,
        expected: bool = False,
    ) -> None:
        """A closed door.

        Args:
            desk_screen: the agent's screen, which is in front while this is closed.
            clock: the local one, seconds since the Unix epoch.
            spawn: runs a coroutine beside the screen.
            presses: asks again before what cannot be undone.
            wants_field: hears that a field was asked for, and which digits lead to where it can be.
            guide: whether the floor's guide is shown.
            expected: whether whoever signs in is taken for a supervisor: then the desk shows nothing before its turn.
        """
        desk_screen.set_class(expected, _VEILED)
        self.session: Session | None = None
        self._app = app
        self._desk = desk_screen
        self._clock = clock
        self._spawn = spawn
        self._presses = presses
        self._wants_field = wants_field
        self._guide = guide
        self._floor: Floor | None = None
        self._banner: ListeningBanner | None = None
        self._role: Role | None = None
        self._bell: AlertBell | None = None

    @property
    def is_open(self) -> bool:
        """Whether the supervisor's screen is in front, whatever lies over it."""
        return self._floor is not None and self._floor.screen in self._app.screen_stack

    @property
    def front(self) -> "AgentScreen | SupervisorScreen":
        """The one of the two screens that is in front."""
        return self._floor.screen if self._floor is not None and self.is_open else self._desk

    def draw(self, state: AppState) -> None:
        """Draw a new state on the screen in front, after having changed it where the role demands that."""
        self._follow_role(state)
        if self._role is not None or _unreachable(state):
            self._desk.remove_class(_VEILED)
        self._call(state)
        floor = self._floor
        if floor is not None and self.is_open:
            self._desk.state = state  # its verbs look at it; it is drawn when it is turned to
            floor.show(state)
            return
        self._desk.show(state)
        self._show_banner()

    def second(self) -> None:
        """Let the clocks on the screen in front go on."""
        if self._floor is not None and self.is_open:
            self._floor.second()
        else:
            self._desk.second()
            if self._banner is not None:
                self._banner.tick(self._desk.view())

    def do(self, action: str) -> bool:
        """Do what a key of the agent's table means on the supervisor's screen; False where it means the same."""
        if action == "floor":
            self.toggle()
            return True
        if self._floor is None or not self.is_open:
            return False
        screen = self._floor.screen
        match action:
            case "accept" if any(one.phase is Phase.OFFERED for one in select.mine(self._desk.state)):
                self.close()  # the contact is worked at the desk
                return False
            case "state":
                screen.open_state_menu()
            case "next_pane":
                screen.next_tab()
            case "back":
                screen.close_top()
            case "help":
                self._floor.actions.help()
            case _:
                return False
        return True

    def act(self, name: str) -> None:
        """Do what a key of the supervisor's screen stands for."""
        if self._floor is not None and self.is_open:
            self._floor.actions.do(name)

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers of the floor, while it is in front."""
        if self.is_open:
            from desktop.tui.keys.floor_keys import FLOOR_BY_ID

            for key in FLOOR_BY_ID.values():
                yield SystemCommand(f"{key.title}  ({key.shown})", key.help, lambda name=key.action: self.act(name))

    def toggle(self) -> None:
        """To the floor, or back to the desk; a word to whoever may not."""
        state = self._desk.state
        if self.is_open:
            self.close()
        elif self.session is None or not state.me:
            self._tell(tr("Still signing in."))
        elif _role(state) is not Role.SUPERVISOR:
            self._tell(tr("The floor is for supervisors, and this needs a supervisor account."))
        else:
            self._open(state)

    def close(self) -> None:
        """Back to the desk."""
        if not self.is_open:
            return
        while self.is_open:
            self._app.pop_screen()
        self._desk.fit(self._app.size)
        self._desk.show(self._desk.state)
        self._show_banner()

    def _call(self, state: AppState) -> None:
        """Ring for new alerts, whichever screen is in front."""
        if self._bell is None and state.alerts:
            from desktop.tui.terminal.alert_bell import AlertBell

            self._bell = AlertBell(self._app.bell, self._app.write_raw)
        if self._bell is not None:
            self._bell.hear(state.alerts)

    def _follow_role(self, state: AppState) -> None:
        role, before = _role(state), self._role
        if role is before or role is None:
            return
        self._role = role
        if role is Role.SUPERVISOR:
            if before is None and self._free_for(state):
                self._open(state)
            elif before is not None:
                self._tell(tr("You are a supervisor now, and can open the floor."))
        elif before is Role.SUPERVISOR:
            self._shut()

    def _free_for(self, state: AppState) -> bool:
        """Whether nothing on the desk wants the person who has just signed in."""
        return not self._desk.typing and not any(one.phase in _BUSY for one in select.mine(state))

    def _open(self, state: AppState) -> None:
        if self.session is None:
            return
        if self._floor is None:
            from desktop.tui.supervisor.floor import Floor

            self._floor = Floor(
                self.session, self._clock, self._spawn, self._presses, self._wants_field, guide=self._guide
            )
            self._app.install_screen(self._floor.screen, _SCREEN)
            self._desk.query_one(Guide).remove_class("open")  # the floor has its own
        self._desk.state = state
        self._floor.screen.fit(self._app.size)
        self._floor.show(state)
        self._app.push_screen(_SCREEN)

    def _shut(self) -> None:
        """The role is gone: nothing of the floor stays, neither on screen nor behind it."""
        was_open = self.is_open
        if self._floor is not None:
            self.close()
            self._app.uninstall_screen(_SCREEN)
            self._floor.screen.remove()
            self._floor = None
        if self._banner is not None:
            self._banner.remove()
            self._banner = None
        if was_open:
            self._tell(tr("You are no longer a supervisor. The floor was closed."), "warning")

    def _show_banner(self) -> None:
        """Whom I listen to stands on the desk, too."""
        if self._floor is None:
            return
        self._floor.listen(self._desk.state)
        if self._banner is None:
            if self._floor.screen.heard is None:
                return
            from desktop.tui.supervisor.banners.listening_banner import ListeningBanner

            self._banner = ListeningBanner("floor")
            self._desk.mount(self._banner, after=self._desk.query_one(StatusLine))
        self._banner.heard = self._floor.screen.heard
        self._banner.show(self._desk.view())

    def _tell(self, text: str, severity: str = "info") -> None:
        if self.session is not None:
            self.session.store.notice(verbatim(text), severity)
        else:
            self._app.notify(text)


def _unreachable(state: AppState) -> bool:
    """Whether the contact centre has turned out to be down before it said who signs in."""
    health = best_heard(state)
    return health is not None and health.health is Health.DOWN


def _role(state: AppState) -> Role | None:
    me = select.me(state)
    return me.role if me is not None else None
