"""Two agents at one mailbox: each mail is taken exactly once. `--full` has a thousand of them."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.words import Availability, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import Unsupported
from desktop.testing import fresh
from tests.real.mail.rig import a_mail, options
from tests.real.mail.work import shown
from tests.real.servers.mail_system import MailSystem
from tests.real.servers.server import CannotStart

WITHOUT_CONDSTORE = "IMAP4rev1 UIDPLUS MOVE IDLE LITERAL+ CHILDREN"


@pytest.fixture(params=["", "IMAP4rev1 CONDSTORE UIDPLUS"], ids=["all it can", "neither IDLE nor MOVE"])
def system(request: pytest.FixtureRequest) -> Iterator[MailSystem]:
    system = MailSystem(capability=request.param)
    try:
        system.__enter__()
    except CannotStart as error:
        pytest.skip(f"NOT TESTED: {error}")
    try:
        yield system
    finally:
        system.stop()


async def work_all(desk: ImapContactCenter, done: list[str], count: int) -> None:
    """Take what is offered until every mail was taken by somebody."""
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=fresh.new_key())
    while len(done) < count:
        for one in (await shown(desk)).interactions:
            if one.phase is Phase.OFFERED:
                taken = await desk.accept(one.id, key=fresh.new_key())
                done.append(taken.subject)
                await desk.end(one.id, key=fresh.new_key())
                await desk.wrap_up(one.id, codes=[], note_given=False, key=fresh.new_key())


async def test_every_mail_is_taken_exactly_once(system: MailSystem, request: pytest.FixtureRequest) -> None:
    count = 1_000 if request.config.getoption("--full") else 40
    for number in range(count):
        system.drop_in(bytes(a_mail("Hello", fresh.email(), f"mail {number}")))
    desks = [ImapContactCenter.create(options(system, agent)) for agent in ("maya", "noor")]
    offered = [await desk.open() for desk in desks]
    assert all(Capability.PULL in one for one in offered)
    done: list[str] = []
    try:
        async with asyncio.timeout(600):
            await asyncio.gather(*(work_all(desk, done, count) for desk in desks))
    finally:
        for desk in desks:
            await desk.close()
    assert Counter(done) == Counter(f"mail {number}" for number in range(count))
    assert len(system.mails("Done")) == count
    assert system.mails("INBOX") == []


async def test_a_server_that_cannot_decide_between_two_is_refused() -> None:
    with MailSystem(capability=WITHOUT_CONDSTORE) as system:
        desk = ImapContactCenter.create(options(system))
        with pytest.raises(Unsupported, match="CONDSTORE"):
            await desk.open()
        await desk.close()
