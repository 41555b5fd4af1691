"""Chooses the availability: one key each, with reasons, and for after the current contact."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.words import Availability, Occupancy
from desktop.domain.select.centres import reasons_at
from desktop.tui.agent.menu_keys import MENU, keep_signs
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import tr


class StateMenu(Pane, Vertical):
    """A short list over the screen; a digit or enter chooses."""

    DEFAULT_CSS = css_beside(__file__)

    class Chosen(Message):
        """An availability was chosen; `cancel_next` takes back the one that was to come."""

        def __init__(self, availability: Availability | None, reason: str = "", *, after_current: bool = False) -> None:
            super().__init__()
            self.availability = availability
            self.reason = reason
            self.after_current = after_current

    def __init__(self) -> None:
        super().__init__(id="state-menu", classes=MENU)
        self.border_title = content(tr("Availability"))
        self._options: dict[str, StateMenu.Chosen] = {}

    def compose(self) -> ComposeResult:
        """The list."""
        yield LineTable((Column("", 1), Column("", 1), Column(tr("state"))), header=False, id="state-list")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self) -> None:
        """Show it with the focus."""
        self.add_class("open")
        if self.view is not None:
            self.draw(self.view)
        table = self.query_one(LineTable)
        table.action_edge(-1)
        table.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """Who I am, what reasons there are, what I am doing."""
        return (view.state.agents.get(view.state.me), view.state.reasons, view.state.interactions)

    def draw(self, view: View) -> None:
        """List what can be chosen."""
        if not self.is_open:
            return
        busy = select.occupancy(view.state) is not Occupancy.IDLE
        self.border_title = content(tr("Availability after this contact") if busy else tr("Availability"))
        me = select.me(view.state)
        options: list[tuple[str, str, StateMenu.Chosen]] = []
        if me is not None and me.next is not None:
            options.append(("✕", "$error", StateMenu.Chosen(None)))
        sign, _, style = wording.AVAILABILITY[Availability.AVAILABLE]
        options.append((sign, style, StateMenu.Chosen(Availability.AVAILABLE, after_current=busy)))
        sign, _, style = wording.AVAILABILITY[Availability.NOT_READY]
        options += [
            (sign, style, StateMenu.Chosen(Availability.NOT_READY, reason.id, after_current=busy))
            for reason in reasons_at(view.state)
        ]
        sign, _, style = wording.AVAILABILITY[Availability.OFFLINE]
        options.append((sign, style, StateMenu.Chosen(Availability.OFFLINE, after_current=busy)))
        labels = {reason.id: reason.label for reason in view.state.reasons}
        rows = []
        self._options = {}
        for number, (mark, colour, choice) in enumerate(options, start=1):
            if choice.availability is None:
                text = tr("forget what comes next")
            elif choice.availability is Availability.NOT_READY:
                text = tr("Not ready · {reason}", reason=labels[choice.reason])
            else:
                text = tr(wording.AVAILABILITY[choice.availability][1])
            self._options[str(number)] = choice
            rows.append(Row(str(number), (line((str(number), "bold $accent")), content(mark, colour), content(text))))
        self.query_one(LineTable).set_rows(rows)
        self.query_one(LineTable).styles.height = len(rows)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses."""
        keep_signs(event, "state")
        if event.key in self._options:
            self._choose(event.key)

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter chooses the one under the cursor."""
        event.stop()
        self._choose(event.key)

    def _choose(self, key: str) -> None:
        choice = self._options.get(key)
        if choice is not None:
            # A message is posted once only; the options are made anew at the next opening.
            self._options = {}
            self.post_message(choice)
