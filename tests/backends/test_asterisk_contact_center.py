"""What the adapter asks of a server, and what it makes of one that tells strange things. No foreign program."""

import asyncio
from contextlib import aclosing

import pytest

from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.domain.entities.words import Availability, Monitoring
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.base import Capability
from desktop.ports.errors import Forbidden, NotFound, Unavailable, Unsupported
from tests.backends.pbx import ACTIONS, OFFER, Pbx, at


async def _shown(backend: AsteriskContactCenter) -> ContactCenterSnapshot:
    event = (await backend.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def test_nothing_that_can_stop_the_server_is_asked_for() -> None:
    pbx = Pbx(ACTIONS)
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(OFFER)
        while not any(one["Action"] == "Getvar" and "CHANNEL(" in one["Variable"] for one in pbx.asked):
            await asyncio.sleep(0.01)
        await _shown(backend)
    # A function within a list of channels is worked out while the channel is locked, and the SIP thread waits for it.
    lists = [one.get("Variables", "") for one in pbx.asked if one["Action"] == "Status"]
    assert lists and all("(" not in names for names in lists)
    # Of these each needs `call` or `agent` at most; Filter, MuteAudio, DBPut and Command would need `system`.
    used = {one["Action"] for one in pbx.asked}
    assert used <= {"Login", "ListCommands", "Ping", "QueueStatus", "Status", "Getvar"}


async def test_only_what_the_user_may_do_is_offered() -> None:
    async with at(Pbx(ACTIONS)) as backend:
        offered = await backend.open()
        assert Capability.MUTE in offered
        assert not offered & {Capability.CONSULT, Capability.DTMF, Capability.CALLBACK, Capability.DIAL}
        for call in (
            lambda: backend.consult("x", "tel:1", key="k"),
            lambda: backend.dtmf("x", "1", key="k"),
            lambda: backend.blind_transfer("x", "tel:1", key="k"),
        ):
            with pytest.raises(Unsupported):
                await call()
        with pytest.raises(Unsupported):
            await backend.monitor("PJSIP/x", Monitoring.LISTEN, why="to help", key="k")


async def test_a_user_who_may_not_sign_agents_in_is_told_what_to_ask_for() -> None:
    async with at(Pbx(("Ping", "Status"))) as backend:
        with pytest.raises(Forbidden, match=r"write=call,agent,originate"):
            await backend.open()


async def test_strange_events_end_nothing() -> None:
    pbx = Pbx(ACTIONS)
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(
            "Event: AgentCalled\r\n",
            "Event: AgentConnect\r\nDestUniqueid: 9.9\r\n",
            "Event: Hangup\r\nUniqueid: \r\nCause: many\r\n",
            "Event: Rename\r\nUniqueid: 1.1\r\n",
            "Event: \xff\x00\r\n",
            "Event: VarSet\r\nValue: \x1b[2J\r\n",
            "Event: QueueMemberPause\r\nQueue: support\r\nInterface: PJSIP/x\r\nPaused: perhaps\r\n",
            "Event: BridgeLeave\r\nUniqueid: 5.5\r\n",
            OFFER,
            OFFER,
        )
        async with aclosing(backend.events(None)) as stream:  # type: ignore[type-var]
            told = [await anext(aiter(stream))]
        assert isinstance((await _shown(backend)), ContactCenterSnapshot)
        assert told
        with pytest.raises(NotFound):
            await backend.accept("x", key="k")


async def test_a_closed_backend_says_so() -> None:
    async with at(Pbx(ACTIONS)) as backend:
        await backend.open()
        await backend.close()
        with pytest.raises(Unavailable):
            await backend.set_availability(Availability.OFFLINE, reason="", after_current=False, key="k")
