"""The files of a thread, of which one is to be saved; a digit or enter saves it. None is ever opened."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from desktop.domain.entities.model import Attachment, Interaction
from desktop.domain.entities.model import Message as ThreadMessage
from desktop.tui.agent.menu_keys import MENU, keep_signs
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import tr

MOST = 200
DIGITS = 9


class SaveList(Vertical):
    """A short list over the screen: the customer's files, the newest first, then those that went to them."""

    DEFAULT_CSS = css_beside(__file__)

    class Chosen(Message):
        """This file is to be saved."""

        def __init__(self, interaction_id: str, message_id: str, attachment_id: str) -> None:
            super().__init__()
            self.interaction_id = interaction_id
            self.message_id = message_id
            self.attachment_id = attachment_id

    def __init__(self) -> None:
        super().__init__(id="save-files", classes=MENU)
        self._of = ""
        self._files: tuple[tuple[ThreadMessage, Attachment], ...] = ()

    def compose(self) -> ComposeResult:
        """The list."""
        columns = (Column("", 1), Column("name"), Column("size", 9), Column("type", 20), Column("time", 5))
        yield LineTable(columns, header=False, empty=tr("No files."), id="save-list")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, interaction: Interaction) -> None:
        """Show what there is now: it stays so until it is closed, so that no digit comes to mean another file."""
        self._of = interaction.id
        newest_first = ((one, file) for one in reversed(interaction.messages) for file in one.attachments)
        files = sorted(newest_first, key=lambda found: found[0].author == "agent")
        self._files = tuple(files[:MOST])
        self.border_title = content(tr("Save a file"))
        self.border_subtitle = line(
            key_hint(tr("digit"), tr("saves it, unopened"), "  "),
            key_hint("esc", tr("close")),
        )
        table = self.query_one(LineTable)
        table.set_rows([_row(number, *one) for number, one in enumerate(self._files, start=1)])
        table.styles.height = max(1, min(DIGITS, len(self._files)))
        self.add_class("open")
        table.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def on_key(self, event: events.Key) -> None:
        """A digit saves."""
        keep_signs(event, "save_file")
        if event.key.isdecimal() and 0 < int(event.key) <= min(DIGITS, len(self._files)):
            self._choose(int(event.key) - 1)

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter saves what is under the cursor."""
        event.stop()
        self._choose(int(event.key) - 1)

    def _choose(self, at: int) -> None:
        message, file = self._files[at]
        self.post_message(self.Chosen(self._of, message.id, file.id))


def _row(number: int, message: ThreadMessage, file: Attachment) -> Row:
    digit = str(number) if number <= DIGITS else ""
    size = wording.file_size(file.size) if file.size is not None else "—"
    cells = (content(digit, "bold $accent"), content(file.name), content(size, "$muted"))
    return Row(
        str(number), (*cells, content(file.media_type, "$muted"), content(wording.clock(message.at)[:5], "$muted"))
    )
