"""Shows every face with a payload in every text of its state, one after another. Argument: a file for how many.

On each face something else is opened; the app leaves by itself when it has shown all of them.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import count, cycle
from pathlib import Path
from typing import Any

import desktop.tui.app
from desktop.domain.state.state import AppState, Notice
from desktop.domain.text.sentence import verbatim
from desktop.tui.app import DesktopApp
from tests.tui.desk import RecordedSession
from tests.tui.hostile.payloads import PAYLOADS
from tests.tui.states import FACES, NOW

OPENERS = ("f6", "f7", "alt+slash", "f9", "alt+s", "alt+i", "f6")
KEPT = ("id", "person_id", "agent_id", "me", "chosen", "kind", "source", "target", "codes", "matched_on", "channel")
"""Fields that other parts of the state refer to, or that hold one of our own words."""


def hostile(value: Any, payloads: Iterator[str]) -> Any:
    """The same value with every text of it, however deep, in a payload's place; keys of mappings stay."""
    if isinstance(value, Enum | bool | int | float) or value is None:
        return value
    if isinstance(value, str):
        return next(payloads)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: hostile(getattr(value, field.name), payloads)
            for field in fields(value)
            if field.name not in KEPT or not isinstance(getattr(value, field.name), str | tuple)
        }
        return replace(value, **changed)
    if isinstance(value, Mapping):
        return {key: hostile(each, payloads) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(hostile(each, payloads) for each in value)
    return value


def states() -> Iterator[AppState]:
    """Every face, with texts that go on through the payloads, until each payload was shown several times."""
    payloads = cycle(PAYLOADS.values())
    for face in FACES.values():
        state = face()
        made = hostile(replace(state, me="", codes=(), capabilities={}, positions={}, pending={}), payloads)
        notice = Notice(NOW, verbatim(next(payloads)), "error")
        yield replace(
            made,
            me=state.me,
            codes=hostile(state.codes, payloads),
            capabilities=state.capabilities,
            notices=(*made.notices, notice),
        )


class HostileFaces(DesktopApp):
    """Goes through the states by itself."""

    CSS_PATH = str(Path(desktop.tui.app.__file__).with_name("theme.tcss"))

    def __init__(self, build: Callable[[], Any], session: RecordedSession, done: Path) -> None:
        super().__init__(build, log_path=done.with_suffix(".log"), clock=lambda: NOW)
        self._faces_session = session
        self._done_path = done

    def bell(self) -> None:
        """Silent: what it writes is a control character, and here every one of them is somebody else's."""

    def on_ready(self) -> None:
        """Start, then show one state after another."""
        super().on_ready()
        self.spawn(self._go_through())

    async def _go_through(self) -> None:
        for number, state in zip(count(1), states(), strict=False):
            self._faces_session.store.state = state
            self.desk_screen.show(state)
            await self._press_keys([OPENERS[number % len(OPENERS)], "down", "escape"])
            self._done_path.write_text(str(number))
        self.exit(0)


def main(done: Path) -> int:
    """Run to the end; the exit status of the app."""
    session = RecordedSession(next(states()))

    async def build() -> Any:
        return session

    return HostileFaces(build, session, done).run_to_exit()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
