"""The agent's own presence follows the calls: busy while on one, back to what it was after."""

import asyncio
import logging
import uuid

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.backoff import full_jitter
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.person import Presence
from desktop.domain.entities.words import Phase, PresenceState
from desktop.domain.select import mine
from desktop.domain.state.events import PresenceChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Unsupported
from desktop.ports.presence import PresenceSource

log = logging.getLogger(__name__)

ON_A_CALL = "on a call"
_TRIES = 5


class OwnPresence:
    """Tells the directory of our calls. What the agent set by hand is left alone, and failing bothers nobody."""

    def __init__(
        self, store: Store, backend_calls: BackendCalls, presence: PresenceSource | None, source: str = "presence"
    ) -> None:
        self._store = store
        self._backend_calls = backend_calls
        self._presence = presence
        self._source = source
        self._wanted = False  # on a call
        self._told = False
        self._set: Presence | None = None  # what the directory answered when we said busy
        self._before = PresenceState.AVAILABLE
        self._wake = asyncio.Event()
        store.listeners.append(self._listen)

    async def run(self) -> None:
        """Tell the directory of each change, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._wanted != self._told:
                await self._follow()

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.interactions is old.interactions and new.capabilities is old.capabilities:
            return
        wanted = any(
            interaction.channel in CALLS and interaction.phase in (Phase.CONNECTING, Phase.ACTIVE)
            for interaction in mine(new)
        )
        if wanted != self._wanted or (wanted != self._told and new.capabilities is not old.capabilities):
            self._wanted = wanted
            self._wake.set()

    async def _follow(self) -> None:
        presence = self._presence
        offered = self._store.state.capabilities.get(self._source, frozenset())
        if presence is None or Capability.SET_OWN.value not in offered:
            return
        wanted = self._wanted
        if not wanted and self._changed_by_hand():
            self._told, self._set = False, None
            return
        state, activity = (PresenceState.BUSY, ON_A_CALL) if wanted else (self._before, "")
        key = str(uuid.uuid4())
        for attempt in range(_TRIES):
            try:
                answer = await self._backend_calls.ask(
                    lambda: presence.set_own(state, activity=activity, key=key, in_call=wanted), self._source
                )
                if not isinstance(answer, Presence):
                    raise ProtocolError(Sentence("answer.not_a_presence"), type(answer).__name__)
            except BackendError as error:
                log.info("own presence was not set: %s: %s", type(error).__name__, error.detail)
                if isinstance(error, Unsupported | AuthFailed):
                    return
                pause = error.retry_after if isinstance(error, RateLimited) else 0.0
                pause = max(pause, full_jitter(attempt, self._backend_calls.timing.random, base=1.0))
                await first_of(self._backend_calls.timing.sleep(pause), self._wake.wait())
                if self._wanted != wanted:
                    self._wake.set()
                    return
            else:
                if wanted:
                    known = self._store.state.presence.get(answer.person_id)
                    if known is not None and known.state is not PresenceState.BUSY:
                        self._before = _worth_going_back_to(known.state)
                self._told, self._set = wanted, answer if wanted else None
                self._store.publish(PresenceChanged(answer), self._source)
                return

    def _changed_by_hand(self) -> bool:
        """Whether the directory shows, newer than what we set, something that is not what we set."""
        if self._set is None:
            return False
        now = self._store.state.presence.get(self._set.person_id)
        return now is not None and now.version > self._set.version and now.state is not PresenceState.BUSY


def _worth_going_back_to(state: PresenceState) -> PresenceState:
    """Offline and unknown are no states anybody chose for after a call."""
    nobodys = (PresenceState.OFFLINE, PresenceState.UNKNOWN)
    return PresenceState.AVAILABLE if state in nobodys else state
