"""Records that the agent once said belong to a customer: fetched by their id when the customer is found again."""

import logging
from collections.abc import Callable, Mapping

from desktop.app.background import Background
from desktop.app.screen_pop.crm_desk import CrmDesk
from desktop.app.screen_pop.identity_links import IdentityLinks
from desktop.app.screen_pop.pop import Pop
from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.identity import CUSTOMER
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import BackendError

log = logging.getLogger(__name__)

LINKED = Sentence("match.linked")


class ManualLinks:
    """Adds to a pop the records that no search by the address would find."""

    def __init__(self, desks: Mapping[str, CrmDesk], links: IdentityLinks, changed: Callable[[Pop], None]) -> None:
        """`changed` hears of each pop that has a record more."""
        self._desks = desks
        self._links = links
        self._changed = changed
        self._background = Background()

    def fetch(self, pop: Pop) -> None:
        """Fetch, in the background, what belongs to the customer of the pop and was not found."""
        chosen = pop.chosen_match()
        if chosen is None or len(self._desks) < 2:
            return
        for customer_id in self._links.linked_to(CUSTOMER, chosen.ids):
            desk = self._desks.get(f"crm:{customer_id.partition(':')[0]}")
            if desk is not None and customer_id not in pop.fetched and pop.holding(customer_id) is None:
                pop.fetched.add(customer_id)
                self._background.spawn(self._fetch(pop, desk, customer_id))

    async def close(self) -> None:
        """Stop."""
        await self._background.cancel()

    async def _fetch(self, pop: Pop, desk: CrmDesk, customer_id: str) -> None:
        question = pop.question
        try:
            customer = await desk.reading.read(lambda: desk.crm.customer(customer_id))
        except BackendError as error:
            log.info("a linked record could not be fetched: %s: %s", type(error).__name__, error.detail)
            pop.fetched.discard(customer_id)
            return
        if question == pop.question and isinstance(customer, Customer) and customer.id == customer_id:
            pop.linked[customer_id] = Match(customer, "link", LINKED)
            self._changed(pop)
