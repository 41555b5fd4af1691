"""The connection: lost and resumed, frozen, its server killed; wrong credentials; and never without TLS."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from desktop.domain.events import Gap, Heartbeat, PresenceChanged
from desktop.domain.words import PresenceState
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, Rejected, Unavailable
from desktop.testing.fault_proxy import FaultProxy, Mode
from tests.real.conftest import started
from tests.real.servers.prosody import DOMAIN, Prosody, make_certificate

from .colleague import colleague
from .following import Following, adapter, following, until

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"


@pytest.fixture
async def proxy(server: Prosody) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", server.port) as one:
        yield one


def told_once(agent: Following, text: str) -> bool:
    return [one.text for one in agent.lines()].count(text) == 1


async def test_a_lost_connection_is_resumed_with_nothing_lost_and_nothing_twice(
    server: Prosody, proxy: FaultProxy
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
    server: Prosody, proxy: FaultProxy
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


async def test_a_frozen_connection_is_noticed_by_its_silence(server: Prosody, proxy: FaultProxy) -> None:
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


async def test_a_server_that_died_and_came_back_begins_a_new_session(server: Prosody) -> None:
    async with following(adapter(server)) as agent:
        snapshot = await agent.backend.snapshot()
        server.kill()
        assert isinstance(await agent.lost(), Unavailable)
        with pytest.raises(Unavailable):
            await agent.backend.open()
        with pytest.raises(Unavailable):
            await agent.backend.chat(EXPERT, "hello", key="dead-1")
        server.launch()
        agent.go_on((snapshot.epoch, snapshot.seq or 0))
        gap = await until(lambda: [one for one in agent.envelopes if isinstance(one.event, Gap)])
        assert gap[0].epoch != snapshot.epoch, "numbers of the old session mean nothing"
        async with colleague(server, "expert1") as expert:
            await expert.show("dnd", "back")
            await agent.shows(EXPERT, lambda one: one.activity == "back")


async def test_a_wrong_password_is_tried_once(server: Prosody, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend = adapter(server, password="not-this-one")
    with pytest.raises(AuthFailed) as failed:
        await backend.open()
    await backend.close()
    assert "not-this-one" not in f"{failed.value} {failed.value.detail} {caplog.text} {backend!r}"


async def test_the_password_is_in_no_log(server: Prosody, caplog: pytest.LogCaptureFixture) -> None:
    from base64 import b64encode

    caplog.set_level(logging.DEBUG)
    async with following(adapter(server)):
        pass
    for secret in ("pw-agent1", b64encode(b"\0agent1\0pw-agent1").decode()):
        assert secret not in caplog.text


async def test_a_certificate_nobody_vouches_for_is_refused(server: Prosody) -> None:
    other = make_certificate(server.folder, "other.example")
    for ca_file, port in (("", server.port), (str(other), server.port), (str(other), server.direct_port)):
        backend = adapter(server, ca_file=ca_file, port=str(port), tls="direct" if port != server.port else "starttls")
        with pytest.raises(Unavailable, match="certificate"):
            await backend.open()
        await backend.close()


async def test_a_certificate_for_another_name_is_refused(server: Prosody) -> None:
    backend = adapter(server, jid="agent1@other.example")
    with pytest.raises(Unavailable):
        await backend.open()
    await backend.close()


async def test_tls_from_the_first_byte(server: Prosody) -> None:
    backend = adapter(server, port=str(server.direct_port), tls="direct")
    assert Capability.CHAT in await backend.open()
    await backend.close()


async def test_without_tls_nothing_is_sent() -> None:
    with started(Prosody(tls=False)) as plain:
        backend = adapter(plain)
        with pytest.raises(Unavailable, match="encrypted"):
            await backend.open()
        await backend.close()


async def test_what_the_server_lacks_is_not_offered() -> None:
    lacking = frozenset({"smacks", "mam", "carbons", "pep", "vcard4", "vjud", "ping", "csi_simple"})
    with started(Prosody(without=lacking)) as plain:
        async with colleague(plain, "expert1"), following(adapter(plain)) as agent:
            assert await agent.backend.open() == {Capability.CHAT, Capability.SET_OWN}
            await agent.shows(EXPERT, lambda one: one.state is PresenceState.AVAILABLE)
            told = await agent.backend.set_own(PresenceState.BUSY, activity="on a call", key="k", in_call=True)
            assert told.state is PresenceState.BUSY
            assert [one.id for one in await agent.backend.people("billing")] == [EXPERT]
            assert (await agent.backend.chat(EXPERT, "plain", key="plain-1")).text == "plain"


@pytest.mark.parametrize(
    "sent",
    [
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><stream:stream>",
        b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'><message><body>"
        + b"x" * 3_000_000,
        b"\x00\xff garbage",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'><stream:error>"
        b"<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1</see-other-host></stream:error>"
        b"</stream:stream>",
        b"",
    ],
)
async def test_what_is_no_xmpp_server_is_told_as_that(sent: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        try:
            await writer.drain()
        finally:
            writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    from desktop.backends.xmpp.presence import XmppPresence

    backend = XmppPresence.create({"jid": AGENT, "password": "x", "host": "127.0.0.1", "port": str(port)})
    with pytest.raises((Unavailable, ProtocolError)):
        await asyncio.wait_for(backend.open(), 8)
    await backend.close()
    listener.close()


@pytest.mark.parametrize(
    "options",
    [
        {"jid": "no address"},
        {"jid": "agent1@desk.example/with-resource"},
        {"password": ""},
        {"port": "99999"},
        {"port": "x"},
        {"host": ""},
        {"host": "a b"},
        {"tls": "none"},
        {"subscribe": "perhaps"},
        {"resource": "a\nb"},
    ],
)
def test_options_that_cannot_be_used_are_refused_at_once(server: Prosody, options: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        adapter(server, **options)
