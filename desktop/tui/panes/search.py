"""Searches the customers by anything: name, company, number, e-mail, case."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from desktop.domain import select
from desktop.domain.words import PopAnswer
from desktop.tui.pane import Pane, View
from desktop.tui.safe_text import content, line
from desktop.tui.sources import tags
from desktop.tui.table import LineTable
from desktop.tui.table_columns import Column
from desktop.tui.table_rows import Row


class SearchPane(Pane, Vertical):
    """A field and what was found; enter in the field asks, enter on a row links the contact to that customer."""

    DEFAULT_CSS = """
    SearchPane { display: none; height: 14; border: round $accent; padding: 0 1; }
    SearchPane.open { display: block; }
    """

    class Asked(Message):
        """Search for this text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Picked(Message):
        """The contact is with this customer."""

        def __init__(self, customer_id: str) -> None:
            super().__init__()
            self.customer_id = customer_id

    class CreateWanted(Message):
        """Make a record with this name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="search")
        self._creating = False

    def compose(self) -> ComposeResult:
        """A field and a list."""
        yield Input(id="search-text")
        yield LineTable(
            (Column("name", weight=2), Column("company", weight=1), Column("why", weight=1)),
            header=False,
            id="search-found",
        )

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, *, creating: bool) -> None:
        """Show the field with the focus, to search or to name a new record."""
        self._creating = creating
        self.add_class("open")
        self.border_title = content("New customer" if creating else "Search customers")
        self.border_subtitle = line(
            ("enter", "bold $accent"),
            (" create  " if creating else " search, then pick  ", "$muted"),
            ("esc", "bold $accent"),
            (" close", "$muted"),
        )
        field = self.query_one(Input)
        field.placeholder = "name of the new customer" if creating else "name, company, number, e-mail …"
        field.value = ""
        self.query_one(LineTable).display = not creating
        field.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """The screen pop of the selected interaction, which holds what was found."""
        return (view.state.pops.get(view.selected or ""),)

    def draw(self, view: View) -> None:
        """List what was found."""
        if not self.is_open:
            return
        pop = view.state.pops.get(view.selected or "")
        table = self.query_one(LineTable)
        matches = pop.matches if pop else ()
        table.set_empty(
            "This profile names no CRM."
            if not select.names_crm(view.state)
            else {PopAnswer.SEARCHING: "Asking the CRM …", PopAnswer.COULD_NOT_ASK: "The CRM could not be asked."}.get(
                pop.answer if pop else PopAnswer.NO_MATCH, "Nobody found yet."
            )
        )
        table.set_rows(
            [
                Row(
                    match.customer.id,
                    (
                        content(match.customer.name, "bold"),
                        content(match.customer.company),
                        content(" · ".join(text for text in (match.reason, tags(match)) if text), "$muted"),
                    ),
                )
                for match in matches
            ]
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, or create; with something found, go to the list."""
        event.stop()
        text = event.value.strip()
        if not text:
            return
        if self._creating:
            self.post_message(self.CreateWanted(text))
            return
        self.post_message(self.Asked(text))
        self.query_one(LineTable).focus()

    def on_key(self, event: events.Key) -> None:
        """Down from the field goes to the list."""
        if event.key == "down" and self.query_one(Input).has_focus:
            self.query_one(LineTable).focus()
            event.stop()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Link."""
        event.stop()
        self.post_message(self.Picked(event.key))
