"""The stream of events: the worker channel, looks at running calls and at queues, and a sign of life between them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Protocol

from desktop.backends.twilio.api.account import Desk
from desktop.backends.twilio.api.link import RENEW_AT, Link, Message
from desktop.backends.twilio.api.records import reservation_of, task_of, worker_of
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.api.worker_token import worker_token
from desktop.backends.twilio.contacts import Contacts
from desktop.backends.twilio.me import Me
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Role
from desktop.domain.state.events import AgentChanged, Envelope, Event, Gap, Heartbeat, InteractionChanged, QueueChanged
from desktop.domain.state.floor_events import FloorChanged
from desktop.ports.base import Kind
from desktop.ports.errors import BackendError, ProtocolError, Unavailable

log = logging.getLogger(__name__)


class Center(Protocol):
    """What the stream needs of the contact centre."""

    desk: Desk
    clock: ServerClock
    contacts: Contacts
    me: Me

    async def look_at_calls(self) -> None:
        """See who is on the line of each call."""

    async def look_at_threads(self) -> None:
        """See what is new in the conversations whose turn it is."""

    async def queue_figures(self) -> Sequence[QueueStats]:
        """How our queues stand now."""

    async def team_changes(self) -> Sequence[Agent]:
        """Who of the others changed since the last look, for a supervisor."""


class Pushes:
    """The events of one contact centre. One stream at a time; a newer one takes over."""

    def __init__(self, center: Center) -> None:
        """Nothing is opened yet."""
        self._center = center
        self._inbox: asyncio.Queue[Envelope | BaseException] = asyncio.Queue()
        self._look_at_calls, self._look_at_threads = asyncio.Event(), asyncio.Event()
        self._was_connected = False
        self._told_agent: Agent | None = None

    # -- telling

    def _put(self, event: Event) -> None:
        self._inbox.put_nowait(Envelope(Kind.CONTACT_CENTER.value, event, self._center.clock.now()))

    def tell(self) -> None:
        """Say what has changed since it was last said."""
        for change, interaction, reason in self._center.contacts.untold():
            self._put(InteractionChanged(change, interaction, reason))

    def tell_agent(self, agent: Agent) -> None:
        """Say how the agent is, unless that was said."""
        if agent is not self._told_agent:
            self._told_agent = agent
            self._put(AgentChanged(agent))

    def look_at_threads_now(self) -> None:
        """Something was written: do not wait for the next look."""
        self._look_at_threads.set()

    def end(self) -> None:
        """End the stream: the backend is closed."""
        self._inbox.put_nowait(Unavailable("The connection to Twilio was closed."))

    # -- the stream

    async def follow(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """The envelopes, until the channel is lost; what happened before is not among them."""
        link = await self._open()
        self._inbox = asyncio.Queue()
        if after is not None or self._was_connected:
            self._put(Gap("Twilio does not repeat what happened while we were away."))
        else:
            self._beat()
        self._was_connected = True
        self.tell()
        center = self._center
        work = (
            self._hold_link(link),
            self._watch(center.look_at_calls, self._look_at_calls),  # the channel does not tell of conferences
            self._watch(center.look_at_threads, self._look_at_threads),  # nor of what is written
            self._watch_queues(),
        )
        tasks = [asyncio.ensure_future(self._guarded(one)) for one in work]
        inbox = self._inbox
        try:
            while True:
                one = await inbox.get()
                if isinstance(one, BaseException):
                    raise one
                yield one
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, work: Awaitable[None]) -> None:
        inbox = self._inbox
        try:
            await work
        except Exception as error:
            inbox.put_nowait(error)

    async def _open(self) -> Link:
        desk = self._center.desk
        token = worker_token(desk, self._center.clock.now())
        return await Link.open(desk.events_url, token, desk.account.ca_file, desk.account.proxy)

    def _beat(self) -> None:
        self._put(Heartbeat(self._center.clock.now(), 0))

    async def _hold_link(self, link: Link) -> None:
        """Read the channel, and move to a fresh one before its token ends; the old one is read until then."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                renew = loop.time() + link.lives * RENEW_AT
                reading = asyncio.ensure_future(self._read(link))
                beating = asyncio.ensure_future(link.beat(self._beat))
                try:
                    done, _ = await asyncio.wait(
                        {reading, beating}, timeout=renew - loop.time(), return_when=asyncio.FIRST_COMPLETED
                    )
                    for task in done:
                        task.result()
                    if done:
                        raise Unavailable("The connection to Twilio ended.")
                    fresh = await self._open()
                finally:
                    reading.cancel()
                    beating.cancel()
                    await asyncio.gather(reading, beating, return_exceptions=True)
                link.close()
                link = fresh
                self._put(Gap("Twilio's channel was opened anew with a fresh token."))
        finally:
            link.close()

    async def _read(self, link: Link) -> None:
        async for message in link.messages():
            try:
                await self._take(message)
            except (ProtocolError, KeyError) as error:
                log.info("an event of Twilio's was not understood: %s", getattr(error, "detail", ""))
                self._put(Gap("An event of Twilio's could not be read."))
            self.tell()

    async def _take(self, message: Message) -> None:
        kind, payload = message
        now = self._center.clock.now()
        if isinstance(payload, ProtocolError):
            raise payload
        if kind.startswith("reservation."):
            reservation = reservation_of(payload, now)
            inside = payload.get("task") if isinstance(payload, dict) else None
            task = task_of(inside, now) if inside is not None else None
            if reservation.worker_sid != self._center.desk.worker:
                return
            if not self._center.contacts.take_reservation(reservation, task):
                self._put(Gap("An offer came without its task."))
            self._look_at_calls.set()
            self._look_at_threads.set()
        elif kind in ("task.updated", "task.wrapup", "task.completed", "task.canceled"):
            self._center.contacts.take_task(task_of(payload, now))
        elif kind == "worker.activity.update":
            self.tell_agent(self._center.me.agent(worker_of(payload, now)))

    async def _watch(self, look: Callable[[], Awaitable[None]], sooner: asyncio.Event) -> None:
        """Look again and again, and at once when it is said that something has happened."""
        while True:
            sooner.clear()
            try:
                await look()
                self.tell()
            except BackendError as error:
                log.info("a look at what is in hand failed: %s", error.detail or error.message)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the event.
                async with asyncio.timeout(self._center.desk.call_seconds):
                    await sooner.wait()

    async def _watch_queues(self) -> None:
        while True:
            await asyncio.sleep(self._center.desk.queue_seconds)
            try:
                figures = await self._center.queue_figures()
                if self._center.desk.role is Role.SUPERVISOR:
                    self._put(FloorChanged(tuple(await self._center.team_changes()), tuple(figures)))
                    continue
                for one in figures:
                    self._put(QueueChanged(one))
            except BackendError as error:
                log.info("a look at the queues failed: %s", error.detail or error.message)
