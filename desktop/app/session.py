"""One agent's session: owns everything below the screen, starts it in the right order, and ends it without loss."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.app.actions import Actions
from desktop.app.asking import Asking, Reading
from desktop.app.backoff import full_jitter
from desktop.app.clock_watch import ClockWatch
from desktop.app.contact_keys import e164
from desktop.app.customer_finder import CustomerFinder
from desktop.app.deliveries import Deliveries
from desktop.app.experts import Experts
from desktop.app.failures import explain, one_line, source_name
from desktop.app.feed import Feed
from desktop.app.local_file import LocalFile
from desktop.app.local_store import LocalStore, OutboxRow
from desktop.app.messages import Messages
from desktop.app.notes import Notes
from desktop.app.outbox import Outbox
from desktop.app.own_presence import OwnPresence
from desktop.app.phone import Phone
from desktop.app.retention import RetentionWatch
from desktop.app.screen_pops import ScreenPops
from desktop.app.store import Store
from desktop.app.timing import Timing, first_of
from desktop.app.wrap_up_rows import WrapUpRows
from desktop.app.wrap_ups import WrapUps
from desktop.domain.events import CapabilitiesKnown, HealthChanged, Noticed
from desktop.domain.select import customer_of
from desktop.domain.words import Health
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, ProtocolError, Unavailable
from desktop.ports.messaging import EVENTS, Messaging
from desktop.ports.presence import PresenceSource
from desktop.ports.voice import Voice

log = logging.getLogger(__name__)

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Backends:
    """The backends a profile names, made but not opened. What it does not name is None."""

    contact_center: ContactCenter | None = None
    crm: Crm | None = None
    presence: PresenceSource | None = None
    messaging: Messaging | None = None
    voice: Voice | None = None

    def by_source(self) -> Mapping[str, Backend]:
        """Those there are, by the name their events carry."""
        named: dict[str, Backend | None] = {
            "contact_center": self.contact_center,
            "crm": self.crm,
            "presence": self.presence,
            "messaging": self.messaging,
            "voice": self.voice,
        }
        return {source: backend for source, backend in named.items() if backend is not None}


class Session:
    """Everything an agent's desktop does, without a screen. Its parts exist at once; only `start` does I/O."""

    def __init__(
        self,
        profile: str,
        backends: Backends,
        open_local: Callable[[], Awaitable[LocalStore]],
        *,
        timing: Timing | None = None,
        region: str = "",
    ) -> None:
        """`open_local` opens the profile's file; it may raise StoreError, and is tried again then.

        `region`: the two-letter country in which the CRM's numbers without `+` are dialled.
        """
        self.profile = profile
        self.timing = timing if timing is not None else Timing()
        self.clock = self.timing.clock
        self.store = Store(self.clock)
        self._backends = backends.by_source()
        self._file = LocalFile(open_local, self._restore, self.store, self.timing)
        self._asking = Asking(self.timing, lambda text: self.store.notice(text, "error"))
        for source in self._backends:
            self._asking.closed[source] = f"The {source_name(source)} is not connected yet."
        self._told: dict[str, tuple[Health, str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry_now = asyncio.Event()
        self.feeds: dict[str, Feed] = {}
        if backends.contact_center is not None:
            feed = Feed("contact_center", backends.contact_center, self.store, self._asking, tells_time=True)
            self.feeds["contact_center"] = feed
        if backends.presence is not None:
            self.feeds["presence"] = Feed("presence", backends.presence, self.store, self._asking)
        self._messages = Messages(self.store, self._file.opened)
        if backends.messaging is not None and backends.messaging.manifest.capabilities & EVENTS:
            self.feeds["messaging"] = Feed(
                "messaging", backends.messaging, self.store, self._asking, keep=self._messages.keep
            )
        if backends.voice is not None:
            self.feeds["voice"] = Feed("voice", backends.voice, self.store, self._asking)
        self.actions = Actions(
            self.store,
            self._asking,
            backends.contact_center,
            backends.presence,
            self._refresh,
            Phone(self.store, self._asking, backends.voice),
        )
        self._reading = Reading(self._asking, "crm", lambda health, why: self._say("crm", health, why))
        finder = None
        if backends.crm is not None:
            finder = CustomerFinder(backends.crm, self._reading, self._file.opened, self.store.now, region)
        self.pops = ScreenPops(self.store, backends.crm, self._reading, finder)
        self._deliveries = Deliveries(self._backends, self._messages.sent)
        rows = WrapUpRows(profile, self.store.drain, self.clock)
        self.outbox = Outbox(self.store, self._asking, self._file.opened, self._deliver)
        self.notes = Notes(
            self.store,
            self.timing,
            self._file.opened,
            customer_of=self._customer_id,
            row_for=rows.row_for_draft,
            parked=lambda row: self.outbox.adopt([row]),
        )
        self.wrap_ups = WrapUps(self.store, self.actions, self.notes, self.outbox, rows, self._file.opened)
        self.experts = Experts(self.store, self._file.opened)
        self.actions.asked.append(self.experts.asked)
        self.own_presence = OwnPresence(self.store, self._asking, backends.presence)

    @property
    def local(self) -> LocalStore:
        """What is kept on this machine.

        Raises:
            StoreAbsent: it is not open (yet).
        """
        return self._file.opened()

    async def start(self) -> None:
        """Take up the drafts and the outbox first, then connect to every backend at once.

        Returns when each backend was tried once (10 s at most). What failed is tried again in the background and
        told through health events; nothing here raises because a backend or the disk does not work.
        """
        if not await self._file.take_up():
            self._spawn(self._take_up_later())
        self._spawn(_warm_up())
        self._spawn(self.outbox.run())
        self._spawn(self.own_presence.run())
        self._spawn(RetentionWatch(self.timing, self._file).run())
        self._spawn(ClockWatch(self.timing, self._clock_jumped).run())
        await asyncio.gather(*(self._connect(source, backend) for source, backend in self._backends.items()))

    async def first_look(self, seconds: float) -> bool:
        """Wait until the contact centre and the directory gave their first snapshots; False when that took too long."""
        feeds = [feed for feed in self.feeds.values() if feed.source.partition(":")[0] != "messaging"]
        waits = asyncio.gather(*(feed.connected_once.wait() for feed in feeds))
        await first_of(waits, self.timing.sleep(seconds))
        self.store.drain()
        return all(feed.connected_once.is_set() for feed in feeds)

    def retry(self) -> None:
        """Try again now to reach whatever could not be reached."""
        self._retry_now.set()
        self._reading.trust()
        for source, feed in self.feeds.items():
            known = self.store.state.health.get(source)
            if known is None or known.health is not Health.LIVE:
                feed.restart()
        self.pops.retry_all()
        self.outbox.kick()

    async def close(self) -> None:
        """Save every draft, then let go of everything. May be called twice."""
        await self.notes.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.wait([*tasks, asyncio.ensure_future(self._close_parts())], timeout=2.0)
        await asyncio.gather(*(self._close_backend(source) for source in self._backends))
        await self._file.close()

    async def _close_parts(self) -> None:
        await asyncio.gather(self.pops.close(), self.experts.close(), return_exceptions=True)

    async def _restore(self) -> None:
        await self.notes.restore()
        await self.outbox.load()
        await self.experts.load()
        await self._messages.load()

    async def _take_up_later(self) -> None:
        await self._file.take_up_later()
        await self.notes.flush()
        self.store.notice("Notes can be saved again.")

    # The backends

    async def _connect(self, source: str, backend: Backend) -> None:
        self._say(source, Health.CONNECTING, "")
        if not await self._open(source, backend):
            self._spawn(self._connect_later(source, backend))

    async def _connect_later(self, source: str, backend: Backend) -> None:
        attempt = 0
        while True:
            self._retry_now.clear()
            pause = full_jitter(attempt, self.timing.random)
            await first_of(self.timing.sleep(pause), self._retry_now.wait())
            if await self._open(source, backend):
                return
            attempt += 1

    async def _open(self, source: str, backend: Backend) -> bool:
        why = self._asking.closed.pop(source, "")
        try:
            offered = await self._asking.ask(backend.open, source, seconds=OPEN_SECONDS, changing=False)
            if not isinstance(offered, frozenset | set):
                raise ProtocolError("It did not say what it offers.", type(offered).__name__)
        except BackendError as error:
            self._asking.closed[source] = why
            log.warning("%s: %s: %s (%s)", source, type(error).__name__, error.message, error.detail)
            self._say(source, Health.DOWN, one_line(error.message))
            if not isinstance(error, Unavailable):
                failure = explain(error, f"The {source_name(source)} could not be opened.", source=source)
                self.store.notice(failure.text, "error")
            return False
        known = frozenset(str(getattr(capability, "value", capability)) for capability in offered)
        self.store.say(CapabilitiesKnown(known), source)
        if source == "messaging" and not offered & EVENTS:
            self.feeds.pop(source, None)  # it could report, but is not set up to
        feed = self.feeds.get(source)
        if feed is not None:
            self._spawn(feed.run())
        else:
            self._say(source, Health.LIVE, "")
        if source == "crm":
            self._reading.trust()
            self.pops.retry_all()
        self.outbox.kick()
        return True

    async def _close_backend(self, source: str) -> None:
        backend = self._backends[source]
        self._asking.closed.pop(source, None)
        try:
            await self._asking.ask(backend.close, source, seconds=CLOSE_SECONDS, changing=False)
        except BackendError as error:
            log.info("%s did not close cleanly: %s", source, error.message)
        self._asking.closed[source] = "The session is over."

    async def _deliver(self, row: OutboxRow) -> str:
        """Send a row; what comes of it also says whether its target can be reached."""
        try:
            receipt = await self._deliveries.deliver(row)
        except Unavailable as error:
            self._say_of_target(row.target, Health.DOWN, one_line(error.message))
            raise
        self._say_of_target(row.target, Health.LIVE, "")
        return receipt

    def _say_of_target(self, source: str, health: Health, why: str) -> None:
        if source in self._backends and source not in self.feeds:
            self._say(source, health, why)

    async def _refresh(self) -> None:
        feed = self.feeds.get("contact_center")
        if feed is not None:
            await feed.refresh()

    # What happens by itself

    def _clock_jumped(self, seconds: float) -> None:
        log.warning("the clock jumped by %.0f s", seconds)
        self.actions.must_prove = True
        for feed in self.feeds.values():
            feed.restart(heal=True)
        self.outbox.kick()
        self.store.say(
            Noticed(
                f"This machine slept or its clock was set ({abs(seconds):.0f} s). Your notes are safe."
                " Your state is being looked up; nobody was made available.",
                "warning",
            )
        )

    def _customer_id(self, interaction_id: str) -> str | None:
        customer = customer_of(self.store.state, interaction_id)
        return customer.id if customer is not None else None

    def _say(self, source: str, health: Health, why: str) -> None:
        if self._told.get(source) != (health, why):
            self._told[source] = (health, why)
            self.store.say(HealthChanged(health, why), source)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a part of the desktop stopped", exc_info=error)
            self.store.notice("A part of the desktop stopped because of a mistake in it. Your notes are safe.", "error")


async def _warm_up() -> None:
    """Import what the first offer needs, aside from the loop, so that it need not wait for it."""
    await asyncio.to_thread(e164, "+441632960000")
