"""Telling the CRM which customer an interaction is with, where it wants to know."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable

from desktop.app.background import Background
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.storage.errors import StoreError
from desktop.app.storage.tables.outbox_rows import LINK, OutboxRow, new_row
from desktop.app.store import Store
from desktop.domain.select.centres import own_id
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError

log = logging.getLogger(__name__)


class CrmLinks:
    """Tells in the background and in order.

    A link that was found is told once: the wrap-up record names the customer again. What the agent decided, and every
    link that is taken back, goes through the outbox, for the CRM has it from nowhere else; and so does all that follows
    it for the same interaction, so that the newest stands.
    """

    def __init__(
        self,
        crm: Crm | None,
        backend_calls: BackendCalls,
        store: Store,
        source: str,
        target: str,
        keep: Callable[[OutboxRow], Awaitable[None]],
    ) -> None:
        """`keep` puts a row into the outbox, in place of older ones of its kind; StoreError where the disk will not.

        `target` is the CRM as the outbox knows it.
        """
        self._crm = crm
        self._backend_calls = backend_calls
        self._store = store
        self._source = source
        self._target = target
        self._keep = keep
        self._kept: set[str] = set()
        self._order = asyncio.Lock()
        self._telling = Background()
        self._keeping = Background()

    def tell(self, interaction_id: str, customer_id: str | None, reason: str, *, decided: bool) -> None:
        """The interaction is with this customer; None takes the link back. `decided`: by the agent."""
        offered = self._store.state.capabilities.get(self._source, frozenset())
        if self._crm is None or Capability.LINK.value not in offered:
            return
        if decided or customer_id is None or interaction_id in self._kept:
            self._kept.add(interaction_id)
            self._keeping.spawn(self._put(self._crm, interaction_id, customer_id, reason))
        else:
            self._telling.spawn(self._tell(self._crm, interaction_id, customer_id, reason))

    async def close(self) -> None:
        """Stop telling; what the agent decided is on disk then."""
        await self._telling.cancel()
        await self._keeping.finish()

    async def _put(self, crm: Crm, interaction_id: str, customer_id: str | None, reason: str) -> None:
        state = self._store.state
        row = new_row(
            str(uuid.uuid4()),
            LINK,
            interaction_id,
            self._target,
            {"customer_id": customer_id, "reason": reason},
            created_at=self._backend_calls.timing.clock(),
            author=own_id(state, interaction_id),
            customer=_whose(state, interaction_id, customer_id),
        )
        async with self._order:
            try:
                await self._keep(row)
            except StoreError as error:
                log.error("a link could not be kept: %s", error)
            else:
                return
        if not await self._told(crm, interaction_id, customer_id, reason):
            self._store.notice(Sentence("customer.link_not_told"), "error")

    async def _tell(self, crm: Crm, interaction_id: str, customer_id: str | None, reason: str) -> None:
        await self._told(crm, interaction_id, customer_id, reason)

    async def _told(self, crm: Crm, interaction_id: str, customer_id: str | None, reason: str) -> bool:
        key = str(uuid.uuid4())

        def call() -> Awaitable[None]:
            if customer_id is None:
                return crm.unlink(interaction_id, key=key)
            return crm.link(interaction_id, customer_id, reason=reason, key=key)

        async with self._order:
            try:
                await self._backend_calls.ask(call, self._source)
            except BackendError as error:
                log.info("the CRM was not told of a link: %s: %s", type(error).__name__, error.detail)
                return False
        return True


def _whose(state: AppState, interaction_id: str, customer_id: str | None) -> str:
    """Who it is, for people: the customer by name, else the address the contact came from."""
    pop = state.pops.get(interaction_id)
    for match in pop.matches if pop is not None else ():
        if customer_id in match.ids:
            return match.customer.name
    interaction = state.interactions.get(interaction_id)
    return interaction.customer.value if interaction is not None and customer_id is None else ""
