"""How the tests of the shared mailbox work: a desk that is open, a mail that is taken, a reply that arrived."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.mail.rig import options
from tests.real.servers.mail_system import MailSystem

PATIENCE = 20.0


@asynccontextmanager
async def opened(system: MailSystem, agent: str = "maya", **changes: str) -> AsyncIterator[ImapContactCenter]:
    """A desktop's backend, open."""
    desk = ImapContactCenter.create(options(system, agent, **changes))
    try:
        await desk.open()
        yield desk
    finally:
        await desk.close()


async def shown(desk: ImapContactCenter) -> ContactCenterSnapshot:
    """What the desk shows now."""
    event = (await desk.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def seen(desk: ImapContactCenter, wanted: Callable[[Interaction], object], what: str) -> Interaction:
    """The contact that is as wanted, once there is one."""

    async def look() -> Interaction | None:
        return next((one for one in (await shown(desk)).interactions if wanted(one)), None)

    return await until(look, PATIENCE, what)


async def available(desk: ImapContactCenter) -> None:
    """Take offers from now on."""
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=fresh.new_key())


async def taken(desk: ImapContactCenter, sender: str) -> Interaction:
    """The mail of this customer, accepted."""
    await available(desk)

    def theirs(one: Interaction) -> bool:
        return one.customer.value == sender and one.phase is Phase.OFFERED

    offered = await seen(desk, theirs, "the offer")
    return await desk.accept(offered.id, key=fresh.new_key())


async def put_away(desk: ImapContactCenter, interaction_id: str) -> None:
    """End a contact and finish its wrap-up."""
    await desk.end(interaction_id, key=fresh.new_key())
    await desk.wrap_up(interaction_id, codes=["order"], note_given=False, key=fresh.new_key())


async def arrived(system: MailSystem, to: str, number: int = 1) -> list[EmailMessage]:
    """What the customer has, once it is so many mails."""

    async def look() -> list[EmailMessage] | None:
        found = await asyncio.to_thread(system.delivered, to)
        return found if len(found) >= number else None

    return await until(look, PATIENCE, f"{number} mails to {to}")
