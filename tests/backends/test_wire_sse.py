"""Event streams: any cutting gives the same events, half ones are dropped, large ones refused."""

import asyncio
import itertools
from contextlib import aclosing

import pytest
from httpx_sse._decoders import SSEDecoder, SSELineDecoder
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.wire.http import Http
from desktop.backends.wire.sse import EventParser, ServerEvent, position
from desktop.ports.errors import AuthFailed, ProtocolError, RateLimited, Unavailable

from .scripted_server import Asked, Script, answer, scripted

LINES = st.lists(
    st.sampled_from(
        ["data: a", "data:b", "data", "event: x", "id: e:1", "id: e:2", "id", ": note", "retry: 9", "", ""]
    ),
    max_size=30,
)


def _cut(stream: bytes, cuts: list[int]) -> list[ServerEvent]:
    parser = EventParser()
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [e for a, b in itertools.pairwise(edges) for e in parser.feed(stream[a:b])]


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 500), max_size=8))
def test_every_cutting_of_a_stream_gives_the_same_events(lines: list[str], end: str, cuts: list[int]) -> None:
    stream = end.join([*lines, "", "event: last", "data: z", "", ": so that no line end is the last byte", ""]).encode()
    assert _cut(stream, cuts) == _cut(stream, [])


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_events_are_those_another_parser_sees(lines: list[str], end: str) -> None:
    text = end.join([*lines, "", "data: z", "", ""]) + ":"
    ours = [(e.type, e.data) for e in _cut(text.encode(), [])]
    split, decode = SSELineDecoder(), SSEDecoder()
    theirs = [decode.decode(line) for line in split.decode(text)]
    # httpx-sse also gives out events without data, which the standard drops.
    assert ours == [(e.event, e.data) for e in theirs if e is not None and e.data] or "data" in lines


def test_an_id_belongs_to_its_own_event_only() -> None:
    first, second = _cut(b"id: e:7\ndata: a\n\nevent: heartbeat\ndata: b\n\n", [])
    assert first.position == ("e", 7)
    assert second.position is None


@pytest.mark.parametrize(
    "text", ["", "7", "e:", ":7", "e:-1", "e:1.5", "e:٣", "e:1\n", "e:" + "9" * 19, "x" * 65 + ":1"]
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert position(text) is None


@pytest.mark.parametrize(
    "line", [b"data: " + b"x" * 1000, b"data: x\n" * 200, b": " + b"x" * 1000, b"id: " + b"1" * 1000]
)
def test_an_event_over_the_bound_is_refused_while_it_still_arrives(line: bytes) -> None:
    parser = EventParser(largest=512)
    with pytest.raises(ProtocolError):
        for _ in parser.feed(line):
            pass


def _stream(*pieces: bytes, kind: str = "text/event-stream; charset=utf-8", stay: bool = False) -> Script:
    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if stay:
            await asyncio.Event().wait()
        writer.close()
        raise ConnectionError

    return script


async def _all(script: Script, last_id: str = "") -> tuple[list[ServerEvent], list[Asked]]:
    async with scripted(script) as server:
        http = Http(server.url, server="The directory", token="t", deadline=2.0)
        try:
            async with aclosing(http.events("/v1/events", last_id)) as events:
                return [event async for event in events], server.asked
        finally:
            await http.close()


async def test_the_stream_resumes_where_it_was_told() -> None:
    events, asked = await _all(_stream(b"id: e:8\nevent: x\ndata: {}\n\n", b"id: e:9\ndata: half"), "e:7")
    assert events == [ServerEvent("x", "{}", "e:8")]
    assert asked[0].headers["last-event-id"] == "e:7"
    assert asked[0].headers["accept"] == "text/event-stream"


async def test_a_61_megabyte_event_is_refused_early() -> None:
    sent = 0

    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ")
        for _ in range(61):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            sent += 1

    with pytest.raises(ProtocolError):
        await _all(script)
    assert sent < 20


async def test_what_is_no_stream_is_refused() -> None:
    with pytest.raises(ProtocolError):
        await _all(_stream(b"<html>", kind="text/html"))
    with pytest.raises(AuthFailed):
        await _all(answer(401, b"{}"))
    with pytest.raises(RateLimited):
        await _all(answer(429, b"{}"))


async def test_a_server_that_never_begins_is_unavailable() -> None:
    async def script(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with scripted(script) as server:
        http = Http(server.url, server="The directory", deadline=0.2)
        with pytest.raises(Unavailable):
            await anext(http.events("/v1/events"))
        await http.close()


async def test_leaving_the_stream_closes_its_connection() -> None:
    closed = asyncio.Event()

    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n")
        await writer.drain()
        while not writer.is_closing():
            await asyncio.sleep(0.005)
            writer.write(b": still here\n\n")
            try:
                await writer.drain()
            except ConnectionError:
                break
        closed.set()
        raise ConnectionError

    async with scripted(script) as server:
        http = Http(server.url, server="The directory")
        async with aclosing(http.events("/v1/events")) as events:
            await anext(events)
        async with asyncio.timeout(5):
            await closed.wait()
        await http.close()
