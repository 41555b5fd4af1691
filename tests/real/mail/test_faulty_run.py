"""A shift at a bad line: two agents answer every mail while connections break. `--full` has a thousand mails."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.words import Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.errors import Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable
from desktop.testing import fresh
from tests.real.mail.cutting_proxy import Cut, CuttingProxy
from tests.real.mail.rig import a_mail, options
from tests.real.mail.work import available, shown
from tests.real.servers.mail_system import MailSystem

SEED = 20260713


class Shift:
    """What both agents know of the work: who was answered, and of whom nobody knows."""

    def __init__(self, customers: list[str]) -> None:
        self.customers = customers
        self.answered: set[str] = set()
        self.doubtful: set[str] = set()
        self.closed: set[str] = set()
        self.restarts = 0
        self.errors: Counter[str] = Counter()


class Agent:
    """Somebody who presses the same key again, as the desktop does, until it is known what became of it."""

    def __init__(self, make: Callable[[], ImapContactCenter], shift: Shift, chance: random.Random) -> None:
        self._make, self._shift, self._chance = make, shift, chance
        self._keys: dict[tuple[str, str], str] = {}
        self._wrapping: dict[str, str] = {}  # whose wrap-up was finished, if an answer came or not

    async def work(self) -> None:
        """Until every mail is put away."""
        while len(self._shift.closed) < len(self._shift.customers):
            desk = self._make()
            try:
                await self._until_restart(desk)
            finally:
                await desk.close()
            self._shift.restarts += 1

    async def _until_restart(self, desk: ImapContactCenter) -> None:
        await self._tried(desk.open)
        while len(self._shift.closed) < len(self._shift.customers):
            await self._tried(lambda: available(desk))
            now = await self._tried(lambda: shown(desk))
            if isinstance(now, ContactCenterSnapshot):
                for contact in self._wrapping.keys() - {one.id for one in now.interactions}:
                    self._shift.closed.add(self._wrapping.pop(contact))
                for one in now.interactions:
                    await self._go_on(desk, one.id, one.phase, one.customer.value)
            if self._chance.random() < 0.03:
                return

    async def _go_on(self, desk: ImapContactCenter, contact: str, phase: Phase, customer: str) -> None:
        shift = self._shift
        if phase is Phase.OFFERED:
            await self._tried(lambda: desk.accept(contact, key=self._key(contact, "accept")))
        elif phase is Phase.ACTIVE and customer not in shift.answered | shift.doubtful:
            key = self._key(customer, "send")
            try:
                await desk.send_message(contact, f"Dear {customer}, it is on its way.", key=key)
                shift.answered.add(customer)
            except Rejected as error:
                assert "not known" in error.message, error.message
                shift.doubtful.add(customer)
            except (Unavailable, OutcomeUnknown, Conflict, NotFound) as error:
                shift.errors[type(error).__name__] += 1
        elif phase is Phase.ACTIVE:
            await self._tried(lambda: desk.end(contact, key=self._key(contact, "end")))
        elif phase is Phase.WRAP_UP:
            key = self._key(contact, "wrap_up")
            self._wrapping[contact] = customer
            await self._tried(lambda: desk.wrap_up(contact, codes=[], note_given=False, key=key))

    async def _tried(self, call: Callable[[], Awaitable[object]]) -> object:
        try:
            return await call() or True
        except (Unavailable, OutcomeUnknown, Conflict, NotFound) as error:
            self._shift.errors[type(error).__name__] += 1
            return None

    def _key(self, about: str, verb: str) -> str:
        return self._keys.setdefault((about, verb), fresh.new_key())


async def test_every_mail_is_answered_once_though_connections_break(
    system: MailSystem, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    full = request.config.getoption("--full")
    customers = [f"c{number}.{fresh.email()}" for number in range(1_000 if full else 30)]
    for customer in customers:
        system.drop_in(bytes(a_mail("Where is my order?", customer)))
    chance, shift = random.Random(SEED), Shift(customers)
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(
            CuttingProxy("127.0.0.1", system.exim.port, lambda: Cut(chance.randint(1, 25), chance.random() < 0.5))
        )
        agents, boxes = [], []
        for name in ("maya", "noor"):
            box = await stack.enter_async_context(
                CuttingProxy(
                    "127.0.0.1", system.dovecot.port, lambda: Cut(chance.randint(1, 60), chance.random() < 0.5)
                )
            )
            boxes.append(box)
            known = options(system, name, port=str(box.port), smtp_port=str(relay.port), capacity="3")
            agents.append(Agent(partial(ImapContactCenter.create, known), shift, chance))
        async with asyncio.timeout(1_500 if full else 180):
            await asyncio.gather(*(one.work() for one in agents))

    async with asyncio.timeout(60):
        while len(found := Counter(str(one["Envelope-to"]) for one in system.exim.mails())) < len(shift.answered):
            await asyncio.sleep(0.1)
    told = {
        "mails": len(customers),
        "answered": len(shift.answered),
        "not known": len(shift.doubtful),
        "of these arrived": len(shift.doubtful & found.keys()),
        "twice": sum(one > 1 for one in found.values()),
        "lost": len(set(customers) - found.keys() - shift.doubtful),
        "cuts": relay.cuts + sum(box.cuts for box in boxes),
        "restarts": shift.restarts,
    }
    print(told, dict(shift.errors))
    for name, value in told.items():
        record_property(name, value)
    assert told["twice"] == 0
    assert told["lost"] == 0
    assert shift.answered | shift.doubtful == set(customers)
    assert shift.answered <= found.keys()
    assert relay.cuts > 5
    assert all(box.cuts > 5 for box in boxes)
    assert system.mails("INBOX") == []
    assert {str(one["From"].addresses[0].addr_spec) for one in system.mails("Done")} >= set(customers)
