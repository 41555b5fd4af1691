"""`alerts`: what wants a supervisor now, by the rules of the profile; with --follow each change as it comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields

from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.contact_centers import ContactCenters
from desktop.app.connections.event_feed import EventFeed
from desktop.app.connections.event_source import EventSource
from desktop.app.storage.errors import StoreAbsent
from desktop.app.storage.local_store import LocalStore
from desktop.app.store import Store
from desktop.app.supervision.supervisor_desk import SupervisorDesk
from desktop.app.timing import Timing
from desktop.cli.connection import DEFAULT_TIMEOUT, Chosen, connected, usable_profile
from desktop.cli.exits import CommandError, Exit
from desktop.cli.loop import run as run_loop
from desktop.cli.output import emit, emit_line, say
from desktop.config.alerts import alerts_beside
from desktop.domain.alerts.engine import AlertEngine
from desktop.domain.alerts.rules import AlertSettings
from desktop.domain.entities.alert import Alert, AlertStep, step_between
from desktop.domain.entities.floor import Schedule
from desktop.domain.entities.words import Health
from desktop.domain.state.own_events import CapabilitiesKnown, SourcesDeclared
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Unavailable, Unsupported
from desktop.words.catalogue import in_words, tr

SOURCE = "contact_center"


def _not_kept() -> LocalStore:
    raise StoreAbsent(Sentence("store.nothing_kept"))


class _Floor:
    """The contact centre's floor as events make it, without anything else of a desktop."""

    def __init__(self, center: ContactCenter, offered: frozenset[str]) -> None:
        several = center if isinstance(center, ContactCenters) else None
        streams: Mapping[str, EventSource] = {SOURCE: center} if several is None else several.streams
        timing = Timing()
        self.store = Store(timing.clock)
        backend_calls = BackendCalls(timing, lambda told: say(in_words(told)))
        self.feeds = [
            EventFeed(source, stream, self.store, backend_calls, tells_time=place == 0)
            for place, (source, stream) in enumerate(streams.items())
        ]
        runner = CommandRunner(self.store, backend_calls, center, self._refresh)
        self.desk = SupervisorDesk(runner, center, _not_kept)
        self._live = asyncio.Event()
        self.store.listeners.append(self._notice_life)
        if several is not None:
            self.store.publish(SourcesDeclared(several.sources))
        for source in streams:
            known = offered if several is None else several.offered_at(source)
            self.store.publish(CapabilitiesKnown(known), source)

    async def first_look(self) -> None:
        """Wait for the first snapshot.

        Raises:
            CommandError: this is no supervisor, as the contact centre says.
        """
        await self._live.wait()  # the stream's own word comes a moment after the snapshot
        if not self.desk.open:
            raise CommandError(tr("Alerts are for supervisors, and this needs a supervisor account."), Exit.REFUSED)

    def _notice_life(self, _: AppState, state: AppState) -> None:
        known = [state.health[feed.source].health for feed in self.feeds if feed.source in state.health]
        decided = [one for one in known if one in (Health.LIVE, Health.DOWN)]
        if Health.LIVE in decided and len(decided) == len(self.feeds):
            self._live.set()

    async def _refresh(self, _: str) -> None:
        await asyncio.gather(*(feed.refresh() for feed in self.feeds))

    async def schedules(self) -> Mapping[str, Schedule] | None:
        """Today's, where the contact centre has any."""
        if not self.desk.offers(Capability.SCHEDULE):
            return None
        return (await self.desk.schedules.of_team()).value


def _plain(alert: Alert) -> Mapping[str, object]:
    return {one.name: getattr(alert, one.name) for one in fields(alert)} | {"text": in_words(alert.text)}


@asynccontextmanager
async def _floor(chosen: Chosen) -> AsyncIterator[tuple[_Floor, AlertSettings]]:
    profile = usable_profile(chosen)
    settings = alerts_beside(profile.path)
    for problem in settings.problems:
        say(in_words(problem))
    async with connected(profile, Kind.CONTACT_CENTER) as (backend, offered):
        if not isinstance(backend, ContactCenter):
            raise Unsupported(tr("This backend is no contact centre."))
        floor = _Floor(backend, offered)
        feeding = [asyncio.ensure_future(feed.run()) for feed in floor.feeds]
        try:
            async with asyncio.timeout(chosen.get("timeout", DEFAULT_TIMEOUT)):
                await floor.first_look()
            yield floor, settings
        finally:
            for one in feeding:
                one.cancel()
            await asyncio.wait(feeding)


async def _once(chosen: Chosen) -> None:
    async with _floor(chosen) as (floor, settings):
        engine = AlertEngine(settings.rules, fits=settings.fits, max_age=settings.max_age)
        now = floor.store.now()
        engine.look(floor.store.drain(), await floor.schedules(), now)
        pending = [
            {"rule": rule.name, "subject": about.id, "about": about.about, "since": since, "hold": rule.hold}
            for rule, about, since in engine.pending
        ]
        emit(
            {
                "at": now,
                "alerts": [_plain(one) for one in engine.alerts.values()],
                "pending": pending,
                "unknown": engine.blind,
                "rules": [rule.name for rule in settings.rules],
                "problems": [in_words(one) for one in settings.problems],
            }
        )


async def _follow(chosen: Chosen) -> None:
    left: int | None = chosen["count"]
    news: asyncio.Queue[tuple[str, Alert]] = asyncio.Queue()

    def compare(old: AppState, new: AppState) -> None:
        if old.alerts is new.alerts:
            return
        for key in old.alerts.keys() | new.alerts.keys():
            before, after = old.alerts.get(key), new.alerts.get(key)
            told = after or before
            step = step_between(before, after)
            if told is None or before is after or (step is AlertStep.CHANGED and not chosen["figures"]):
                continue
            news.put_nowait((step, told))

    async with _floor(chosen) as (floor, settings):
        floor.store.listeners.append(compare)
        watch = floor.desk.alerts
        watch.read_settings = lambda: settings
        watching = asyncio.ensure_future(watch.run())
        try:
            while left is None or left > 0:
                getting = asyncio.ensure_future(news.get())
                await asyncio.wait({getting, watching}, return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    getting.cancel()
                    raise Unavailable(tr("The alerts are no longer being watched."))
                change, alert = getting.result()
                emit_line({"at": floor.store.now(), "change": change, **_plain(alert)})
                left = left - 1 if left is not None else None
        finally:
            watching.cancel()
            await asyncio.wait({watching})


def run(chosen: Chosen) -> int:
    """Print what there is, or what comes until enough of it came or an interruption."""
    run_loop(_follow(chosen) if chosen["follow"] else _once(chosen))
    return Exit.OK
