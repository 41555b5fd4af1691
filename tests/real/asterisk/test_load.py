"""Fifty calls in a row and twenty at once: at the end nothing is stuck, here or at the server."""

import asyncio
from contextlib import AsyncExitStack

from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import Change
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.asterisk.robots import answering, callers
from tests.real.servers.asterisk import SPARE_AGENTS, Asterisk

IN_A_ROW = 50


async def _nothing_is_stuck(server: Asterisk, desks: list[Desk]) -> None:
    await until(lambda: not server.channels(), "every channel ends")
    shown = await asyncio.to_thread(server.cli, "queue show rush")
    assert "paused" not in shown and "No Callers" in shown, shown
    for desk in desks:
        picture = await desk.look()
        assert not picture.interactions
        assert desk.agent.observed is Availability.AVAILABLE and not desk.agent.in_use["voice"]
        assert desk.queues["rush"].waiting == 0
        assert not desk.backend._board.calls.parties.bridges  # nothing of a call is kept when it is over


async def test_fifty_calls_in_a_row(server: Asterisk, phones: Phones) -> None:
    async with Desk(options(server, queues="rush")) as desk:
        phone, caller = await phones.get("agent1"), await phones.get("customer")
        await desk.become(Availability.AVAILABLE)
        seen: set[str] = set()
        for number in range(IN_A_ROW):
            await caller.dial("rush")
            call = await desk.talk(phone)
            await desk.backend.snapshot()  # at the worst moment: answered, and in no bridge yet
            seen.add(call.id)
            await (desk.backend.end(call.id, key=desk.key()) if number % 2 else caller.hang_up())
            await desk.finish((await desk.reach(Phase.WRAP_UP)).id)
            await until(lambda: not caller.talks and not phone.talks, "both phones are free")
        assert len(seen) == IN_A_ROW
        assert [len(desk.reasons(change)) for change in (Change.OFFERED, Change.CONNECTED, Change.CLOSED)] == [50] * 3
        await _nothing_is_stuck(server, [desk])
        await desk.become(Availability.OFFLINE)


async def test_twenty_at_once(server: Asterisk, phones: Phones) -> None:
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(Desk(options(server, f"PJSIP/spare{number}", queues="rush")))
            for number in range(1, SPARE_AGENTS + 1)
        ]
        await stack.enter_async_context(answering(server))
        for desk in desks:
            await desk.become(Availability.AVAILABLE)
        calling = asyncio.ensure_future(callers(server, "rush", calls=SPARE_AGENTS, at_once=SPARE_AGENTS, talk_ms=1500))
        talked = await asyncio.gather(*(_work(desk) for desk in desks))
        assert await calling == 0  # every caller was served
        assert len(set(talked)) == SPARE_AGENTS  # each by somebody else
        await _nothing_is_stuck(server, desks)
        for desk in desks:
            await desk.become(Availability.OFFLINE)


async def _work(desk: Desk) -> str:
    await desk.reach(Phase.ACTIVE)
    call = await desk.reach(Phase.WRAP_UP)
    await desk.finish(call.id)
    return call.id
