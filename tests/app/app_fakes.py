"""Backends in memory with scripted behaviour, and a clock that is turned by hand."""

import asyncio
import heapq
import itertools
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Self
from unittest.mock import patch

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, WrapUpCode
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import (
    Availability,
    Channel,
    DeliveryState,
    Direction,
    Phase,
    PresenceState,
    Recording,
    Role,
)
from desktop.domain.state.events import Change, ContactCenterSnapshot, Envelope, Gap, Heartbeat, InteractionChanged
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import Conflict, NotFound, Unavailable
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage
from desktop.ports.presence import PresenceSource
from desktop.words.catalogue import in_words

START = 1_800_000_000.0
ME = "agent-1"
NUMBER = "+493012345678"


class VirtualTime:
    """Time that goes on only when told to. `wall` may be turned apart from `now`."""

    def __init__(self, seed: int = 7) -> None:
        self.now = 0.0
        self.wall = START
        self.dice = random.Random(seed)
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @property
    def timing(self) -> Timing:
        return Timing(lambda: self.wall, lambda: self.now, self.sleep, self.dice.random)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + max(seconds, 1e-6), next(self._numbers), future))
        await future

    def step(self, limit: float = float("inf")) -> bool:
        """Go to the next sleeper's time, if that is no later than `limit`."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers or self._sleepers[0][0] > limit:
            return False
        at, _, future = heapq.heappop(self._sleepers)
        self.wall += max(at - self.now, 0.0)
        self.now = max(at, self.now)
        future.set_result(None)
        return True

    async def advance(self, seconds: float, *, disk: bool = False) -> None:
        """Let that much time pass, and everything that is due in it happen, in order."""
        until = self.now + seconds
        await spin(disk=disk)
        while self.step(until):
            await spin(disk=disk)
        self.wall += until - self.now
        self.now = until
        await spin(disk=disk)

    async def run_until(
        self,
        condition: Callable[[], bool],
        *,
        disk: bool = False,
        real_seconds: float = 60.0,
        spins: int = 12,
        idle: float = 0.0,
    ) -> None:
        """Let time pass as fast as it will go until the condition holds."""
        deadline = time.monotonic() + real_seconds
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            await spin(spins, disk=disk)
            if idle:
                await asyncio.sleep(idle)
            if not condition():
                self.step()


class ThreadWork:
    """What was given to threads and is not done yet, so that a test waits for it and not for a while."""

    def __init__(self) -> None:
        self.futures: set[Future[Any]] = set()
        submit = ThreadPoolExecutor.submit

        def counted(executor: ThreadPoolExecutor, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = submit(executor, *args, **kwargs)
            self.futures.add(future)
            future.add_done_callback(self.futures.discard)
            return future

        patch.object(ThreadPoolExecutor, "submit", counted).start()

    async def finished(self, seconds: float = 0.25) -> None:
        """Wait for it, though no longer than that: some tests hold a thread up."""
        deadline = time.monotonic() + seconds
        while self.futures and time.monotonic() < deadline:
            await asyncio.sleep(0.001)


THREAD_WORK = ThreadWork()


async def spin(turns: int = 25, *, disk: bool = False) -> None:
    """Let the loop run; with `disk`, the threads too."""
    for _ in range(turns):
        await asyncio.sleep(0)
    if disk:
        await asyncio.sleep(0.002)
        await THREAD_WORK.finished()
        for _ in range(turns):
            await asyncio.sleep(0)


async def until(condition: Callable[[], Any], seconds: float = 5.0) -> None:
    """Poll a condition that depends on a thread, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.001)


class Script:
    """What a backend's calls do: by default they work; `then` lines up failures, hangs and answers by call name."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._lines: dict[str, deque[Any]] = {}
        self._always: dict[str, Any] = {}

    def then(self, name: str, *behaviours: Any) -> None:
        """The next calls of that name do these, one each: an exception to raise, "hang", or a callable to await."""
        self._lines.setdefault(name, deque()).extend(behaviours)

    def always(self, name: str, behaviour: Any) -> None:
        """Every call of that name does this; None makes it work again."""
        self._always[name] = behaviour

    def count(self, name: str) -> int:
        return sum(call[0] == name for call in self.calls)

    def keys(self, name: str) -> list[str]:
        return [call[2]["key"] for call in self.calls if call[0] == name]

    async def play(self, name: str, *arguments: Any, **named: Any) -> Any:
        self.calls.append((name, arguments, named))
        line = self._lines.get(name)
        behaviour = line.popleft() if line else self._always.get(name)
        if behaviour is None:
            return None
        if isinstance(behaviour, BaseException):
            raise behaviour
        if behaviour == "hang":
            await asyncio.get_running_loop().create_future()
        return await behaviour()


def interaction(number: int = 1, **changes: Any) -> Interaction:
    made = Interaction(
        id=f"i{number}",
        version=1,
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        phase=Phase.OFFERED,
        queue="sales",
        customer=Address("phone", NUMBER),
        arrived_at=START,
        phase_since=START,
        agent_id=ME,
    )
    return replace(made, **changes)


def agent(**changes: Any) -> Agent:
    made = Agent(ME, 1, "Ada", Role.AGENT, "red", Availability.AVAILABLE, START)
    return replace(made, **changes)


def customer(number: int = 1, phone: str = NUMBER, **changes: Any) -> Customer:
    return replace(Customer(f"c{number}", f"Customer {number}", addresses=(Address("phone", phone),)), **changes)


def match(number: int = 1, phone: str = NUMBER) -> Match:
    return Match(customer(number, phone), "phone", "same number")


CODES = (WrapUpCode("sold", "Sold"), WrapUpCode("lost", "Lost"))


class FakeContactCenter(ContactCenter):
    """A contact centre that keeps its events for ever and can be made to misbehave."""

    manifest = Manifest(Kind.CONTACT_CENTER, "fake", 1, "Fake", frozenset(Capability))

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.script = Script()
        self.epoch = "e1"
        self.log: list[Envelope] = []  # numbered from 1
        self.ring = 10**9  # how many of the newest events can be had again
        self.interactions: dict[str, Interaction] = {}
        self.agent = agent()
        self.server_ahead = 0.0
        self.heartbeats = True
        self.opened: list[tuple[str, int] | None] = []
        self.capabilities = frozenset(
            {
                Capability.HOLD,
                Capability.MUTE,
                Capability.CONSULT,
                Capability.DTMF,
                Capability.PAUSE_RECORDING,
                Capability.BLIND_TRANSFER,
                Capability.CALLBACK,
                Capability.WRAP_UP_EXTEND,
            }
        )
        self.distort: Callable[[Envelope], Sequence[Envelope | str]] = lambda envelope: (envelope,)
        self._news = asyncio.Event()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        await self.script.play("open")
        return self.capabilities

    async def close(self) -> None:
        await self.script.play("close")

    def server_now(self) -> float:
        return self.timing.clock() + self.server_ahead

    def happen(self, changed: Interaction, change: Change = Change.UPDATED, reason: str = "") -> Interaction:
        """The server's own doing: a new version of an interaction, told to everybody."""
        known = self.interactions.get(changed.id)
        changed = replace(changed, version=known.version + 1 if known else changed.version)
        self.interactions[changed.id] = changed
        self.tell(InteractionChanged(change, changed, reason))
        return changed

    def tell(self, event: Any) -> None:
        self.log.append(Envelope("contact_center", event, self.server_now(), self.epoch, len(self.log) + 1))
        self._news.set()
        self._news = asyncio.Event()

    def restart_server(self) -> None:
        self.epoch += "'"
        self.log = []

    async def snapshot(self) -> Envelope:
        await self.script.play("snapshot")
        live = tuple(each for each in self.interactions.values() if each.phase is not Phase.CLOSED)
        event = ContactCenterSnapshot(self.agent.id, live, (self.agent,), (), CODES)
        return Envelope("contact_center", event, self.server_now(), self.epoch, len(self.log))

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        self.opened.append(after)
        await self.script.play("events")
        position = len(self.log) if after is None else after[1]
        if after is not None and (after[0] != self.epoch or position < len(self.log) - self.ring):
            yield Envelope("contact_center", Gap("too old"), self.server_now())
            position = len(self.log)
        ticking = asyncio.ensure_future(self.timing.sleep(5.0))
        try:
            while True:
                while position < len(self.log):
                    envelope = self.log[position]
                    position += 1
                    for each in self.distort(envelope):
                        if each == "cut":
                            raise Unavailable("cut")
                        if each == "hole":
                            await asyncio.get_running_loop().create_future()
                        if isinstance(each, Envelope):
                            yield each
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait({news, ticking}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                if ticking.done():
                    ticking = asyncio.ensure_future(self.timing.sleep(5.0))
                    if self.heartbeats and position >= len(self.log):
                        yield Envelope(
                            "contact_center", Heartbeat(self.server_now(), len(self.log)), self.server_now(), self.epoch
                        )
        finally:
            ticking.cancel()

    async def _change(self, name: str, interaction_id: str, key: str, change: dict[str, Any], *arguments: Any) -> Any:
        answer = await self.script.play(name, interaction_id, *arguments, key=key)
        if answer is not None:
            return answer
        known = self.interactions.get(interaction_id)
        if known is None:
            raise NotFound("no such interaction")
        return self.happen(replace(known, **change))

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        await self.script.play("set_availability", availability, reason, after_current, key=key)
        self.agent = replace(self.agent, version=self.agent.version + 1, observed=availability, reason=reason)
        return self.agent

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        known = self.interactions.get(interaction_id)
        if known is not None and known.agent_id != ME:
            await self.script.play("accept", interaction_id, key=key)
            raise Conflict("Another agent has it.")
        return await self._change("accept", interaction_id, key, {"phase": Phase.ACTIVE})

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        return await self._change("decline", interaction_id, key, {"phase": Phase.QUEUED, "agent_id": None})

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._change("end", interaction_id, key, {"phase": Phase.WRAP_UP, "ended_at": self.server_now()})

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._change("hold", interaction_id, key, {"held": on}, on)

    async def pause_recording(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        recording = Recording.PAUSED if on else Recording.ACTIVE
        return await self._change("pause_recording", interaction_id, key, {"recording": recording}, on)

    async def dtmf(self, interaction_id: str, digits: str, *, key: str) -> Interaction:
        return await self._change("dtmf", interaction_id, key, {}, digits)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self._change("send_message", interaction_id, key, {}, text)

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        return await self._change("consult", interaction_id, key, {"held": True}, target)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        return await self._change("wrap_up", interaction_id, key, {"phase": Phase.CLOSED}, tuple(codes), note_given)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return CODES

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        await self.script.play("callback", interaction_id, queue, address, at, note, key=key)
        return f"cb-{key}"


class FakeCrm(Crm):
    """A CRM that remembers what was written under which key."""

    manifest = Manifest(Kind.CRM, "fake", 1, "Fake", frozenset(Capability))

    def __init__(self) -> None:
        self.script = Script()
        self.matches: list[Match] = []
        self.found_by_text: list[Match] = []
        self.written: list[WrapUpRecord] = []
        self.by_key: dict[str, str] = {}
        self.honours_keys = True
        self.history = [TimelineEntry("t1", START, "note", "Called before")]
        self.bought: list[Purchase] = []
        self.capabilities = frozenset({Capability.CASES, Capability.TIMELINE, Capability.PURCHASES, Capability.LINK})

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        await self.script.play("open")
        return self.capabilities

    async def close(self) -> None:
        await self.script.play("close")

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        answer = await self.script.play("find", address)
        return list(self.matches) if answer is None else answer

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        await self.script.play("search", text)
        return list(self.found_by_text)

    async def customer(self, customer_id: str) -> Customer:
        raise NotFound("none")

    def write(self, record: WrapUpRecord) -> str:
        """What the far side does with a record: once per key, when it honours keys."""
        if self.honours_keys and record.key in self.by_key:
            return self.by_key[record.key]
        self.written.append(record)
        self.by_key[record.key] = f"activity-{len(self.written)}"
        return self.by_key[record.key]

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        answer = await self.script.play("log_wrap_up", record, key=record.key)
        return self.write(record) if answer is None else answer

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        await self.script.play("timeline", customer_id)
        return [entry for entry in self.history if before is None or entry.at < before][:limit]

    async def cases(self, customer_id: str) -> Sequence[Case]:
        await self.script.play("cases", customer_id)
        return [Case("k1", "Late parcel", "open", START)]

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        await self.script.play("purchases", customer_id)
        return list(self.bought)

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        await self.script.play("create_customer", name, tuple(addresses), key=key)
        return Customer("new", name, addresses=tuple(addresses))

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        await self.script.play("create_case", customer_id, subject, key=key)
        return Case("k2", subject, "open", START)

    async def create_task(self, customer_id: str, text: str, *, due: float | None, key: str) -> str:
        await self.script.play("create_task", customer_id, text, due, key=key)
        return "t1"

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        await self.script.play("link", interaction_id, customer_id, key=key)

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        await self.script.play("unlink", interaction_id, key=key)


class FakePresence(PresenceSource):
    """A directory of one."""

    manifest = Manifest(Kind.PRESENCE, "fake", 1, "Fake", frozenset(Capability))

    def __init__(self) -> None:
        self.script = Script()
        self.own = Presence("p-me", 1, PresenceState.AVAILABLE, START)
        self.said: list[tuple[PresenceState, str]] = []

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        await self.script.play("open")
        return frozenset({Capability.SET_OWN, Capability.CHAT})

    async def close(self) -> None:
        await self.script.play("close")

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return [Person("p1", "Grace")]

    async def snapshot(self) -> Envelope:
        from desktop.domain.state.events import PresenceSnapshot

        await self.script.play("snapshot")
        return Envelope("presence", PresenceSnapshot((Person("p1", "Grace"),), (self.own,)), START, "p", 0)

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        await self.script.play("events")
        await asyncio.get_running_loop().create_future()
        yield  # type: ignore[misc]

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        await self.script.play("set_own", state, activity, key=key)
        self.said.append((state, activity))
        self.own = replace(self.own, version=self.own.version + 1, state=state, activity=activity)
        return self.own

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        await self.script.play("chat", person_id, text, key=key)
        return ChatLine(f"l-{key}", person_id, START, True, text)


class FakeMessaging(Messaging):
    """A sender that takes everything."""

    manifest = Manifest(Kind.MESSAGING, "fake", 1, "Fake", frozenset())

    def __init__(self) -> None:
        self.script = Script()
        self.sent: list[OutgoingMessage] = []

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        await self.script.play("open")
        return frozenset()

    async def close(self) -> None:
        await self.script.play("close")

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        await self.script.play("send", message, key=message.key)
        self.sent.append(message)
        return MessageReceipt(f"m-{message.key}", DeliveryState.QUEUED)

    async def status(self, message_id: str) -> MessageReceipt:
        raise NotFound("none")


def told(store: Store) -> list[str]:
    return [in_words(notice.text) for notice in store.drain().notices]


def make_asking(time_: VirtualTime, store: Store) -> BackendCalls:
    return BackendCalls(time_.timing, lambda text: store.notice(text, "error"))
