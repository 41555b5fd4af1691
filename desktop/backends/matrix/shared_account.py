"""The account as one agent works it: what is in hand, what is offered, and the stream made of it.

There is no server that distributes conversations. Each agent's desktop listens to the account's rooms, and asks in the
room for the one that has waited longest and that nobody has; the order of the room's events decides.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import replace

from desktop.backends.matrix.contact import Contact, shown, waiting
from desktop.backends.matrix.homeserver import Homeserver
from desktop.backends.matrix.room import Room, RoomContact, ends_a_contact
from desktop.backends.matrix.room_event import KIND, ROOM_ID, RoomEvent, mapping, read_event, read_events
from desktop.backends.matrix.settings import Settings
from desktop.backends.wire.agent_desk import ASIDE_SECONDS, HEAD_SHOWN, AgentDesk, change_between
from desktop.domain.entities.model import Instant, Interaction, QueueStats
from desktop.domain.entities.words import Availability, Channel, OfferEnd, Outcome, Phase
from desktop.domain.state.events import Change, Envelope
from desktop.ports.errors import (
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)

log = logging.getLogger(__name__)

WAITS = 8.0
"""Seconds for which the server may hold a question for news."""
PRESENCE: Mapping[Availability, str] = {
    Availability.AVAILABLE: "online",
    Availability.NOT_READY: "unavailable",
    Availability.OFFLINE: "offline",
}
_NOT_THERE = (Forbidden, NotFound, Rejected)
"""What is so of one room, and no trouble with the server."""
DECLINED = "This account cannot read encrypted rooms. Please begin a conversation without encryption."
_LEFT_BEHIND = 60.0  # seconds beyond its time after which an offer is another's, because that desktop is gone
_SEEN_WITHIN = 4.0  # seconds after which what we wrote has to have come back
_MOST_PAGES = 2  # of lines that are read again; of what says whose they are one more
_MOST_JOINS = 5  # at a time, so that nobody who is here waits for those who come
_KEPT = 5_000


class SharedAccount:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.server = Homeserver(settings.place)
        self.user = ""
        self.desk: AgentDesk[Contact] = AgentDesk(
            settings.desk, Channel.CHAT, "conversation", clock=clock, monotonic=monotonic, chosen=self._nudge
        )
        self._monotonic = monotonic
        self._agent = settings.desk.agent
        self._rooms: dict[str, Room] = {}
        self._spaces: dict[str, str] = {}  # queue by the space's id
        self._invited: dict[str, bool] = {}  # rooms we are invited to; whether they are encrypted
        self._unanswered: set[str] = set()  # of those that cannot be answered
        self._position = ""
        self._numbers: set[str] = set()  # of our takes in this life
        self._won: set[str] = set()
        self._pulling: set[str] = set()
        self._asked, self._asked_until = "", 0.0  # the event by which we asked last, and until when it is waited for
        self._deadlines: dict[str, tuple[Instant, Instant]] = {}  # since when and until when it is offered, by number
        self._why: dict[str, OfferEnd] = {}  # what we did about an offer
        self._quiet_until = 0.0
        self._known: dict[str, None] = {}  # our own events that came back
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._waiting = 0
        self._getting: asyncio.Future[tuple[str, Mapping[object, object]]] | None = None
        self._runs: asyncio.Task[None] | None = None
        self._closed = False

    # -- the connection

    async def connect(self) -> None:
        """Sign in, see every room once, and listen from then on."""
        if self._closed:
            raise Unavailable("The connection to the Matrix server is closed.")
        async with self._opening:
            if not self.user:
                user = await self.server.sign_in()
                self._spaces = await self._find_spaces()
                self.user = user
            if not self._position:
                await self._fetch()
            if self._runs is None and not self._closed:
                self.desk.begin()
                self._runs = asyncio.ensure_future(self._run())

    async def _find_spaces(self) -> dict[str, str]:
        found = {}
        for queue, alias in self.settings.queues.items():
            if alias:
                try:
                    found[await self.server.join(alias)] = queue
                except (NotFound, Forbidden) as error:
                    raise Rejected(f"queues names {alias}, which this account cannot join.", error.detail) from None
        return found

    async def refresh(self) -> None:
        """See what is new now."""
        await self.connect()
        self._waiting += 1
        self._nudge()
        try:
            await self._fetch()
        finally:
            self._waiting -= 1

    def _nudge(self) -> None:
        """Whoever waits for news looks again at once."""
        if self._getting is not None:
            self._getting.cancel()

    async def _fetch(self) -> None:
        async with self._lock:
            await self._look_for(0)

    async def _look_for(self, seconds: float) -> None:
        """What is new, with the lock in hand."""
        await self._take_in(*await self.server.sync(self._position, seconds, PRESENCE[self.desk.me.availability]))

    async def _listen(self) -> None:
        async with self._lock:
            seconds = 0 if self._waiting else self.desk.rest_seconds(WAITS)  # whoever waits for the lock has it next
            getting = self._getting = asyncio.ensure_future(
                self.server.sync(self._position, seconds, PRESENCE[self.desk.me.availability])
            )
            try:
                answer = await getting
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise
                return
            finally:
                self._getting = None
            await self._take_in(*answer)

    async def _run(self) -> None:
        cut = False
        try:
            while True:
                try:
                    await self._tend()
                    await self._listen()
                except (Unavailable, OutcomeUnknown):
                    if cut:
                        raise
                    cut = True  # once is a server that restarts, or a line that moved: nothing is lost with a position
                    continue
                cut = False
                self.desk.beat()
        except OutcomeUnknown as error:
            self._lost(Unavailable("The connection to the Matrix server was lost.", error.detail))
        except BackendError as error:
            self._lost(error)
        except Exception:
            log.exception("matrix: listening to the account failed")
            self._lost(Unavailable("The Matrix server's rooms could not be read."))

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
                        await self._give(contact)
            await asyncio.gather(runs, return_exceptions=True)
        self.desk.log.end(Unavailable("The connection to the Matrix server is closed."))
        await self.server.close()

    # -- what comes in

    async def _take_in(self, position: str, answer: Mapping[object, object]) -> None:
        """All of an answer, or nothing: what has to be asked besides is asked first."""
        rooms = mapping(answer.get("rooms"))
        joined = {key: mapping(one) for key, one in mapping(rooms.get("join")).items() if _is_room(key)}
        histories: dict[str, list[RoomEvent]] = {}
        for room_id, part in joined.items():
            timeline = mapping(part.get("timeline"))
            before = timeline.get("prev_batch")
            if timeline.get("limited") is True and isinstance(before, str):
                newest = read_events(timeline.get("events"))
                histories[str(room_id)] = await self._history(str(room_id), before, newest)
        for room_id, part in joined.items():
            self._take_room(str(room_id), part, histories.get(str(room_id)))
        for room_id, left in mapping(rooms.get("leave")).items():
            if _is_room(room_id) and (room := self._rooms.get(str(room_id))) is not None:
                self._take_timeline(room, mapping(mapping(left).get("timeline")), live=True)
                room.leave()
        over = joined.keys() | mapping(rooms.get("leave")).keys()
        self._invited = {room_id: one for room_id, one in self._invited.items() if room_id not in over}
        for room_id, invitation in mapping(rooms.get("invite")).items():
            if _is_room(room_id):
                self._invited[str(room_id)] = _is_encrypted(mapping(invitation))
        self._position = position
        self._settle(
            [self._rooms[key] for key in map(str, [*joined, *mapping(rooms.get("leave"))]) if key in self._rooms]
        )

    async def _history(self, room_id: str, before: str, newest: list[RoomEvent]) -> list[RoomEvent]:
        """The events of a room before the newest: its lines, and whose it is, however long ago that was said."""
        found: list[RoomEvent] = []
        known = self._rooms.get(room_id)
        enough = known is None and ends_a_contact(newest, self.user)
        for number in range(_MOST_PAGES + 1):
            if enough:
                break
            try:
                page, before = await self.server.earlier(room_id, before, only_ours=number == _MOST_PAGES)
            except _NOT_THERE as error:
                log.info("matrix: a room cannot be read further back: %s", error.detail)
                break
            found = [*reversed(page), *found]
            enough = not before or ends_a_contact(page, self.user)
        return found

    def _take_room(self, room_id: str, part: Mapping[object, object], history: list[RoomEvent] | None) -> None:
        room = self._rooms.get(room_id)
        fresh = room is None
        if room is None:
            room = self._rooms[room_id] = Room(room_id, self.user, monotonic=self._monotonic)
        room.gone = False
        for event in _state_events(mapping(part.get("state")).get("events")):
            room.take_state(event)
        if history is not None:
            room.begin_anew()
            for event in history:
                self._take_event(room, event, live=False)
        self._take_timeline(room, mapping(part.get("timeline")), live=not fresh and history is None)
        if history is not None:
            room.note_all_read()
        passing = mapping(part.get("ephemeral")).get("events")
        for raw in passing[:1_000] if isinstance(passing, list) else ():
            room.take_passing(raw, self.desk.now())

    def _take_timeline(self, room: Room, timeline: Mapping[object, object], *, live: bool) -> None:
        for event in read_events(timeline.get("events")):
            self._take_event(room, event, live=live)

    def _take_event(self, room: Room, event: RoomEvent, *, live: bool) -> None:
        room.take_in(event, live=live)
        if event.kind == KIND and event.sender == self.user:
            self._known[event.id] = None
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]

    # -- what is told

    async def snapshot(self) -> Envelope:
        """Look at the rooms, and tell all."""
        await self.refresh()
        return self.desk.snapshot(self._figures())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """See `ContactCenter.events`."""
        await self.connect()
        async with contextlib.aclosing(self.desk.events(after)) as stream:
            async for one in stream:
                yield one

    def _figures(self) -> list[QueueStats]:
        free: dict[str, list[tuple[Room, RoomContact]]] = {queue: [] for queue in self.settings.queues}
        for room, contact in self._free():
            free[self._queue(room)].append((room, contact))
        return [
            self.desk.figures(
                queue, len(ones), ones[0][1].began if ones else None, (waiting(*one) for one in ones[:HEAD_SHOWN])
            )
            for queue, ones in free.items()
        ]

    def _queue(self, room: Room) -> str:
        """The queue of a room; "" for none."""
        own = (queue for space, queue in self._spaces.items() if self._is_child(room.id, space))
        return next(own, next((queue for queue, alias in self.settings.queues.items() if not alias), ""))

    def _is_child(self, room_id: str, space: str) -> bool:
        return (known := self._rooms.get(space)) is not None and room_id in known.children

    # -- from what the rooms say to what is shown

    def _settle(self, touched: Iterable[Room]) -> None:
        rooms = {room.id: room for room in touched} | {one.room.id: one.room for one in self.desk.contacts.values()}
        mine: dict[str, tuple[Room, RoomContact, Phase, Instant]] = {}
        for room in rooms.values():
            if not room.is_space:
                mine |= {contact.id: (room, contact, *phase) for contact, phase in self._mine(room)}
        for contact in [one for one in self.desk.contacts.values() if one.id not in mine]:
            self._drop(contact)
        for room, known, phase, since in mine.values():
            self._show(room, known, phase, since)
        for room_id in [room.id for room in rooms.values() if room.gone and not room.wrapping]:
            del self._rooms[room_id]
        self.desk.tell_queues(self._figures())
        self.desk.settle_next()

    def _mine(self, room: Room) -> Iterable[tuple[RoomContact, tuple[Phase, Instant]]]:
        me = self._agent
        for contact in room.wrapping.values():
            if contact.owner == me:
                yield contact, (Phase.WRAP_UP, contact.ended_at or 0.0)
        contact_now = room.current
        if contact_now is None:
            return
        if contact_now.owner == me:
            yield contact_now, (Phase.ACTIVE, contact_now.accepted_at or 0.0)
            return
        for take in contact_now.takes.values():
            if take.agent != me or take.number not in self._numbers:
                continue
            if take.won:
                self._won.add(take.number)
            if take.number in self._won and take.number not in self._pulling:
                since, _ = self._deadlines.setdefault(
                    take.number, (self.desk.now(), self.desk.now() + self.settings.desk.offered_for)
                )
                yield contact_now, (Phase.OFFERED, since)
                return

    def _show(self, room: Room, known: RoomContact, phase: Phase, since: Instant) -> None:
        before = self.desk.contacts.get(known.id)
        queue = self._queue(room) or (before.shown.queue if before is not None else next(iter(self.settings.queues)))
        now = shown(room, known, phase, since, queue, self.settings.desk)
        if phase is Phase.OFFERED:
            now = replace(now, offer_deadline=self._deadline(known))
        if before is not None and now == replace(before.shown, version=0):
            before.known = known
            return
        now = replace(now, version=self.desk.version())
        change, reason = change_between(before.shown if before is not None else None, now, customer_left=known.left)
        if before is None:
            self.desk.take(Contact(room, known, now))
        else:
            before.known, before.shown = known, now
        self.desk.tell(change, now, reason)

    def _deadline(self, known: RoomContact) -> Instant | None:
        numbers = [one.number for one in known.takes.values() if one.number in self._won]
        return next((self._deadlines[one][1] for one in numbers if one in self._deadlines), None)

    def _drop(self, contact: Contact) -> None:
        """It is not the agent's any more."""
        self.desk.drop(contact)
        was, why = contact.shown, self._why.pop(contact.id, None)
        version = self.desk.version()
        if was.phase is Phase.OFFERED:
            why = why or (OfferEnd.ABANDONED if contact.room.abandoned == contact.id else OfferEnd.RESCINDED)
            contact.shown = replace(was, version=version, **self.desk.ended_offer(why))
            self.desk.tell(Change.OFFER_ENDED, contact.shown, why.value)
            return
        contact.shown = replace(
            was, version=version, phase=Phase.CLOSED, phase_since=self.desk.now(), outcome=Outcome.HANDLED
        )
        self.desk.tell(Change.CLOSED, contact.shown)

    # -- what is done without being asked

    async def _tend(self) -> None:
        """Answer invitations, give back what we did not get, and ask for the next conversation."""
        if self._quiet_until > self._monotonic():
            return
        try:
            await self._answer_invitations()
            await self._give_up()
            await self._expire()
            await self._ask_for_one()
        except RateLimited as error:
            self._quiet_until = self._monotonic() + error.retry_after

    async def _answer_invitations(self) -> None:
        open_ones = [one for one in self._invited.items() if one[0] not in self._unanswered]
        for room_id, encrypted in open_ones[:_MOST_JOINS]:
            self._unanswered.add(room_id)
            try:
                if encrypted:
                    await self.server.leave(room_id, DECLINED)
                else:
                    await self.server.join(room_id)
            except (*_NOT_THERE, Conflict) as error:
                log.info("matrix: an invitation cannot be answered: %s", error.detail)
            except BackendError:
                self._unanswered.discard(room_id)
                raise
            self._invited.pop(room_id, None)
            self._unanswered.discard(room_id)

    async def _give_up(self) -> None:
        """Takes of ours that others were quicker with, or that an earlier life left behind."""
        for room in list(self._rooms.values()):
            takes = room.current.takes.values() if room.current is not None else ()
            for take in list(takes):
                mine = take.agent == self._agent and take.number not in self._pulling
                if mine and take.number not in self._won and not self.desk.is_aside(room.id):
                    await self._put_back(room, take.number)

    async def _expire(self) -> None:
        for contact in self.desk.late:
            self.desk.put_aside(contact.id)
            self._why[contact.id] = OfferEnd.MISSED
            await self._give(contact)
            self.desk.miss()

    async def _ask_for_one(self) -> None:
        """Ask for the conversation that has waited longest, if the agent may be offered one."""
        if not self.desk.may_be_offered_one:
            return
        if self._asked not in self._known and self._asked_until > self._monotonic():
            return  # the room has not said yet who has it
        free = (one for one in self._free() if not self.desk.is_aside(one[1].id) and not self.desk.is_aside(one[0].id))
        if (oldest := next(free, None)) is None:
            return
        room, contact = oldest
        try:
            self._asked = await self._take(room, contact, self._new_number())
            self._asked_until = self._monotonic() + ASIDE_SECONDS
        except _NOT_THERE as error:
            self._cannot_write(room, error)

    def _free(self) -> list[tuple[Room, RoomContact]]:
        """The conversations that nobody has, the oldest first."""
        found = [
            (room, room.current)
            for room in self._rooms.values()
            if room.current is not None and not room.gone and not room.is_space and self._is_free(room.current)
        ]
        return sorted((one for one in found if self._queue(one[0])), key=lambda one: (one[1].began, one[0].id))

    def _is_free(self, contact: RoomContact) -> bool:
        oldest = self._monotonic() - self.settings.desk.offered_for - _LEFT_BEHIND
        return (
            bool(contact.customer)
            and not contact.owner
            and all(one.agent != self._agent and one.seen < oldest for one in contact.takes.values())
        )

    def _new_number(self) -> str:
        number = secrets.token_hex(8)
        self._numbers.add(number)
        return number

    async def _take(self, room: Room, contact: RoomContact, number: str) -> str:
        return await self._say_quietly(room, "take", number=number, instead=list(contact.takes))

    async def _give(self, contact: Contact) -> None:
        """Put an offer back."""
        for take in list(contact.known.takes.values()):
            if take.number in self._won:
                await self._put_back(contact.room, take.number)

    async def _put_back(self, room: Room, number: str) -> None:
        try:
            await self._say_quietly(room, "give", take=number)
        except _NOT_THERE as error:
            self._cannot_write(room, error)
            self._won.discard(number)
            self._numbers.discard(number)  # it stands there, and nobody here works on it
            self._settle((room,))

    def _cannot_write(self, room: Room, error: BackendError) -> None:
        log.info("matrix: a room cannot be written to: %s", error.detail)
        self.desk.put_aside(room.id)

    async def _say_quietly(self, room: Room, what: str, **more: object) -> str:
        content = {"do": what, "by": self._agent, **more}
        return await self.server.send(room.id, KIND, content, key=secrets.token_hex(16))

    # -- work

    async def find(self, interaction_id: str) -> None:
        """Look for a contact that is not known."""
        await self.connect()
        if interaction_id not in self.desk.contacts:
            await self.refresh()

    async def say(self, room: Room, what: str, *, key: str, **more: object) -> None:
        """Write into the room what is to be so, and wait until the room says it.

        Raises:
            OutcomeUnknown: it was written, and it is not seen what came of it.
        """
        event_id = await self.server.send(room.id, KIND, {"do": what, "by": self._agent, **more}, key=key)
        await self._back(event_id)

    async def _back(self, event_id: str) -> None:
        try:
            async with asyncio.timeout(_SEEN_WITHIN):
                while event_id not in self._known:
                    async with self._lock:  # whoever listens lets go of it as soon as there is news
                        if event_id not in self._known:
                            await self._look_for(1.0)
        except (BackendError, TimeoutError) as error:
            raise OutcomeUnknown("The Matrix server did not show what came of it.", type(error).__name__) from error

    async def accept(self, contact: Contact, *, key: str) -> Interaction:
        """Have the offered one for good.

        Raises:
            Conflict: it has ended, or is another's.
        """
        await self.say(contact.room, "accept", key=key)
        found = self.desk.contacts.get(contact.id)
        if found is None or found.shown.phase is Phase.OFFERED:
            raise Conflict("The conversation is not offered any more.")
        return found.shown

    async def decline(self, contact: Contact, *, key: str) -> Interaction:
        """Put an offer back."""
        self.desk.put_aside(contact.id)
        self._why[contact.id] = OfferEnd.DECLINED
        for take in list(contact.known.takes.values()):
            if take.number in self._won:
                await self.say(contact.room, "give", key=key, take=take.number)
        return contact.shown

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        """Take one that waits.

        Raises:
            Conflict: another has it, or there is no room for it.
            NotFound: nobody knows it.
        """
        await self.refresh()
        if not self.desk.has_room:
            raise Conflict("You have no room for another conversation.")
        found = next((one for one in self._free() if one[1].id == interaction_id), None)
        if found is None:
            if any(room.current is not None and room.current.id == interaction_id for room in self._rooms.values()):
                raise Conflict("Another agent has this conversation.")
            raise NotFound("No such conversation waits.")
        room, contact = found
        number = self._new_number()
        self._pulling.add(number)
        try:
            await self._back(await self._take(room, contact, number))
            if number not in self._won:
                raise Conflict("Another agent has this conversation.")
            await self.say(room, "accept", key=key)
        finally:
            self._pulling.discard(number)
        mine = self.desk.contacts.get(interaction_id)
        if mine is None:
            raise Conflict("The conversation is not there any more.")
        return mine.shown

    async def finish(self, contact: Contact, codes: tuple[str, ...], *, key: str) -> Interaction:
        """The wrap-up is done. The codes are kept where the customer does not see them."""
        if contact.room.gone:
            contact.room.wrapping.pop(contact.id, None)
            self._settle(())
            return contact.shown
        if codes:
            kept = {"contact": contact.id, "codes": list(codes), "by": self._agent}
            await self.server.note(contact.room.id, self.user, f"{KIND}.{contact.id}", kept, key=f"{key}-codes")
        await self.say(contact.room, "done", key=key, contact=contact.id)
        return contact.shown

    def changed(self, room: Room) -> None:
        """Something about a room is known before its events say it."""
        self._settle((room,))


def _is_room(value: object) -> bool:
    return isinstance(value, str) and ROOM_ID.fullmatch(value) is not None


def _is_encrypted(invitation: Mapping[object, object]) -> bool:
    events = mapping(invitation.get("invite_state")).get("events")
    return isinstance(events, list) and any(mapping(one).get("type") == "m.room.encryption" for one in events)


def _state_events(raw: object) -> list[RoomEvent]:
    found = (read_event(one) for one in raw) if isinstance(raw, list) else ()
    return [one for one in found if one is not None and one.state_key is not None]
