"""Keeps one source's events coming: resume, heal, watch, reconnect."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.backoff import full_jitter
from desktop.app.connections.event_source import SNAPSHOTS, STREAMED, EventSource
from desktop.app.connections.failures import own_words, reason
from desktop.app.connections.server_clock import ServerClock
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.words import Health
from desktop.domain.reduce.reducer import needs_snapshot
from desktop.domain.state.events import Envelope, Gap, Heartbeat
from desktop.domain.state.own_events import HealthChanged
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.deadlines import HOST
from desktop.ports.errors import AuthFailed, BackendError, Forbidden, ProtocolError, RateLimited, Unavailable

log = logging.getLogger(__name__)

HEARTBEAT = 5.0
QUIET_HEARTBEATS = HOST.silence / HEARTBEAT
SNAPSHOT_SECONDS = 10.0
LONGEST_WAIT = 300.0
_TICK = 1e-3
_HEAL_EVERY = 1.0


class _HoleFoundError(Exception):
    """The stream skipped a number: connect again and ask for what is missing."""


class EventFeed:
    """Puts the events of one source into the store, each once, in order, whatever the connection does.

    A snapshot to start and to heal, events in between, numbers to notice. Only what goes on from the known position
    reaches the store; a hole is first asked for again by its number, and healed by a snapshot when that is no help.
    """

    def __init__(
        self,
        source: str,
        backend: EventSource,
        store: Store,
        backend_calls: BackendCalls,
        *,
        heartbeat: float = HEARTBEAT,
        tells_time: bool = False,
        keep: Callable[[Envelope], Awaitable[None]] | None = None,
    ) -> None:
        """Nothing is asked yet.

        Args:
            heartbeat: seconds between signs of life.
            tells_time: whether this source's clock is the one we use.
            keep: keeps an event that nobody could tell us again; the stream goes on when it returns, and is begun anew
                when it raises a BackendError.
        """
        self.source = source
        self.connected_once = asyncio.Event()  # set when the first snapshot is in the store
        self.reconnects = 0
        self._backend = backend
        self._store = store
        self._backend_calls = backend_calls
        self._timing = backend_calls.timing
        self._quiet_limit = heartbeat * QUIET_HEARTBEATS
        self._heartbeat = heartbeat
        self._keep = keep
        self._clock = ServerClock(source, store, backend_calls.timing) if tells_time else None
        self._position: tuple[str, int] | None = None
        self._must_heal = True
        self._numbered = True
        self._nudge = asyncio.Event()
        self._connection = 0
        self._heard = 0.0
        self._live_since: float | None = None
        self._told: tuple[Health, Sentence] | None = None
        self._lock = asyncio.Lock()  # one snapshot at a time
        self._snapshots_taken = 0
        self._snapshot_at = 0.0  # the server's time of the newest one
        self._healed_at = float("-inf")  # when a gap was healed last, by our monotonic clock

    async def run(self) -> None:
        """Keep the source's events coming until cancelled."""
        self._say(Health.CONNECTING, NOTHING)
        attempt = 0
        hole_at: tuple[str, int] | None = None
        while True:
            began_at = self._position
            self._live_since = None
            self._nudge.clear()
            wait = 0.0
            try:
                await self._one_connection()
                error: BackendError | None = Unavailable(Sentence("connection.ended"))
            except _HoleFoundError as hole:
                log.info("%s: %s", self.source, hole)
                self._must_heal = self._must_heal or (hole_at is not None and hole_at == self._position)
                hole_at, error = self._position, None
            except BackendError as caught:
                error = caught
                wait = min(caught.retry_after, LONGEST_WAIT) if isinstance(caught, RateLimited) else 0.0
            lived = self._live_since is not None
            if self._position != began_at or (
                self._live_since is not None and self._timing.monotonic() - self._live_since >= self._heartbeat
            ):
                attempt = 0
            if error is not None:
                self._say_lost(error, lived=lived)
            if isinstance(error, AuthFailed):
                attempt = max(attempt, 6)  # new credentials do not come within seconds
            if not self._nudge.is_set():
                await self._pause(max(wait, full_jitter(attempt, self._timing.random)))
            attempt += 1
            self.reconnects += 1

    async def refresh(self) -> None:
        """Put a fresh snapshot into the store, unless the stream is further on by then.

        Raises:
            BackendError: the source could not be asked, or did not answer within 10 s.
        """
        taken = self._snapshots_taken
        async with self._lock:
            if self._snapshots_taken > taken + 1:
                return  # one that was asked for after us has come in
            envelope = await self._backend_calls.ask(
                self._backend.snapshot, self.source, seconds=SNAPSHOT_SECONDS, changing=False
            )
            self._accept_snapshot(envelope)
            if self._keep is not None:
                await self._keep(envelope)

    def restart(self, *, heal: bool = False) -> None:
        """Drop the connection, and connect again at once; with `heal`, from a fresh snapshot."""
        if heal:
            self._must_heal = True
            if self._clock is not None:
                self._clock.note_own()
                self._clock.reset()
        self._nudge.set()

    async def _one_connection(self) -> None:
        self._connection += 1
        self._heard = self._timing.monotonic()
        if self._must_heal or self._position is None:
            await self._heal()
        reader = asyncio.ensure_future(self._read(self._connection))
        watchers = [asyncio.ensure_future(self._watch()), asyncio.ensure_future(self._nudge.wait())]
        try:
            await asyncio.wait({reader, *watchers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._connection += 1  # whatever the old stream still says is not heard any more
            for task in (reader, *watchers):
                task.cancel()
            await asyncio.wait({reader, *watchers}, timeout=1.0)
        for task in (reader, watchers[0]):
            if task.done() and not task.cancelled():
                task.result()

    async def _read(self, connection: int) -> None:
        stream: AsyncIterator[Envelope] | None = None
        try:
            stream = self._backend.events(self._position if self._numbered else None)
            async for envelope in stream:
                await self._store.give_way()
                if connection != self._connection:
                    return
                self._heard = self._timing.monotonic()
                await self._take(envelope)
                if self._keep is not None:
                    await self._keep(envelope)
        except (BackendError, _HoleFoundError):
            raise
        except (Exception, SystemExit) as error:
            raise self._backend_calls.bug(self.source, type(error).__name__, error) from error
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                try:
                    await close()
                except Exception as error:
                    log.warning("%s: closing the stream failed: %s", self.source, type(error).__name__)

    async def _take(self, envelope: object) -> None:
        if not isinstance(envelope, Envelope) or not isinstance(envelope.event, STREAMED):
            raise ProtocolError(Sentence("answer.not_an_event"), type(envelope).__name__)
        if envelope.source != self.source:
            envelope = replace(envelope, source=self.source)
        if self._live_since is None and not self._numbered:
            await self._heal()  # what happened between the snapshot and the stream has no number to miss it by
        self._live()
        event = envelope.event
        if isinstance(event, SNAPSHOTS):
            self._accept_snapshot(envelope)
        elif isinstance(event, Gap):
            await self._heal_gap(envelope, event)
        elif isinstance(event, Heartbeat):
            if self._clock is not None:
                self._clock.read(event.server_time)
            self._check_head(envelope, event)
            self._store.put(envelope)
            if needs_snapshot(self._store.state, self.source):
                await self._heal()
        elif envelope.seq is None or not self._numbered:
            self._store.put(envelope if envelope.seq is None else replace(envelope, seq=None))
        else:
            await self._take_numbered(envelope, envelope.seq)

    async def _take_numbered(self, envelope: Envelope, seq: int) -> None:
        epoch, known = self._position if self._position is not None else ("", -1)
        if self._position is None or envelope.epoch != epoch:
            self._store.put(replace(envelope, event=Gap("new epoch"), seq=None))
            await self._heal()
        elif seq == known + 1:
            self._position = (epoch, seq)
            self._store.put(envelope)
        elif seq > known:
            raise _HoleFoundError(f"{seq} came after {known}")

    def _check_head(self, envelope: Envelope, event: Heartbeat) -> None:
        if self._position is None:
            return
        epoch, known = self._position
        if envelope.epoch and envelope.epoch != epoch:
            raise _HoleFoundError(f"epoch {envelope.epoch} after {epoch}")
        if event.head > known:
            raise _HoleFoundError(f"head {event.head} after {known}")

    async def _heal_gap(self, envelope: Envelope, event: Gap) -> None:
        """One snapshot heals every gap from before it; a stream full of gaps costs one a second, not one each."""
        if self._numbered and 0 < envelope.at < self._snapshot_at:
            return
        log.info("%s: gap: %s", self.source, event.why)
        self._store.put(envelope)
        rest = self._healed_at + _HEAL_EVERY - self._timing.monotonic()
        if rest > 0:
            await self._timing.sleep(rest)
        await self._heal()
        self._healed_at = self._timing.monotonic()

    async def _heal(self) -> None:
        before = self._snapshots_taken
        self._must_heal = True
        await self.refresh()
        self._heard = self._timing.monotonic()
        if self._snapshots_taken == before:
            raise ProtocolError(Sentence("answer.old_snapshot"))
        self._must_heal = False
        self._live()

    def _accept_snapshot(self, envelope: object) -> None:
        if not isinstance(envelope, Envelope) or not isinstance(envelope.event, SNAPSHOTS):
            raise ProtocolError(Sentence("answer.not_a_snapshot"), type(envelope).__name__)
        envelope = replace(envelope, source=self.source)
        if envelope.seq is None:
            self._numbered, self._position = False, None
        else:
            if self._position is not None and self._position[0] == envelope.epoch and envelope.seq < self._position[1]:
                return  # the stream is further on
            if self._clock is not None and self._position is not None and self._position[0] != envelope.epoch:
                self._clock.reset()
            self._numbered, self._position = True, (envelope.epoch, envelope.seq)
        self._snapshot_at = envelope.at
        self._snapshots_taken += 1
        if self._clock is not None and not self._clock.known:
            self._clock.read(envelope.at)
        self._store.put(envelope)
        self.connected_once.set()

    async def _watch(self) -> None:
        while True:
            quiet = self._timing.monotonic() - self._heard
            if quiet >= self._quiet_limit - _TICK:  # or rounding makes the last nap endlessly short
                raise Unavailable(Sentence("connection.silent", seconds=quiet))
            await self._timing.sleep(self._quiet_limit - quiet)

    async def _pause(self, seconds: float) -> None:
        await first_of(self._timing.sleep(seconds), self._nudge.wait())

    def _live(self) -> None:
        if self._live_since is None:
            self._live_since = self._timing.monotonic()
        self._say(Health.LIVE, NOTHING)

    def _say_lost(self, error: BackendError, *, lived: bool) -> None:
        log.warning("%s: %s: %s (%s)", self.source, type(error).__name__, error.message, error.detail)
        if isinstance(error, Forbidden):
            self._say(Health.DOWN, reason(error, self.source))
        elif isinstance(error, AuthFailed):
            self._say(Health.DOWN, Sentence("connection.not_signed_in", source=self.source))
        elif lived or self._told == (Health.LIVE, NOTHING):
            self._say(Health.STALE, own_words(error))
        else:
            self._say(Health.DOWN, own_words(error))

    def _say(self, health: Health, why: Sentence) -> None:
        if self._told != (health, why):
            self._told = (health, why)
            self._store.publish(HealthChanged(health, why), self.source)
