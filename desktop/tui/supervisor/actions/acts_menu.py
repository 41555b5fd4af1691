"""What can be done about the selected row, each with its key: a short list beside the row, named after its victim."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset, Region
from textual.message import Message

from desktop.domain.entities.floor import FloorVerb
from desktop.domain.select.floor_verbs import VERBS
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.actions.beside_row import place_beside
from desktop.tui.supervisor.actions.target import Target
from desktop.tui.supervisor.contact import Contact, offering
from desktop.tui.supervisor.verb_words import SHOWN, VERB_OF
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words.catalogue import tr

WIDTH: Final = 68
READ: Final = "read"
"""The name of the key that shows a thread: it is looked at, and nothing is done to anybody."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list shows: whom it is about, and what makes sense now. `subject` is the row's id.

    `readable` are the written contacts whose thread can be read.
    """

    subject: str
    victim: str
    target: Target
    verbs: tuple[FloorVerb, ...]
    readable: tuple[Contact, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the keys of what can be done, in the order in which it is shown."""
        verbs = tuple(SHOWN[verb].key for verb in self.verbs)
        return (*verbs, READ) if self.readable else verbs


class ActsMenu(Pane, Vertical):
    """A key or enter chooses; the list follows what makes sense while it is open."""

    ticks: ClassVar[bool] = False
    DEFAULT_CSS = css_beside(__file__)

    class Chosen(Message):
        """The verb whose key has this name was chosen, for `subject`."""

        def __init__(self, key: str, subject: str) -> None:
            super().__init__()
            self.key = key
            self.subject = subject

    class Closed(Message):
        """It went away, with or without a choice."""

    def __init__(self) -> None:
        super().__init__(id="acts")
        self._listed: Listed | None = None

    def compose(self) -> ComposeResult:
        """The list."""
        columns = (Column("key", 5), Column("act", 18), Column("about"))
        yield LineTable(columns, header=False, clears_selection=True, click_chooses=True, id="acts-list")

    def look(self, view: View) -> tuple[object, ...]:
        """Nothing of the state: the screen says what is listed."""
        return ()

    def draw(self, view: View) -> None:
        """Nothing to draw anew."""

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self._listed is not None

    def open(self, listed: Listed, row: Offset, within: Region) -> None:
        """Show the list beside its row, with the focus; see `place_beside`."""
        self.border_subtitle = line(
            key_hint("enter", tr("or its key"), "  "),
            key_hint("esc", tr("close")),
        )
        self._show(listed, anew=True)
        self.place(row, within)
        self.add_class("open")
        self.query_one(LineTable).focus()

    def place(self, row: Offset, within: Region) -> None:
        """Stand beside the row, which may be elsewhere by now."""
        if self._listed is not None:
            place_beside(self, row, within, WIDTH, len(self._listed.keys) + 2)

    def follow(self, listed: Listed) -> None:
        """Show what makes sense by now; close it where that is nothing, or another row is selected."""
        if self._listed is None:
            return
        if listed.subject != self._listed.subject or not listed.keys:
            self.close()
        else:
            self._show(listed, anew=False)

    def close(self) -> None:
        """Hide it; nothing is done."""
        if self._listed is not None:
            self._listed = None
            self.remove_class("open")
            self.post_message(self.Closed())

    def _show(self, listed: Listed, *, anew: bool) -> None:
        self._listed = listed
        self.border_title = content(listed.victim)
        table = self.query_one(LineTable)
        table.set_rows([_row(name, listed) for name in listed.keys], anew=anew)
        table.styles.height = len(listed.keys)

    def on_key(self, event: events.Key) -> None:
        """The key of a verb chooses it; no other letter is a verb while the list is open."""
        if self._listed is None or not (event.is_printable or event.key in FLOOR_BY_ID["acts"].letters):
            return
        event.stop()
        event.prevent_default()
        if event.key in FLOOR_BY_ID["acts"].letters:
            self.close()
            return
        for name in self._listed.keys:
            if event.key in FLOOR_BY_ID[name].letters:
                self._choose(name)
                return

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter chooses the one under the cursor."""
        event.stop()
        self._choose(event.key)

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Nobody else is told of moves in here."""
        event.stop()

    def _choose(self, key: str) -> None:
        if self._listed is not None:
            subject = self._listed.subject
            self.close()  # first: what is pressed from now on is another act
            self.post_message(self.Chosen(key, subject))


def _row(name: str, listed: Listed) -> Row:
    key = FLOOR_BY_ID[name]
    about = _whom(listed.readable) if name == READ else _about(VERB_OF[name], listed.target)
    return Row(name, ((key.shown, "bold $accent"), (key.label, ""), (about, "$muted")))


def _whom(contacts: Sequence[Contact]) -> str:
    (first, *others) = contacts
    return tr("one of {n} contacts", n=len(contacts)) if others else f"{first.sign} {first.who}"


def _about(verb: FloorVerb, target: Target) -> str:
    """Which contact it takes, or what comes of it."""
    spec = VERBS[verb]
    if spec.phases:
        whom = _whom(offering(target.contacts, verb))
        return f"{tr('press twice')} · {whom}" if spec.irrevocable else whom
    if verb is FloorVerb.AGENT_STATE and target.agent is not None and target.agent.work:
        return tr("after the current contact")
    return tr(SHOWN[verb].effect) if SHOWN[verb].effect else ""
