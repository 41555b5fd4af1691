"""The file that is to go with the reply: a path with what fits it, and nothing but the name is looked at."""

import asyncio
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from desktop.tui.agent.paths import PathEntry, completions
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr

ROWS = 8
_LONGEST = 4_096


class FilePicker(Vertical):
    """Type-ahead over the conversation: tab completes, up and down choose, enter goes into a folder or takes a file."""

    DEFAULT_CSS = css_beside(__file__)

    class Picked(Message):
        """This file is to go with the reply."""

        def __init__(self, interaction_id: str, path: str) -> None:
            super().__init__()
            self.interaction_id = interaction_id
            self.path = path

    def __init__(self) -> None:
        super().__init__(id="file-picker")
        self._of = ""
        self._entries: Sequence[PathEntry] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """The path, and what fits it."""
        yield Input(id="file-path", max_length=_LONGEST)
        yield Static(id="file-list", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, interaction_id: str, who: str) -> None:
        """Show it with the focus, in the folder where it was last."""
        self._of = interaction_id
        self.border_title = line((tr("Attach a file to the reply to {who}", who=who), "bold"))
        self.border_subtitle = line(
            key_hint("tab", tr("complete"), "  "),
            key_hint("↑↓", tr("choose"), "  "),
            key_hint("enter", tr("attach"), "  "),
            key_hint("esc", tr("close")),
        )
        field = self.query_one("#file-path", Input)
        field.value = field.value.rpartition("/")[0] + "/" if "/" in field.value else "~/"
        field.cursor_position = len(field.value)
        self.add_class("open")
        field.focus()
        self._look()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits now."""
        event.stop()
        self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go into the folder, or take the file; a path that was pasted is taken as it is."""
        event.stop()
        entry = self._entries[self._at] if self._at < len(self._entries) else None
        if entry is not None:
            self._take(entry)
        elif event.value.strip():
            self.post_message(self.Picked(self._of, event.value.strip()))

    def on_key(self, event: events.Key) -> None:
        """Tab completes, up and down choose."""
        if event.key == "tab" and self._entries:
            event.stop()
            event.prevent_default()
            self._set(_common([one.path for one in self._entries]) or self._entries[self._at].path)
        elif event.key in ("up", "down") and self._entries:
            event.stop()
            self._at = (self._at + (1 if event.key == "down" else -1)) % len(self._entries)
            self._show()

    def _take(self, entry: PathEntry) -> None:
        if entry.is_folder:
            self._set(entry.path)
        else:
            self.post_message(self.Picked(self._of, entry.path))

    def _set(self, path: str) -> None:
        field = self.query_one("#file-path", Input)
        field.value = path
        field.cursor_position = len(path)

    def _look(self) -> None:
        self.run_worker(self._read(self.query_one("#file-path", Input).value), exclusive=True)

    async def _read(self, typed: str) -> None:
        found = await asyncio.to_thread(completions, typed)  # a folder may be on a slow disk
        if typed == self.query_one("#file-path", Input).value:
            self._entries, self._at = found, 0
            self._show()

    def _show(self) -> None:
        first = max(0, min(self._at - ROWS // 2, len(self._entries) - ROWS))
        rows = [self._row(n, self._entries[n]) for n in range(first, min(first + ROWS, len(self._entries)))]
        nothing = content(tr("Nothing here begins like that."), "$muted")
        self.query_one("#file-list", Static).update(Content("\n").join(rows or [nothing]))

    def _row(self, number: int, entry: PathEntry) -> Content:
        here = number == self._at
        name = content(entry.name + ("/" if entry.is_folder else ""), "bold" if here else "")
        name = name.truncate(56, ellipsis=True)
        size = "" if entry.is_folder else f"  {wording.file_size(entry.size)}"
        return line(("▌" if here else " ", "$accent"), name, (size, "$muted"))


def _common(paths: Sequence[str]) -> str:
    """What all of them begin with."""
    shortest = min(paths, key=len)
    for at, sign in enumerate(shortest):
        if any(one[at] != sign for one in paths):
            return shortest[:at]
    return shortest
