"""A fresh look at what the contact centre shows; `actions.py` judges by it what became of a press nobody answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.source import Source
from desktop.domain.select.centres import centre_of

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
TELL_LOSER_SECONDS = 0.8


class FreshSnapshot:
    """Fetches a snapshot of the contact centre into the store."""

    def __init__(self, store: Store, backend_calls: BackendCalls, refresh: Callable[..., Awaitable[None]]) -> None:
        """`refresh` puts a fresh snapshot into the store; of several contact centres, of the one that is given."""
        self.refresh = refresh
        self._store = store
        self._backend_calls = backend_calls
        self._looks: set[asyncio.Future[None]] = set()

    async def see(self, seconds: float, record_id: str = "") -> bool:
        """Look at the contact centre of a record, or at all, but wait no longer than that for it.

        It goes on in the background. Says whether it came.
        """
        source = centre_of(self._store.state, record_id)
        one = (source,) if record_id and Source.of(source).name else ()
        look: asyncio.Future[None] = asyncio.ensure_future(self.refresh(*one))
        self._looks.add(look)
        look.add_done_callback(self._looked)
        await first_of(asyncio.shield(look), self._backend_calls.timing.sleep(seconds))
        self._store.drain()
        return look.done() and not look.cancelled() and look.exception() is None

    def _looked(self, look: "asyncio.Future[None]") -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None:
            log.info("could not look at the contact centre: %s", error)
