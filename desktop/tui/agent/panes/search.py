"""Searches the customers by anything: name, company, number, e-mail, case."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from desktop.domain import select
from desktop.domain.entities.customer import FoundCustomers, Match
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words.sources import tags
from desktop.words.catalogue import in_words, tr


class SearchPane(Pane, Vertical):
    """A field and what was found; enter in the field asks, enter on a row links the contact to that customer.

    Without a contact enter on a row shows the customer's card.
    """

    DEFAULT_CSS = css_beside(__file__)

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
        self._only_shows = False
        self._question = 0
        # What was shown when something was asked for, until the answer is there.
        self._asked_over: tuple[ScreenPop | None, FoundCustomers | None] | None = None
        self._found: FoundCustomers | None = FoundCustomers()  # without a contact; None while the CRM is being asked

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

    @property
    def only_shows(self) -> bool:
        """Whether it was opened without a contact, so that there is nothing to link."""
        return self._only_shows and self.is_open

    def ask(self) -> int:
        """The CRM is asked for no contact in particular; its number is given back with the answer."""
        self._question += 1
        self._take(None)
        return self._question

    def answer(self, question: int, found: FoundCustomers) -> None:
        """What was found, unless something else was asked since."""
        if question == self._question:
            self._take(found)

    def found(self, customer_id: str) -> Match | None:
        """Who was found without a contact, by id."""
        matches = self._found.matches if self._found is not None else ()
        return next((match for match in matches if match.customer.id == customer_id), None)

    def _take(self, found: FoundCustomers | None) -> None:
        self._found = found
        if self.view is not None:
            self.draw(self.view)

    def open(self, *, creating: bool, only_shows: bool = False) -> None:
        """Show the field with the focus.

        Args:
            creating: to name a new record instead of searching.
            only_shows: there is no contact that could be linked.
        """
        self._creating, self._only_shows = creating, only_shows
        self._asked_over = None
        self._question += 1
        self._found = FoundCustomers()
        self.add_class("open")
        heading = tr("Search customers · no contact to link") if only_shows else tr("Search customers")
        self.border_title = content(tr("New customer") if creating else heading)
        does = tr("create") if creating else tr("search, then show") if only_shows else tr("search, then pick")
        self.border_subtitle = line(
            ("enter", "bold $accent"),
            (f" {does}  ", "$muted"),
            ("esc", "bold $accent"),
            (f" {tr('close')}", "$muted"),
        )
        field = self.query_one(Input)
        field.placeholder = tr("name of the new customer") if creating else tr("name, company, number, e-mail …")
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
        found, answer = pop.matches if pop else (), pop.answer if pop else PopAnswer.NO_MATCH
        if self._only_shows:
            found = self._found.matches if self._found is not None else ()
            failed = self._found is not None and self._found.unanswered
            answer = PopAnswer.COULD_NOT_ASK if failed else PopAnswer.NO_MATCH
            answer = PopAnswer.SEARCHING if self._found is None else answer
        table.set_empty(
            tr("This profile has no CRM.")
            if not select.names_crm(view.state)
            else {
                PopAnswer.SEARCHING: tr("Asking the CRM …"),
                PopAnswer.COULD_NOT_ASK: tr("The CRM could not be asked."),
            }.get(answer, tr("No results yet."))
        )
        table.set_rows(
            [
                Row(
                    match.customer.id,
                    (
                        content(match.customer.name, "bold"),
                        content(match.customer.company),
                        content(" · ".join(text for text in (in_words(match.reason), tags(match)) if text), "$muted"),
                    ),
                )
                for match in found
            ]
        )
        if (
            self._asked_over is not None
            and answer is not PopAnswer.SEARCHING
            and self._asked_over != (pop, self._found)
        ):
            self._asked_over = None
            table.action_edge(-1)  # what was asked for, and not whom the contact is with

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, or create; with something found, go to the list."""
        event.stop()
        text = event.value.strip()
        if not text:
            return
        if self._creating:
            self.post_message(self.CreateWanted(text))
            return
        view = self.view
        self._asked_over = (view.state.pops.get(view.selected or "") if view is not None else None, self._found)
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
