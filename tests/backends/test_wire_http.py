"""The transport against servers that answer well, badly, late, half or not at all."""

import asyncio
import contextlib
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.route import proxy_of
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)

from .scripted_server import Asked, Script, answer, scripted

TOKEN = "canary-token-3b1f"


async def _get(script: Script, deadline: float = 5.0) -> object:
    async with scripted(script) as server:
        http = Http(server.url, server="The CRM", token=TOKEN, deadline=deadline)
        try:
            return await http.get("/v1/x", {"phone": "+442079460958"})
        finally:
            await http.close()


async def _change(script: Script, deadline: float = 5.0) -> object:
    async with scripted(script) as server:
        http = Http(server.url, server="The CRM", token=TOKEN, deadline=deadline)
        try:
            return await http.change("POST", "/v1/x", {"a": 1}, key="k-1")
        finally:
            await http.close()


@pytest.mark.parametrize(
    "path", ["/next\x00page", "/" + "x" * 70_000, "/x?after=\udc80"], ids=["control", "long", "half"]
)
async def test_a_page_that_no_request_can_name_is_an_answer_that_cannot_be_read(path: str) -> None:
    async with scripted(answer(200, b"{}")) as server:
        http = Http(server.url, server="The CRM", token=TOKEN)
        with pytest.raises(ProtocolError) as failed:
            await http.get(path)
        await http.close()
    assert server.asked == []
    assert len(failed.value.detail) < 400


async def test_a_query_is_in_no_error() -> None:
    with pytest.raises(NotFound) as failed:
        async with scripted(answer(404, b"{}")) as server:
            await Http(server.url, server="The CRM").get("/v1/x?phone=%2B442079460958")
    assert failed.value.detail == "GET /v1/x: 404"


def test_half_a_character_is_no_id() -> None:
    with pytest.raises(Rejected):
        segment("a\ud800")


async def test_a_change_carries_the_key_the_token_and_the_body() -> None:
    async with scripted(answer(200, b'{"ok": true}')) as server:
        http = Http(server.url + "/", server="The CRM", token=TOKEN)
        assert await http.change("PUT", "/v1/x", {"a": "é"}, key="k-1") == {"ok": True}
        await http.close()
        (asked,) = server.asked
    assert (asked.method, asked.path) == ("PUT", "/v1/x")
    assert asked.headers["idempotency-key"] == "k-1"
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(asked.body) == {"a": "é"}


async def test_the_next_request_uses_the_open_connection() -> None:
    async with scripted(answer(200, b"{}")) as server:
        http = Http(server.url, server="The CRM")
        for _ in range(5):
            await http.get("/v1/x")
        await http.close()
        await http.close()
        assert server.connections == 1


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "invalid", Rejected),
        (401, "unauthorized", AuthFailed),
        (403, "", Forbidden),
        (404, "not_found", NotFound),
        (405, "", Rejected),
        (408, "", Unavailable),
        (409, "conflict", Conflict),
        (409, "in_flight", Unavailable),
        (410, "gone", NotFound),
        (412, "", Conflict),
        (413, "too_large", Rejected),
        (422, "invalid", Rejected),
        (422, "unsupported", Unsupported),
        (425, "", Unavailable),
        (500, "", Unavailable),
        (501, "", Unsupported),
        (503, "unavailable", Unavailable),
        (503, "not_ready", RateLimited),
    ],
)
async def test_a_status_becomes_the_error_of_the_next_step(
    status: int, code: str, expected: type[BackendError]
) -> None:
    problem = json.dumps({"title": "No", "detail": "The offer has ended.\x1b[2J", "code": code}).encode()
    for ask in (_get, _change):
        with pytest.raises(BackendError) as caught:
            await ask(answer(status, problem, Content_Type="application/problem+json"))
        assert type(caught.value) is expected
        assert str(status) in caught.value.detail
        assert str(status) not in caught.value.message
        assert "+442079460958" not in caught.value.detail
        assert "\x1b" not in caught.value.message + caught.value.detail
        if expected in {Conflict, Rejected, NotFound}:
            assert caught.value.message.startswith("The offer has ended.")


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("99999", 300.0), ("soon", 5.0), ("-1", 5.0), ("nan", 5.0), ("inf", 5.0)]
)
async def test_429_says_how_long_to_wait(header: str, seconds: float) -> None:
    with pytest.raises(RateLimited) as caught:
        await _get(answer(429, b"{}", Retry_After=header))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b'{"a": ', b"\xff\xfe", b"[" * 100_000])
async def test_a_success_that_cannot_be_read_is_a_protocol_error(body: bytes) -> None:
    for ask in (_get, _change):
        with pytest.raises(ProtocolError):
            await ask(answer(200, body))


async def test_garbage_beside_an_error_status_leaves_the_status_in_force() -> None:
    with pytest.raises(NotFound):
        await _get(answer(404, b"\x00<html>" * 20_000))


async def test_a_redirect_is_not_followed_and_takes_nothing_along() -> None:
    async with scripted(answer(200, b"{}")) as elsewhere:
        for status in (301, 302, 307, 308):
            with pytest.raises(ProtocolError):
                await _change(answer(status, b"", Location=elsewhere.url))
        assert elsewhere.connections == 0


async def test_a_body_over_the_cap_is_refused_however_it_is_sent() -> None:
    async def endless(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    with pytest.raises(ProtocolError, match="too large"):
        await _get(endless)


async def test_a_compressed_body_is_refused_before_it_is_unfolded() -> None:
    with pytest.raises(ProtocolError):
        await _get(answer(200, b"\x1f\x8b" + b"\0" * 100, Content_Encoding="gzip"))


async def _nothing(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _hang_up(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.close()
    raise ConnectionError


async def _half(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"interaction": ')
    await writer.drain()
    writer.close()
    raise ConnectionError


async def _drip(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("script", [_nothing, _hang_up, _half, _drip])
async def test_no_whole_answer_leaves_a_change_unknown_and_a_question_unanswered(script: Script) -> None:
    with pytest.raises(OutcomeUnknown):
        await _change(script, deadline=0.3)
    with pytest.raises(Unavailable):
        await _get(script, deadline=0.3)


@pytest.mark.parametrize("status", [502, 504])
async def test_what_a_gateway_says_leaves_a_change_unknown(status: int) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        await _change(answer(status, b"<html>gateway</html>"))
    assert str(status) in caught.value.detail
    with pytest.raises(Unavailable):
        await _get(answer(status, b"<html>gateway</html>"))


async def test_a_change_that_never_went_out_is_not_unknown() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        http = Http(f"http://127.0.0.1:{taken.getsockname()[1]}", server="The CRM")
        with pytest.raises(Unavailable):
            await http.change("POST", "/v1/x", key="k")
        await http.close()


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(answer(200, b"{}")) as proxy, scripted(answer(200, b"{}")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        http = Http(server.url, server="The CRM")
        await http.get("/v1/x")
        await http.close()
        assert proxy.connections == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts unless told to, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout {key} -out {cert}"
    words += " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([openssl, *words.split()], check=True, capture_output=True)
    return cert, key


async def test_https_trusts_the_named_certificates_and_no_others(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    async with scripted(answer(200, b"{}"), tls) as server:
        trusting = Http(server.url, server="The CRM", ca_file=str(cert))
        assert await trusting.get("/v1/x") == {}
        await trusting.close()
        wary = Http(server.url, server="The CRM")
        with pytest.raises(Unavailable, match="not trusted"):
            await wary.change("POST", "/v1/x", key="k")
        await wary.close()
        assert len(server.asked) == 1
        absent = Http(server.url, server="The CRM", ca_file=str(cert) + ".absent")
        with pytest.raises(AuthFailed, match="cannot be read"):
            await absent.get("/v1/x")


@asynccontextmanager
async def connect_proxy() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A proxy that knows CONNECT only: its address, and all that was said to it before the tunnel stood."""
    heard: list[bytes] = []
    pumps: set[asyncio.Task[None]] = set()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(65536):
                sink.write(piece)
                await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head)
        host, _, port = head.split(b" ")[1].decode().partition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for one in (pump(reader, far_writer), pump(far_reader, writer)):
            pumps.add(asyncio.create_task(one))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
    finally:
        server.close()
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def test_a_proxy_of_the_profile_is_used_and_sees_no_token(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    async with scripted(answer(200, b"{}"), tls) as server, connect_proxy() as (proxy, heard):
        http = Http(server.url, server="The CRM", token="t0ken", ca_file=str(cert), proxy=proxy)
        assert await http.get("/v1/x") == {}
        await http.close()
        assert [one.path for one in server.asked] == ["/v1/x"]
        assert len(heard) == 1 and heard[0].startswith(b"CONNECT 127.0.0.1:") and b"t0ken" not in heard[0]


async def test_nothing_in_the_clear_goes_through_a_proxy() -> None:
    async with scripted(answer(200, b"{}")) as server, connect_proxy() as (proxy, heard):
        http = Http(server.url, server="The CRM", token="t0ken", proxy=proxy)
        assert await http.get("/v1/x") == {}
        await http.close()
        assert heard == []


async def test_a_proxy_that_is_not_there_is_a_server_that_cannot_be_reached() -> None:
    http = Http("https://127.0.0.1:9", server="The CRM", proxy="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        await http.change("POST", "/v1/x", key="k")
    await http.close()


@pytest.mark.parametrize(
    "proxy",
    ["proxy", "socks5://127.0.0.1:1", "http://", "http://u:p@127.0.0.1", "http://h:port", "http://h/x", "http://a b"],
)
def test_what_is_no_proxy_is_refused(proxy: str) -> None:
    with pytest.raises(Rejected):
        proxy_of({"proxy": proxy})


def test_a_proxy_is_taken_as_it_is_written() -> None:
    assert proxy_of({}) == ""
    assert proxy_of({"proxy": "http://proxy.example.org:3128/"}) == "http://proxy.example.org:3128"


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://user:pw@crm.example.com",
        "https://crm.example.com?x=1",
        "https://crm.example.com#x",
        "https://crm.exa mple.com",
        "https://crm.example.com\r\nX: y",
        "https://crm.example.com:port",
        "https://[::1",
        "",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Rejected):
        Http(url, server="The CRM")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8", "https://crm.example.com/a"]
)
def test_good_addresses_are_taken(url: str) -> None:
    Http(url, server="The CRM")


def test_a_token_cannot_carry_another_header() -> None:
    with pytest.raises(Rejected) as caught:
        Http("http://127.0.0.1:1", server="The CRM", token="abc\r\nX-Evil: 1")
    assert "abc" not in caught.value.message


def test_an_id_stays_inside_its_segment() -> None:
    assert segment("a/../b?c#d") == "a%2F..%2Fb%3Fc%23d"
    for climbing in ("", ".", ".."):
        with pytest.raises(Rejected):
            segment(climbing)
