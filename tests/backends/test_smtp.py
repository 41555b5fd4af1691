"""The SMTP adapter against a relay that says what a test wants, and options and messages that must not be used."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import pytest

from desktop.backends.smtp.messaging import SmtpMessaging
from desktop.backends.wire.mail import compose
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel
from desktop.ports.errors import AuthFailed, BackendError, OutcomeUnknown, ProtocolError, Rejected, Unavailable
from desktop.ports.messaging import OutgoingMessage

GREETING = b"220 relay\r\n"
HANG, DROP = b"<hang>", b"<drop>"
YES = Consent("email", True)


class Relay:
    """Answers each command by its first word; `BODY` is the end of a mail."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = {"greeting": GREETING, "EHLO": b"250-relay\r\n250 8BITMIME\r\n", "DATA": b"354 go\r\n"} | answers
        self.mails: list[bytes] = []
        self.cut_off = asyncio.Event()
        self.port = 0

    async def _say(self, writer: asyncio.StreamWriter, word: str) -> None:
        answer = self.answers.get(word, b"250 ok\r\n")
        if answer == DROP:
            raise ConnectionError
        if answer != HANG:
            writer.write(answer)
            await writer.drain()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._say(writer, "greeting")
            while line := await reader.readline():
                word = line.split()[0].decode().upper()
                await self._say(writer, word)
                if word == "DATA" and self.answers["DATA"].startswith(b"354"):
                    self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    await self._say(writer, "BODY")
            self.cut_off.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.cut_off.set()
        finally:
            writer.close()


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[SmtpMessaging]:
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    yield SmtpMessaging.create(options(port=str(relay.port)))
    server.close()


def options(**changes: str) -> dict[str, str]:
    return {"host": "127.0.0.1", "security": "none", "sender": "help@acme.example"} | changes


def mail(text: str = "hello", to: str = "eve@example.org", consent: Consent | None = YES) -> OutgoingMessage:
    return OutgoingMessage("k-1", Channel.EMAIL, to, text, consent)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"greeting": b"554 go away\r\n"}, Rejected),
        ({"greeting": DROP}, Unavailable),
        ({"greeting": b"HTTP/1.1 200 OK\r\n\r\n"}, BackendError),
        ({"MAIL": b"530 5.7.0 Authentication required\r\n"}, AuthFailed),
        ({"RCPT": b"451 4.7.1 Greylisted\r\n"}, Unavailable),
        ({"RCPT": b"550 5.1.1 \x1b[31mNo such user\r\n"}, Rejected),
        ({"DATA": b"421 shutting down\r\n"}, Unavailable),
        ({"DATA": DROP}, Unavailable),
        ({"BODY": b"552 too big\r\n"}, Rejected),
        ({"BODY": b"451 disk full\r\n"}, Unavailable),
        ({"BODY": DROP}, OutcomeUnknown),
        ({"BODY": b"299 perhaps\r\n"}, ProtocolError),
    ],
    ids=str,
)
async def test_each_answer_has_its_next_step(answers: dict[str, bytes], error: type[BackendError]) -> None:
    relay = Relay(**answers)
    async with running(relay) as sender:
        with pytest.raises(error) as failed:
            await sender.send(mail())
    assert failed.value.message.isprintable()


async def test_a_relay_that_never_answers_is_hung_up_on_when_nobody_waits_any_more() -> None:
    relay = Relay(MAIL=HANG)
    async with running(relay) as sender:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sender.send(mail()), 0.2)
        await asyncio.wait_for(relay.cut_off.wait(), 5.0)
    assert relay.mails == []


async def test_a_mail_asked_for_again_after_a_lost_answer_has_the_same_message_id() -> None:
    relay = Relay(BODY=DROP)
    async with running(relay) as sender:
        with pytest.raises(OutcomeUnknown):
            await sender.send(mail())
        relay.answers["BODY"] = b"250 2.0.0 queued as \x07 77\r\n"
        receipt = await sender.send(mail())
    ids = {message_from_bytes(one, policy=default)["Message-ID"] for one in relay.mails}
    assert len(relay.mails) == 2
    assert ids == {f"<{receipt.id}>"}
    assert receipt.detail == "the relay has it: 2.0.0 queued as   77"


@pytest.mark.parametrize(
    "message",
    [
        mail(consent=None),
        mail(consent=Consent("email", False)),
        mail(consent=Consent("sms", True)),
        mail(text=" \n"),
        mail(to="a@b.example\r\nDATA"),
        mail(to="jürgen@example.org"),  # this relay takes ASCII only
        OutgoingMessage("k", Channel.SMS, "+442079460958", "x", Consent("sms", True)),
    ],
    ids=repr,
)
async def test_what_must_not_go_out_does_not(message: OutgoingMessage) -> None:
    relay = Relay()
    async with running(relay) as sender:
        with pytest.raises(Rejected):
            await sender.send(message)
    assert relay.mails == []


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "mail.example.com"},  # no TLS to another machine
        {"host": ""},
        {"host": "a b"},
        {"security": "ssl"},
        {"port": "99999"},
        {"username": "u"},
        {"sender": "Acme <help@acme.example>"},
        {"sender": ""},
        {"reply_to": "nobody"},
    ],
    ids=str,
)
def test_options_that_cannot_work_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        SmtpMessaging.create(options(**changes))


def test_any_text_makes_a_mail_of_short_lines() -> None:
    for text in ("\ud800", "\0", "x" * 5_000, "\x0b\x0c\x85\u2028", "日" * 2_000):
        made = compose(
            "k",
            sender="a@b.example",
            sender_name='"\ud800\r\n<x>,',
            reply_to="",
            to=["c@d.example"],
            subject=text * 3,
            text=text,
            at=1.0,
        )
        assert max(map(len, made.body.split(b"\r\n"))) <= 998  # RFC 5322, section 2.1.1
        assert message_from_bytes(made.body, policy=default)["To"] == "c@d.example"
