"""A shared mailbox as one agent works it: what is in hand, what is offered, and the stream made of it.

There is no server that distributes mails. Each agent's desktop looks at the mailbox and takes the oldest mail that
nobody has; the mailbox decides between those who try at once.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from desktop.backends.imap.claims import CODE, DONE, ENDED, OFFERED, PARKED, Claims, make_folder
from desktop.backends.imap.contact import Contact, Held, begin, message_of
from desktop.backends.imap.folder import Folder, MailEntry, any_of, fetch_mail, fetched, internal_date, move, search
from desktop.backends.imap.link import Link, Refused, refusal
from desktop.backends.imap.mime import Automatic, ParsedMail, read
from desktop.backends.imap.outgoing import Outgoing
from desktop.backends.imap.protocol import quoted
from desktop.backends.imap.settings import Settings
from desktop.backends.wire.access_token import AccessTokens
from desktop.backends.wire.agent_desk import HEAD_SHOWN, AgentDesk
from desktop.domain.entities.model import Address, Instant, Message, QueueStats, Waiting
from desktop.domain.entities.words import Channel, DeliveryState, OfferEnd, Outcome, Phase
from desktop.domain.state.events import Change, Envelope
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Unavailable, Unsupported

log = logging.getLogger(__name__)

LOOK_EVERY = 9.0
"""Seconds after which the server is asked at the latest, also while it pushes: a dead connection pushes nothing."""
_LEFT_BEHIND = 60.0  # seconds beyond its time after which an offer is another's, because that desktop is gone
_OTHERS_FIRST = 30.0  # seconds that a mail waits for the agent who has its thread
_MOST_TRIES = 20
_THREAD_MAILS = 30


class SharedMailbox:
    """See the module. Everything that speaks to the server does so in a `turn`."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._tokens = AccessTokens(settings.grant, monotonic) if settings.grant is not None else None
        self.outgoing = Outgoing(
            settings.relay, settings.sent, self._tokens if settings.relay_by_token else None, clock=clock
        )
        self._wake = asyncio.Event()
        self.desk: AgentDesk[Contact] = AgentDesk(
            settings.desk, Channel.EMAIL, "mail", clock=clock, monotonic=monotonic, chosen=self._wake.set
        )
        self._monotonic = monotonic
        self._agent = settings.desk.agent
        self._folders = [Folder(folder, queue, monotonic=monotonic) for queue, folder in settings.queues.items()]
        self.claims = Claims(settings.desk.agent)
        self._prepared = False
        self._link: Link | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._runs: asyncio.Task[None] | None = None
        self._closed = False

    # -- the connection

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[Link]:
        """The connection, for nobody else; made anew if it is lost."""
        self._waiting += 1
        self._wake.set()
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        try:
            link = await self._linked()
            try:
                yield link
            except Refused as refused:
                raise refusal(refused) from None
            finally:
                if not link.alive:
                    self._lost(link, Unavailable("The connection to the mail server is lost."))
        finally:
            self._lock.release()

    async def _linked(self) -> Link:
        if self._closed:
            raise Unavailable("The connection to the mail server is closed.")
        if self._link is not None and self._link.alive:
            return self._link
        if self._link is not None:
            self._lost(self._link, Unavailable("The connection to the mail server is lost."))
        link = await (self._opened() if self._tokens is None else self._tokens.used(self._opened))
        try:
            await self._prepare(link)
        except Refused as refused:
            link.drop()
            raise refusal(refused) from None
        except BaseException:
            link.drop()
            raise
        self._link = link
        self.desk.begin()
        self._runs = asyncio.ensure_future(self._run(link))
        return link

    async def _opened(self, token: str = "") -> Link:
        link = Link(self.settings.server, token)
        await link.open()
        return link

    async def _prepare(self, link: Link) -> None:
        """The folders, and how mails are taken."""
        if not self._prepared:
            for name in filter(None, (self.settings.sent, self.settings.done)):
                await make_folder(link, name)
            first = await link.select(self._folders[0].name)
            if "CONDSTORE" not in link.capabilities or not first.modseq or not first.keywords:
                raise Unsupported(
                    "This mail server cannot say which of two agents took a mail: it needs CONDSTORE and keywords."
                )
            for folder in self._folders:
                await link.select(folder.name)
            self._prepared = True

    def _lost(self, link: Link, error: BackendError) -> None:
        link.drop()
        if self._link is link:
            self._link = None
            self.desk.log.end(error)
            if self._runs is not None and self._runs is not asyncio.current_task():
                self._runs.cancel()
            self._runs = None

    async def close(self) -> None:
        """Give back what is offered, and leave. What is in hand stays the agent's."""
        if self._closed:
            return
        offered = self.desk.offered
        if offered and self._link is not None and self._link.alive:
            with contextlib.suppress(BackendError, TimeoutError):
                async with asyncio.timeout(0.2), self.turn() as link:
                    for contact in offered:
                        await self._give_back(link, contact)
        self._closed = True
        link_now, self._link = self._link, None
        if self._runs is not None:
            self._runs.cancel()
        if link_now is not None:
            await link_now.leave()
        if self._tokens is not None:
            await self._tokens.close()
        self.desk.log.end(Unavailable("The connection to the mail server is closed."))

    # -- what is told

    async def snapshot(self) -> Envelope:
        """Look at the mailbox, and tell all of it."""
        async with self.turn() as link:
            await self.look(link)
            return self.desk.snapshot(self._figures())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """See `ContactCenter.events`."""
        async with self.turn():
            stream = self.desk.events(after)
        async with contextlib.aclosing(stream):
            async for one in stream:
                yield one

    def tell(self, change: Change, contact: Contact, reason: str = "") -> None:
        """A contact changed."""
        self.desk.tell(change, contact.shown, reason)

    def _figures(self) -> list[QueueStats]:
        found = []
        for folder in self._folders:
            free = self._free(folder)
            known = [(one, one.head) for one in free if one.head is not None]
            since = known[0][0].arrived if known else None
            head = (_waiting(*one) for one in known[:HEAD_SHOWN])
            found.append(self.desk.figures(folder.queue, len(free), since, head))
        return found

    # -- looking

    async def _run(self, link: Link) -> None:
        try:
            while self._link is link:
                async with self.turn() as mine:
                    if mine is not link:
                        return
                    self._wake.clear()
                    await self.look(link)
                    self.desk.beat()
                    seconds = self.desk.rest_seconds(LOOK_EVERY)
                    if "IDLE" in link.capabilities:
                        if not self._waiting:
                            await link.select(self._folders[0].name)
                            await link.idle(seconds, self._wake)
                        continue  # whoever waits for a turn has theirs first
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
        except BackendError as error:
            self._lost(link, error)
        except Exception:
            log.exception("imap: looking at the mailbox failed")
            self._lost(link, Unavailable("The mailbox could not be looked at."))

    async def look(self, link: Link) -> None:
        """See what is new and what is gone, and offer what may be offered."""
        for folder in self._folders:
            await folder.refresh(link, self._relevant)
        await self.outgoing.mark_sent(link)
        await self._sweep(link)
        await self._settle(link)
        await self._take_answers(link)
        await self._expire(link)
        await self._offer(link)
        self.desk.tell_queues(self._figures())
        self.desk.settle_next()

    def _relevant(self, entry: MailEntry) -> bool:
        return self.claims.owner(entry) != "" and DONE.lower() not in entry.flags

    def _mine(self) -> dict[tuple[str, int], tuple[Folder, MailEntry]]:
        return {
            (folder.name, entry.uid): (folder, entry)
            for folder in self._folders
            for entry in folder.entries.values()
            if entry.live and DONE.lower() not in entry.flags and self.claims.mine(entry)
        }

    async def _sweep(self, link: Link) -> None:
        """Finished mails that were not put away, because the connection ended between the two."""
        if not self.settings.done:
            return
        for folder in self._folders:
            for entry in [one for one in folder.entries.values() if DONE.lower() in one.flags and one.live]:
                if self.claims.mine(entry):
                    await move(link, folder, entry.uid, self.settings.done)

    async def _settle(self, link: Link) -> None:
        """Bring the contacts into line with the mailbox."""
        mine = self._mine()
        for contact in list(self.desk.contacts.values()):
            lost = [one for one in contact.held if (one.folder.name, one.uid) not in mine]
            contact.held = [one for one in contact.held if one not in lost]
            if not contact.held:
                elsewhere = any((entry := one.entry) is not None and entry.live for one in lost)
                self._ended_elsewhere(contact, taken=elsewhere)
                continue
            self._see_marks(contact)
            if contact.look(self.settings.own_addresses):
                self.tell(Change.UPDATED, contact, "message")
        held = {(one.folder.name, one.uid) for contact in self.desk.contacts.values() for one in contact.held}
        for place in sorted(mine.keys() - held):
            await self._take_up(link, *mine[place])

    def _see_marks(self, contact: Contact) -> None:
        entry = contact.held[0].entry
        if entry is None:
            return
        phase = contact.shown.phase
        if ENDED.lower() in entry.flags and phase is Phase.ACTIVE:
            self._to_wrap_up(contact, "agent_ended")
        elif phase is Phase.OFFERED and OFFERED.lower() not in entry.flags:
            self.connected(contact)
        elif phase is Phase.ACTIVE and (PARKED.lower() in entry.flags) is not contact.shown.parked:
            contact.change(parked=not contact.shown.parked)
            self.tell(Change.UPDATED, contact, "parked" if contact.shown.parked else "taken_up")

    def _ended_elsewhere(self, contact: Contact, *, taken: bool) -> None:
        """Every mail of the contact is gone from us: removed from the mailbox, or taken by another."""
        phase = contact.shown.phase
        if phase is Phase.OFFERED:
            self._end_offer(contact, OfferEnd.RESCINDED if taken else OfferEnd.ABANDONED)
        elif phase is Phase.ACTIVE:
            self._to_wrap_up(contact, "taken_over" if taken else "customer_left")

    def _to_wrap_up(self, contact: Contact, reason: str) -> None:
        now = self.desk.now()
        contact.change(phase=Phase.WRAP_UP, phase_since=now, ended_at=now, customer_connected=False, parked=False)
        self.tell(Change.WRAP_UP, contact, reason)

    def _end_offer(self, contact: Contact, why: OfferEnd) -> None:
        contact.change(**self.desk.ended_offer(why))
        self.desk.drop(contact)
        self.tell(Change.OFFER_ENDED, contact, why.value)

    async def _take_up(self, link: Link, folder: Folder, entry: MailEntry) -> None:
        """A mail that is ours and that we did not know: from before a restart, or of an answer that got lost."""
        if OFFERED.lower() in entry.flags:
            await self.claims.give_back(link, folder, entry.uid)
            return
        await link.select(folder.name)
        found = await fetch_mail(link, entry.uid, self.settings.largest)
        if found is None:
            return
        home = next((one for one in self.desk.contacts.values() if one.belongs(found)), None)
        if home is not None:
            home.take(Held(folder, entry.uid, found))
            await self._prove(link, home, found)
            home.look(self.settings.own_addresses)
            self.tell(Change.UPDATED, home, "message")
            return
        contact = await self._begin(link, folder, entry, found, restored=True)
        ended = ENDED.lower() in entry.flags
        now = self.desk.now()
        contact.change(
            phase=Phase.WRAP_UP if ended else Phase.ACTIVE,
            phase_since=now,
            answered_at=now,
            ended_at=now if ended else None,
            customer_connected=not ended,
            parked=PARKED.lower() in entry.flags and not ended,
        )
        self.tell(Change.WRAP_UP if ended else Change.CONNECTED, contact, "restored")

    async def _begin(
        self, link: Link, folder: Folder, entry: MailEntry, found: ParsedMail, *, restored: bool = False
    ) -> Contact:
        rules = self.settings.desk
        name = entry.id if entry.id not in self.desk.contacts else f"{entry.id}-{entry.uid}"
        own = self.settings.own_addresses
        contact = begin(name, self.desk.version(), folder, entry, found, rules.rule, rules.target, own)
        contact.take(Held(folder, entry.uid, found))
        await self._recall(link, contact, found, answered=restored or "\\answered" in entry.flags)
        await self._prove(link, contact, found)
        contact.look(self.settings.own_addresses)
        contact.change(agent_id=self._agent)
        self.desk.take(contact)
        return contact

    async def _recall(self, link: Link, contact: Contact, found: ParsedMail, *, answered: bool) -> None:
        """The earlier mails of the thread, and our replies to this one."""
        own = self.settings.own_addresses
        keys = [f"HEADER Message-ID {quoted(f'<{one}>')}" for one in _askable(found.related[-_THREAD_MAILS:])]
        folders = [self.settings.sent, *filter(None, (self.settings.done,))] if keys else []
        report = found.report
        if report is not None and report.message_id and not keys:
            keys = [f"HEADER Message-ID {quoted(f'<{one}>')}" for one in _askable((report.message_id,))]
            folders = [self.settings.sent] if keys else []
        replies = [f"HEADER In-Reply-To {quoted(f'<{one}>')}" for one in _askable((found.message_id,))]
        asked = [(folder, any_of(keys)) for folder in folders]
        if answered and replies:
            asked.append((self.settings.sent, any_of(replies)))
        for folder, key in asked:
            uids = (await search(link, folder, "UNDELETED", key))[-_THREAD_MAILS:]
            for uid in uids:
                answer = await link.command("UID FETCH", str(uid), "(UID FLAGS INTERNALDATE BODY.PEEK[]<0.1048576>)")
                for _, values in fetched(answer):
                    raw = next((one for name, one in values.items() if name.startswith("BODY[]")), None)
                    if not isinstance(raw, bytes):
                        continue
                    old = await asyncio.to_thread(read, raw)
                    flags = values.get("FLAGS")
                    doubtful = isinstance(flags, list) and "\\Draft" in flags
                    at = internal_date(values.get("INTERNALDATE"))
                    delivery = DeliveryState.QUEUED if doubtful else None
                    contact.before.append(message_of(old, at, own, delivery))
                    contact.places[old.message_id] = (folder, uid)
                    contact.know(old)
                    if folder == self.settings.sent or contact.people & old.people:
                        contact.people |= old.people

    async def _prove(self, link: Link, contact: Contact, found: ParsedMail) -> None:
        """Whatever a mail answers or reports did go out."""
        open_ones = {one.id for one in contact.before if one.delivery is DeliveryState.QUEUED} | self.outgoing.doubtful
        told = {*found.related, found.report.message_id if found.report is not None else ""}
        for message_id in open_ones & told:
            await self.outgoing.prove(link, message_id)
        contact.prove(found)

    async def _take_answers(self, link: Link) -> None:
        """New mails that go on with a contact in hand."""
        for folder in self._folders:
            for entry in self._free(folder):
                head = entry.head
                home = next(
                    (
                        one
                        for one in self.desk.contacts.values()
                        if head is not None and one.shown.phase is Phase.ACTIVE and one.belongs(head)
                    ),
                    None,
                )
                if home is None:
                    continue
                if not await self.claims.take(link, folder, entry.uid, offered=False):
                    continue
                await link.select(folder.name)
                found = await fetch_mail(link, entry.uid, self.settings.largest)
                if found is None:
                    continue
                home.take(Held(folder, entry.uid, found))
                await self._prove(link, home, found)
                if home.shown.parked and found.automatic in {Automatic.NO, Automatic.BOUNCE}:
                    await self.mark(link, home, remove=(PARKED,))
                    home.change(parked=False)
                home.look(self.settings.own_addresses)
                self.tell(Change.UPDATED, home, "message")

    # -- offers

    def _free(self, folder: Folder) -> list[MailEntry]:
        """The mails that nobody has, oldest first."""
        claims = self.claims
        free = [
            one
            for one in folder.entries.values()
            if one.live and DONE.lower() not in one.flags and (not claims.owner(one) or self._left_behind(one))
        ]
        return sorted(free, key=lambda one: (one.arrived or 4e9, one.uid))

    def _left_behind(self, entry: MailEntry) -> bool:
        """Whether it is offered to somebody whose desktop is gone."""
        if OFFERED.lower() not in entry.flags or self.claims.mine(entry):
            return False
        return self._monotonic() - entry.changed > self.settings.desk.offered_for + _LEFT_BEHIND

    async def _expire(self, link: Link) -> None:
        for contact in self.desk.late:
            self._put_aside(contact)
            if await self._give_back(link, contact):
                self._end_offer(contact, OfferEnd.MISSED)
                self.desk.miss()

    def _put_aside(self, contact: Contact) -> None:
        for one in contact.held:
            self.desk.put_aside((contact.queue.name, one.uid))

    async def _give_back(self, link: Link, contact: Contact) -> bool:
        given = [await self.claims.give_back(link, one.folder, one.uid) for one in contact.held]
        return any(given)

    async def decline(self, link: Link, contact: Contact) -> None:
        """Give an offer back."""
        self._put_aside(contact)
        if not await self._give_back(link, contact):
            await self.look(link)
            raise Conflict("The mail is not offered to you any more.")
        self._end_offer(contact, OfferEnd.DECLINED)
        self._wake.set()

    async def _offer(self, link: Link) -> None:
        """Take the oldest mail that nobody has, if the agent may be asked."""
        if not self.desk.may_be_offered_one:
            return
        now = self._monotonic()
        others = self._others_threads()
        candidates = sorted(
            (
                (entry.arrived, entry.uid, folder, entry)
                for folder in self._folders
                for entry in self._free(folder)
                if entry.head
            ),
            key=lambda one: one[:2],
        )
        tries = 0
        for _, uid, folder, entry in candidates:
            if self.desk.is_aside((folder.name, uid)) or tries >= _MOST_TRIES:
                continue
            head = entry.head
            if head is not None and {head.root, *head.related} & others and now - entry.seen_first < _OTHERS_FIRST:
                continue
            tries += 1
            contact = await self._take(link, folder, entry, offered=True)
            if contact is not None:
                contact.change(
                    phase=Phase.OFFERED,
                    phase_since=self.desk.now(),
                    offer_deadline=self.desk.now() + self.settings.desk.offered_for,
                )
                self.tell(Change.OFFERED, contact)
                return

    def _others_threads(self) -> set[str]:
        found: set[str] = set()
        for folder in self._folders:
            for entry in folder.entries.values():
                owner = self.claims.owner(entry)
                if owner and owner != self._agent and entry.head is not None:
                    found |= {one for one in (entry.head.message_id, entry.head.root) if one}
        return found

    async def _take(self, link: Link, folder: Folder, entry: MailEntry, *, offered: bool) -> Contact | None:
        if not await self.claims.take(link, folder, entry.uid, offered=offered):
            return None
        await link.select(folder.name)
        found = await fetch_mail(link, entry.uid, self.settings.largest)
        if found is None:
            return None
        return await self._begin(link, folder, entry, found)

    async def pull(self, link: Link, interaction_id: str) -> Contact:
        """Take a certain mail out of its queue."""
        if not self.desk.has_room:
            raise Conflict("You have no room for another mail.")
        for folder in self._folders:
            for entry in self._free(folder):
                if entry.head is not None and entry.id == interaction_id:
                    contact = await self._take(link, folder, entry, offered=False)
                    if contact is None:
                        raise Conflict("Another agent has this mail.")
                    self.connected(contact)
                    return contact
        await self.look(link)
        owned = any(
            entry.id == interaction_id for folder in self._folders for entry in folder.entries.values() if entry.head
        )
        if owned or self.desk.was_here(interaction_id):
            raise Conflict("Another agent has this mail.")
        raise NotFound("No such mail waits.")

    # -- work

    def connected(self, contact: Contact) -> None:
        """The agent has it."""
        now = self.desk.now()
        contact.change(phase=Phase.ACTIVE, phase_since=now, answered_at=now, offer_deadline=None)
        self.tell(Change.CONNECTED, contact)

    async def mark(self, link: Link, contact: Contact, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        """Change the marks on all mails of a contact.

        Raises:
            Conflict: it is not ours any more.
        """
        done = [await self.claims.mark(link, one.folder, one.uid, add, remove) for one in contact.held]
        if not any(done):
            await self.look(link)
            raise Conflict("The mail is not yours any more.")

    async def read_until(self, link: Link, contact: Contact, message_id: str) -> None:
        """The message and all before it are read.

        Raises:
            NotFound: there is no such message.
        """
        shown = [one.id for one in contact.shown.messages]
        if message_id not in shown:
            raise NotFound("There is no such message.")
        read_now = set(shown[: shown.index(message_id) + 1])
        for key, one in contact.keyed():
            if key in read_now and one.entry is not None and "\\seen" not in one.entry.flags:
                await self.claims.mark(link, one.folder, one.uid, ("\\Seen",))
        if contact.look(self.settings.own_addresses):
            self.tell(Change.UPDATED, contact, "read")

    def parked(self, contact: Contact, *, on: bool) -> None:
        """It was put aside, or taken up."""
        contact.change(parked=on)
        self.tell(Change.UPDATED, contact, "parked" if on else "taken_up")
        self._wake.set()

    async def note_answered(self, link: Link, contact: Contact) -> None:
        """Mark the mails of a contact as answered, for other mail programs and for a desktop that starts anew."""
        for one in contact.held:
            if one.entry is not None and "\\answered" not in one.entry.flags:
                await self.claims.mark(link, one.folder, one.uid, ("\\Answered",))

    def answered(self, contact: Contact, sent: Message) -> None:
        """A reply went out."""
        contact.answered = True
        contact.before = [one for one in contact.before if one.id != sent.id] + [sent]
        contact.ids.add(sent.id)
        contact.people |= {one.lower() for one in (*sent.to, *sent.cc)}
        contact.look(self.settings.own_addresses)
        if contact.id in self.desk.contacts:
            self.tell(Change.UPDATED, contact, "message")

    async def end(self, link: Link, contact: Contact) -> None:
        """The work with the customer is over."""
        await self.mark(link, contact, add=(ENDED,), remove=(PARKED,))
        self._to_wrap_up(contact, "agent_ended")

    async def finish(self, link: Link, contact: Contact, codes: tuple[str, ...]) -> None:
        """Put the mails away."""
        marks = [DONE, *(CODE + one for one in codes), *(["\\Answered"] if contact.answered else [])]
        for one in list(contact.held):
            if not await self.claims.mark(link, one.folder, one.uid, marks, (ENDED, PARKED, OFFERED)):
                continue
            if self.settings.done:
                with contextlib.suppress(OutcomeUnknown):  # it is marked as done: whoever looks next puts it away
                    await move(link, one.folder, one.uid, self.settings.done)
        contact.change(phase=Phase.CLOSED, phase_since=self.desk.now(), outcome=Outcome.HANDLED)
        self.desk.drop(contact)
        self.tell(Change.CLOSED, contact)
        self.desk.settle_next()
        self._wake.set()


def _waiting(entry: MailEntry, head: ParsedMail) -> Waiting:
    customer = Address("email", head.sender, withheld=not head.sender)
    return Waiting(entry.id, customer, entry.arrived, Channel.EMAIL, head.sender_name, head.subject)


def _askable(ids: tuple[str, ...]) -> list[str]:
    return [one for one in ids if one and one.isascii() and one.isprintable()]
