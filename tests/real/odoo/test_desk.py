"""A whole contact on a desktop whose CRM is Odoo: from the ring to a wrap-up that is there once, whatever dies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.words import Availability, Phase, PopAnswer, Verb
from desktop.domain.select import codes_for
from desktop.testing import fresh
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.kit.mock_rigs import CONTROL, MockContactCenterRig
from tests.real.odoo.conftest import Connect
from tests.real.odoo.test_trouble import held_up, writes_waiting
from tests.real.servers.odoo import Odoo

PATIENCE = 30.0


@pytest.fixture(scope="module")
def mock_servers() -> Iterator[Running]:
    with launcher.start(control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def calls(mock_servers: Running) -> AsyncIterator[MockContactCenterRig]:
    async with MockContactCenterRig(mock_servers) as rig:
        yield rig


@asynccontextmanager
async def desk(path: Path, calls: MockContactCenterRig, connect: Connect) -> AsyncIterator[Session]:
    """A running session of the agent, whose file is at `path`."""
    session = Session("p", Backends(calls.make(), connect()), lambda: LocalStore.open(path))
    try:
        await session.start()
        assert await session.first_look(PATIENCE)
        yield session
    finally:
        await session.close()


async def until(ready: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not ready():
            await asyncio.sleep(0.02)


async def _worked(session: Session, calls: MockContactCenterRig, number: str) -> str:
    """A call from a number, taken and ended; answers the interaction that waits for its wrap-up."""
    store = session.store
    assert (await session.commands.set_availability(Availability.AVAILABLE)).ok
    await calls.call(number)

    def mine(phase: Phase) -> str:
        return next((one.id for one in store.drain().interactions.values() if one.phase is phase), "")

    await until(lambda: mine(Phase.OFFERED))
    interaction = mine(Phase.OFFERED)
    await until(lambda: interaction in store.drain().pops and store.state.pops[interaction].answer is PopAnswer.ONE)
    assert (await session.commands.do(Verb.ACCEPT, interaction)).ok
    await until(lambda: mine(Phase.ACTIVE))
    assert (await session.commands.do(Verb.END, interaction)).ok
    await until(lambda: mine(Phase.WRAP_UP))
    return interaction


async def _cut_short(session: Session, odoo: Odoo, interaction: str, note: str, task: str) -> None:
    """Finish the wrap-up, and kill Odoo while it writes it."""
    state = session.store.drain()
    codes = (codes_for(state, state.interactions[interaction])[0].id,)
    with held_up(odoo):
        follow_ups = (FollowUp("task", task),)
        done = await session.wrap_ups.finish(interaction, codes=codes, note=note, follow_ups=follow_ups)
        assert done.ok, done.text
        await asyncio.to_thread(odoo.wait_until, lambda: writes_waiting(odoo) >= 1, "nothing was being written")
        odoo.kill()
        await until(lambda: session.store.drain().outbox.why)
    assert session.store.state.outbox.waiting == 2, "the record and the task"


async def _delivered(session: Session) -> OutboxRow:
    """The record, once all has been delivered."""
    session.retry()
    await until(lambda: session.store.drain().outbox.waiting == 0)
    assert session.store.state.outbox.parked == 0
    rows = await session.local.outbox(include_delivered=True)
    return next(row for row in rows if row.kind == "wrap_up")


@pytest.mark.parametrize("ends", [False, True], ids=["the desktop stays", "the desktop ends too"])
async def test_odoo_dies_while_it_writes_a_wrap_up_and_has_it_once(
    odoo: Odoo, connect: Connect, calls: MockContactCenterRig, tmp_path: Path, ends: bool
) -> None:
    number, note, task = fresh.number(), fresh.text("A refund was promised."), fresh.text("Call back")
    ada = odoo.create("res.partner", name=fresh.name(), phone=f"{number[:3]} {number[3:]}")
    path = tmp_path / "p.db"
    async with desk(path, calls, connect) as session:
        interaction = await _worked(session, calls, number)
        assert session.store.state.pops[interaction].chosen == str(ada)
        await _cut_short(session, odoo, interaction, note, task)
        if not ends:
            await asyncio.to_thread(odoo.run)
            row = await _delivered(session)
    if ends:
        await asyncio.to_thread(odoo.run)
        async with desk(path, calls, connect) as session:
            row = await _delivered(session)
    assert odoo.written(row.key) == [int(row.receipt)]
    assert odoo.count("mail.message", ["res_id", "=", ada], ["body", "ilike", note]) == 1
    assert odoo.count("mail.activity", ["res_id", "=", ada], ["summary", "=", task]) == 1
