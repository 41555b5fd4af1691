"""No server of the project lets the second half of an answer wait for the client's acknowledgement of the first."""

import asyncio
import http.client
import importlib.util
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from desktop.backends.wire.listener import Listener, Push
from desktop.ports.kinds import Kind
from desktop.scaffold.plugin import write
from desktop.testing.fault_proxy import FaultProxy
from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet


@asynccontextmanager
async def _mock_servers() -> AsyncIterator[list[int]]:
    fleet = Fleet(settings=Settings(customers=20, autonomous=False), control="control-token")
    urls = await fleet.start()
    yield [int(url.rpartition(":")[2]) for url in urls.values()]
    await fleet.stop()


@asynccontextmanager
async def _fault_proxy() -> AsyncIterator[list[int]]:
    proxy = FaultProxy("127.0.0.1", 9)
    await proxy.start()
    yield [proxy.port]
    await proxy.stop()


@asynccontextmanager
async def _delivery_reports() -> AsyncIterator[list[int]]:
    async def take(push: Push) -> HTTPStatus:
        return HTTPStatus.OK

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = Listener("127.0.0.1", port, "secret", take)
    await server.start()
    yield [port]
    await server.stop()


@asynccontextmanager
async def _server_of_a_new_plug_in() -> AsyncIterator[list[int]]:
    with tempfile.TemporaryDirectory() as place:
        module = write(Kind.CRM, "acme", Path(place)) / "acme_crm" / "server.py"
        spec = importlib.util.spec_from_file_location("server_of_a_new_plug_in", module)
        assert spec is not None and spec.loader is not None
        server_module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = server_module  # its dataclass looks there
        spec.loader.exec_module(server_module)
    server = server_module.Server()
    yield [server.server_port]
    server.stop()


@pytest.mark.parametrize("running", [_mock_servers, _fault_proxy, _delivery_reports, _server_of_a_new_plug_in])
async def test_accepted_connections_do_not_wait_for_acknowledgements(
    running: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: list[bool] = []
    accept, close = socket.socket.accept, socket.socket.close
    served: set[socket.socket] = set()

    def accepting(listener: socket.socket) -> tuple[socket.socket, Any]:
        connection, address = accept(listener)
        served.add(connection)
        return connection, address

    def closing(one: socket.socket) -> None:
        if one in served:
            served.discard(one)
            accepted.append(bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        close(one)

    monkeypatch.setattr(socket.socket, "accept", accepting)
    monkeypatch.setattr(socket.socket, "close", closing)
    async with running() as ports:
        for port in ports:
            await asyncio.to_thread(_ask, port)
    async with asyncio.timeout(5):
        while len(accepted) < len(ports):
            await asyncio.sleep(0)
    assert accepted == [True] * len(ports)


def _ask(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/")
        client.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass  # what it answers is no matter here
    finally:
        client.close()
