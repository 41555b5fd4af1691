"""The connections to a profile's backends: opened all at once, tried again while they fail, closed in the end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.backoff import full_jitter
from desktop.app.connections.failures import explain, own_words
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.words import Health
from desktop.domain.state.own_events import CapabilitiesKnown, HealthChanged
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import Backend
from desktop.ports.deadlines import HOST
from desktop.ports.errors import BackendError, ProtocolError, Unavailable

log = logging.getLogger(__name__)

OPEN_SECONDS = HOST.open
CLOSE_SECONDS = HOST.close


class Connections:
    """Each source on its own: one that fails, hangs or cannot even be loaded costs the others nothing."""

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        backends: Mapping[str, Backend],
        broken: Mapping[str, Sentence],
        opened: Callable[[str, frozenset[str]], bool],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """Connections that are not open yet.

        Args:
            backends: by source.
            broken: sources whose plug-in cannot be used, with the reason.
            opened: hears of each source that was opened, with what it offers; says whether a feed tells its health.
            spawn: runs a coroutine for as long as the session lasts.
        """
        self._store = store
        self._backend_calls = backend_calls
        self._backends = backends
        self._broken = broken
        self._opened = opened
        self._spawn = spawn
        self._told: dict[str, tuple[Health, Sentence]] = {}
        self._retry_now = asyncio.Event()
        for source in backends:
            backend_calls.closed[source] = Sentence("connection.not_yet", source=source)
        backend_calls.closed.update(self._broken)

    async def open(self) -> None:
        """Try every backend once, all at once (10 s at most); those that fail are tried again in the background."""
        for source, why in self._broken.items():
            self.say(source, Health.DOWN, why)
            useless = Sentence("connection.cannot_be_used", source=source, why=why)
            self._store.notice(useless + Sentence("connection.others_work"), "error")
        await asyncio.gather(*(self._connect(source, backend) for source, backend in self._backends.items()))

    def retry(self) -> None:
        """Try again now to reach whatever is not open."""
        self._retry_now.set()

    async def close(self) -> None:
        """Let go of every backend."""
        await asyncio.gather(*(self._close(source, backend) for source, backend in self._backends.items()))

    def say(self, source: str, health: Health, why: Sentence) -> None:
        """Tell the health of a source, once."""
        if self._told.get(source) != (health, why):
            self._told[source] = (health, why)
            self._store.publish(HealthChanged(health, why), source)

    async def _connect(self, source: str, backend: Backend) -> None:
        self.say(source, Health.CONNECTING, NOTHING)
        if not await self._open(source, backend):
            self._spawn(self._connect_later(source, backend))

    async def _connect_later(self, source: str, backend: Backend) -> None:
        timing = self._backend_calls.timing
        attempt = 0
        while True:
            self._retry_now.clear()
            pause = full_jitter(attempt, timing.random)
            await first_of(timing.sleep(pause), self._retry_now.wait())
            if await self._open(source, backend):
                return
            attempt += 1

    async def _open(self, source: str, backend: Backend) -> bool:
        why = self._backend_calls.closed.pop(source, NOTHING)
        try:
            offered = await self._backend_calls.ask(backend.open, source, seconds=OPEN_SECONDS, changing=False)
            if not isinstance(offered, frozenset | set):
                raise ProtocolError(Sentence("connection.offers_nothing"), type(offered).__name__)
        except BackendError as error:
            self._backend_calls.closed[source] = why
            log.warning("%s: %s: %s (%s)", source, type(error).__name__, error.message, error.detail)
            self.say(source, Health.DOWN, own_words(error))
            if not isinstance(error, Unavailable):
                failure = explain(error, Sentence("connection.not_opened", source=source), source=source)
                self._store.notice(failure.text, "error", source)
            return False
        known = frozenset(str(getattr(capability, "value", capability)) for capability in offered)
        self._store.publish(CapabilitiesKnown(known), source)
        if not self._opened(source, known):
            self.say(source, Health.LIVE, NOTHING)
        return True

    async def _close(self, source: str, backend: Backend) -> None:
        self._backend_calls.closed.pop(source, None)
        try:
            await self._backend_calls.ask(backend.close, source, seconds=CLOSE_SECONDS, changing=False)
        except BackendError as error:
            log.info("%s did not close cleanly: %s", source, error.message)
        self._backend_calls.closed[source] = Sentence("connection.session_over")
