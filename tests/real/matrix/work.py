"""How the tests of the Matrix account work: desks that are open, customers who come back, and what they got."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from desktop.backends.matrix.contact_center import MatrixContactCenter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.matrix.rig import Account, options

PATIENCE = 30.0


@asynccontextmanager
async def opened(account: Account, agent: str = "maya", **changes: str) -> AsyncIterator[MatrixContactCenter]:
    """A desktop's backend, open."""
    known = {"token": await asyncio.to_thread(account.token, agent), **changes}
    desk = MatrixContactCenter.create(options(account.synapse.url, agent=agent, **known))
    try:
        await desk.open()
        yield desk
    finally:
        await desk.close()


async def shown(desk: MatrixContactCenter) -> ContactCenterSnapshot:
    """What the desk shows now."""
    event = (await desk.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def seen(desk: MatrixContactCenter, wanted: Callable[[Interaction], object], what: str) -> Interaction:
    """The contact that is as wanted, once there is one."""

    async def look() -> Interaction | None:
        return next((one for one in (await shown(desk)).interactions if wanted(one)), None)

    return await until(look, PATIENCE, what)


async def available(desk: MatrixContactCenter) -> None:
    """Take offers from now on."""
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=fresh.new_key())


async def taken(desk: MatrixContactCenter) -> Interaction:
    """The next conversation, accepted."""
    await available(desk)
    offered = await seen(desk, lambda one: one.phase is Phase.OFFERED, "the offer")
    return await desk.accept(offered.id, key=fresh.new_key())


async def put_away(desk: MatrixContactCenter, interaction_id: str) -> None:
    """End a contact and finish its wrap-up."""
    await desk.end(interaction_id, key=fresh.new_key())
    await desk.wrap_up(interaction_id, codes=["order"], note_given=False, key=fresh.new_key())
