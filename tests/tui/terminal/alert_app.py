"""The floor in a real terminal: SIGUSR2 brings the next alert, with a payload in its text and in its queue's name.

Argument: `on` where alerts want a notification, `off` where they want none.
"""

import asyncio
import signal
import sys
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import Any

import desktop.tui.app
from desktop.domain.entities.alert import Alert, Severity
from desktop.domain.state.events import Envelope
from desktop.domain.state.own_events import AlertsChanged
from desktop.domain.text.sentence import verbatim
from desktop.tui.app import DesktopApp
from tests.tui.hostile.payloads import PAYLOADS
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import FloorSession
from tests.tui.supervisor.floor_states import floor


class AlertedFloor(DesktopApp):
    """Raises one alert more at each signal, and says so."""

    CSS_PATH = str(Path(desktop.tui.app.__file__).with_name("theme.tcss"))

    def on_mount(self) -> None:
        payloads, numbers, alerts = cycle(PAYLOADS.values()), count(1), dict[str, Alert]()

        def more() -> None:
            number, text = next(numbers), next(payloads)
            one = Alert(f"r|{number}", "r", text, Severity.CRITICAL, verbatim(f"{text};{number};end"), NOW, NOW)
            alerts[one.key] = replace(one, notify=sys.argv[1] == "on")
            assert self.session is not None
            store = self.session.store
            store.put(Envelope("desktop", AlertsChanged(dict(alerts)), NOW))
            store.notice(f"told {number}", "info")
            self.request_frame()

        loop = asyncio.get_running_loop()  # whose own signal handlers would take the app's away
        signal.signal(signal.SIGUSR2, lambda *_: loop.call_soon_threadsafe(more))


def main() -> int:
    """Run to the end; the exit status of the app."""
    session = FloorSession(replace(floor(), alerts={}))

    async def build() -> Any:
        return session

    return AlertedFloor(build, clock=lambda: NOW).run_to_exit()


if __name__ == "__main__":
    sys.exit(main())
