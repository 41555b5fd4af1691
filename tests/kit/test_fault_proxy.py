"""The fault proxy: every mode, over real sockets, for HTTP and for a protocol in which the server speaks first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from desktop.testing.fault_proxy import Answer, FaultProxy, Mode


class Greeter:
    """A server that greets whoever connects and answers each line with itself."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\n")
        try:
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(line)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


class Web:
    """A server that answers every HTTP request with 200 and keeps the connection."""

    def __init__(self) -> None:
        self.done = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(x[15:]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")), 0)
                await reader.readexactly(length)
                self.done += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def before(port: int) -> AsyncIterator[FaultProxy]:
    async with asyncio.timeout(20), FaultProxy("127.0.0.1", port) as proxy:
        yield proxy


@asynccontextmanager
async def web() -> AsyncIterator[tuple[Web, FaultProxy, httpx.AsyncClient]]:
    server = Web()
    async with (
        server.running() as port,
        before(port) as proxy,
        httpx.AsyncClient(base_url=proxy.url, trust_env=False, timeout=5) as client,
    ):
        yield server, proxy, client


async def test_it_passes_what_is_said_and_counts_requests() -> None:
    async with web() as (server, proxy, client):
        for _ in range(2):
            assert (await client.post("/x?y=1", content=b"z" * 200_000)).text == "ok"
        assert proxy.requests == ["POST /x?y=1"] * 2
        assert (proxy.connections, server.done) == (1, 2)


async def test_it_answers_in_the_place_of_the_server() -> None:
    async with web() as (server, proxy, client):
        await client.get("/")
        await proxy.set(Mode.ANSWER, Answer(429, {"Retry-After": "7"}, b"{}"))
        for _ in range(2):
            answer = await client.post("/busy", content=b"z" * 200_000)
            assert (answer.status_code, answer.headers["retry-after"], answer.text) == (429, "7", "{}")
        assert server.done == 1
        await proxy.set(Mode.PASS)
        assert (await client.get("/")).status_code == 200


async def test_it_refuses_on_the_same_port_and_listens_there_again() -> None:
    async with web() as (_, proxy, client):
        await client.get("/")
        port = proxy.port
        await proxy.set(Mode.REFUSE)
        for _ in range(2):
            with pytest.raises(httpx.ConnectError):
                await client.get("/")
        await proxy.set(Mode.PASS)
        assert proxy.port == port
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize("mode", [Mode.CUT, Mode.GARBAGE])
async def test_it_breaks_off_without_asking_the_server(mode: Mode) -> None:
    async with web() as (server, proxy, client):
        await client.get("/")
        await proxy.set(mode)
        with pytest.raises(httpx.TransportError) as caught:
            await client.post("/")
        assert not isinstance(caught.value, httpx.ConnectError)
        assert server.done == 1


async def test_a_gateway_answers_for_what_was_done() -> None:
    async with web() as (server, proxy, client):
        await client.get("/")
        await proxy.set(Mode.REPLACE_ANSWER, Answer(504), spare=1)
        assert [(await client.post("/")).status_code for _ in range(3)] == [200, 504, 504]
        assert server.done == 4
        await proxy.set(Mode.PASS)
        assert (await client.get("/")).status_code == 200


async def test_so_many_requests_are_answered_in_its_place() -> None:
    async with web() as (server, proxy, client):
        await client.get("/")
        await proxy.set(Mode.ANSWER, Answer(401), times=2)
        assert [(await client.get("/")).status_code for _ in range(4)] == [401, 401, 200, 200]
        assert server.done == 3


async def test_it_loses_the_answer_to_what_was_done() -> None:
    async with web() as (server, proxy, client):
        for fresh in (True, False):
            if not fresh:
                await client.get("/")
            before = server.done
            await proxy.set(Mode.LOSE_ANSWER)
            with pytest.raises(httpx.TransportError):
                await client.post("/")
            assert server.done == before + 1
            await proxy.set(Mode.PASS)


async def test_it_says_nothing_and_takes_everything() -> None:
    async with web() as (server, proxy, client):
        await client.get("/")
        await proxy.set(Mode.HANG)
        for _ in range(2):  # on a connection from before, and on a new one
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/", timeout=httpx.Timeout(5, read=0.05))
        assert server.done == 1
        assert len(proxy.requests) == 3
        await proxy.set(Mode.PASS)
        assert (await client.get("/")).status_code == 200


async def test_a_lasting_connection_is_cut_at_once() -> None:
    greeter = Greeter()
    async with greeter.running() as port, before(port) as proxy:
        for end in (proxy.drop, lambda: proxy.set(Mode.CUT), lambda: proxy.set(Mode.REFUSE)):
            await proxy.set(Mode.PASS)
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            assert await reader.readline() == b"hello\n"
            await end()
            with suppress(ConnectionError):  # a reset is an end too
                assert await reader.read() == b""
            writer.close()


async def test_a_lasting_connection_hears_garbage_and_ends() -> None:
    greeter = Greeter()
    async with greeter.running() as port, before(port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.readline() == b"hello\n"
        await proxy.set(Mode.GARBAGE)
        assert b"garbage" in await reader.read()
        writer.close()


async def test_a_client_that_waits_to_be_greeted_is_spoilt_too() -> None:
    async with Greeter().running() as port, before(port) as proxy:
        await proxy.set(Mode.GARBAGE)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert b"garbage" in await reader.read()
        writer.close()


async def test_a_greeting_is_no_answer_that_could_get_lost() -> None:
    greeter = Greeter()
    async with greeter.running() as port, before(port) as proxy:
        await proxy.set(Mode.LOSE_ANSWER)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.readline() == b"hello\n"
        writer.write(b"do it\n")
        with suppress(ConnectionError):
            assert await reader.read() == b""
        assert greeter.heard == [b"do it\n"]
        writer.close()


async def test_it_can_be_stopped_twice_and_started_again() -> None:
    async with Greeter().running() as port:
        proxy = FaultProxy("127.0.0.1", port)
        await proxy.start()
        where = proxy.port
        await proxy.stop()
        await proxy.stop()
        await proxy.start()
        assert proxy.port == where
        reader, writer = await asyncio.open_connection("127.0.0.1", where)
        assert await reader.readline() == b"hello\n"
        writer.close()
        await proxy.stop()
