"""One agent's session: owns everything below the screen, starts it in the right order, and ends it without loss."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop.app.background import Background
from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.phone import Phone
from desktop.app.commands.recording_consent import RecordingPolicy
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import BackendCalls, Reading
from desktop.app.connections.backends import Backends
from desktop.app.connections.clock_watch import ClockWatch
from desktop.app.connections.connections import Connections
from desktop.app.connections.contact_centers import ContactCenters
from desktop.app.connections.event_feed import EventFeed
from desktop.app.connections.event_source import EventSource
from desktop.app.connections.failures import own_words
from desktop.app.connections.plugin_watch import PluginWatch
from desktop.app.connections.screen_watch import ScreenWatch
from desktop.app.connections.targets import Targets
from desktop.app.conversations.canned_replies import CannedReplies
from desktop.app.conversations.customer_messages import CustomerMessages
from desktop.app.conversations.messages import Messages
from desktop.app.conversations.replies import Replies
from desktop.app.conversations.threads import Threads
from desktop.app.directory.experts import Experts
from desktop.app.directory.own_presence import OwnPresence
from desktop.app.newsroom import Newsroom
from desktop.app.notes.backend_delivery import Deliveries
from desktop.app.notes.card_masking import CardMasking
from desktop.app.notes.handovers import Handovers
from desktop.app.notes.notes import Notes
from desktop.app.notes.outbox import Outbox
from desktop.app.notes.unsaved_text import Unsaved
from desktop.app.notes.wrap_up_rows import WrapUpRows
from desktop.app.notes.wrap_ups import WrapUps
from desktop.app.screen_pop.crm_desk import CrmDesk
from desktop.app.screen_pop.customer_search import CustomerSearch
from desktop.app.screen_pop.identity_links import IdentityLinks
from desktop.app.screen_pop.screen_pops import ScreenPops
from desktop.app.storage.local_file import LocalFile
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.retention import RetentionWatch
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.app.store import Store
from desktop.app.supervision.help_line import HelpLine
from desktop.app.supervision.notices import FloorNotices
from desktop.app.supervision.supervisor_desk import SupervisorDesk
from desktop.app.timing import Timing, first_of
from desktop.domain.entities.source import CENTRE, Source
from desktop.domain.entities.words import Health, RecordingConsent
from desktop.domain.select.centres import centre_of
from desktop.domain.state.events import Envelope
from desktop.domain.state.own_events import Noticed, SourcesDeclared
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, Unavailable
from desktop.ports.messaging import EVENTS
from desktop.ports.phone_numbers import e164
from desktop.ports.presence import PresenceSource

log = logging.getLogger(__name__)


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
        write_back: str = "first",
        recording_consent: RecordingConsent = RecordingConsent.PAUSE,
    ) -> None:
        """`open_local` opens the profile's file; it may raise StoreError, and is tried again then.

        `region`: the two-letter country in which the CRM's numbers without `+` are dialled. `write_back`: whether a
        wrap-up goes to the "first" of several CRMs that hold the customer, or to "all" of them. `recording_consent`:
        what is done about a customer who is recorded and has refused it.
        """
        self.profile = profile
        self.region = region
        self.timing = timing if timing is not None else Timing()
        self.clock = self.timing.clock
        self.store = Store(self.clock)
        self._file = LocalFile(open_local, self._restore, self.store, self.timing)
        self._backend_calls = BackendCalls(self.timing, lambda text: self.store.notice(text, "error"))
        self._background = Background(self._stopped)
        self.feeds: dict[str, EventFeed] = {}
        self._messages = Messages(self.store, self._file.opened, self._background.spawn)
        self.plugins = PluginWatch(self.store, backends.plugins)
        self._contact_center = self._one_centre(backends)
        self._backends = self._by_source(backends)
        self._connections = Connections(
            self.store, self._backend_calls, self._backends, backends.broken, self._opened, self._background.spawn
        )
        directories = {source: one for source, one in self._backends.items() if isinstance(one, PresenceSource)}
        contact_center = self._contact_center
        runner = CommandRunner(self.store, self._backend_calls, contact_center, self._refresh)
        self.commands = AgentCommands(runner, directories, Phone(self.store, self._backend_calls, backends.voice))
        self.help = HelpLine(runner)
        FloorNotices(self.store)
        RecordingPolicy(self.store, self.commands, self._background.spawn, recording_consent)
        self.news = Newsroom(self.store)
        self.supervisor = SupervisorDesk(
            runner,
            contact_center,
            self._file.opened,
            {source: crm for source, crm in self._backends.items() if isinstance(crm, Crm)},
        )
        self.on_screen = ScreenWatch(
            self._backend_calls,
            directories,
            lambda person_id: self.store.state.same_people.get(person_id, (person_id,)),
        )
        self.links = IdentityLinks(self.store, self._file.opened)
        crms = tuple(source for source in backends.sources if Source.of(source).kind == "crm")
        self._targets = targets = Targets(backends.targets, crms, backends.senders, write_back)
        self._desks = [
            CrmDesk(
                source,
                crm,
                self._reading(source),
                self.store,
                self._file.opened,
                region,
                targets.of(source),
                lambda row: self.outbox.put_in_place(row),
            )
            for source, crm in self._backends.items()
            if isinstance(crm, Crm)
        ]
        broken = {source: why for source, why in backends.broken.items() if Source.of(source).kind == "crm"}
        self.pops = ScreenPops(
            self.store,
            self._desks,
            self.links,
            self.timing,
            region,
            broken,
            kept_link=lambda interaction_id: self.notes.kept_link(interaction_id),
        )
        self.search = CustomerSearch(self._desks, self.pops.merge, self.timing, self.store.now)
        routed = {} if contact_center is None else dict.fromkeys(backends.centers, contact_center)
        self._deliveries = Deliveries({**self._backends, **routed}, self._targets, self._messages.sent)
        rows = WrapUpRows(profile, self.store.drain, self.clock, self._targets)
        self.outbox = Outbox(
            self.store,
            self._backend_calls,
            self._file.opened,
            self._deliver,
            source_of=targets.source,
            repeats=self._deliveries.repeats,
            says_who="contact_center" if contact_center is not None else "",
        )
        self.outbox.lost = lambda: self._file.lost
        self.cards = CardMasking()
        self.notes = Notes(
            self.store,
            self.timing,
            self._file.opened,
            facts_of=rows.facts,
            cards=self.cards,
            adopt=self.outbox.adopt,
            forget=self.outbox.forget,
            taken_up=self.pops.recall,
        )
        Handovers(self.store, self._backend_calls, contact_center, self.notes.text, self._background.spawn)
        self._file.mended += [self.notes.save_anew, self.supervisor.save_anew]
        self.outbox.heard, self.outbox.gone = self._heard, self.notes.parked_records.discarded
        self.outbox.left = self._messages.withdrawn
        self.wrap_ups = WrapUps(self.store, self.commands, self.notes, self.outbox, rows, self.cards, self._file.opened)
        self.canned = CannedReplies(self.store, self.timing)
        carried = frozenset(channel for sender in backends.senders.values() for channel in sender.channels)
        self.customer_messages = CustomerMessages(
            self.store, self.notes, self.outbox, rows, self._file.opened, self._background.spawn, carried
        )
        self.replies = Replies(
            self.store,
            self.notes,
            self.commands,
            self.timing,
            self._background.spawn,
            self.customer_messages,
            self.canned.signature,
        )
        self.commands.leaving = self.replies.send_held
        self.threads = Threads(self.store, self._backend_calls, contact_center, self._background.spawn)
        self.experts = Experts(self.store, self._file.opened)
        self.commands.asked.append(self.experts.asked)
        self.own_presence = [
            OwnPresence(self.store, self._backend_calls, one, source) for source, one in directories.items()
        ]
        if any(":" in source for source in backends.sources):
            self.store.publish(SourcesDeclared(backends.sources))

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
        if not await self._file.restore():
            self.outbox.cannot_be_read(self._file.problem)
            self._background.spawn(self._take_up_later())
        self._background.spawn(_warm_up())
        self._background.spawn(self.outbox.run())
        for own in self.own_presence:
            self._background.spawn(own.run())
        self._background.spawn(self.on_screen.run())
        self._background.spawn(self.supervisor.alerts.run())
        self._background.spawn(RetentionWatch(self.timing, self._file).run())
        self._background.spawn(ClockWatch(self.timing, self._clock_jumped).run())
        await self._connections.open()

    async def first_look(self, seconds: float, record_id: str = "") -> bool:
        """Wait until contact centres and directories gave their first snapshots; False when that took too long.

        Args:
            seconds: the longest to wait.
            record_id: what it is about: of several contact centres, only that of this one is waited for.
        """
        idle = {"messaging"} if not record_id else {"messaging", CENTRE}
        own = centre_of(self.store.state, record_id)
        feeds = [feed for one, feed in self.feeds.items() if one == own or Source.of(one).kind not in idle]
        waits = asyncio.gather(*(feed.connected_once.wait() for feed in feeds))
        await first_of(waits, self.timing.sleep(seconds))
        self.store.drain()
        return all(feed.connected_once.is_set() for feed in feeds)

    def retry(self) -> None:
        """Try again now to reach whatever could not be reached."""
        self._connections.retry()
        for desk in self._desks:
            desk.reading.trust()
        for source, feed in self.feeds.items():
            known = self.store.state.health.get(source)
            if known is None or known.health is not Health.LIVE:
                feed.restart()
        self.pops.retry_all()
        self.replies.retry_all()
        self.outbox.wake()

    def unsaved(self) -> tuple[Unsaved, ...]:
        """The words that are in memory only; what closing could not save stays in here."""
        return (*self.notes.unsaved(), *self.supervisor.unsaved())

    @property
    def safety(self) -> Sentence:
        """Whether the notes are safe, as a sentence that is so."""
        refused = next((one for one in self.unsaved() if one.problem), None)
        if refused is None:
            return Sentence("note.all_safe")
        return Sentence("note.not_saved", about=refused.about, why=refused.problem)

    async def close(self) -> None:
        """Save every draft, then let go of everything. May be called twice."""
        self.plugins.end()
        await self.replies.close()
        await self.wrap_ups.close()
        await asyncio.gather(self.notes.close(), self.supervisor.close())
        parts = (
            self._background.cancel(),
            self.canned.close(),
            self.search.close(),
            self.pops.close(),
            self.experts.close(),
            self.links.close(),
        )
        await asyncio.wait([asyncio.gather(*parts, return_exceptions=True)], timeout=2.0)
        await self._connections.close()
        await self._file.close()

    async def _restore(self) -> None:
        await self.links.load()
        await self.local.hide_cards()
        await self.notes.restore()
        await self.supervisor.restore()
        await self.outbox.load()
        await self.wrap_ups.load()
        await self.experts.load()
        await self._messages.load()

    async def _take_up_later(self) -> None:
        await self._file.take_up_later()
        await self.notes.flush()
        self.store.notice(Sentence("session.notes_saved_again"))

    def _heard(self, row: OutboxRow) -> None:
        self.notes.parked_records.learn(row)
        self._messages.heard(row)
        self.customer_messages.heard(row)

    # The backends

    def _one_centre(self, backends: Backends) -> ContactCenter | None:
        """The contact centre, or several as one."""
        sources = [one for one in backends.sources if Source.of(one).kind == "contact_center" and ":" in one]
        if sources:
            return ContactCenters(
                backends.centers,
                sources,
                self._backend_calls.begin,
                lambda call, source, seconds: self._backend_calls.ask(call, source, seconds=seconds, changing=False),
                self._left_out,
                lambda source: self.store.state.capabilities.get(source, frozenset()),
            )
        return next(iter(backends.centers.values()), None)

    def _left_out(self, error: BackendError) -> None:
        """Of several contact centres one did not answer what all were asked; that it is down is said elsewhere."""
        known = self.store.state.health.get(error.source)
        if known is not None and known.health is Health.LIVE:
            self.store.notice(Sentence("centre.left_out", source=error.source), "warning", error.source)

    def _by_source(self, backends: Backends) -> dict[str, Backend]:
        """Every backend by the name its events carry, those of a kind in order of precedence; the feeds of those."""
        made: dict[str, Backend] = {}
        made.update(backends.centers)
        several = self._contact_center if isinstance(self._contact_center, ContactCenters) else None
        for place, (source, centre) in enumerate(backends.centers.items()):
            self._feed(source, several.streams[source] if several else centre, tells_time=place == 0)
        made.update(backends.crms)
        for source, directory in backends.directories.items():
            made[source] = directory
            self._feed(source, directory)
        for source, sender in backends.senders.items():
            made[source] = sender
            if sender.manifest.capabilities & EVENTS:
                self._feed(source, sender, keep=self._messages.keep)
        if backends.voice is not None:
            made["voice"] = backends.voice
            self._feed("voice", backends.voice)
        return made

    def _feed(
        self,
        source: str,
        backend: EventSource,
        *,
        tells_time: bool = False,
        keep: Callable[[Envelope], Awaitable[None]] | None = None,
    ) -> None:
        self.feeds[source] = EventFeed(
            source, backend, self.store, self._backend_calls, tells_time=tells_time, keep=keep
        )

    def _reading(self, source: str) -> Reading:
        return Reading(self._backend_calls, source, lambda health, why: self._connections.say(source, health, why))

    def _opened(self, source: str, offered: frozenset[str]) -> bool:
        """A backend was opened: have its events, and send and ask what waited for it."""
        if Source.of(source).kind == "messaging" and not offered & {one.value for one in EVENTS}:
            self.feeds.pop(source, None)  # it could report, but is not set up to
        feed = self.feeds.get(source)
        if feed is not None:
            self._background.spawn(feed.run())
        for desk in self._desks:
            if desk.source == source:
                desk.reading.trust()
                self.pops.retry_all()
        self.outbox.wake()
        return feed is not None

    async def _deliver(self, row: OutboxRow) -> str:
        """Send a row; what comes of it also says whether its target can be reached."""
        source = self._targets.source(row.target) or row.target
        try:
            if source in self._backend_calls.closed:
                raise Unavailable(self._backend_calls.closed[source])
            receipt = await self._deliveries.deliver(row)
        except Unavailable as error:
            if source not in self._backend_calls.closed:
                self._say_of_target(source, Health.DOWN, own_words(error))
            raise
        self._say_of_target(source, Health.LIVE, NOTHING)
        return receipt

    def _say_of_target(self, source: str, health: Health, why: Sentence) -> None:
        if source in self._backends and source not in self.feeds:
            self._connections.say(source, health, why)

    async def _refresh(self, source: str = "") -> None:
        """Look at one contact centre, or at all; then it is enough that one can be seen."""
        wanted = [source] if source else [one for one in self.feeds if Source.of(one).kind == "contact_center"]
        feeds = [self.feeds[one] for one in wanted if one in self.feeds]
        failed = await asyncio.gather(*(feed.refresh() for feed in feeds), return_exceptions=True)
        errors = [one for one in failed if one is not None]
        if errors and len(errors) == len(feeds):
            raise errors[0]

    # What happens by itself

    def _clock_jumped(self, seconds: float) -> None:
        log.warning("the clock jumped by %.0f s", seconds)
        self.commands.own_state.must_prove = True
        for feed in self.feeds.values():
            feed.restart(heal=True)
        self.outbox.wake()
        self.store.publish(
            Noticed(
                Sentence("session.slept", seconds=abs(seconds)) + self.safety + Sentence("session.look_up"),
                "warning",
            )
        )

    def _stopped(self, _: BaseException) -> None:
        self.store.notice(Sentence("session.part_stopped") + self.safety, "error")


async def _warm_up() -> None:
    """Import what the first offer needs, aside from the loop, so that it need not wait for it."""
    await asyncio.to_thread(e164, "+441632960000")
