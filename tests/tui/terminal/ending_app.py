"""A small app for the tests of beginnings and endings. Arguments: log, file that flush writes, how it ends."""

import asyncio
import sys
from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Input, Static

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.safe_text import content

LOG, SAVED = Path(sys.argv[1]), Path(sys.argv[2])
FLUSH = sys.argv[3] if len(sys.argv) > 3 else "quick"


class EndingApp(TerminalApp):
    def compose(self) -> ComposeResult:
        yield Static(content("ready"), id="state")
        yield Input()

    async def flush(self) -> None:
        SAVED.write_text(self.query_one(Input).value)
        if FLUSH == "hang":
            await asyncio.sleep(60)
        if FLUSH == "fail":
            raise RuntimeError("disk full")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        token = "tok-" + event.value  # noqa: F841 - what a crash screen with local variables would show
        if event.value == "task":
            asyncio.get_running_loop().create_task(self.fail_in_task())
        elif event.value == "worker":
            self.run_worker(self.fail_in_task())
        elif event.value == "frame":
            self.request_frame()
        elif event.value != "fine":
            raise ValueError(f"refused Bearer {event.value} for card 4111 1111 1111 1111 \x1b]0;pwned\x07")
        self.query_one("#state", Static).update(content(f"got {event.value}"))

    def on_frame(self) -> None:
        raise ValueError("in a frame")

    async def fail_in_task(self) -> None:
        raise ValueError("in a task")


if __name__ == "__main__":
    sys.exit(EndingApp(log_path=LOG).run_to_exit())
