"""A connection that is lost or frozen: nothing is lost and nothing comes twice."""

import asyncio

import pytest

from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Gap, Heartbeat, PresenceChanged
from desktop.ports.errors import BackendError, Unavailable
from desktop.testing.fault_proxy import FaultProxy, Mode
from tests.real.servers.prosody import DOMAIN

from .colleague import colleague
from .conftest import XmppServer
from .following import Following, adapter, following, until

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"


def told_once(agent: Following, text: str) -> bool:
    return [one.text for one in agent.lines()].count(text) == 1


async def test_a_lost_connection_is_resumed_with_nothing_lost_and_nothing_twice(
    server: XmppServer, proxy: FaultProxy
) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server, port=str(proxy.port))) as agent:
        await expert.says(AGENT, "before")
        await until(lambda: agent.lines())
        epoch, seq = agent.position
        await proxy.set(Mode.REFUSE)
        assert isinstance(await agent.lost(), Unavailable)
        await expert.says(AGENT, "while you were gone")
        await expert.show("dnd", "do not wake")
        await expert.show("away", "changed my mind")
        with pytest.raises(Unavailable):
            await agent.backend.snapshot()
        assert agent.presence(EXPERT).state is PresenceState.AVAILABLE  # type: ignore[union-attr]
        await proxy.set(Mode.PASS)
        agent.go_on((epoch, seq))
        await agent.shows(EXPERT, lambda one: one.activity == "changed my mind")
        assert told_once(agent, "before")
        assert told_once(agent, "while you were gone")
        numbers = [one.seq for one in agent.envelopes if one.seq is not None]
        assert numbers == sorted(set(numbers)), "no number twice"
        assert {one.epoch for one in agent.envelopes} == {epoch}, "the same session"
        changes = [one.event.presence.activity for one in agent.envelopes if isinstance(one.event, PresenceChanged)]
        assert changes.count("do not wake") == 1
        assert not [one for one in agent.envelopes if isinstance(one.event, Gap)]
        assert expert.sees(AGENT) == "available", "colleagues never saw us go"


async def test_what_we_write_is_not_lost_or_doubled_when_the_connection_goes(
    server: XmppServer, proxy: FaultProxy
) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server, port=str(proxy.port))) as agent:
        await proxy.set(Mode.HANG)
        writing = asyncio.ensure_future(agent.backend.chat(EXPERT, "into the void", key="void-1"))
        await agent.lost()
        with pytest.raises(BackendError):
            await writing
        await proxy.set(Mode.PASS)
        line = await agent.backend.chat(EXPERT, "into the void", key="void-1")
        assert line.id == "void-1"
        await agent.backend.snapshot()
        await until(lambda: expert.heard("into the void"))
        await expert.settle()
        assert expert.heard("into the void") == 1


async def test_a_frozen_connection_is_noticed_by_its_silence(server: XmppServer, proxy: FaultProxy) -> None:
    async with following(adapter(server, port=str(proxy.port), ping_every=0.3)) as agent:
        await until(lambda: [one for one in agent.envelopes if isinstance(one.event, Heartbeat)][2:])
        await proxy.set(Mode.HANG)
        assert isinstance(await agent.lost(), Unavailable)
        beats = len(agent.envelopes)
        await proxy.set(Mode.PASS)
        agent.go_on(
            (await agent.backend.snapshot()).epoch
            and agent.backend._journal.epoch
            and (agent.backend._journal.epoch, agent.backend._journal.head)
        )
        await until(lambda: len(agent.envelopes) > beats)
