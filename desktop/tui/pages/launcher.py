"""Doors to the pages that lie over a whole screen. What is behind one is imported when it is opened first."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from textual.app import SystemCommand
from textual.containers import Vertical
from textual.screen import Screen

from desktop.domain.state.state import AppState
from desktop.tui.keys.key import titled
from desktop.tui.keys.two_presses import TwoPresses
from desktop.tui.textual_patches.steady_title import SteadyTitle
from desktop.tui.widgets.css import css_beside
from desktop.words.catalogue import tr

BESIDE: Final = frozenset({"decline", "hold", "mute", "recording", "end", "retry", "palette"})
"""Verbs of the desk that leave a page open."""
PAGES_LIE_OVER: Final = "#desk, #floor"
"""The panes of a screen, all of which a page covers: what stands above and below them stays in sight, however high."""
_NAMES: Final = {"esc": "escape", "<": "less_than_sign", ">": "greater_than_sign"}


class Tell(Protocol):
    """Shows a sentence with its severity; `subject` as in `domain.news.notices`."""

    def __call__(self, text: str, severity: str, subject: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What a page is given of what lies around it.

    state: what is known now. clock: the local one, seconds since the Unix epoch. spawn: runs a coroutine beside the
    screen. tell: shows a sentence with its severity. presses: asks again before what cannot be undone. wants_field:
    hears that a field was asked for. closed: called when the page has left the screen.
    """

    state: Callable[[], AppState]
    clock: Callable[[], float]
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    tell: Tell
    presses: TwoPresses
    wants_field: Callable[[], None]
    closed: Callable[[], None]


class LaunchedPage(Vertical):
    """Lies over the panes and under the ring of an offer, so that nobody misses one while they read."""

    DEFAULT_CSS = css_beside(__file__)
    border_title = SteadyTitle()
    border_subtitle = SteadyTitle()

    def __init__(self, name: str, around: Around) -> None:
        """A page that is not on screen yet; `name` is its id there."""
        super().__init__(id=name)
        self._state = around.state
        self._clock = around.clock
        self._spawn = around.spawn
        self._tell = around.tell
        self._presses = around.presses
        self._wants_field = around.wants_field
        self._left = around.closed

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.is_attached and self.display

    def commands(self) -> Iterable[tuple[str, str]]:
        """For the palette: the names of keys that mean something now, and what each does."""
        return ()

    def close(self) -> None:
        """Leave the screen; a page with something that must be saved first may do so a moment later."""
        self.display = False  # at once, for whatever lies below
        self.remove()
        self._left()


class PageLauncher:
    """At most one page is open."""

    INSIDE: ClassVar[frozenset[str]]
    """Verbs whose keys mean something on the page itself."""

    def __init__(
        self,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        tell: Tell,
        presses: TwoPresses,
        wants_field: Callable[[], None],
    ) -> None:
        """A closed door.

        Args:
            clock: the local one, seconds since the Unix epoch.
            spawn: runs a coroutine beside the screen.
            tell: shows a sentence with its severity.
            presses: asks again before what cannot be undone.
            wants_field: hears that a field was asked for.
        """
        self._clock = clock
        self._spawn = spawn
        self._tell = tell
        self._presses = presses
        self._wants_field = wants_field
        self._page: LaunchedPage | None = None

    @property
    def is_open(self) -> bool:
        """Whether a page is on screen."""
        return self._page is not None and self._page.is_open

    def close(self) -> None:
        """Leave what is open."""
        if self._page is not None and self._page.is_open:
            self._page.close()
        if not self.is_open:
            self._page = None

    def commands(self, press: Callable[[str], None]) -> Iterable[SystemCommand]:
        """What the palette offers of the page that is open; `press` presses a key."""
        if self._page is not None and self._page.is_open:
            for key, does in self._page.commands():
                name = _NAMES.get(key, key)
                yield SystemCommand(f"{titled(does)}  ({key})", tr("On this page."), lambda name=name: press(name))

    def before(self, action: str) -> None:
        """A verb of the desk comes: make room for what it shows."""
        if self.is_open and action not in BESIDE:
            self.close()

    def handles(self, action: str) -> bool:
        """Whether the page takes the key of a verb itself."""
        return self.is_open and action in self.INSIDE

    def _show(self, screen: Screen[Any], state: Callable[[], AppState], make: Callable[[Around], LaunchedPage]) -> None:
        """Put a page over a screen; when it is closed, the keyboard is where it was."""
        focused = screen.focused

        def closed() -> None:
            if focused is not None and focused.is_attached:
                focused.focus()

        self._page = make(Around(state, self._clock, self._spawn, self._tell, self._presses, self._wants_field, closed))
        screen.query_one(PAGES_LIE_OVER).mount(self._page)
