"""Mail through a real Exim: secured, signed in, whole on arrival, refused with the right next step."""

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import pytest

from desktop.backends.smtp.messaging import SmtpMessaging
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.ports.errors import AuthFailed, BackendError, Rejected, Unavailable
from desktop.ports.messaging import OutgoingMessage
from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.fault_proxy import Answer, FaultProxy, Mode
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import MessagingRig
from tests.real.conftest import started
from tests.real.servers.exim import NAME, PASSWORD, USER, Exim
from tests.real.servers.server import free_port

TO = "eve@example.org"


@pytest.fixture(scope="module")
def exim() -> Iterator[Exim]:
    with started(Exim()) as server:
        yield server


def options(exim: Exim, **changes: str) -> dict[str, str]:
    known = {
        "host": NAME,
        "port": str(exim.port),
        "username": USER,
        "password": PASSWORD,
        "sender": "help@acme.example",
    }
    return known | {"sender_name": "Acme – Hilfe", "ca_file": str(exim.certificate), "subject": "Your call"} | changes


@asynccontextmanager
async def opened(exim: Exim, **changes: str) -> AsyncIterator[SmtpMessaging]:
    sender = SmtpMessaging.create(options(exim, **changes))
    assert await sender.open() == frozenset()
    yield sender
    await sender.close()


def mail(key: str, text: str, to: str = TO, subject: str = "") -> OutgoingMessage:
    return OutgoingMessage(key, Channel.EMAIL, to, text, Consent("email", True), subject)


async def arrived(exim: Exim, message_id: str, seconds: float = 20.0) -> list[EmailMessage]:
    """The mails with this Message-ID, once there is one."""
    return await until(lambda: [one for one in exim.mails() if one["Message-ID"] == f"<{message_id}>"], seconds)


async def until(look: Callable[[], list[EmailMessage]], seconds: float) -> list[EmailMessage]:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "the mail never came"
        await asyncio.sleep(0.02)
    return found


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_arrives_whole(exim: Exim, security: str) -> None:
    text = f"Grüße, 日本 🎉 € <b>\n.\n..dots\nFrom here on\n{'long ' * 300}\n{security}"
    port = exim.port if security == "starttls" else exim.tls_port
    async with opened(exim, security=security, port=str(port), reply_to="case@acme.example") as sender:
        receipt = await sender.send(mail(f"whole-{security}", text, subject="Ihr Anruf: übermorgen 🎉"))
        assert receipt.state is DeliveryState.SENT
        assert await sender.status(receipt.id) == receipt
        (found,) = await arrived(exim, receipt.id)
    assert found.get_content().rstrip("\n") == text
    assert found["Subject"] == "Ihr Anruf: übermorgen 🎉"
    assert (found["To"], found["Reply-To"]) == (TO, "case@acme.example")
    assert found["From"].addresses[0].display_name == "Acme – Hilfe"
    assert (found["Return-path"], found["Envelope-to"]) == ("<help@acme.example>", TO)
    assert found["Auto-Submitted"] == "no"


async def test_the_same_key_is_one_mail_and_after_a_restart_one_message_id(exim: Exim) -> None:
    async with opened(exim) as sender:
        receipts = await asyncio.gather(*(sender.send(mail("same", "only once")) for _ in range(3)))
        assert len({one.id for one in receipts}) == 1
        assert len(await arrived(exim, receipts[0].id)) == 1
    async with opened(exim) as restarted:
        assert (await restarted.send(mail("same", "only once"))).id == receipts[0].id


async def test_nothing_in_a_text_becomes_a_header(exim: Exim) -> None:
    async with opened(exim) as sender:
        evil = "hello\r\nBcc: all@example.org\r\n\r\nbody"
        receipt = await sender.send(mail("evil", evil + "\r\n.\r\nMAIL FROM:<x@y.example>\r\n", subject=evil))
        (found,) = await arrived(exim, receipt.id)
    assert found["Bcc"] is None
    assert found["Subject"] == "hello Bcc: all@example.org body"
    assert found["Envelope-to"] == TO
    assert "MAIL FROM:<x@y.example>" in found.get_content()
    for to in ("a@b.example, c@d.example", "Eve <a@b.example>", "a@b.example\r\nRCPT TO:<c@d.example>", "a", "a@", ""):
        async with opened(exim) as sender:
            with pytest.raises(Rejected):
                await sender.send(mail("evil2", "x", to=to))


@pytest.mark.parametrize(
    ("to", "text", "error"),
    [
        ("nobody-here@example.org", "x", Rejected),
        ("later@example.org", "x", Unavailable),
        (TO, "x" * 200_000, Rejected),
    ],
)
async def test_a_refusal_has_its_next_step(exim: Exim, to: str, text: str, error: type[BackendError]) -> None:
    async with opened(exim) as sender:
        with pytest.raises(error):
            await sender.send(mail("refused", text, to=to))


async def test_addresses_beyond_ascii_go_where_the_relay_takes_them(exim: Exim) -> None:
    async with opened(exim) as sender:
        receipt = await sender.send(mail("utf8", "x", to="jürgen@example.org"))
        (found,) = await arrived(exim, receipt.id)
    assert found["Envelope-to"] == "jürgen@example.org"


async def test_a_wrong_password_is_told_and_stands_nowhere(exim: Exim, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sender = SmtpMessaging.create(options(exim, password="wrong-and-secret"))
    for call in (sender.open, lambda: sender.send(mail("k", "x"))):
        with pytest.raises(AuthFailed) as failed:
            await call()
        assert "wrong-and-secret" not in "".join(traceback.format_exception(failed.value)) + failed.value.detail
    assert "wrong-and-secret" not in caplog.text


async def test_an_untrusted_certificate_gets_no_password(exim: Exim) -> None:
    for changes in ({"ca_file": ""}, {"host": "127.0.0.1"}):  # another authority; another name
        with pytest.raises(Unavailable, match="certificate"):
            await SmtpMessaging.create(options(exim, **changes)).open()
    with pytest.raises(AuthFailed):  # it offers no sign-in without TLS
        await SmtpMessaging.create(options(exim, security="none")).open()


async def test_a_relay_that_is_away_comes_back(exim: Exim) -> None:
    async with opened(exim) as sender:
        exim.end(exim.daemon, hard=True)
        with pytest.raises(Unavailable):
            await sender.send(mail("away", "x"))
        exim.run()
        receipt = await sender.send(mail("away", "x"))
        assert len(await arrived(exim, receipt.id)) == 1
    with pytest.raises(Unavailable):
        await SmtpMessaging.create(options(exim, port=str(free_port()))).open()


class _Closing(Answer):
    """What a relay says in the place of a greeting when it takes nothing now."""

    def wire(self) -> bytes:
        return f"{self.status} closing\r\n".encode()


class SmtpRig(MessagingRig):
    """Exim behind the kit's fault proxy, which knows no SMTP: what needs a look into a conversation cannot be had."""

    label = "real"
    secrets = (PASSWORD,)
    signs_in = False  # by a password here
    forgets_keys = "SMTP knows no keys: after a restart the same key is sent again, under the same Message-ID"

    def __init__(self, exim: Exim) -> None:
        self._exim = exim
        self.proxy = FaultProxy("127.0.0.1", exim.port)

    async def start(self) -> None:
        await self.proxy.start()

    async def stop(self) -> None:
        await self.proxy.stop()

    def make(self) -> SmtpMessaging:
        return SmtpMessaging.create(options(self._exim, port=str(self.proxy.port)))

    async def fault(self, fault: Fault) -> None:
        modes = {Fault.HANG: Mode.HANG, Fault.REFUSED: Mode.REFUSE, Fault.GARBAGE: Mode.GARBAGE}
        if fault is Fault.RATE_LIMITED:
            absent("SMTP names no time after which to come back")
        elif fault is Fault.SERVER_ERROR:
            await self.proxy.set(Mode.ANSWER, _Closing(421))
        elif fault in modes:
            await self.proxy.set(modes[fault])
        else:
            await super().fault(fault)

    async def heal(self) -> None:
        await self.proxy.set(Mode.PASS)

    def message(self, key: str, text: str) -> OutgoingMessage:
        return mail(key, text)

    async def sent(self, text: str) -> int:
        return len(await self.recipients(text))

    async def recipients(self, text: str) -> list[str]:
        return [str(one["To"]) for one in self._exim.mails() if one.get_content().rstrip("\n") == text]


class TestSmtp(MessagingContract):
    """All of it, but for what a mail relay never tells."""

    reads_ask = False

    @pytest.fixture
    async def rig(self, exim: Exim) -> AsyncIterator[SmtpRig]:
        async with SmtpRig(exim) as made:
            yield made
