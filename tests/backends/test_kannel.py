"""The Kannel adapter against a gateway that answers what a test says, and against those who call it unasked."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

import pytest

from desktop.backends.kannel.messaging import DOUBT_SECONDS, KannelMessaging
from desktop.backends.kannel.sender import Sender
from desktop.backends.kannel.sms_text import sms_text
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, MessageReceived
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    Rejected,
    Unavailable,
)
from desktop.ports.messaging import OutgoingMessage

from .scripted_server import Asked, Script, answer, scripted

SECRET, PASSWORD, NUMBER = "0123456789abcdef-_", "pass&word 1", "+442079460958"
TAKEN = answer(202, b"0: Accepted for delivery")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def options(address: str, **changes: str) -> dict[str, str]:
    return {"url": address, "username": "desk", "password": PASSWORD} | changes


def sms(key: str = "k-1", text: str = "hello", to: str = NUMBER, **changes: Any) -> OutgoingMessage:
    return OutgoingMessage(key, Channel.SMS, to, text, Consent("sms", True, 1.0), **changes)


async def test_everything_goes_in_headers_and_the_password_in_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scripted(TAKEN) as server:
        sender = KannelMessaging.create(options(server.url, sender="Acme Ltd"))
        receipt = await sender.send(sms(text="grüße\r\nX-Kannel-To: +491"))
        assert (receipt.id, receipt.state) == ("k-1", DeliveryState.QUEUED)
        await sender.close()
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/cgi-bin/sendsms")
    assert asked.body == "grüße\r\nX-Kannel-To: +491".encode()
    headers = {name: value for name, value in asked.headers.items() if name.startswith("x-kannel")}
    assert headers == {
        "x-kannel-username": "desk",
        "x-kannel-password": PASSWORD,
        "x-kannel-to": NUMBER,
        "x-kannel-from": "Acme Ltd",
        "x-kannel-coding": "0",
    }
    assert PASSWORD not in caplog.text
    assert quote(PASSWORD) not in caplog.text


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answer(403, b"Authorization failed for sendsms"), AuthFailed),
        (answer(403, b"Denied by the gateway"), Forbidden),
        (answer(403, b"Not routable. Do not try again."), Rejected),
        (answer(400, b"Charset or body misformed, rejected"), Rejected),
        (answer(503, b"Temporal failure, try again later."), Unavailable),
        (answer(500, b"Sending failed."), Unavailable),
        (answer(404, b"Unknown request"), NotFound),
        (answer(504, b"upstream timed out"), OutcomeUnknown),
        (answer(200, b"<html>welcome</html>"), ProtocolError),
        (answer(302, b"", Location="https://elsewhere.example/"), ProtocolError),
        (answer(400, b"\x1b[31m" + b"x" * 100_000), Rejected),
    ],
)
async def test_each_refusal_has_its_next_step(script: Script, error: type[BackendError]) -> None:
    async with scripted(script) as server:
        sender = KannelMessaging.create(options(server.url))
        with pytest.raises(error) as failed:
            await sender.send(sms())
        await sender.close()
    assert type(failed.value) is error
    assert failed.value.message.isprintable()
    assert len(failed.value.message) <= 200


@pytest.mark.parametrize(
    "message",
    [
        sms(to="+442079460958 +491512345678"),  # Kannel would send to both
        sms(to="02079460958"),
        sms(to="+44207\r\nX-Kannel-To: 1"),
        sms(text=""),
        sms(text="x" * 460),
        OutgoingMessage("k", Channel.SMS, NUMBER, "x", None),
        OutgoingMessage("k", Channel.SMS, NUMBER, "x", Consent("sms", None)),
        OutgoingMessage("k", Channel.SMS, NUMBER, "x", Consent("email", True)),
        OutgoingMessage("k", Channel.EMAIL, "a@b.example", "x", Consent("email", True)),
    ],
    ids=repr,
)
async def test_what_must_not_go_out_never_reaches_the_gateway(message: OutgoingMessage) -> None:
    async with scripted(TAKEN) as server:
        sender = KannelMessaging.create(options(server.url))
        with pytest.raises(Rejected):
            await sender.send(message)
        await sender.close()
        assert server.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://gateway.example:13013"},
        {"password": "two\r\nlines"},
        {"password": ""},
        {"sender": "twelve letters"},
        {"max_parts": "0"},
        {"listen": "13120"},
        {"listen": "127.0.0.1:13120", "secret": "short"},
        {"listen": "127.0.0.1:13120", "secret": SECRET, "public_url": "https://desk.example/%d"},
    ],
    ids=repr,
)
def test_options_that_cannot_work_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Rejected) as refused:
        KannelMessaging.create(options("http://127.0.0.1:1", **changes))
    assert PASSWORD not in repr(refused.value)


async def _silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Knows the account, and hangs up on every message."""
    if "x-kannel-to" not in asked.headers:
        await answer(400, b"Missing receiver(s) number(s), rejected")(asked, writer)
    writer.close()
    raise ConnectionError


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def doubted() -> AsyncIterator[tuple[KannelMessaging, Any, Time, str]]:
    """A sender with one message whose outcome is unknown, its gateway, its clock, and where reports go."""
    clock, port = Time(), free_port()
    async with scripted(_silent) as server:
        sender = KannelMessaging(
            Sender.create(options(server.url, listen=f"127.0.0.1:{port}", secret=SECRET)),
            hears_customers=True,
            monotonic=clock,
        )
        await sender.open()
        server.asked.clear()
        with pytest.raises(OutcomeUnknown):
            await sender.send(sms())
        yield sender, server, clock, f"http://127.0.0.1:{port}/{SECRET}"
        await sender.close()


async def call(url: str) -> int:
    import httpx

    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(url)).status_code


async def test_a_lost_answer_is_not_sent_again_by_itself(doubted: Any) -> None:
    sender, server, clock, _ = doubted
    for _ in range(3):
        clock.now += DOUBT_SECONDS / 4
        with pytest.raises(OutcomeUnknown):
            await sender.send(sms())
    clock.now += DOUBT_SECONDS
    with pytest.raises(Rejected, match="may arrive twice"):
        await sender.send(sms())
    assert len(server.asked) == 1
    with pytest.raises(OutcomeUnknown):  # whoever sends it now has been told
        await sender.send(sms())
    assert len(server.asked) == 2


async def test_a_message_nobody_waited_for_any_more_is_not_sent_again_by_itself() -> None:
    """The host gives a message up at its own deadline, while the request is under way."""
    arrived = asyncio.Event()

    async def never(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.Event().wait()

    async with scripted(never) as server:
        sender = KannelMessaging.create(options(server.url))
        sending = asyncio.ensure_future(sender.send(sms()))
        await arrived.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        with pytest.raises(OutcomeUnknown):
            await sender.send(sms())
        await sender.close()
    assert len(server.asked) == 1


@pytest.mark.parametrize("kind", ["3", "00000000012", "0000000018", "9" * 5000, "-1", "٨"])
async def test_a_report_of_no_known_kind_is_refused(doubted: Any, kind: str) -> None:
    _, _, _, place = doubted
    assert await call(f"{place}/dlr?key=ay0x&type={quote(kind)}&words=") == 400


async def test_a_report_settles_a_lost_answer(doubted: Any) -> None:
    sender, server, _, place = doubted
    (asked,) = server.asked
    reports = asked.headers["x-kannel-dlr-url"]
    assert reports.startswith(f"{place}/dlr?")
    assert "%" not in reports.replace("%d", "").replace("%A", "")
    reporting = asyncio.ensure_future(call(reports.replace("%d", "8").replace("%A", "")))
    async with aclosing(sender.events(None)) as stream:
        event = (await anext(stream)).event
        assert isinstance(event, DeliveryChanged)
        assert (event.message.id, event.message.to, event.message.state) == ("k-1", NUMBER, DeliveryState.SENT)
        assert not reporting.done()  # Kannel may forget it only when the host has kept it
        going_on = asyncio.ensure_future(anext(stream))
        assert await reporting == 200
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)
    assert (await sender.send(sms())).state is DeliveryState.SENT
    assert sum("x-kannel-to" in one.headers for one in server.asked) == 1


async def test_what_was_given_out_but_not_kept_comes_again(doubted: Any) -> None:
    sender, _, _, place = doubted
    asked = f"{place}/in?from=442079460111&to=1500&text=%67%72%FC&charset=ISO-8859-1&id=m-1"
    calling = asyncio.ensure_future(call(asked))
    for _ in range(2):
        async with aclosing(sender.events(None)) as stream:
            event = (await anext(stream)).event
            assert isinstance(event, MessageReceived)
            assert (event.message.text, event.message.sender.value) == ("grü", "+442079460111")
    assert not calling.done()
    calling.cancel()


async def test_strangers_are_not_heard(doubted: Any) -> None:
    sender, _, _, place = doubted
    root = place.removesuffix(f"/{SECRET}")
    for path, status in (
        ("/", 404),
        ("/in?from=1&text=x&id=1", 404),
        (f"/{SECRET[:-1]}/in?from=1&text=x&id=1", 404),
        (f"/{SECRET}x/in?from=1&text=x&id=1", 404),
        (f"/{SECRET}/else", 404),
        (f"/{SECRET}/in?from=1", 400),
        (f"/{SECRET}/dlr?key=%00&type=1", 400),
        (f"/{SECRET}/dlr?key=ay0x&type=99", 400),
        (f"/{SECRET}/in?" + "&".join(f"f{n}=1" for n in range(40)), 400),
    ):
        assert await call(root + path) == status, path
    host, port = root.removeprefix("http://").split(":")
    for hostile in (b"POST /%s/in HTTP/1.1\r\n\r\n" % SECRET.encode(), b"\xff\xfe\r\n\r\n", b"GET /\r\n\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(hostile)
        first = await reader.readline()
        assert first.split()[1] in (b"400", b"404", b"411")
        writer.close()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /" + b"x" * 40_000)
    assert await reader.read() == b""  # an endless request ends without an answer
    writer.close()
    async with aclosing(sender.events(None)) as stream:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.1)


def test_the_alphabet_and_the_number_of_messages() -> None:
    for text, coding, parts in (
        ("x" * 160, 0, 1),
        ("x" * 161, 0, 2),
        ("€" * 80, 0, 1),
        ("€" * 81, 0, 2),
        ("x" * 306, 0, 2),
        ("x" * 307, 0, 3),
        ("ж" * 70, 2, 1),
        ("ж" * 71, 2, 2),
        ("🎉" * 35, 2, 1),
        ("🎉" * 36, 2, 2),
        ("\ud800", 2, 1),
    ):
        made = sms_text(text)
        assert (made.coding, made.parts) == (coding, parts), text[:3]
        made.text.encode()
