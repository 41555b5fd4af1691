"""The desktop app over a state built by hand: real screen, no servers. What it asks for is recorded."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.widgets import Input, TextArea

from desktop.app.action_result import ActionResult
from desktop.app.store import Store
from desktop.domain.state import AppState
from desktop.tui.app import DesktopApp
from tests.tui.states import NOW


class RecordedCalls:
    """Answers every method call with success, and remembers it."""

    def __init__(self, calls: list[tuple[Any, ...]], name: str, state: Callable[[], AppState]) -> None:
        self._calls = calls
        self._name = name
        self._state = state

    def __getattr__(self, method: str) -> Any:
        synchronous = method in ("edit", "choose", "unlink", "without", "kick", "text", "follow_ups", "join", "part")

        def record(*args: Any, **kwargs: Any) -> Any:
            self._calls.append((f"{self._name}.{method}", *args, *(sorted(kwargs.items()))))
            if (self._name, method) == ("notes", "text"):
                return self._state().drafts.get(args[0])
            return None if synchronous else answer()

        async def answer() -> Any:
            return ActionResult(True)

        return record


class RecordedSession:
    """Stands where a session stands; the state is what the test made."""

    def __init__(self, state: AppState) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.store = Store(clock=lambda: NOW, state=state)
        self.outbox = RecordedCalls(self.calls, "outbox", lambda: self.store.state)
        for name in ("actions", "notes", "pops", "wrap_ups", "experts", "links", "supervisor"):
            setattr(self, name, RecordedCalls(self.calls, name, lambda: self.store.state))

        self.on_screen = self

    def look(self, person_ids: tuple[str, ...]) -> None:
        """Remember who is on screen."""
        self.calls.append(("on_screen.look", person_ids))

    def retry(self) -> None:
        """Remember it."""
        self.calls.append(("retry",))

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""


def desk(
    state: AppState, *, guide: bool = False, keymap: dict[str, str] | None = None
) -> tuple[DesktopApp, RecordedSession]:
    """An app showing `state`, with the clock stopped at `NOW`."""
    session = RecordedSession(state)

    async def build() -> Any:
        return session

    return DesktopApp(build, guide=guide, clock=lambda: NOW, keymap=keymap), session


async def settle(pilot: Any, keys: Sequence[str] = ()) -> None:
    """Let the first frame come, press keys, let the last one come."""
    await pilot.pause()
    await pilot.pause()
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await pilot.pause()


def steady_cursors(pilot: Any) -> None:
    """Every cursor of the screen stays on, for a picture.

    A TextArea keeps lines it painted while its cursor was off, and would go on showing one of them.
    """
    for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        field.cursor_blink = False
        field.notify_style_update()
        field.refresh()
