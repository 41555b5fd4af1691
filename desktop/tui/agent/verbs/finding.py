"""Searching from anywhere, and what enter does with what was found."""

from collections.abc import Callable

from desktop.tui.agent.found import FoundKind, Hit
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.verbs.base import DeskContext, DeskVerbs
from desktop.tui.agent.verbs.customer import CustomerVerbs
from desktop.tui.agent.verbs.expert import ExpertVerbs
from desktop.tui.agent.verbs.own_state import AvailabilityVerbs
from desktop.words.catalogue import tr


class FindingVerbs(DeskVerbs):
    """What is done with the search, and from the palette with the same hits."""

    def __init__(
        self, context: DeskContext, customer: CustomerVerbs, expert: ExpertVerbs, own_state: AvailabilityVerbs
    ) -> None:
        super().__init__(context)
        self._customer = customer
        self._expert = expert
        self._own_state = own_state
        self.run: Callable[[str], None] = lambda action: None
        """Does what the key of an action does."""

    def search(self) -> None:
        """Search customers, contacts, colleagues, queues and commands."""
        self._customer.open_search(creating=False)

    def typed(self, text: str, *, now: bool = False) -> None:
        """Look for customers by what is typed so far."""
        pane = self._screen.query_one(SearchPane)
        if self.session is None:
            if now:
                self._not_yet()
        elif not text:
            self.session.search.stop()
        elif now:
            self.session.search.ask(text, pane.answer)
        else:
            self.session.search.typed(text, pane.answer)

    def picked(self, hit: Hit) -> None:
        """Do what is natural for what was found."""
        pane = self._screen.query_one(SearchPane)
        if hit.kind is FoundKind.CUSTOMER and hit.match is not None:
            self._customer.picked_customer(hit.match, only_shows=pane.only_shows)
        elif hit.kind is FoundKind.OVER and hit.address is not None:
            if not pane.is_open:
                self.search()
            pane.look_for(hit.label if hit.address.withheld else hit.address.value)
        else:
            if pane.is_open:
                self._screen.close_top()
            self._turn_to(hit)

    def _turn_to(self, hit: Hit) -> None:
        match hit.kind:
            case FoundKind.CONTACT if any(one.id == hit.id for one in self._screen.work()):
                self._screen.select(hit.id)
                self._screen.show_tab("contact")
                self._screen.focus_writing()
            case FoundKind.CONTACT:
                self._tell(tr("That contact is no longer on your desk."))
            case FoundKind.PERSON:
                self._expert.find_person(hit.id, hit.label)
            case FoundKind.QUEUE:
                self._own_state.queues()
                self._screen.query_one(QueuesPane).move_to(hit.id)
            case FoundKind.COMMAND:
                self.run(hit.id)
