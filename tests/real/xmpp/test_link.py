"""The connection: lost and resumed, frozen, its server killed; wrong credentials; and never without TLS."""

import asyncio
import logging

import pytest

from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Gap
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, ProtocolError, Rejected, Unavailable
from tests.real.conftest import started
from tests.real.servers.prosody import DOMAIN, Prosody, make_certificate

from .colleague import colleague
from .following import adapter, following, until

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"


async def test_a_server_that_died_and_came_back_begins_a_new_session(prosody: Prosody) -> None:
    async with following(adapter(prosody)) as agent:
        snapshot = await agent.backend.snapshot()
        prosody.kill()
        assert isinstance(await agent.lost(), Unavailable)
        with pytest.raises(Unavailable):
            await agent.backend.open()
        with pytest.raises(Unavailable):
            await agent.backend.chat(EXPERT, "hello", key="dead-1")
        prosody.launch()
        agent.go_on((snapshot.epoch, snapshot.seq or 0))
        gap = await until(lambda: [one for one in agent.envelopes if isinstance(one.event, Gap)])
        assert gap[0].epoch != snapshot.epoch, "numbers of the old session mean nothing"
        async with colleague(prosody, "expert1") as expert:
            await expert.show("dnd", "back")
            await agent.shows(EXPERT, lambda one: one.activity == "back")


async def test_a_wrong_password_is_tried_once(prosody: Prosody, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend = adapter(prosody, password="not-this-one")
    with pytest.raises(AuthFailed) as failed:
        await backend.open()
    await backend.close()
    assert "not-this-one" not in f"{failed.value} {failed.value.detail} {caplog.text} {backend!r}"


async def test_the_password_is_in_no_log(prosody: Prosody, caplog: pytest.LogCaptureFixture) -> None:
    from base64 import b64encode

    caplog.set_level(logging.DEBUG)
    async with following(adapter(prosody)):
        pass
    for secret in ("pw-agent1", b64encode(b"\0agent1\0pw-agent1").decode()):
        assert secret not in caplog.text


async def test_a_certificate_nobody_vouches_for_is_refused(prosody: Prosody) -> None:
    other = make_certificate(prosody.folder, "other.example")
    for ca_file, port in (("", prosody.port), (str(other), prosody.port), (str(other), prosody.direct_port)):
        backend = adapter(
            prosody, ca_file=ca_file, port=str(port), tls="direct" if port != prosody.port else "starttls"
        )
        with pytest.raises(Unavailable, match="certificate"):
            await backend.open()
        await backend.close()


async def test_a_certificate_for_another_name_is_refused(prosody: Prosody) -> None:
    backend = adapter(prosody, jid="agent1@other.example")
    with pytest.raises(Unavailable):
        await backend.open()
    await backend.close()


async def test_tls_from_the_first_byte(prosody: Prosody) -> None:
    backend = adapter(prosody, port=str(prosody.direct_port), tls="direct")
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
def test_options_that_cannot_be_used_are_refused_at_once(prosody: Prosody, options: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        adapter(prosody, **options)
