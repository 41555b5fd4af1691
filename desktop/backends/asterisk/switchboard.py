"""The connection to one Asterisk and all that it has told: link, calls, queues, and the stream made of them."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

from desktop.backends.asterisk.ami.background import BackgroundTasks
from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.ami.link import Link
from desktop.backends.asterisk.ami.server_clock import ServerClock
from desktop.backends.asterisk.model.call_details import NOTE, call_details
from desktop.backends.asterisk.model.calls import Calls
from desktop.backends.asterisk.model.channels import HELD, MUTED, read_calls
from desktop.backends.asterisk.model.contact import Contact
from desktop.backends.asterisk.model.floor import Floor
from desktop.backends.asterisk.model.recordings import FILE, PAUSED
from desktop.backends.asterisk.rights import permitted
from desktop.backends.asterisk.settings import Settings
from desktop.backends.wire.event_log import EventLog
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Phase, Role
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Heartbeat,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.floor_events import FloorChanged
from desktop.ports.errors import BackendError, NotFound, OutcomeUnknown, Unavailable

log = logging.getLogger(__name__)

FLOOR_PAUSE = 0.05  # seconds within which what changes on the floor is told together
EFFECT_SECONDS = 4.0
FIGURES_EVERY = 10.0


class Switchboard:
    """Reads along while the link is up; reconnects when it is asked for something and the link is down."""

    def __init__(self, settings: Settings, source: str, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.calls = Calls(settings, self._told)
        self.floor = Floor(settings, self.calls)
        self.actions: frozenset[str] = frozenset()  # what this manager user may do, in lower case
        self.heard: list[Callable[[Change, Contact, str], None]] = []
        self.own: dict[str, object] = {}  # fields of the agent's own record that the queues do not know
        self._source = source
        self._supervises = settings.role is Role.SUPERVISOR
        self._clock = ServerClock(clock)
        self._errands = BackgroundTasks()
        self.now = self._clock.now  # the server's time
        self.spawn = self._errands.spawn
        self._link: Link | None = None
        self._journal = EventLog(source)
        self._lock = asyncio.Lock()
        self._touched: set[str] | None = None  # channels and members of which events told while a list was read
        self._version = 0
        self._changed: asyncio.Event = asyncio.Event()
        self._closed = False
        self._floor_due: asyncio.TimerHandle | None = None
        self.restored: Callable[[], Coroutine[Any, Any, None]] | None = None  # called after each new connection

    async def link(self) -> Link:
        """The link, made anew when it is lost.

        Raises:
            BackendError: it cannot be made.
        """
        if self._link is not None and self._link.is_up:
            return self._link
        async with self._lock:
            if self._closed:
                raise Unavailable("The connection to the telephone system is closed.")
            if self._link is None or not self._link.is_up:
                # Not before it is whole: who asked in between would follow a link that may still be given up.
                self._link = await self._connect()
            return self._link

    async def close(self) -> None:
        """Hang up, for good."""
        self._closed = True
        if self._floor_due is not None:
            self._floor_due.cancel()
        await self._errands.end()
        self._journal.end(Unavailable("The connection is closed."))
        if self._link is not None:
            await self._link.close()

    async def act(self, action: str, *fields: tuple[str, str]) -> Message:
        """Send an action that changes something.

        Raises:
            BackendError: it was refused, or nobody knows what became of it.
        """
        return await (await self.link()).act(action, *fields, changing=True)

    async def ask(self, variable: str, channel: str = "") -> str:
        """The value of a variable or function, global or of a channel; "" when there is none."""
        fields = [("Variable", variable), *([("Channel", channel)] if channel else [])]
        value = (await (await self.link()).act("Getvar", *fields))["Value"]
        return "" if value == "(null)" else value

    async def snapshot(self) -> Envelope:
        """Everything as the server says it is now."""
        link = await self.link()
        async with self._lock:
            await self._read_all(link)
        return self._journal.numbered(self._picture(), self.now())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """The stream after a position; ends with an error when the link is lost."""
        await self.link()
        async with aclosing(self._journal.follow(after, self.now())) as stream:
            async for envelope in stream:
                yield envelope

    def contact(self, interaction_id: str) -> Contact:
        """A contact by its id.

        Raises:
            NotFound: it is over, or never was ours.
        """
        found = self.calls.contacts.get(interaction_id)
        if found is None:
            raise NotFound("The contact is over, or is not with you.")
        return found

    def is_mine(self, contact: Contact) -> bool:
        """Whether it is this agent's own; a supervisor's desktop knows others' too."""
        return contact.interaction.agent_id == self.settings.interface

    async def until(self, true: Callable[[], bool], what: str, *, seconds: float = EFFECT_SECONDS) -> None:
        """Wait until events have made something true.

        Raises:
            OutcomeUnknown: they did not in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise OutcomeUnknown("The telephone system does not show it.", what) from None

    def tell(self, change: Change, contact: Contact, reason: str = "") -> Interaction:
        """Put the contact as it is now into the stream, under a new version."""
        self._version += 1
        contact.change(version=self._version)
        if self.is_mine(contact) or contact.interaction.agent_id is None:
            self._journal.add(InteractionChanged(change, contact.interaction, reason), self.now())
        if self._supervises:
            self._floor_soon()
        self._changed.set()
        return contact.interaction

    def tell_floor(self, reason: str = "") -> None:
        """Put whatever changed about agents and queues into the stream."""
        if self._floor_due is not None:
            self._floor_due.cancel()
            self._floor_due = None
        at = self.now()
        agents, queues = self.floor.changed_agents(at, self.own), self.floor.changed_queues(at)
        mine = self.settings.interface
        for agent in agents:
            if agent.id == mine or not self._supervises:
                self._journal.add(AgentChanged(agent, reason), at)
        if self._supervises:
            others = tuple(one for one in agents if one.id != mine)
            if others or queues:
                self._journal.add(FloorChanged(others, tuple(queues)), at)
        else:
            for queue in queues:
                self._journal.add(QueueChanged(queue), at)
        self._changed.set()

    def _floor_soon(self) -> None:
        """A hundred members change within one breath when a queue is busy: told together."""
        if self._floor_due is None:
            self._floor_due = asyncio.get_running_loop().call_later(FLOOR_PAUSE, self.tell_floor)

    def me(self) -> Agent:
        """The agent's own record."""
        agents = self.floor.agents(self.now(), self.own)
        return next(one for one in agents if one.id == self.settings.interface)

    # The link

    async def _connect(self) -> Link:
        journal = self._journal = EventLog(self._source)
        link = await Link.open(self.settings.place, self._event, journal.end)
        try:
            self.actions = await permitted(link)
            self._clock.set((await link.act("Ping"))["Timestamp"])
            self.floor.count(await link.listing("QueueStatus"), self.now())
            self.floor.book.begin(self.now())
            await self._read_all(link)
            if self._closed:
                raise Unavailable("The connection to the telephone system is closed.")
        except BaseException:
            await link.close()
            raise
        self.spawn(self._keep_alive(link))
        if self.restored is not None:
            self.spawn(self.restored())
        return link

    async def _read_all(self, link: Link) -> None:
        """Read what there is. What happens meanwhile is told by events, which are newer than what the list says."""
        touched: set[str] = set()
        self._touched = touched
        names = ",".join((*self.settings.attributes, HELD, MUTED, FILE, PAUSED))
        try:
            queues = await link.listing("QueueStatus")
            channels = await link.listing("Status", ("Variables", names))
        finally:
            self._touched = None
        at = self.now()
        self.floor.read(queues, at, touched)
        gone = read_calls(self.settings, self.calls, channels, at, touched)
        for contact in self.calls.contacts.values():
            self._version += 1
            contact.change(version=self._version)
            if not contact.interaction.phone_call and contact.interaction.phase is not Phase.WRAP_UP:
                self.spawn(self._complete(contact))
        for contact in gone:
            self.calls.ended_unseen(contact, self.now())

    async def _keep_alive(self, link: Link) -> None:
        figures_due = self._clock.ours() + FIGURES_EVERY

        def alive(timestamp: str) -> None:
            nonlocal figures_due
            self._clock.set(timestamp)
            at = self.now()
            self.calls.settle(at)
            self.floor.book.run(at)
            self._journal.sign(Heartbeat(at, self._journal.head), at)
            if self._clock.ours() >= figures_due:
                figures_due = self._clock.ours() + FIGURES_EVERY
                self.spawn(self._count(link))

        await link.keep_alive(asyncio.sleep, alive)

    async def _count(self, link: Link) -> None:
        """The server's own counters, which no event tells; and what time alone changes."""
        with contextlib.suppress(BackendError):
            self.floor.count(await link.listing("QueueStatus"), self.now())
            self.floor.forget_told()
            self.tell_floor()

    def _event(self, message: Message) -> None:
        if self._touched is not None:
            self._touched |= {message[key] for key in ("Uniqueid", "DestUniqueid", "Interface", "SpyeeUniqueid")}
            self._touched.discard("")
        at = self._clock.read(message["Timestamp"])
        try:
            self.calls.apply(message, at)
            if self.floor.apply(message, at):
                self._floor_soon()
        except Exception:  # one event that nobody thought of must not end the agent's day
            log.exception("asterisk: an event of kind %r could not be taken in", message["Event"][:40])
        self._changed.set()

    def _told(self, change: Change, contact: Contact, reason: str) -> None:
        self.tell(change, contact, reason)
        if change is Change.OFFERED or reason == "ringing":
            self.spawn(self._complete(contact))
        for listener in tuple(self.heard):
            listener(change, contact, reason)

    async def _complete(self, contact: Contact) -> None:
        call, told = await call_details(await self.link(), contact, self.settings.attributes)
        subject = told.pop(NOTE, contact.interaction.subject)
        attached = {**contact.interaction.attributes, **told}
        if contact.interaction.id in self.calls.contacts and (call or attached != contact.interaction.attributes):
            contact.change(attributes=attached, phone_call=call, subject=subject)
            self.tell(Change.UPDATED, contact, "attributes")

    def _picture(self) -> ContactCenterSnapshot:
        at, settings = self.now(), self.settings
        shown = [one.interaction for one in self.calls.contacts.values() if self.is_mine(one)]
        return ContactCenterSnapshot(
            me=settings.interface,
            interactions=tuple(shown),
            agents=tuple(self.floor.agents(at, self.own)),
            queues=tuple(self.floor.queues(at)),
            codes=settings.codes,
            reasons=settings.reasons,
            zone=settings.zone,
        )
