"""Our numbers as one agent works them: what is in hand, what is offered, and the stream made of it.

Kannel brings each text to one place and keeps nothing of it. The desktops of a machine share a file of texts; whoever
has the lock beside it listens for Kannel, and when that desktop ends, the next one does. Each desktop takes the text
that has waited longest and that nobody has.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from filelock import FileLock, Timeout

from desktop.backends.kannel.contact import PERHAPS_SENT, Contact, shown, waiting
from desktop.backends.kannel.inbound import inbound, receiver, report
from desktop.backends.kannel.sender import DOUBT_SECONDS
from desktop.backends.kannel.settings import Settings
from desktop.backends.kannel.text_store import SENDING, StoredContact, TextStore, WaitingText
from desktop.backends.wire.event_log import EventLog
from desktop.backends.wire.listener import Listener, Push
from desktop.backends.wire.signed_in_agent import SignedInAgent
from desktop.domain.entities.model import Agent, Instant, Interaction, QueueStats
from desktop.domain.entities.words import Availability, Channel, DeliveryState, OfferEnd, Outcome, Phase
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Heartbeat,
    InteractionChanged,
    QueueChanged,
)
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable
from desktop.ports.kinds import Kind
from desktop.ports.threads import Threads

log = logging.getLogger(__name__)
T = TypeVar("T")

BEAT = 5.0
LOOK_EVERY = 0.25
"""Seconds after which it is seen what another desktop wrote."""
_ASIDE = 60.0  # seconds that a text is not offered again to whoever did not want it
_HEAD_SHOWN = 10
_KEPT = 5_000
_LONGEST_LABEL = 80


class SharedNumber:
    """See the module."""

    def __init__(
        self,
        known: Settings,
        *,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = known
        self.gateway = known.sender.gateway
        self.contacts: dict[str, Contact] = {}
        self.me = SignedInAgent(known.agent, known.agent_name, Channel.SMS, known.capacity, tuple(known.queues), clock)
        self._clock, self._monotonic = clock, monotonic
        self._version = int(clock() * 1_000)
        self._desk = secrets.token_hex(8)  # this life of the desktop, by which its offers are known
        self._store = TextStore(known.folder)
        self._threads = Threads("file of texts", most=1)
        place = known.callbacks
        self._listener = Listener(place.host, place.port, place.secret, self._called)
        self._turn = FileLock(known.folder / "listening.lock", mode=0o660, thread_local=False)
        self._waiting: tuple[WaitingText, ...] = ()
        self._why: dict[str, OfferEnd] = {}  # what we did about an offer
        self._aside: dict[str, float] = {}  # contacts, and until when
        self._gone: dict[str, None] = {}
        self._told_queues: Mapping[str, tuple[object, ...]] = {}
        self._log = EventLog(Kind.CONTACT_CENTER.value)
        self._looking = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._news = asyncio.Event()
        self._runs: asyncio.Task[None] | None = None
        self._closed = False

    # -- the connection

    async def connect(self) -> None:
        """Open the file, listen for Kannel unless another desktop does, and look at the texts from then on."""
        if self._closed:
            raise Unavailable("The connection to Kannel is closed.")
        async with self._opening:
            if self._runs is not None:
                return
            await self._do(self._store.open, self.settings.keep_days, self.now())
            await self._listen()
            if not self._closed:
                self._log = EventLog(Kind.CONTACT_CENTER.value)
                self._runs = asyncio.ensure_future(self._run())

    async def _listen(self) -> None:
        if self._turn.is_locked or self._closed:
            return
        try:
            self._turn.acquire(timeout=0)
        except Timeout:
            return  # another desktop listens
        except OSError as error:
            raise Unavailable("The folder of the texts cannot be written to.", type(error).__name__) from error
        try:
            await self._listener.start()
        except BaseException:
            self._turn.release()
            raise

    async def _run(self) -> None:
        try:
            beat = self._monotonic()
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._news.wait()
                heard = self._news.is_set()
                self._news.clear()
                changed = await self._threads.read(self._store.has_changed)
                beats = self._monotonic() - beat >= BEAT
                if heard or changed or beats or self._is_late():
                    await self.look()
                if beats:
                    beat = self._monotonic()
                    await self._listen()
                    await self.gateway.reach()
                    self._log.sign(Heartbeat(self.now(), self._log.head), self.now())
        except BackendError as error:
            self._lost(error)
        except Exception:
            log.exception("kannel: looking at the texts failed")
            self._lost(Unavailable("The texts could not be looked at."))

    def _is_late(self) -> bool:
        """Whether the time of an offer is over."""
        deadlines = [one.shown.offer_deadline for one in self.contacts.values() if one.shown.phase is Phase.OFFERED]
        return any(one is not None and one <= self.now() for one in deadlines)

    def _lost(self, error: BackendError) -> None:
        self._runs = None
        self._log.end(error)

    async def close(self) -> None:
        """Give back what is offered, and leave. What is in hand stays the agent's."""
        if self._closed:
            return
        self._closed = True
        runs, self._runs = self._runs, None
        if runs is not None:
            runs.cancel()
        with contextlib.suppress(BackendError, TimeoutError):
            async with asyncio.timeout(0.2):
                for contact in [one for one in self.contacts.values() if one.shown.phase is Phase.OFFERED]:
                    await self._do(self._store.give_back, contact.id, self._desk, self.now())
        await self._listener.stop()
        if self._turn.is_locked:
            self._turn.release()
        with contextlib.suppress(BackendError, TimeoutError):
            async with asyncio.timeout(0.2):
                await self._do(self._store.close)
        self._threads.close()
        self._log.end(Unavailable("The connection to Kannel is closed."))
        await self.gateway.close()

    async def _do(self, call: Callable[..., T], *args: object) -> T:
        """Change the file, on a thread; whoever waits for it no more leaves it to itself."""
        return await self._threads.change(call, *args)

    # -- what Kannel says

    async def _called(self, push: Push) -> HTTPStatus:
        """Answers when it is on disk: only then may Kannel forget it."""
        try:
            if push.what == "in":
                message = inbound(push.fields, self.now())
                if message is None:
                    return HTTPStatus.BAD_REQUEST
                label = push.fields.get("queue", "").encode("latin-1").decode("utf-8", "replace")[:_LONGEST_LABEL]
                await self._do(self._store.take_in, message, receiver(push.fields), label)
            elif push.what == "dlr":
                news = report(push.fields, self.now())
                if news is None:
                    return HTTPStatus.BAD_REQUEST
                await self._do(self._store.learn, news)
            else:
                return HTTPStatus.NOT_FOUND
        except BackendError as error:
            log.warning("kannel: what Kannel brought could not be kept: %s", error.detail)
            return HTTPStatus.SERVICE_UNAVAILABLE  # it comes again
        self._news.set()
        return HTTPStatus.OK

    # -- what is told

    def now(self) -> Instant:
        """The time, for people."""
        return self._clock()

    async def snapshot(self) -> Envelope:
        """See that Kannel is there, look at the texts, and tell all."""
        await self.gateway.check()
        await self.connect()
        async with self._looking:
            await self._look()
            return self._log.numbered(self._picture(), self.now())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """See `ContactCenter.events`."""
        await self.gateway.check()
        await self.connect()
        current = self._log
        yield current.envelope(Heartbeat(self.now(), current.head), self.now())
        async with contextlib.aclosing(current.follow(after, self.now())) as stream:
            async for one in stream:
                yield one

    def tell_agent(self) -> Agent:
        """The agent changed."""
        agent = self.me.shown(self.in_use())
        self._log.add(AgentChanged(agent), self.now())
        return agent

    def in_use(self) -> int:
        """How many contacts take the agent's capacity."""
        return sum(1 for one in self.contacts.values() if not one.shown.parked)

    def _picture(self) -> ContactCenterSnapshot:
        return ContactCenterSnapshot(
            me=self.settings.agent,
            interactions=tuple(one.shown for one in self.contacts.values()),
            agents=(self.me.shown(self.in_use()),),
            queues=tuple(self._figures().values()),
            codes=self.settings.codes,
            reasons=self.settings.reasons,
        )

    def _figures(self) -> dict[str, QueueStats]:
        free: dict[str, list[WaitingText]] = {queue: [] for queue in self.settings.queues}
        for one in self._waiting:
            free[self.settings.queue(one.number, one.label)].append(one)
        found = {}
        for queue, ones in free.items():
            self._version += 1
            head = tuple(waiting(one) for one in ones[:_HEAD_SHOWN])
            found[queue] = QueueStats(
                name=queue,
                version=self._version,
                as_of=self.now(),
                waiting=len(ones),
                longest_since=ones[0].began if ones else None,
                head=head,
                to_pull=head,
            )
        return found

    def _tell_queues(self) -> None:
        figures = self._figures()
        told: dict[str, tuple[object, ...]] = {name: (one.waiting, one.head) for name, one in figures.items()}
        for name, one in figures.items():
            if self._told_queues.get(name) != told[name]:
                self._log.add(QueueChanged(one), self.now())
        self._told_queues = told

    # -- the agent

    def choose(self, availability: Availability, reason: str) -> None:
        """Be available, or not."""
        self.me.choose(availability, reason)
        self._news.set()

    def _settle_next(self) -> None:
        """What was asked for after the current work."""
        if self.me.next is not None and not any(not one.shown.parked for one in self.contacts.values()):
            self.choose(*self.me.next)
            self.tell_agent()

    # -- looking

    async def look(self) -> None:
        """See what is new, put back what was not answered in time, and ask for the next text."""
        async with self._looking:
            await self._look()
            if await self._expire() or await self._ask_for_one():
                await self._look()

    async def _look(self) -> None:
        versions = {one.id: one.stored.version for one in self.contacts.values()}
        seen = await self._threads.read(self._store.look, self.settings.agent, self._desk, versions, self.now())
        for contact_id, phase in seen.gone.items():
            self._drop(self.contacts[contact_id], phase)
        for stored in seen.changed:
            self._show(stored)
        self._waiting = tuple(one for one in seen.waiting if self.settings.queue(one.number, one.label))
        self._tell_queues()
        self._settle_next()

    def _show(self, stored: StoredContact) -> None:
        now = shown(stored, self.settings)
        before = self.contacts.get(stored.id)
        change, reason = _change(before.shown if before is not None else None, now, stored)
        if before is None:
            self.contacts[stored.id] = Contact(stored, now)
            self._gone.pop(stored.id, None)
        else:
            before.stored, before.shown = stored, now
        self._log.add(InteractionChanged(change, now, reason), self.now())

    def _drop(self, contact: Contact, phase: Phase) -> None:
        """It is not the agent's any more, or closed."""
        del self.contacts[contact.id]
        self._gone[contact.id] = None
        while len(self._gone) > _KEPT:
            del self._gone[next(iter(self._gone))]
        was = contact.shown
        version = was.version + 1
        if was.phase is Phase.OFFERED:
            over = phase is Phase.CLOSED
            why = self._why.pop(contact.id, OfferEnd.ABANDONED if over else OfferEnd.RESCINDED)
            contact.shown = replace(
                was,
                version=version,
                phase=Phase.CLOSED if over else Phase.QUEUED,
                phase_since=self.now(),
                agent_id=None,
                offer_deadline=None,
                outcome=Outcome.ABANDONED if over else None,
            )
            self._log.add(InteractionChanged(Change.OFFER_ENDED, contact.shown, why.value), self.now())
            return
        contact.shown = replace(
            was, version=version, phase=Phase.CLOSED, phase_since=self.now(), outcome=Outcome.HANDLED
        )
        self._log.add(InteractionChanged(Change.CLOSED, contact.shown), self.now())

    async def _expire(self) -> bool:
        late = [
            one
            for one in self.contacts.values()
            if one.shown.phase is Phase.OFFERED and (one.shown.offer_deadline or 0.0) <= self.now()
        ]
        for contact in late:
            self._put_aside(contact.id)
            self._why[contact.id] = OfferEnd.MISSED
            await self._do(self._store.give_back, contact.id, self._desk, self.now())
            self.me.miss()
            self.tell_agent()
        return bool(late)

    async def _ask_for_one(self) -> bool:
        """Ask for the text that has waited longest, if the agent may be offered one."""
        if self.me.availability is not Availability.AVAILABLE or self.in_use() >= self.settings.capacity:
            return False
        if any(one.shown.phase is Phase.OFFERED for one in self.contacts.values()):
            return False
        free = [one.id for one in self._waiting if self._aside.get(one.id, 0.0) <= self._monotonic()]
        if not free:
            return False
        now = self.now()
        deadline = now + self.settings.offer_seconds
        return await self._do(self._store.offer, free, self.settings.agent, self._desk, now, deadline)

    def _put_aside(self, contact_id: str) -> None:
        self._aside[contact_id] = self._monotonic() + _ASIDE
        while len(self._aside) > _KEPT:
            del self._aside[next(iter(self._aside))]

    # -- work

    async def contact(self, interaction_id: str) -> Contact:
        """One of ours.

        Raises:
            Conflict: it was.
            NotFound: nobody knows it.
        """
        await self.connect()
        if interaction_id not in self.contacts:
            await self.look()
        found = self.contacts.get(interaction_id)
        if found is None:
            if interaction_id in self._gone:
                raise Conflict("The text is not yours any more.")
            raise NotFound("There is no such text.")
        return found

    async def accept(self, contact: Contact) -> Interaction:
        """Have the offered one for good."""
        await self._do(self._store.accept, contact.id, self.settings.agent, self._desk, self.now())
        return await self._after(contact)

    async def decline(self, contact: Contact) -> Interaction:
        """Put an offer back."""
        self._put_aside(contact.id)
        self._why[contact.id] = OfferEnd.DECLINED
        if not await self._do(self._store.give_back, contact.id, self._desk, self.now()):
            raise Conflict("The text is not offered any more.")
        return await self._after(contact)

    async def pull(self, interaction_id: str) -> Interaction:
        """Take one that waits.

        Raises:
            Conflict: another has it, or there is no room for it.
            NotFound: nobody knows it.
        """
        await self.connect()
        if self.in_use() >= self.settings.capacity:
            raise Conflict("You have no room for another text.")
        await self._do(self._store.pull, interaction_id, self.settings.agent, self.now())
        await self.look()
        return (await self.contact(interaction_id)).shown

    async def park(self, contact: Contact, *, on: bool) -> Interaction:
        """Put it aside, or take it up."""
        if not on and self.in_use() >= self.settings.capacity:
            raise Conflict("You have no room for another text.")
        await self._do(self._store.park, contact.id, self.settings.agent, self.now() if on else None)
        return await self._after(contact)

    async def end(self, contact: Contact) -> Interaction:
        """The work with the customer is over."""
        await self._do(self._store.end, contact.id, self.settings.agent, self.now())
        return await self._after(contact)

    async def finish(self, contact: Contact, codes: tuple[str, ...]) -> Interaction:
        """The wrap-up is done."""
        await self._do(self._store.finish, contact.id, self.settings.agent, codes, self.now())
        return await self._after(contact)

    async def mark_seen(self, contact: Contact, message_id: str) -> Interaction:
        """The message and all before it are read.

        Raises:
            NotFound: there is no such message.
        """
        of = message_id.removesuffix("#why")
        seq = next((one.seq for one in contact.stored.texts if one.id == of), None)
        if seq is None:
            raise NotFound("There is no such message.")
        await self._do(self._store.mark_seen, contact.id, self.settings.agent, seq)
        return await self._after(contact)

    async def reply(self, contact: Contact, text: str, *, key: str) -> Interaction:
        """Send a text, once under its key.

        Raises:
            OutcomeUnknown: Kannel did not say whether it took it.
            Rejected: as that, and no report came since; or it cannot be sent at all.
        """
        known = await self._threads.read(self._store.reply, key)
        if known is None:
            await self._send(contact, text, key)
        elif known.state in {SENDING, DeliveryState.UNKNOWN}:
            if self.now() - known.at < DOUBT_SECONDS:
                raise OutcomeUnknown("Kannel did not say whether it took the message; a report may still tell.")
            raise Rejected(PERHAPS_SENT)
        return await self._after(contact)

    async def _send(self, contact: Contact, text: str, key: str) -> None:
        sender, stored = self.settings.sender, contact.stored
        fitted = sender.fitted(stored.customer, text)
        if contact.opted_out:
            raise Rejected("The customer wrote that they want no more messages.")
        await self._do(self._store.begin_reply, stored.id, self.settings.agent, key, fitted.text, self.now())
        try:
            await sender.submit(key, stored.customer, fitted, name=stored.number)
        except OutcomeUnknown:
            await self._note(self._store.settle_reply, key, DeliveryState.UNKNOWN)
            self._news.set()
            raise
        except BackendError:
            await self._note(self._store.withdraw_reply, key)
            raise
        await self._note(self._store.settle_reply, key, DeliveryState.QUEUED)

    async def _note(self, call: Callable[..., None], *args: object) -> None:
        """Write what became of a reply. Where that fails it stays "being sent", and so is not known in the end."""
        try:
            await self._do(call, *args)
        except BackendError as error:
            log.warning("kannel: what became of a reply could not be kept: %s", error.detail)

    async def _after(self, contact: Contact) -> Interaction:
        await self.look()
        return contact.shown


def _change(before: Interaction | None, now: Interaction, stored: StoredContact) -> tuple[Change, str]:
    was = before.phase if before is not None else None
    if was is not now.phase:
        if now.phase is Phase.OFFERED:
            return Change.OFFERED, ""
        if now.phase is Phase.ACTIVE:
            return Change.CONNECTED, "" if was is Phase.OFFERED else "restored"
        return Change.WRAP_UP, "customer_left" if stored.opted_out else "agent_ended"
    if before is not None and before.parked is not now.parked:
        return Change.UPDATED, "parked" if now.parked else "taken_up"
    return Change.UPDATED, "message"
