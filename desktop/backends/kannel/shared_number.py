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
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from filelock import FileLock, Timeout

from desktop.backends.kannel.contact import PERHAPS_SENT, Contact, shown, waiting
from desktop.backends.kannel.inbound import inbound, receiver, report
from desktop.backends.kannel.sender import DOUBT_SECONDS
from desktop.backends.kannel.settings import Settings
from desktop.backends.kannel.text_store import SENDING, StoredContact, TextStore, WaitingText
from desktop.backends.wire.agent_desk import HEAD_SHOWN, AgentDesk, change_between
from desktop.backends.wire.listener import Listener, Push
from desktop.domain.entities.model import Instant, Interaction, QueueStats
from desktop.domain.entities.words import Channel, DeliveryState, OfferEnd, Outcome, Phase
from desktop.domain.state.events import Change, Envelope
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable
from desktop.ports.threads import Threads

log = logging.getLogger(__name__)
T = TypeVar("T")

BEAT = 5.0
LOOK_EVERY = 0.25
"""Seconds after which it is seen what another desktop wrote."""
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
        self._news = asyncio.Event()
        self.desk: AgentDesk[Contact] = AgentDesk(
            known.desk, Channel.SMS, "text", clock=clock, monotonic=monotonic, chosen=self._news.set
        )
        self._monotonic = monotonic
        self._agent = known.desk.agent
        self._life = secrets.token_hex(8)  # of this desktop, by which its offers are known
        self._store = TextStore(known.folder)
        self._threads = Threads("file of texts", most=1)
        place = known.callbacks
        self._listener = Listener(place.host, place.port, place.secret, self._called)
        self._turn = FileLock(known.folder / "listening.lock", mode=0o660, thread_local=False)
        self._waiting: tuple[WaitingText, ...] = ()
        self._why: dict[str, OfferEnd] = {}  # what we did about an offer
        self._looking = asyncio.Lock()
        self._opening = asyncio.Lock()
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
            await self._do(self._store.open, self.settings.keep_days, self.desk.now())
            await self._listen()
            if not self._closed:
                self.desk.begin()
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
                if heard or changed or beats or self.desk.late:
                    await self.look()
                if beats:
                    beat = self._monotonic()
                    await self._listen()
                    await self.gateway.reach()
                    self.desk.beat()
        except BackendError as error:
            self._lost(error)
        except Exception:
            log.exception("kannel: looking at the texts failed")
            self._lost(Unavailable("The texts could not be looked at."))

    def _lost(self, error: BackendError) -> None:
        self._runs = None
        self.desk.log.end(error)

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
                for contact in self.desk.offered:
                    await self._give_back(contact)
        await self._listener.stop()
        if self._turn.is_locked:
            self._turn.release()
        with contextlib.suppress(BackendError, TimeoutError):
            async with asyncio.timeout(0.2):
                await self._do(self._store.close)
        self._threads.close()
        self.desk.log.end(Unavailable("The connection to Kannel is closed."))
        await self.gateway.close()

    async def _do(self, call: Callable[..., T], *args: object) -> T:
        """Change the file, on a thread; whoever waits for it no more leaves it to itself."""
        return await self._threads.change(call, *args)

    # -- what Kannel says

    async def _called(self, push: Push) -> HTTPStatus:
        """Answers when it is on disk: only then may Kannel forget it."""
        try:
            if push.what == "in":
                message = inbound(push.fields, self.desk.now())
                if message is None:
                    return HTTPStatus.BAD_REQUEST
                label = push.fields.get("queue", "").encode("latin-1").decode("utf-8", "replace")[:_LONGEST_LABEL]
                await self._do(self._store.take_in, message, receiver(push.fields), label)
            elif push.what == "dlr":
                news = report(push.fields, self.desk.now())
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

    async def snapshot(self) -> Envelope:
        """See that Kannel is there, look at the texts, and tell all."""
        await self.gateway.check()
        await self.connect()
        async with self._looking:
            await self._look()
            return self.desk.snapshot(self._figures())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """See `ContactCenter.events`."""
        await self.gateway.check()
        await self.connect()
        async with contextlib.aclosing(self.desk.events(after)) as stream:
            async for one in stream:
                yield one

    def _figures(self) -> list[QueueStats]:
        free: dict[str, list[WaitingText]] = {queue: [] for queue in self.settings.queues}
        for one in self._waiting:
            free[self.settings.queue(one.number, one.label)].append(one)
        return [
            self.desk.figures(queue, len(ones), ones[0].began if ones else None, map(waiting, ones[:HEAD_SHOWN]))
            for queue, ones in free.items()
        ]

    # -- looking

    async def look(self) -> None:
        """See what is new, put back what was not answered in time, and ask for the next text."""
        async with self._looking:
            await self._look()
            if await self._expire() or await self._ask_for_one():
                await self._look()

    async def _look(self) -> None:
        contacts = self.desk.contacts
        versions = {one.id: one.stored.version for one in contacts.values()}
        seen = await self._threads.read(self._store.look, self._agent, self._life, versions, self.desk.now())
        for contact_id, phase in seen.gone.items():
            self._drop(contacts[contact_id], phase)
        for stored in seen.changed:
            self._show(stored)
        self._waiting = tuple(one for one in seen.waiting if self.settings.queue(one.number, one.label))
        self.desk.tell_queues(self._figures())
        self.desk.settle_next()

    def _show(self, stored: StoredContact) -> None:
        now = shown(stored, self.settings)
        before = self.desk.contacts.get(stored.id)
        change, reason = change_between(
            before.shown if before is not None else None, now, customer_left=stored.opted_out
        )
        if before is None:
            self.desk.take(Contact(stored, now))
        else:
            before.stored, before.shown = stored, now
        self.desk.tell(change, now, reason)

    def _drop(self, contact: Contact, phase: Phase) -> None:
        """It is not the agent's any more, or closed."""
        self.desk.drop(contact)
        was = contact.shown
        if was.phase is Phase.OFFERED:
            given_up = OfferEnd.ABANDONED if phase is Phase.CLOSED else OfferEnd.RESCINDED
            why = self._why.pop(contact.id, given_up)
            contact.shown = replace(was, version=was.version + 1, **self.desk.ended_offer(why))
            self.desk.tell(Change.OFFER_ENDED, contact.shown, why.value)
            return
        contact.shown = replace(
            was, version=was.version + 1, phase=Phase.CLOSED, phase_since=self.desk.now(), outcome=Outcome.HANDLED
        )
        self.desk.tell(Change.CLOSED, contact.shown)

    async def _expire(self) -> bool:
        late = self.desk.late
        for contact in late:
            self.desk.put_aside(contact.id)
            self._why[contact.id] = OfferEnd.MISSED
            await self._give_back(contact)
            self.desk.miss()
        return bool(late)

    async def _give_back(self, contact: Contact) -> bool:
        return await self._do(self._store.give_back, contact.id, self._life, self.desk.now())

    async def _ask_for_one(self) -> bool:
        """Ask for the text that has waited longest, if the agent may be offered one."""
        free = [one.id for one in self._waiting if not self.desk.is_aside(one.id)]
        if not free or not self.desk.may_be_offered_one:
            return False
        now = self.desk.now()
        deadline = now + self.settings.desk.offered_for
        return await self._do(self._store.offer, free, self._agent, self._life, now, deadline)

    # -- work

    async def find(self, interaction_id: str) -> None:
        """Look for a contact that is not known."""
        await self.connect()
        if interaction_id not in self.desk.contacts:
            await self.look()

    async def accept(self, contact: Contact) -> Interaction:
        """Have the offered one for good."""
        await self._do(self._store.accept, contact.id, self._agent, self._life, self.desk.now())
        return await self._after(contact)

    async def decline(self, contact: Contact) -> Interaction:
        """Put an offer back."""
        self.desk.put_aside(contact.id)
        self._why[contact.id] = OfferEnd.DECLINED
        if not await self._give_back(contact):
            raise Conflict("The text is not offered any more.")
        return await self._after(contact)

    async def pull(self, interaction_id: str) -> Interaction:
        """Take one that waits.

        Raises:
            Conflict: another has it, or there is no room for it.
            NotFound: nobody knows it.
        """
        await self.connect()
        if not self.desk.has_room:
            raise Conflict("You have no room for another text.")
        await self._do(self._store.pull, interaction_id, self._agent, self.desk.now())
        await self.look()
        return self.desk.contact(interaction_id).shown

    async def park(self, contact: Contact, *, on: bool) -> Interaction:
        """Put it aside, or take it up."""
        if not on and not self.desk.has_room:
            raise Conflict("You have no room for another text.")
        await self._do(self._store.park, contact.id, self._agent, self.desk.now() if on else None)
        return await self._after(contact)

    async def end(self, contact: Contact) -> Interaction:
        """The work with the customer is over."""
        await self._do(self._store.end, contact.id, self._agent, self.desk.now())
        return await self._after(contact)

    async def finish(self, contact: Contact, codes: tuple[str, ...]) -> Interaction:
        """The wrap-up is done."""
        await self._do(self._store.finish, contact.id, self._agent, codes, self.desk.now())
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
        await self._do(self._store.mark_seen, contact.id, self._agent, seq)
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
            if self.desk.now() - known.at < DOUBT_SECONDS:
                raise OutcomeUnknown("Kannel did not say whether it took the message; a report may still tell.")
            raise Rejected(PERHAPS_SENT)
        return await self._after(contact)

    async def _send(self, contact: Contact, text: str, key: str) -> None:
        sender, stored = self.settings.sender, contact.stored
        fitted = sender.fitted(stored.customer, text)
        if contact.opted_out:
            raise Rejected("The customer wrote that they want no more messages.")
        await self._do(self._store.begin_reply, stored.id, self._agent, key, fitted.text, self.desk.now())
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
