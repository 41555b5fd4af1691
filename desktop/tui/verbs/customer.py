"""Who it is: pick, search, create, unlink."""

from desktop.domain import select
from desktop.domain.words import Phase, PopAnswer
from desktop.tui.panes.expert_finder import ExpertFinder
from desktop.tui.panes.records import RecordsPane
from desktop.tui.panes.search import SearchPane
from desktop.tui.verbs.desk import Desk


class CustomerVerbs(Desk):
    """What is done to the link between contact and customer."""

    def pick(self, number: int) -> None:
        """The customer with this number where there are several, else the contact with this number in the work list."""
        matches = self.ambiguous()
        interaction = self._selected()
        if matches and interaction is not None and self.session is not None:
            if number <= len(matches):
                self.session.pops.choose(interaction.id, matches[number - 1])
            return
        work = self._screen.work()
        if number <= len(work):
            self._screen.select(work[number - 1].id)
            if work[number - 1].phase in (Phase.ACTIVE, Phase.WRAP_UP):
                self._screen.show_tab("contact")

    def ambiguous(self) -> list[str]:
        """The customers to choose between, by id; empty where it is clear."""
        interaction = self._selected()
        pop = select.pop(self._screen.state, interaction.id) if interaction else None
        if pop is None or pop.answer not in (PopAnswer.ONE, PopAnswer.MANY) or pop.match is not None:
            return []
        return [match.customer.id for match in pop.matches[:9]]

    def search(self) -> None:
        """Search the customers for the selected contact."""
        self._open_search(creating=False)

    def create(self) -> None:
        """Name a new customer."""
        self._open_search(creating=True)

    def unlink(self) -> None:
        """Undo the link of the selected contact."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self.session.pops.unlink(interaction.id)

    def records(self) -> None:
        """Which records of several systems are the customer, or the expert under the cursor."""
        screen = self._screen
        pane, finder = screen.query_one(RecordsPane), screen.query_one(ExpertFinder)
        if pane.is_open:
            screen.close_top()
            return
        if len(screen.state.sources) == 0:
            has_crm = select.names_crm(screen.state)
            self._tell(
                "There is nothing to link: no second CRM and no second directory in this profile."
                if has_crm
                else "This profile names no CRM: there are no records to link."
            )
            return
        person = finder.under_cursor if finder.is_open else None
        pop = select.pop(screen.state, screen.selected or "")
        if person is None and (pop is None or pop.match is None):
            self._tell("Choose the customer first; then their records can be linked.")
            return
        pane.open(person)
        if not finder.is_open:
            screen.opened()

    def toggled_record(self, kind: str, record_id: str, ids: tuple[str, ...], *, link: bool) -> None:
        """Link a record with others, or take it apart from them."""
        if self.session is None or not ids:
            return
        if link:
            self.session.links.join(kind, record_id, ids)
        else:
            self.session.links.part(kind, record_id, ids)

    def searched(self, text: str) -> None:
        """Ask the CRM."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self._spawn(self.session.pops.search(interaction.id, text))

    def picked_customer(self, customer_id: str) -> None:
        """The contact is with this customer."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self.session.pops.choose(interaction.id, customer_id)
        self._screen.close_top()

    def create_customer(self, name: str) -> None:
        """Make a record and link the contact to it."""
        interaction = self._selected()
        if interaction is not None and self.session is not None:
            self._result(self.session.pops.create(interaction.id, name))
        self._screen.close_top()

    def _open_search(self, *, creating: bool) -> None:
        if self._selected() is None:
            self._tell("Select a contact first; the search links it to a customer.")
            return
        self._screen.uncover()
        self._screen.query_one(SearchPane).open(creating=creating)
        self._screen.open_right()
