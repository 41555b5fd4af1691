"""Shows every face of the floor with a payload in every text of its state. Argument: a file for how many were shown."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import Any

from desktop.domain.state.state import AppState, Notice
from desktop.domain.text.sentence import verbatim
from tests.tui.hostile.hostile_faces_app import HostileFaces, hostile
from tests.tui.hostile.payloads import PAYLOADS
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import FloorSession
from tests.tui.supervisor.floor_states import FLOOR_FACES, WAITING

ROUNDS = 4
KEYS = (
    ["1", "C", "escape", "4", "m", "escape", "p", "escape"],
    ["2", "g", "g", "down", "down", "l", "escape", "c", "escape", "e", "escape", "4"],
    ["3", "down", "k", "escape", "home", "h", "escape", "A", "escape"],
    ["2", "n", "escape", "slash", "x", "escape", "D", "escape", "v", "v"],
)
"""What is opened on a face; each in another round."""


def floors() -> Iterator[AppState]:
    """Every face several times, so that each payload is shown in several places."""
    payloads = cycle(PAYLOADS.values())
    for _ in range(ROUNDS):
        for face in FLOOR_FACES.values():
            state = face()
            made = hostile(replace(state, me="", capabilities={}, positions={}, pending={}), payloads)
            notices = (*made.notices, Notice(NOW, verbatim(next(payloads)), "error"))
            yield replace(made, me=state.me, capabilities=state.capabilities, notices=notices)


class HostileFloor(HostileFaces):
    """Goes through the floors by itself."""

    async def _go_through(self) -> None:
        session = self._faces_session
        session.supervisor.acts.waits = hostile(WAITING, cycle(PAYLOADS.values()))
        for number, state in zip(count(1), floors(), strict=False):
            session.store.state = state
            self.request_frame()
            await self._press_keys(["wait:60", *KEYS[number % len(KEYS)]])
            self._done_path.write_text(f"{number} {type(self.screen).__name__}")
        self.exit(0)


def main(done: Path) -> int:
    """Run to the end; the exit status of the app."""
    session = FloorSession(next(floors()))

    async def build() -> Any:
        return session

    return HostileFloor(build, session, done).run_to_exit()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
