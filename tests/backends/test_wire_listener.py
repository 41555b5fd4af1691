"""The listener for systems that push, over real sockets."""

import asyncio
import socket
from http import HTTPStatus

import pytest

from desktop.backends.wire.listener import LARGEST_BODY, Listener, Push
from desktop.ports.errors import Rejected, Unavailable

SECRET, OTHER = "s3cret-of-the-first", "s3cret-of-the-other"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def call(port: int, request: bytes) -> int:
    """The status that a request is answered with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.read()
    writer.close()
    return int(head.split(b" ")[1])


class Heard:
    """What came in, and what is answered to it."""

    def __init__(self, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.pushes: list[Push] = []
        self._status = status

    async def take(self, push: Push) -> HTTPStatus:
        self.pushes.append(push)
        return self._status


async def test_two_backends_share_a_port_and_each_hears_its_own() -> None:
    port, first, other = free_port(), Heard(), Heard(HTTPStatus.ACCEPTED)
    one, two = Listener("127.0.0.1", port, SECRET, first.take), Listener("127.0.0.1", port, OTHER, other.take)
    await asyncio.gather(one.start(), two.start())
    try:
        assert await call(port, f"GET /{SECRET}/dlr?key=a HTTP/1.1\r\n\r\n".encode()) == 200
        assert await call(port, f"GET /{OTHER}/in?key=b HTTP/1.1\r\n\r\n".encode()) == 202
        assert [(push.what, push.fields) for push in first.pushes] == [("dlr", {"key": "a"})]
        assert [(push.what, push.fields) for push in other.pushes] == [("in", {"key": "b"})]
        await one.stop()
        assert await call(port, f"GET /{SECRET}/dlr HTTP/1.1\r\n\r\n".encode()) == 404
        assert await call(port, f"GET /{OTHER}/in HTTP/1.1\r\n\r\n".encode()) == 202
    finally:
        await one.stop()
        await two.stop()
    with pytest.raises(ConnectionError):
        await call(port, b"")


async def test_a_form_and_any_other_body_arrive() -> None:
    port, heard = free_port(), Heard()
    listener = Listener("127.0.0.1", port, SECRET, heard.take)
    await listener.start()
    try:
        form = b"text=gr%FC%DFe&from=%2B44"
        head = f"POST /{SECRET}/in?id=7 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        assert await call(port, f"{head}Content-Length: {len(form)}\r\n\r\n".encode() + form) == 200
        assert heard.pushes[0].fields == {"id": "7", "text": "grüße", "from": "+44"}
        json = b'{"id": 8}'
        head = f"POST /{SECRET}/in HTTP/1.1\r\nContent-Type: application/json\r\nX-Sign: abc\r\n"
        assert await call(port, f"{head}Content-Length: {len(json)}\r\n\r\n".encode() + json) == 200
        assert heard.pushes[1].body == json and heard.pushes[1].headers["x-sign"] == "abc"
    finally:
        await listener.stop()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /wrong/in HTTP/1.1\r\n\r\n", 404),
        ("GET / HTTP/1.1\r\n\r\n", 404),
        (f"GET x/{SECRET}/in HTTP/1.1\r\n\r\n", 404),
        (f"DELETE /{SECRET}/in HTTP/1.1\r\n\r\n", 405),
        (f"GET /{SECRET}/in SPDY\r\n\r\n", 400),
        (f"POST /{SECRET}/in HTTP/1.1\r\n\r\n", 411),
        (f"POST /{SECRET}/in HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 411),
        (f"POST /{SECRET}/in HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 411),
        (f"POST /{SECRET}/in HTTP/1.1\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n", 413),
        (f"GET /{SECRET}/in?{'a=1&' * 200} HTTP/1.1\r\n\r\n", 400),
    ],
)
async def test_what_is_no_call_of_ours_reaches_nobody(request_text: str, status: int) -> None:
    port, heard = free_port(), Heard()
    listener = Listener("127.0.0.1", port, SECRET, heard.take)
    await listener.start()
    try:
        assert await call(port, request_text.encode()) == status
        assert heard.pushes == []
    finally:
        await listener.stop()


async def test_a_port_or_a_secret_that_is_taken_is_said() -> None:
    port, heard = free_port(), Heard()
    listener = Listener("127.0.0.1", port, SECRET, heard.take)
    await listener.start()
    try:
        with pytest.raises(Rejected):
            await Listener("127.0.0.1", port, SECRET, heard.take).start()
    finally:
        await listener.stop()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        with pytest.raises(Unavailable):
            await listener.start()
    await listener.start()
    await listener.stop()


async def test_who_calls_while_it_closes_is_cut_off_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    called = asyncio.Event()

    async def never(_push: Push) -> HTTPStatus:
        called.set()
        await asyncio.Event().wait()
        return HTTPStatus.OK

    port = free_port()
    listener = Listener("127.0.0.1", port, SECRET, never)
    await listener.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /{SECRET}/in HTTP/1.1\r\n\r\n".encode())
    await called.wait()
    await listener.stop()
    assert await reader.read() == b""
    writer.close()
    assert caplog.text == ""
