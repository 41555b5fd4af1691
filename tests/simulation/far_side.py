"""Everybody the desktop talks to: a contact centre, CRMs, a sender. They outlive every run of the desktop.

Each has two halves: what it is (here for the whole simulation), and the adapter of one run of the desktop, which dies
with that run. A fault is looked at when a request arrives.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from desktop.backends.wire.problem import error_of
from desktop.domain.entities.customer import Case, Consent, Customer, Match, WrapUpRecord
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, WrapUpCode
from desktop.domain.entities.words import Availability, DeliveryState, Phase, Role
from desktop.domain.state.events import Change, ContactCenterSnapshot, Envelope, Gap, Heartbeat, InteractionChanged
from desktop.ports import errors
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked

START = 1_800_000_000.0
AGENTS = ("agent-1", "agent-2")
CODES = tuple(WrapUpCode(f"k{number}", f"Code {number}") for number in range(1, 5))
TRAVEL = 0.05
"""Seconds a request or an answer is under way."""

T = TypeVar("T")

REFUSALS: Mapping[str, Callable[[], BaseException]] = {
    "unavailable": lambda: errors.Unavailable("It does not answer."),
    "limited": lambda: errors.RateLimited("Too many requests.", 3.0),
    "unauthorised": lambda: error_of(401, None, server="It", request="POST"),
    "forbidden": lambda: error_of(403, None, server="It", request="POST"),
    "not_found": lambda: errors.NotFound("There is no such thing."),
    "conflict": lambda: errors.Conflict("It is in another state."),
    "rejected": lambda: errors.Rejected("The content is refused."),
    "unsupported": lambda: errors.Unsupported("It is not offered."),
    "unknown": lambda: errors.OutcomeUnknown("No answer came."),
    "protocol": lambda: errors.ProtocolError("The answer cannot be read."),
    "bug": lambda: errors.BackendBug("The plug-in made a mistake."),
    "raises": lambda: ZeroDivisionError("a mistake in a plug-in"),
}
"""Each way a target may fail before it has done anything."""
SILENT = ("hangs", "lost", "slow")
"""It never answers; it does it and never answers; it does it and answers after 8 s."""
FOR_ONE = ("forbidden", "not_found", "conflict", "rejected", "unsupported", "protocol", "bug")
"""What may befall the rows of one contact alone."""


@dataclass
class Target:
    """One far side as a place that may fail."""

    name: str
    now: Callable[[], float]
    fault: str = ""  # for everything, until it is healed
    once: list[str] = field(default_factory=list)  # for the next requests
    rows: dict[str, str] = field(default_factory=dict)  # by contact
    bad_at: float = -1.0  # when it last failed for everybody
    bad_in_run: bool = False
    answered: dict[str, int] = field(default_factory=dict)  # key -> how often this run of the desktop was told "done"
    contact_of: Callable[[str], str] = lambda text: ""  # whose follow-up a text is
    done: set[str] = field(default_factory=set)  # the keys of what it did, answered or not
    denied: set[str] = field(default_factory=set)  # those of them that it refused later: nobody can know of it then

    def break_for_all(self, fault: str) -> None:
        self.fault = fault
        self.bad_at = self.now()
        self.bad_in_run = bool(fault) or self.bad_in_run

    def new_run(self) -> None:
        self.answered.clear()
        self.bad_in_run = bool(self.fault or self.once)

    def heal(self) -> None:
        if self.fault or self.once:
            self.bad_at = self.now()
        self.fault = ""
        self.once.clear()
        self.rows.clear()

    @property
    def is_ill(self) -> bool:
        return bool(self.fault or self.once)

    async def take(self, contact: str, key: str, does: Callable[[], T]) -> T:
        """One request: under way, done or refused, and its answer under way."""
        await asyncio.sleep(TRAVEL)
        fault = self.rows.get(contact, "") or self.fault
        if not fault and self.once:
            fault = self.once.pop(0)
            self.bad_at = self.now()
        if fault == "hangs":
            await _never()
        if fault and fault not in SILENT:
            if fault == "unknown":
                does()  # it was done, and the answer is lost
                self.done.add(key)
            elif key in self.done:
                self.denied.add(key)
            await asyncio.sleep(TRAVEL)
            raise REFUSALS[fault]()
        answer = does()
        self.done.add(key)
        if fault == "lost":
            await _never()
        await asyncio.sleep(8.0 if fault == "slow" else TRAVEL)
        if self.fault:
            self.bad_at = self.now()
        self.answered[key] = self.answered.get(key, 0) + 1
        return answer


async def _never() -> None:
    await asyncio.get_running_loop().create_future()


# The contact centre


class Centre:
    """The contacts, and the log of what happened to them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.target = Target("contact_center", now)
        self.contacts: dict[str, Interaction] = {}
        self.holes: set[str] = set()  # contacts that a snapshot leaves out
        self.epoch = 1
        self.log: list[Envelope] = []
        self.me = AGENTS[0]
        self.callbacks: dict[str, dict[str, Any]] = {}  # by key
        self.asked_back: list[tuple[str, str, str, str]] = []  # (contact, queue, address, note) each time one was made
        self.listeners: list[asyncio.Event] = []

    @property
    def server_time(self) -> float:
        return START + self.now()

    def happen(self, changed: Interaction, change: Change = Change.UPDATED) -> None:
        known = self.contacts.get(changed.id)
        changed = replace(changed, version=known.version + 1 if known is not None else 1)
        self.contacts[changed.id] = changed
        if changed.id not in self.holes:
            self.tell(InteractionChanged(change, changed))

    def tell(self, event: Any) -> None:
        self.log.append(Envelope("contact_center", event, self.server_time, f"e{self.epoch}", len(self.log) + 1))
        self.wake()

    def wake(self) -> None:
        for listener in self.listeners:
            listener.set()

    def begin_anew(self) -> None:
        """The server restarts: the stream has a hole that only a snapshot heals."""
        self.epoch += 1
        self.log = []
        self.wake()

    def snapshot(self) -> ContactCenterSnapshot:
        live = tuple(
            one for one in self.contacts.values() if one.phase is not Phase.CLOSED and one.id not in self.holes
        )
        agents = tuple(
            Agent(one, 1, f"Name of {one}", Role.AGENT, "red", Availability.AVAILABLE, START) for one in AGENTS
        )
        return ContactCenterSnapshot(self.me, live, agents, (), CODES)


class CentreAdapter(ContactCenter):
    """The contact centre as one run of the desktop has it."""

    manifest = Manifest(Kind.CONTACT_CENTER, "simulated", 1, "Simulated", frozenset(Capability))

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.me = centre.me

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        return frozenset({Capability.CALLBACK})

    async def close(self) -> None:
        return None

    async def snapshot(self) -> Envelope:
        centre = self.centre
        await asyncio.sleep(TRAVEL)
        return Envelope(
            "contact_center",
            replace(centre.snapshot(), me=self.me),
            centre.server_time,
            f"e{centre.epoch}",
            len(centre.log),
        )

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        centre = self.centre
        epoch = f"e{centre.epoch}"
        position = len(centre.log) if after is None else after[1]
        if after is not None and after[0] != epoch:
            yield Envelope("contact_center", Gap("restarted"), centre.server_time)
            position = len(centre.log)
        news = asyncio.Event()
        centre.listeners.append(news)
        loop = asyncio.get_running_loop()
        beat: asyncio.TimerHandle | None = None
        try:
            while True:
                if f"e{centre.epoch}" != epoch:
                    epoch, position = f"e{centre.epoch}", len(centre.log)
                    yield Envelope("contact_center", Gap("restarted"), centre.server_time)
                while position < len(centre.log):
                    position += 1
                    yield centre.log[position - 1]
                news.clear()
                due = loop.time() + 5.0
                beat = loop.call_at(due, news.set)
                await news.wait()
                beat.cancel()
                if loop.time() >= due and position >= len(centre.log):
                    at = centre.server_time
                    yield Envelope("contact_center", Heartbeat(at, len(centre.log)), at, epoch)
        finally:
            if beat is not None:
                beat.cancel()
            centre.listeners.remove(news)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        raise errors.Unsupported("no")

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        raise errors.Unsupported("no")

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        raise errors.Unsupported("no")

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        raise errors.Unsupported("no")

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        raise errors.Unsupported("no")

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        centre = self.centre

        def close() -> Interaction:
            known = centre.contacts.get(interaction_id)
            if known is None or known.agent_id != self.me:
                raise errors.NotFound("There is no such contact.")
            if known.phase is Phase.ACTIVE:
                raise errors.Conflict("It goes on.")
            if known.phase is not Phase.CLOSED:
                centre.happen(replace(known, phase=Phase.CLOSED), Change.CLOSED)
            return centre.contacts[interaction_id]

        return await centre.target.take(interaction_id, key, close)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return CODES

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        centre = self.centre

        def book() -> str:
            asked = {"contact": interaction_id, "queue": queue, "address": address.value, "at": at, "note": note}
            if not queue or not address.value:
                raise errors.Rejected("A callback needs a queue and a number.")
            known = centre.callbacks.setdefault(key, asked)
            if known is asked:
                centre.asked_back.append((interaction_id, queue, address.value, note))
            return f"cb-{key}"

        return await centre.target.take(interaction_id, key, book)


# The CRMs


@dataclass
class Done:
    """A case or a task that was made."""

    kind: str
    customer_id: str
    text: str


class CrmServer:
    """Customers, and what was written about them."""

    def __init__(self, source: str, target: str, customers: Sequence[Customer], now: Callable[[], float]) -> None:
        self.source = source  # under which the desktop knows it
        self.target = Target(target, now)
        self.customers = list(customers)
        self.records: list[WrapUpRecord] = []
        self.made: list[Done] = []
        self.by_key: dict[str, Any] = {}
        self.arrived: Callable[[str, WrapUpRecord], None] = lambda target, record: None


class CrmAdapter(Crm):
    """A CRM as one run of the desktop has it."""

    manifest = Manifest(Kind.CRM, "simulated", 1, "Simulated", frozenset(Capability))

    def __init__(self, server: CrmServer) -> None:
        self.server = server

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        return frozenset({Capability.CASES, Capability.CREATE_CASE, Capability.TASKS})

    async def close(self) -> None:
        return None

    async def _look(self) -> None:
        await asyncio.sleep(TRAVEL)
        fault = self.server.target.fault
        if fault in ("hangs", "lost"):
            await _never()
        if fault in ("unavailable", "limited", "unauthorised"):
            raise REFUSALS[fault]()

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        await self._look()
        return [
            Match(one, address.kind, "same number")
            for one in self.server.customers
            if any(known.value == address.value for known in one.addresses)
        ]

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        await self._look()
        return [Match(one, "text", "by text") for one in self.server.customers]

    async def customer(self, customer_id: str) -> Customer:
        await self._look()
        for one in self.server.customers:
            if one.id == customer_id:
                return one
        raise errors.NotFound("There is no such customer.")

    async def cases(self, customer_id: str) -> Sequence[Case]:
        return []

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        server = self.server

        def write() -> str:
            if not record.channel or not record.agent_id:
                raise errors.Rejected("channel and agent must be given")
            if record.customer_id is not None and all(one.id != record.customer_id for one in server.customers):
                raise errors.Rejected("There is no such customer.")
            known = server.by_key.get(record.key)
            if known is None:
                server.by_key[record.key] = record
                server.records.append(record)
                server.arrived(server.target.name, record)
            elif known != record:
                raise errors.Rejected("Another record has this key.")
            return f"r-{record.key}"

        return await server.target.take(record.interaction_id, record.key, write)

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        await self._make("case", customer_id, subject, key)
        return Case(f"case-{key}", subject, "open", START)

    async def create_task(self, customer_id: str, text: str, *, due: float | None, key: str) -> str:
        await self._make("task", customer_id, text, key)
        return f"task-{key}"

    async def _make(self, kind: str, customer_id: str, text: str, key: str) -> None:
        server = self.server

        def make() -> None:
            if all(one.id != customer_id for one in server.customers):
                raise errors.Rejected("There is no such customer.")
            made = Done(kind, customer_id, text)
            if server.by_key.setdefault(key, made) is made:
                server.made.append(made)

        await server.target.take(server.target.contact_of(text), key, make)


# The sender


class SenderServer:
    """What it sent, with or without an eye to keys."""

    def __init__(self, now: Callable[[], float], *, keeps_keys: bool) -> None:
        self.target = Target("messaging:gate", now)
        self.keeps_keys = keeps_keys
        self.sent: list[OutgoingMessage] = []
        self.by_key: dict[str, str] = {}
        self.garbled = 0  # so many of the next receipts hold a lone surrogate; -1: all of them


class SenderAdapter(Messaging):
    """The sender as one run of the desktop has it."""

    manifest = Manifest(Kind.MESSAGING, "simulated", 1, "Simulated", frozenset())

    def __init__(self, server: SenderServer) -> None:
        self.server = server
        self.holds_keys = server.keeps_keys

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        return frozenset()

    async def close(self) -> None:
        return None

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        server = self.server

        def send() -> str:
            refuse_unasked(message, self.channels)
            if server.keeps_keys and message.key in server.by_key:
                return server.by_key[message.key]
            server.sent.append(message)
            server.by_key[message.key] = f"m-{len(server.sent)}"
            return server.by_key[message.key]

        receipt = await server.target.take(server.target.contact_of(message.text), message.key, send)
        if server.garbled:
            server.garbled -= server.garbled > 0
            receipt += "\udce4"
        return MessageReceipt(receipt, DeliveryState.QUEUED)

    async def status(self, message_id: str) -> MessageReceipt:
        raise errors.NotFound("none")


def customers(prefix: str) -> list[Customer]:
    """Three customers with a number each, and two who share one. Another CRM has the same people under other ids."""
    agreed = (Consent("sms", True, START - 1e6), Consent("email", True, START - 1e6))
    numbers = {1: "1", 2: "2", 3: "3", 4: "4", 5: "4"}
    return [
        Customer(
            f"{prefix}{number}",
            f"Nm{number} Person",
            addresses=(Address("phone", phone_of(phone)),),
            consents=agreed,
        )
        for number, phone in numbers.items()
    ]


def phone_of(digit: str) -> str:
    """A number that is nobody else's."""
    return f"+4930123456{digit}{digit}"
