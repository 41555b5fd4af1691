"""The connection to an XMPP server that never gets as far as a session."""

import asyncio
import socket
import ssl

import pytest
from slixmpp.plugins.xep_0198.stanza import Enable

from desktop.backends.xmpp.account import account_of
from desktop.backends.xmpp.client import Client
from desktop.backends.xmpp.presence import XmppPresence
from desktop.ports.errors import Unavailable

OPTIONS = {"jid": "agent1@example.com", "password": "canary-9f2c", "host": "127.0.0.1"}


@pytest.mark.parametrize("early", [True, False], ids=["before it is connected", "before it is greeted"])
async def test_who_closes_while_it_connects_does_not_leave_the_connecting_behind(early: bool) -> None:
    connected = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    backend = XmppPresence.create(OPTIONS | {"port": str(port)})
    opening = asyncio.ensure_future(backend.open())
    if early:
        await asyncio.sleep(0)  # the attempt has begun, and no connection is there yet
    else:
        await connected.wait()
    await backend.close()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(opening, 5.0)
    listener.close()


async def test_a_session_is_kept_for_a_minute_only() -> None:
    """XEP-0198, `max` of <enable/>: the ghost of a crashed desktop must not stay available for minutes."""
    client = Client(account_of(OPTIONS), ssl.create_default_context())
    sent: list[str] = []
    client.add_filter("out_sync", lambda stanza: sent.append(str(stanza)))
    loop = asyncio.get_running_loop()
    client.send(Enable(client))
    filtering = loop.create_task(client.run_filters())
    try:
        async with asyncio.timeout(5.0):
            while not sent:
                await asyncio.sleep(0)
    finally:
        filtering.cancel()
        client.let_go()
    assert 'max="60"' in sent[0]


async def test_a_server_that_is_not_there_is_named_with_the_options_to_look_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    backend = XmppPresence.create(OPTIONS | {"port": str(port)})
    with pytest.raises(Unavailable) as caught:
        await asyncio.wait_for(backend.open(), 10.0)
    await backend.close()
    assert caught.value.message == f"The directory at 127.0.0.1:{port} cannot be reached; see host and port."


async def test_a_domain_whose_server_is_not_found_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    account = account_of({"jid": "agent1@nowhere.invalid", "password": "canary-9f2c"})
    client = Client(account, ssl.create_default_context())

    async def nothing_found(domain: str, port: int | None = None) -> list[tuple[str, str, str, int]]:
        return []

    monkeypatch.setattr(client, "get_dns_records", nothing_found)
    with pytest.raises(Unavailable) as caught:
        await asyncio.wait_for(client.attempt(), 10.0)
    client.let_go()
    words = "The directory of nowhere.invalid cannot be reached where DNS says; name it with host and port."
    assert caught.value.message == words
