"""One connection to an IMAP server that says what a test wants: each answer has its next step, and sizes a bound."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.backends.imap import link as link_module
from desktop.backends.imap.link import Link, Refused, Server
from desktop.ports.errors import AuthFailed, BackendError, OutcomeUnknown, ProtocolError, Unavailable

HANG, DROP = b"<hang>", b"<drop>"
PASSWORD = "s3cr3t-of-nobody"


class Script:
    """Answers each command by its word; `%` stands for the tag."""

    def __init__(self, answers: Mapping[str, bytes] = {}, tls: ssl.SSLContext | None = None) -> None:
        self.answers = {"greeting": b"* OK hello\r\n", "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n% OK\r\n"} | dict(
            answers
        )
        self.heard: list[bytes] = []
        self._tls = tls

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            tag, word = b"", "greeting"
            await self._say(writer, tag, word)
            while line := await reader.readline():
                self.heard.append(line)
                if not line.startswith(PASSWORD.encode()) and not line.startswith(b"desk "):
                    tag, word = line.split()[0], line.split()[1].decode()
                if line.endswith(b"}\r\n"):
                    writer.write(b"+ go on\r\n")
                    continue
                await self._say(writer, tag, word)
                if word == "STARTTLS" and self._tls is not None:
                    await writer.start_tls(self._tls)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _say(self, writer: asyncio.StreamWriter, tag: bytes, word: str) -> None:
        answer = self.answers.get(word, b"% OK done\r\n")
        if answer == DROP:
            raise ConnectionError
        if answer != HANG:
            writer.write(answer.replace(b"%", tag))
            await writer.drain()


@asynccontextmanager
async def opened(script: Script, **changes: str) -> AsyncIterator[Link]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    known: dict[str, Any] = {"host": "127.0.0.1", "security": "none", "user": "desk", "password": PASSWORD, **changes}
    link = Link(Server(port=port, **known))
    try:
        await link.open()
        yield link
    finally:
        link.drop()
        server.close()


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"greeting": b"* BYE [UNAVAILABLE] closed\r\n"}, Unavailable, "takes no connections now"),
        ({"greeting": b"HTTP/1.1 200 OK\r\n\r\n"}, ProtocolError, "cannot be read"),
        ({"greeting": b"x" * (2 << 20)}, ProtocolError, "cannot be read"),
        ({"greeting": DROP}, Unavailable, "cannot be reached"),
        ({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n% OK\r\n"}, AuthFailed, "without TLS"),
        ({"CAPABILITY": b"% BAD what?\r\n"}, ProtocolError, "does not understand"),
        ({"CAPABILITY": DROP}, Unavailable, "lost"),
        ({"CAPABILITY": b"* X {99999999999}\r\n"}, ProtocolError, "too much at once"),
        ({"LOGIN": b"% NO [AUTHENTICATIONFAILED] no\r\n"}, AuthFailed, "user and password"),
        ({"LOGIN": b"% NO [UNAVAILABLE] later\r\n"}, Unavailable, "cannot check passwords now"),
        ({"LOGIN": DROP}, Unavailable, "lost"),
    ],
    ids=str,
)
async def test_what_stops_a_sign_in_is_told(answers: dict[str, bytes], error: type[BackendError], words: str) -> None:
    with pytest.raises(error, match=words) as failed:
        async with opened(Script(answers)):
            pass
    assert type(failed.value) is error
    assert PASSWORD not in failed.value.message + failed.value.detail


@pytest.mark.parametrize("word", ["greeting", "CAPABILITY", "LOGIN"])
async def test_a_server_that_says_nothing_is_left(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "ANSWER_SECONDS", 0.05)
    with pytest.raises(Unavailable):
        async with opened(Script({word: HANG})):
            pass


@pytest.mark.parametrize("answer", [DROP, HANG, b"* BYE shutting down\r\n"], ids=str)
async def test_a_change_without_an_answer_is_not_known(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(Script({"STORE": answer})) as link:
        monkeypatch.setattr(link_module, "ANSWER_SECONDS", 0.05)
        with pytest.raises(OutcomeUnknown):
            await link.command("STORE", "1", "+FLAGS", "(x)", changing=True)
        assert not link.alive
        with pytest.raises(Unavailable):  # it never went out
            await link.command("STORE", "1", "+FLAGS", "(x)", changing=True)
    async with opened(Script({"FETCH": answer})) as link:
        with pytest.raises(Unavailable):
            await link.command("FETCH", "1", "(FLAGS)")


async def test_a_refusal_has_its_code_and_no_escapes() -> None:
    async with opened(Script({"STORE": b"% NO [modified 5] \x1b[31mred\x07\r\n"})) as link:
        with pytest.raises(Refused) as refused:
            await link.command("STORE", "1", "+FLAGS", "(x)", changing=True)
        assert (refused.value.code, refused.value.words.isprintable()) == ("MODIFIED 5", True)
        await link.command("NOOP")  # the connection goes on


async def test_without_starttls_no_password_goes_out() -> None:
    script = Script()
    with pytest.raises(AuthFailed, match="offers no TLS"):
        async with opened(script, security="starttls"):
            pass
    assert not any(b"LOGIN" in line or PASSWORD.encode() in line for line in script.heard)


async def test_what_was_said_before_tls_counts_for_nothing(tmp_path: Path) -> None:
    """Somebody on the way entries an answer in behind the one to STARTTLS; it must not be taken for the server's."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 1 -subj /CN=localhost"
    subprocess.run([openssl, *words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    script = Script(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n% OK\r\n",
            "STARTTLS": b"% OK begin\r\n* CAPABILITY LOGINDISABLED\r\nA3 OK done\r\n",
        },
        context,
    )
    async with opened(script, security="starttls", ca_file=str(certificate)) as link:
        assert "IMAP4REV1" in link.capabilities
        await link.command("NOOP")
