"""Who hears whom on a real Asterisk: a tone is said at each phone, and heard where the desk says that it is."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, LegFailure, LegPhase, Phase
from desktop.domain.select.hearing import AGENT, CUSTOMER, hearing
from tests.real.asterisk.desk import Desk
from tests.real.asterisk.phones import Phone, Phones, until
from tests.real.servers.asterisk import Asterisk


async def _call(desk: Desk, phones: Phones) -> tuple[Interaction, Phone, Phone]:
    """A call that talks, the customer's phone and the agent's."""
    await desk.become(Availability.AVAILABLE)
    caller, agent = await phones.get("customer"), await phones.get("agent1")
    await caller.dial("support")
    call = await desk.talk(agent)
    await until(lambda: caller.talks, "the caller talks")
    return call, caller, agent


async def _true(desk: Desk, parties: dict[str, Phone]) -> None:
    """What each party says is heard by exactly those of whom the desk says so."""
    told = hearing(desk.only)
    assert told is not None
    for speaker, phone in parties.items():
        others = [one for one in parties if one != speaker]
        heard = await phone.is_heard_by(*(parties[one] for one in others))
        really = {one for one, yes in zip(others, heard, strict=True) if yes}
        assert really == {listener for who, listener in told.pairs if who == speaker}, f"{speaker} speaks"


async def test_consult_swap_and_conference_are_as_the_desk_says(desk: Desk, phones: Phones) -> None:
    call, caller, agent = await _call(desk, phones)
    expert = await phones.get("expert")
    await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await expert.answer()
    asked = await desk.see(lambda one: one.legs[-1].phase is LegPhase.ACTIVE and one.held, "the expert answers")
    leg = asked.legs[-1].id
    parties = {AGENT: agent, CUSTOMER: caller, leg: expert}
    await _true(desk, parties)
    await desk.backend.swap(call.id, leg, key=desk.key())
    await desk.see(lambda one: not one.held, "the customer is talked to")
    await _true(desk, parties)
    await desk.backend.swap(call.id, leg, key=desk.key())
    await desk.see(lambda one: one.held, "the expert is talked to")
    joined = await desk.backend.conference(call.id, leg, key=desk.key())
    told = hearing(joined)
    assert told is not None and told.everybody
    await until(lambda: len(caller.talks) == len(expert.talks) == 1, "all three talk")
    await _true(desk, parties)
    await expert.hang_up()
    await desk.see(lambda one: one.legs[-1].phase is LegPhase.COMPLETED and not one.held, "the expert left")
    await _true(desk, {AGENT: agent, CUSTOMER: caller})
    await caller.hang_up()
    await desk.finish((await desk.reach(Phase.WRAP_UP)).id)


@asynccontextmanager
async def _declines(server: Asterisk) -> AsyncIterator[None]:
    """A phone whose owner presses the red key: it answers every call with 603."""

    class Phone603(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            head = data.decode(errors="replace").split("\r\n\r\n")[0].split("\r\n")
            if head[0].startswith("INVITE "):
                kept = [line for line in head[1:] if line.split(":")[0] in {"Via", "From", "To", "Call-ID", "CSeq"}]
                kept = [f"{line};tag=603" if line.startswith("To:") else line for line in kept]
                lines = ["SIP/2.0 603 Decline", *kept, "Content-Length: 0", "", ""]
                self.transport.sendto("\r\n".join(lines).encode(), addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        Phone603, local_addr=("127.0.0.1", server.robots), family=socket.AF_INET
    )
    try:
        yield
    finally:
        transport.close()


@pytest.mark.parametrize("how", ["consult", "blind_transfer"])
async def test_an_expert_who_declines_is_named_so_and_the_customer_is_live(
    server: Asterisk, desk: Desk, phones: Phones, how: str
) -> None:
    call, caller, agent = await _call(desk, phones)
    async with _declines(server):
        await getattr(desk.backend, how)(call.id, "tel:1603", key=desk.key())
        back = await desk.see(
            lambda one: one.legs[-1].phase is LegPhase.FAILED and not one.held, "the customer is back"
        )
    told = hearing(back)
    assert told is not None and told.ended is not None and told.joined == {CUSTOMER}
    assert told.ended.failure is LegFailure.DECLINED
    await _true(desk, {AGENT: agent, CUSTOMER: caller})
    await caller.hang_up()
    await desk.finish((await desk.reach(Phase.WRAP_UP)).id)
