"""One CRM of the profile as the desktop uses it: asked, remembered, told of links."""

from collections.abc import Awaitable, Callable

from desktop.app.connections.backend_calls import Reading
from desktop.app.screen_pop.crm_links import CrmLinks
from desktop.app.screen_pop.customer_details import DetailsLoader
from desktop.app.screen_pop.customer_finder import CustomerFinder
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.app.store import Store
from desktop.ports.crm import Crm


class CrmDesk:
    """Everything that is asked of one CRM. Each has its own breaker: a failing one costs the others nothing."""

    def __init__(
        self,
        source: str,
        crm: Crm,
        reading: Reading,
        store: Store,
        local: Callable[[], LocalStore],
        region: str,
        kept_as: str,
        keep_link: Callable[[OutboxRow], Awaitable[None]],
    ) -> None:
        """`source` is what its events carry. `region`: where its numbers without `+` are dialled.

        `kept_as`: the name of its records on this machine, which no other CRM of this profile ever had.
        `keep_link`: puts the row of a link into the outbox.
        """
        self.source = source
        self.crm = crm
        self.reading = reading
        self.finder = CustomerFinder(crm, reading, local, store.now, region, kept_as)
        self.details = DetailsLoader(crm, reading, store, source)
        self.links = CrmLinks(crm, reading.backend_calls, store, source, kept_as, keep_link)

    async def close(self) -> None:
        """Stop asking and telling; finish the writes."""
        await self.links.close()
        await self.details.close()
        await self.finder.close()
