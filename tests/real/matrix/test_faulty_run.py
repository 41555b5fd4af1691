"""A shift at a bad line: every customer's question arrives, and every answer goes out once. `--full` has a thousand."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import pytest

from desktop.backends.matrix.contact_center import MatrixContactCenter
from desktop.domain.entities.words import Phase
from desktop.ports.errors import AuthFailed, Conflict, NotFound, OutcomeUnknown, ProtocolError, Unavailable
from desktop.testing import fresh
from desktop.testing.fault_proxy import FaultProxy, Mode
from tests.real.matrix.customer import Customer
from tests.real.matrix.rig import Account, options
from tests.real.matrix.work import available, opened, shown
from tests.real.servers.synapse import Synapse

T = TypeVar("T")
SEED = 20261124
ROOMS = 10


class Line:
    """An agent behind a proxy, who presses the same key again until it is known what became of it."""

    def __init__(self, account: Account, proxy: FaultProxy, chance: random.Random) -> None:
        self._account, self._proxy, self._chance = account, proxy, chance
        self._desk = self._make()
        self.errors: Counter[str] = Counter()
        self.restarts = 0

    def _make(self) -> MatrixContactCenter:
        known = options(self._proxy.url, self._account.token("maya"), capacity="500")
        return MatrixContactCenter.create(known)

    async def spoil(self) -> None:
        """Something goes wrong with what is asked next: it does not arrive, or its answer does not."""
        what = self._chance.choice(["drop", "cut", "lose", "lose", "lose"])
        if what == "drop":
            await self._proxy.drop()
        elif what == "cut":
            await self._proxy.set(Mode.CUT)
        else:
            await self._proxy.set(Mode.LOSE_ANSWER, spare=self._chance.randint(0, 2))

    async def tried(self, call: Callable[[MatrixContactCenter], Awaitable[T]]) -> T:
        """What the call answers, once it does."""
        while True:
            try:
                return await call(self._desk)
            except (Unavailable, OutcomeUnknown, ProtocolError) as error:
                self.errors[type(error).__name__] += 1
            await self._proxy.set(Mode.PASS)
            if self._chance.random() < 0.3:
                self.restarts += 1
                await self.close()
                self._desk = self._make()

    async def close(self) -> None:
        """Leave without a word."""
        await self._desk.close()


async def test_every_message_goes_through_once_though_connections_break(
    synapse: Synapse, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    full = request.config.getoption("--full")
    rooms, each = (2 * ROOMS, 50) if full else (ROOMS, 10)
    chance = random.Random(SEED)
    account = await asyncio.to_thread(Account, synapse)
    customer = await asyncio.to_thread(account.customer)
    await asyncio.to_thread(account.token, "maya")
    begun = [await asyncio.to_thread(customer.begin, account.id) for _ in range(rooms)]
    for room in begun:
        await asyncio.to_thread(customer.write, room, "Hello?")
    async with FaultProxy("127.0.0.1", synapse.port) as proxy, asyncio.timeout(1_800):
        line = Line(account, proxy, chance)
        contacts = await _all_taken(line, rooms)
        for number in range(each):
            if number == each // 2:
                await asyncio.to_thread(_restart, synapse)
            for room in begun:
                await _asked_and_answered(line, customer, room, contacts[room], number, chance)
        await proxy.set(Mode.PASS)
        seen = {
            one.attributes["room"]: [message.text for message in one.messages if message.author == "customer"]
            for one in (await line.tried(shown)).interactions
        }
        await line.close()
    got = {room: await asyncio.to_thread(customer.read_from, room, account.id) for room in begun}
    told = {
        "questions": rooms * each,
        "questions lost": sum(f"question {number}" not in seen[room] for room in begun for number in range(each)),
        "questions twice": sum(len(ones) - len(set(ones)) for ones in seen.values()),
        "answers lost": sum(f"answer {number}" not in got[room] for room in begun for number in range(each)),
        "answers twice": sum(len(ones) - len(set(ones)) for ones in got.values()),
        "errors": sum(line.errors.values()),
        "restarts": line.restarts,
    }
    print(told, dict(line.errors))
    for name, value in told.items():
        record_property(name, value)
    assert all(value == 0 for name, value in told.items() if name.endswith(("lost", "twice")))
    assert all(ones == [f"answer {number}" for number in range(each)] for ones in got.values()), "out of order"
    assert line.errors["OutcomeUnknown"] > 10
    assert line.restarts > 3


async def _all_taken(line: Line, rooms: int) -> dict[str, str]:
    await line.tried(available)
    while True:
        event = await line.tried(shown)
        found = {one.attributes["room"]: one for one in event.interactions}
        if len(found) == rooms and all(one.phase is Phase.ACTIVE for one in found.values()):
            return {room: one.id for room, one in found.items()}
        for one in found.values():
            if one.phase is Phase.OFFERED:
                await line.tried(partial(_accept, one.id, fresh.new_key()))


async def _accept(contact: str, key: str, desk: MatrixContactCenter) -> None:
    with suppress(Conflict, NotFound):  # a desktop that was restarted has given it back
        await desk.accept(contact, key=key)


async def _asked_and_answered(
    line: Line, customer: Customer, room: str, contact: str, number: int, chance: random.Random
) -> None:
    await asyncio.to_thread(customer.write, room, f"question {number}")
    if chance.random() < 0.5:
        await line.spoil()
    key = fresh.new_key()
    for _ in range(chance.randint(1, 2)):  # and once more, as after an answer that a host gave up on
        await line.tried(lambda desk: desk.send_message(contact, f"answer {number}", key=key))


def _restart(synapse: Synapse) -> None:
    synapse.kill()
    synapse.launch()


async def test_a_token_that_was_taken_back_is_told(synapse: Synapse) -> None:
    account = await asyncio.to_thread(Account, synapse)
    async with opened(account) as desk:
        token = await asyncio.to_thread(account.token, "maya")
        await asyncio.to_thread(synapse.ask, "POST", "/_matrix/client/v3/logout", {}, token=token)
        with pytest.raises(AuthFailed, match="does not accept the token"):
            await shown(desk)
        with pytest.raises(AuthFailed, match="does not accept the token"):
            async for _ in desk.events(None):
                pass
