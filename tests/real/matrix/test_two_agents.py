"""Two agents at one account: each conversation is taken exactly once. `--full` has a thousand of them."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest

from desktop.backends.matrix.contact_center import MatrixContactCenter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.ports.errors import Conflict, NotFound, OutcomeUnknown
from desktop.testing import fresh
from tests.real.matrix.customer import Customer
from tests.real.matrix.rig import Account
from tests.real.matrix.work import available, opened, put_away, shown
from tests.real.servers.synapse import Synapse

ROOMS, ROUNDS = 40, 5
ROOMS_IN_FULL, ROUNDS_IN_FULL = 100, 10


class Shift:
    """Rooms whose customers write again as soon as they were served, and what both agents took."""

    def __init__(self, customer: Customer, rooms: list[str], rounds: int) -> None:
        self._customer = customer
        self._left = {room: [f"{room} {number}" for number in range(rounds)] for room in rooms}
        self.all = sorted(one for ones in self._left.values() for one in ones)
        self.taken: Counter[str] = Counter()
        self.by: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether everybody was served."""
        return sum(self.taken.values()) >= len(self.all)

    async def write(self, room: str) -> None:
        """The customer of a room wants the next thing."""
        if self._left[room]:
            await asyncio.to_thread(self._customer.write, room, self._left[room].pop(0))

    def take(self, agent: str, contact: Interaction) -> None:
        """What the customer wrote since the last time is taken."""
        self.taken[contact.messages[-1].text] += 1
        self.by[agent] += 1


async def work_all(desk: MatrixContactCenter, agent: str, shift: Shift) -> None:
    """Take what is offered until there is nothing left. What got no answer is looked up, as the desktop does."""
    await available(desk)
    active: set[str] = set()
    ended: set[str] = set()
    while not shift.over:
        for one in (await shown(desk)).interactions:
            with suppress(Conflict, NotFound, OutcomeUnknown):
                if one.phase is Phase.OFFERED:
                    await desk.accept(one.id, key=fresh.new_key())
                elif one.phase is Phase.ACTIVE:
                    if one.id not in active:
                        active.add(one.id)
                        shift.take(agent, one)
                    await desk.end(one.id, key=fresh.new_key())
                elif one.phase is Phase.WRAP_UP:
                    if one.id not in ended:
                        ended.add(one.id)
                        await shift.write(one.attributes["room"])
                    await desk.wrap_up(one.id, codes=["order"], note_given=False, key=fresh.new_key())


async def test_every_conversation_is_taken_exactly_once(synapse: Synapse, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    count, rounds = (ROOMS_IN_FULL, ROUNDS_IN_FULL) if full else (ROOMS, ROUNDS)
    account = await asyncio.to_thread(Account, synapse)
    customer = await asyncio.to_thread(account.customer)
    rooms = [await asyncio.to_thread(customer.begin, account.id) for _ in range(count)]
    shift = Shift(customer, rooms, rounds)
    for room in rooms:
        await shift.write(room)
    async with opened(account, "maya") as maya, opened(account, "noor") as noor, asyncio.timeout(1_800):
        await asyncio.gather(work_all(maya, "maya", shift), work_all(noor, "noor", shift))
        assert (await shown(maya)).queues[0].waiting == 0
    assert shift.taken == Counter(shift.all)
    assert min(shift.by.values()) > 0.1 * len(shift.all), "one of the two had nearly all: they did not race"


async def test_of_many_who_pull_at_once_one_has_it(synapse: Synapse) -> None:
    account = await asyncio.to_thread(Account, synapse)
    customer = await asyncio.to_thread(account.customer)
    for _ in range(5):
        room = await asyncio.to_thread(customer.begin, account.id)
        async with opened(account, "maya") as maya, opened(account, "noor") as noor, opened(account, "kim") as kim:
            await asyncio.to_thread(customer.write, room, "Hello?")
            desks = (maya, noor, kim)

            async def waits(desk: MatrixContactCenter) -> str:
                while not (found := (await shown(desk)).queues[0].to_pull):
                    await asyncio.sleep(0.05)
                return found[0].interaction_id

            (contact,) = {await waits(desk) for desk in desks}
            pulls = [desk.pull(contact, key=fresh.new_key()) for desk in desks]
            results = await asyncio.gather(*pulls, return_exceptions=True)
            won = [desk for desk, one in zip(desks, results, strict=True) if isinstance(one, Interaction)]
            assert len(won) == 1, results
            assert all(isinstance(one, Interaction | Conflict) for one in results), results
            for desk in desks:
                mine = [one.id for one in (await shown(desk)).interactions]
                assert mine == ([contact] if desk is won[0] else [])
            await put_away(won[0], contact)
