"""The reference of the screen's benches: a plain Textual app with a header, a static (or a text area) and a footer.

`python -m tests.bench.plain_app [still|clock|typing|table]`: `clock` also shows the seconds, `typing` has a text area,
`table` a table of 200 agents.
"""

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static

READY = "The plain one is here."


class PlainApp(App[None]):
    """What nobody could do without."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def compose(self) -> ComposeResult:
        """A header, a body, a footer."""
        yield Header()
        if self.kind == "typing":
            from textual.widgets import TextArea  # only where it is used: it would slow the start of the others

            yield TextArea()
        elif self.kind == "table":
            from textual.widgets import DataTable

            yield DataTable(cursor_type="row")
        else:
            yield Static(READY)
        yield Footer()

    def on_mount(self) -> None:
        """Start the clock, where there is one."""
        if self.kind == "clock":
            self.set_interval(1.0, self.count)
        elif self.kind == "table":
            from textual.widgets import DataTable

            table: DataTable[str] = self.query_one(DataTable)
            table.add_columns("agent", "state", "time", "team")
            table.add_rows((f"Agent {n:04}", "available", "02:10", f"Team {n % 40}") for n in range(200))
            table.focus()

    def count(self) -> None:
        """Show the time."""
        self.query_one(Static).update(f"{READY} {time.time():.0f}")


if __name__ == "__main__":
    PlainApp(sys.argv[1] if len(sys.argv) > 1 else "still").run()
