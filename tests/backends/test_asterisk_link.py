"""The manager link against a server that says what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.ami.link import Link, Place, refusal
from desktop.backends.asterisk.settings import settings
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

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
GIVEN = {"user": "u", "secret": "s3cret", "interface": "PJSIP/maya", "queues": "support, billing"}
Answer = Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted(answer: Answer, banner: bytes = BANNER) -> AsyncIterator[Place]:
    """A server that signs everybody in, and answers other actions as the script does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        try:
            while block := await reader.readuntil(b"\r\n\r\n"):
                asked = dict(line.split(": ", 1) for line in block.decode().strip().split("\r\n"))
                if asked["Action"] == "Login":
                    writer.write(b"Response: Success\r\nActionID: " + asked["ActionID"].encode() + b"\r\n\r\n")
                else:
                    await answer(asked, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Place("127.0.0.1", server.sockets[0].getsockname()[1], "u", "s3cret")
    finally:
        server.close()


def _says(*lines: str) -> Answer:
    async def answer(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write("".join(line.replace("<id>", asked["ActionID"]) + "\r\n" for line in lines).encode())

    return answer


async def _link(place: Place, heard: list[Message] | None = None) -> Link:
    return await Link.open(place, (heard if heard is not None else []).append, lambda error: None)


async def test_events_between_the_answers_go_their_own_way_and_a_list_keeps_its_parts() -> None:
    heard: list[Message] = []
    script = _says(
        "Event: Noise\r\n",
        "Response: Success\r\nActionID: <id>\r\nEventList: start\r\n",
        "Event: Part\r\nActionID: <id>\r\nN: 1\r\n",
        "Event: Hangup\r\nUniqueid: 1.1\r\n",
        "Event: Part\r\nActionID: someone-else\r\nN: 9\r\n",
        "Event: Part\r\nActionID: <id>\r\nN: 2\r\n",
        "Event: Done\r\nActionID: <id>\r\nEventList: Complete\r\n",
    )
    async with scripted(script) as place:
        link = await _link(place, heard)
        assert [part["N"] for part in await link.listing("Status")] == ["1", "2"]
        assert [message["Event"] for message in heard] == ["Noise", "Hangup", "Part"]
        await link.close()


async def test_answers_that_come_in_another_order_find_their_question() -> None:
    waiting: list[str] = []

    async def answer(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        waiting.append(asked["ActionID"])
        if len(waiting) == 3:
            for one in reversed(waiting):
                writer.write(f"Response: Success\r\nActionID: {one}\r\nValue: {one}\r\n\r\n".encode())

    async with scripted(answer) as place:
        link = await _link(place)
        answers = await asyncio.gather(*(link.act("Getvar") for _ in range(3)))
        assert [one["Value"] for one in answers] == waiting
        await link.close()


async def test_an_empty_list_that_comes_as_an_error_is_empty() -> None:
    async with scripted(_says("Response: Error\r\nActionID: <id>\r\nMessage: No active conferences.\r\n")) as place:
        link = await _link(place)
        assert await link.listing("ConfbridgeList") == []
        await link.close()


async def test_a_link_that_goes_away_says_of_a_change_that_nobody_knows() -> None:
    async def answer(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.close()

    lost: list[BackendError] = []
    async with scripted(answer) as place:
        link = await Link.open(place, lambda message: None, lost.append)
        with pytest.raises(OutcomeUnknown):
            await link.act("Originate", changing=True)
        assert not link.is_up
        with pytest.raises(Unavailable):  # it never went out
            await link.act("Originate", changing=True)
        assert [type(one) for one in lost] == [Unavailable]
        link = await _link(place)
        with pytest.raises(Unavailable):
            await link.act("Ping")
        await link.close()
        await link.close()


@pytest.mark.parametrize("banner", [b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-OpenSSH\r\n"])
async def test_what_is_no_manager_interface_is_said_to_be_none(banner: bytes) -> None:
    async with scripted(_says(), banner) as place:
        with pytest.raises(ProtocolError):
            await _link(place)


async def test_nobody_there_is_unavailable_and_the_secret_is_in_no_words() -> None:
    place = Place("127.0.0.1", 1, "u", "s3cret")
    with pytest.raises(Unavailable) as caught:
        await _link(place)
    assert "s3cret" not in f"{caught.value!r} {caught.value.detail} {place!r}"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Authentication failed", AuthFailed),
        ("Permission denied", Forbidden),
        ("No such channel", NotFound),
        ("Channel specified does not exist", NotFound),
        ("Invalid/unknown command: Foo. Use Action: ListCommands", Unavailable),
        ("Asterisk is shutting down", Unavailable),
        ("Unable to add interface: Already there", Rejected),
        ("", Rejected),
        ("bad \x1b[2J thing", Rejected),
    ],
)
def test_a_refusal_says_what_to_do_next(message: str, kind: type[BackendError]) -> None:
    error = refusal(message)
    assert type(error) is kind
    assert error.message.isprintable() and error.message


def test_a_profile_is_read() -> None:
    read = settings(GIVEN | {"ring_seconds": "20, billing=30", "codes": "a=Alpha;b", "reasons": "x=X y"})
    assert read.queues == ("support", "billing")
    assert (read.rings_for("support"), read.rings_for("billing")) == (20.0, 30.0)
    assert [(one.id, one.label) for one in read.codes] == [("a", "Alpha"), ("b", "b")]
    assert [(one.id, one.label) for one in read.reasons] == [("x", "X y")]
    assert "s3cret" not in repr(read)


@pytest.mark.parametrize(
    "wrong",
    [
        {"interface": ""},
        {"interface": "PJSIP/a\r\nAction: Hangup"},
        {"interface": "maya"},
        {"queues": ""},
        {"queues": "a b"},
        {"queues": "a,b)"},
        {"host": "pbx.example.org"},
        {"host": ""} | {"user": ""},
        {"secret": ""},
        {"port": "99999"},
        {"port": "-1"},
        {"role": "king"},
        {"codes": "a b=c"},
        {"ring_seconds": "soon"},
        {"attributes": "CHANNEL(pjsip,call-id)"},
        {"dial_context": "a,b"},
        {"swap_code": "4711a"},
        {"tls": "yes"},
        {"pause_when_missed": "no"},
        {"tls": "true", "ca_file": "/no/such/file"},
    ],
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        settings(GIVEN | wrong)
