"""Telling the CRM which customer an interaction is with, where it wants to know."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable

from desktop.app.asking import Asking
from desktop.app.background import Background
from desktop.app.store import Store
from desktop.ports.base import Capability
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError

log = logging.getLogger(__name__)


class CrmLinks:
    """Tells in the background and in order. The wrap-up record names the customer again, so a failure loses nothing."""

    def __init__(self, crm: Crm | None, asking: Asking, store: Store, source: str) -> None:
        self._crm = crm
        self._asking = asking
        self._store = store
        self._source = source
        self._order = asyncio.Lock()
        self._background = Background()

    def tell(self, interaction_id: str, customer_id: str | None, reason: str) -> None:
        """The interaction is with this customer; None takes the link back."""
        offered = self._store.state.capabilities.get(self._source, frozenset())
        if self._crm is None or Capability.LINK.value not in offered:
            return
        self._background.spawn(self._tell(self._crm, interaction_id, customer_id, reason))

    async def close(self) -> None:
        """Stop telling."""
        await self._background.cancel()

    async def _tell(self, crm: Crm, interaction_id: str, customer_id: str | None, reason: str) -> None:
        key = str(uuid.uuid4())

        def call() -> Awaitable[None]:
            if customer_id is None:
                return crm.unlink(interaction_id, key=key)
            return crm.link(interaction_id, customer_id, reason=reason, key=key)

        async with self._order:
            try:
                await self._asking.ask(call, self._source)
            except BackendError as error:
                log.info("the CRM was not told of a link: %s: %s", type(error).__name__, error.detail)
