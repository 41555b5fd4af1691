"""Signing in to mail servers with an access token, against servers that say what a test wants."""

import asyncio
import base64
import re
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from desktop.backends.imap import link as link_module
from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.backends.imap.link import Link, Server
from desktop.backends.smtp.messaging import SmtpMessaging
from desktop.backends.wire.access_token import TokenRefused
from desktop.backends.wire.relay import Account, Conversation, converse
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, Rejected, Unavailable

TOKEN = "ya29.t0ken-of-nobody_-" + "x" * 2_000
USER = "a=b,c@acme.example"
ERROR = base64.b64encode(b'{"status":"401"}')
XOAUTH2 = f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01"
HANG, DROP = b"<hang>", b"<drop>"


def bearer(port: int) -> str:
    return f"n,a=a=3Db=2Cc@acme.example,\x01host=127.0.0.1\x01port={port}\x01auth=Bearer {TOKEN}\x01\x01"


class Scripted:
    """A server of lines. Whatever is said next, it answers with what comes next; `%` stands for the last tag."""

    greeting: ClassVar[bytes]

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tag = b""
        try:
            writer.write(self.greeting)
            while line := await reader.readline():
                self.heard.append(line)
                if tagged := re.match(rb"A\d+ ", line):
                    tag = tagged[0].strip()
                answer = self.answers.pop(0) if self.answers else HANG
                if answer == DROP:
                    raise ConnectionError
                if answer != HANG:
                    writer.write(answer.replace(b"%", tag) + b"\r\n")
        except OSError:
            pass
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        yield
        server.close()


class Imap(Scripted):
    greeting = b"* OK hello\r\n"

    def __init__(self, able: str, *answers: bytes) -> None:
        super().__init__(f"* CAPABILITY IMAP4rev1 {able}\r\n% OK".encode(), *answers)

    async def open(self) -> None:
        link = Link(Server("127.0.0.1", self.port, "none", USER, ""), TOKEN)
        try:
            await link.open()
            assert link.alive
        finally:
            link.drop()


class Smtp(Scripted):
    greeting = b"220 hello\r\n"

    def __init__(self, able: str, *answers: bytes) -> None:
        super().__init__(f"250-relay\r\n250 {able}".encode(), *answers)

    async def open(self) -> None:
        await converse(Account("127.0.0.1", self.port, "none", USER, token=TOKEN), Conversation.check)


def decoded(line: bytes) -> str:
    return base64.b64decode(line).decode()


READY = b"* CAPABILITY IMAP4rev1\r\n% OK"


@pytest.mark.parametrize(
    ("able", "mechanism"),
    [
        ("AUTH=XOAUTH2 SASL-IR", b"XOAUTH2"),
        ("AUTH=XOAUTH2", b"XOAUTH2"),
        ("auth=plain AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR LOGINDISABLED", b"OAUTHBEARER"),
        ("AUTH=OAUTHBEARER", b"OAUTHBEARER"),
    ],
)
async def test_a_mailbox_is_signed_in_to_by_what_it_offers(able: str, mechanism: bytes) -> None:
    at_once = "SASL-IR" in able
    server = Imap(able, *([b"% OK in", READY] if at_once else [b"+", b"% OK in", READY]))
    async with server.running():
        await server.open()
        wanted = XOAUTH2 if mechanism == b"XOAUTH2" else bearer(server.port)
    _, command, *further = server.heard
    assert command.split()[1:3] == [b"AUTHENTICATE", mechanism]
    assert decoded(command.split()[3] if at_once else further[0]) == wanted


@pytest.mark.parametrize(("mechanism", "reply"), [("XOAUTH2", b"\r\n"), ("OAUTHBEARER", b"AQ==\r\n")])
@pytest.mark.parametrize("ready", [" SASL-IR", ""])
async def test_a_challenge_that_says_why_is_answered_so_that_the_attempt_ends(
    mechanism: str, reply: bytes, ready: str
) -> None:
    first = () if ready else (b"+ ",)
    server = Imap(f"AUTH={mechanism}{ready}", *first, b"+ " + ERROR, b"% NO [AUTHENTICATIONFAILED] no")
    async with server.running():
        with pytest.raises(TokenRefused, match="access token: see user, scope and the application's rights"):
            await server.open()
    assert server.heard[-1] == reply


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ((b"% NO no",), TokenRefused, "does not accept the access token"),
        ((b"% NO [UNAVAILABLE] later",), Unavailable, "cannot check access tokens now"),
        ((b"% BAD what is " + TOKEN[:40].encode(),), ProtocolError, "does not understand"),
        ((b"* BYE session expired",), Unavailable, "lost"),
        ((DROP,), Unavailable, "lost"),
        ((HANG,), Unavailable, "lost"),
        ((b"+ " + ERROR, b"+ " + ERROR, b"+ " + ERROR), Unavailable, "lost"),
        ((b"garbage",), ProtocolError, "cannot be read|understand"),
    ],
    ids=str,
)
async def test_what_stops_the_sign_in_is_told_without_the_token(
    answers: tuple[bytes, ...], error: type[BackendError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "ANSWER_SECONDS", 0.2)
    server = Imap("AUTH=XOAUTH2 SASL-IR", *answers)
    async with server.running():
        with pytest.raises(error, match=words) as failed:
            await server.open()
    assert type(failed.value) is error
    assert TOKEN[:20] not in "".join(traceback.format_exception(failed.value)) + failed.value.detail


@pytest.mark.parametrize("able", ["", "AUTH=PLAIN SASL-IR", "XOAUTH2"])
async def test_a_server_without_oauth_gets_no_token(able: str) -> None:
    server = Imap(able)
    async with server.running():
        with pytest.raises(AuthFailed, match="offers no sign-in by OAuth"):
            await server.open()
    assert len(server.heard) == 1


@pytest.mark.parametrize("able", ["AUTH PLAIN XOAUTH2", "AUTH XOAUTH2 OAUTHBEARER"])
async def test_a_relay_is_signed_in_to_by_what_it_offers(able: str) -> None:
    server = Smtp(able, b"334 ", b"235 in", b"221 bye")
    async with server.running():
        await server.open()
        wanted, name = (bearer(server.port), b"OAUTHBEARER") if "BEARER" in able else (XOAUTH2, b"XOAUTH2")
    assert server.heard[1] == b"AUTH " + name + b"\r\n"
    assert decoded(server.heard[2]) == wanted


@pytest.mark.parametrize(
    ("able", "answers", "error", "words"),
    [
        ("AUTH XOAUTH2", (b"334 ", b"334 " + ERROR, b"535 5.7.8 no"), TokenRefused, "does not accept the access token"),
        ("AUTH XOAUTH2", (b"334 ", b"535 5.7.3 no"), TokenRefused, "does not accept the access token"),
        ("AUTH XOAUTH2", (b"334 ", b"454 4.7.0 " + TOKEN[:40].encode()), Unavailable, "cannot check access tokens"),
        ("AUTH XOAUTH2", (b"334 ", DROP), Unavailable, "cannot be reached"),
        ("AUTH XOAUTH2", (b"334 ", *[b"334 " + ERROR] * 9), Unavailable, "cannot be reached"),
        ("AUTH XOAUTH2", (b"334 ", b"334 abc"), Unavailable, "cannot be reached"),  # that is no base64
        ("AUTH XOAUTH2", (b"334 ", b"299 perhaps"), ProtocolError, "cannot be read"),
        ("AUTH PLAIN LOGIN", (), AuthFailed, "offers no sign-in"),
        ("8BITMIME", (), AuthFailed, "offers no sign-in"),
    ],
    ids=str,
)
async def test_what_stops_the_sign_in_at_a_relay_is_told_without_the_token(
    able: str, answers: tuple[bytes, ...], error: type[BackendError], words: str
) -> None:
    server = Smtp(able, *answers, b"221 bye")
    async with server.running():
        with pytest.raises(error, match=words) as failed:
            await server.open()
    assert type(failed.value) is error
    assert TOKEN[:20] not in "".join(traceback.format_exception(failed.value)) + failed.value.detail
    if not answers:
        assert len(server.heard) == 1, "no token goes out"


MAILBOX = {
    "host": "imap.example.com",
    "user": "help@acme.example",
    "agent": "maya",
    "senders": "Mail=help@acme.example",
}
RELAY = {"host": "smtp.example.com", "username": "help@acme.example", "sender": "help@acme.example"}
OAUTH = {"sign_in": "oauth", "token_url": "https://login.example/token", "client_id": "app", "client_secret": "s"}


@pytest.mark.parametrize("known", [MAILBOX, RELAY], ids=["mailbox", "relay"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sign_in": "xoauth2"}, "password or oauth"),
        ({"token_url": ""}, "needs token_url"),
        ({"client_id": ""}, "needs client_id"),
        ({"client_secret": ""}, "needs client_secret"),
        ({"token_url": "http://login.example/token"}, "https://"),
        ({"user": "", "username": ""}, "user's address"),
        ({"user": "hälp@acme.example", "username": "hälp@acme.example"}, "plain ASCII"),
        ({"user": "a\x01b", "username": "a\x01b"}, "user's address"),
        ({"proxy": "http://u:p@proxy.example"}, "proxy"),
    ],
    ids=str,
)
def test_a_profile_that_cannot_sign_in_is_refused(
    known: Mapping[str, str], changes: Mapping[str, str], words: str
) -> None:
    backend = ImapContactCenter if known is MAILBOX else SmtpMessaging
    backend.create({**known, **OAUTH})
    backend.create({**known, **OAUTH, "client_secret": "", "refresh_token": "r"})
    with pytest.raises(Rejected, match=words):
        backend.create({**known, **OAUTH, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"smtp_security": "none"}, {"smtp_security": "ssl"}, {"security": "none"}, {"smtp_host": "a b"}],
    ids=str,
)
def test_no_token_goes_out_without_tls(changes: Mapping[str, str]) -> None:
    with pytest.raises(Rejected):
        ImapContactCenter.create({**MAILBOX, **OAUTH, **changes})
