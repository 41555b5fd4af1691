"""An app that shows hostile text in the widgets the screens use. Arguments: marker file, then nosafe and nofilter."""

import sys
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Input, Static, TextArea

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.safe_text import content, safe
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from tests.tui.hostile.payloads import PAYLOADS

MARKER = Path(sys.argv[1])
SAFE = "nosafe" not in sys.argv
FILTER = "nofilter" not in sys.argv


def clean(text: str, *, newlines: bool = False) -> str:
    return safe(text, newlines=newlines) if SAFE else text


def drawn(text: str) -> Content:
    return content(text) if SAFE else Content(text, strip_control_codes=False)


class HostileApp(TerminalApp):
    CSS = "Horizontal > * { width: 1fr; } Input { height: 1; border: none; } Static { height: 1; }"

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if FILTER else [each for each in filters if each is not self._control_filter]

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield LineTable([Column("Name"), Column("Text", 20, "right")])
            with VerticalScroll(can_focus=False):
                for text in PAYLOADS.values():
                    yield Static(drawn(text))
            with VerticalScroll(can_focus=False):
                for text in PAYLOADS.values():
                    yield Input(clean(text), placeholder=clean(text), compact=True)
            yield TextArea("\n".join(clean(text, newlines=True) for text in PAYLOADS.values()))

    def on_mount(self) -> None:
        self.query_one(LineTable).set_rows([Row(name, (drawn(text), drawn(text))) for name, text in PAYLOADS.items()])
        self.query_one(LineTable).border_title = content("payloads").plain
        for name, text in PAYLOADS.items():
            if SAFE:
                self.notify(text, title=text, timeout=60)
            else:
                # Past the app's own notify, which makes text safe whatever it is given.
                super(TerminalApp, self).notify(text, title=name, timeout=60, markup=False)

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        if event.key == list(PAYLOADS)[-1]:
            self.notify("last row", timeout=60)

    def action_pwn(self, *_: object) -> None:
        MARKER.write_text("pwned")

    def key_f10(self) -> None:
        self.exit(return_code=7)


if __name__ == "__main__":
    sys.exit(HostileApp(log_path=MARKER.with_name("crash.log")).run_to_exit())
