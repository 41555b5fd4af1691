"""How the tests of SMS numbers work: desks that are open, and what they show."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from desktop.backends.kannel.contact_center import KannelContactCenter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from tests.real.servers.kannel import Kannel
from tests.real.sms.rig import options

PATIENCE = 30.0


@asynccontextmanager
async def opened(
    kannel: Kannel, folder: Path, agent: str = "maya", **changes: str
) -> AsyncIterator[KannelContactCenter]:
    """A desktop's backend, open."""
    desk = KannelContactCenter.create(options(kannel, folder, agent, **changes))
    try:
        await desk.open()
        yield desk
    finally:
        await desk.close()


async def shown(desk: KannelContactCenter) -> ContactCenterSnapshot:
    """What the desk shows now."""
    event = (await desk.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def seen(desk: KannelContactCenter, wanted: Callable[[Interaction], object], what: str) -> Interaction:
    """The contact that is as wanted, once there is one."""

    async def look() -> Interaction | None:
        return next((one for one in (await shown(desk)).interactions if wanted(one)), None)

    return await until(look, PATIENCE, what)


async def available(desk: KannelContactCenter) -> None:
    """Take offers from now on."""
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())


async def taken(desk: KannelContactCenter) -> Interaction:
    """The next text, accepted."""
    await available(desk)
    offered = await seen(desk, lambda one: one.phase is Phase.OFFERED, "the offer")
    return await desk.accept(offered.id, key=new_key())


def kept(folder: Path, query: str) -> int:
    """The number that a question to the file of the texts answers; 0 while there is none."""
    if not (folder / "texts.db").exists():
        return 0
    with closing(sqlite3.connect(folder / "texts.db")) as db:
        made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'texts'").fetchone()
        return int(db.execute(query).fetchone()[0]) if made else 0
