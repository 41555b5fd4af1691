"""The connection to a shared mailbox: secured, signed in, listening, lost and found, whatever lies in the box."""

import asyncio
import base64
import logging
import traceback
from collections.abc import AsyncIterator

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.backends.imap.mime import LONGEST_TEXT
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.state.events import Change, InteractionChanged
from desktop.ports.errors import AuthFailed, BackendError, NotFound, Rejected, Unavailable
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.mail.cutting_proxy import Cut, CuttingProxy
from tests.real.mail.rig import a_mail, options
from tests.real.mail.work import available, opened, put_away, shown, taken
from tests.real.servers import dovecot, exim
from tests.real.servers.mail_system import MailSystem


@pytest.fixture(autouse=True)
def emptied(system: MailSystem) -> None:
    system.empty()


def secured(system: MailSystem, security: str, **changes: str) -> dict[str, str]:
    """A profile that signs in to both servers, each with its own certificate."""
    both = system.dovecot.folder / "both.pem"
    both.write_bytes(system.dovecot.certificate.read_bytes() + system.exim.certificate.read_bytes())
    tls = security == "tls"
    known = {
        "security": security,
        "host": dovecot.NAME,
        "port": str(system.dovecot.tls_port if tls else system.dovecot.port),
        "smtp_port": str(system.exim.tls_port if tls else system.exim.port),
        "smtp_user": exim.USER,
        "smtp_password": exim.PASSWORD,
        "ca_file": str(both),
    }
    return known | changes


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mails_are_read_and_answered_over_tls(system: MailSystem, security: str) -> None:
    eve = fresh.email()
    system.drop_in(bytes(a_mail("Hello", eve)))
    async with opened(system, **secured(system, security)) as desk:
        contact = await taken(desk, eve)
        await desk.send_message(contact.id, "Over TLS.", key=fresh.new_key())
        await put_away(desk, contact.id)

    async def got() -> bool | None:
        return len(system.delivered(eve)) == 1 or None

    await until(got, 10.0, "the reply")


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("changes", [{"ca_file": ""}, {"host": "127.0.0.1"}], ids=["other authority", "other name"])
async def test_an_untrusted_certificate_gets_no_password(
    system: MailSystem, security: str, changes: dict[str, str]
) -> None:
    known = secured(system, security) | changes
    async with CuttingProxy("127.0.0.1", int(known["port"])) as proxy:
        desk = ImapContactCenter.create(options(system, **(known | {"port": str(proxy.port)})))
        with pytest.raises(Unavailable, match="certificate of the mail server is not trusted; see ca_file"):
            await desk.open()
        await desk.close()
    assert not any(b"LOGIN" in piece or dovecot.PASSWORD.encode() in piece for piece in proxy.heard)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wr0ng-and-secret"}, "mail server does not accept this user and password"),
        ({"smtp_password": "wr0ng-and-secret"}, "mail relay does not accept our sign-in"),
    ],
)
async def test_a_wrong_password_is_told_at_once_and_stands_nowhere(
    system: MailSystem,
    changes: dict[str, str],
    words: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop.backends.imap.outgoing._CHECK_SECONDS", 60.0)  # however slow the machine is
    caplog.set_level(logging.DEBUG)
    desk = ImapContactCenter.create(options(system, **secured(system, "tls", **changes)))
    with pytest.raises(AuthFailed, match=words) as failed:
        await desk.open()
    await desk.close()
    told = "".join(traceback.format_exception(failed.value)) + failed.value.detail + repr(desk) + caplog.text
    assert "wr0ng-and-secret" not in told


async def test_a_relay_that_is_away_keeps_nobody_from_reading(system: MailSystem) -> None:
    eve = fresh.email()
    system.drop_in(bytes(a_mail("Hello", eve)))
    async with opened(system, **secured(system, "tls", smtp_port="1")) as desk:
        contact = await taken(desk, eve)
        with pytest.raises(Unavailable, match="mail relay"):
            await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
        await put_away(desk, contact.id)


async def offers(desk: ImapContactCenter) -> AsyncIterator[Interaction]:
    """What is offered, over as many connections as it takes."""
    while True:
        try:
            async for one in desk.events(None):
                event = one.event
                if isinstance(event, InteractionChanged) and event.change is Change.OFFERED:
                    yield event.interaction
        except BackendError:
            await asyncio.sleep(0)


async def test_new_mails_are_told_by_idle_again_after_the_connection_is_lost(
    system: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "desktop.backends.imap.shared_mailbox.LOOK_EVERY", 1_000.0
    )  # nobody looks unless the server says so
    async with CuttingProxy("127.0.0.1", system.dovecot.port) as box, opened(system, port=str(box.port)) as desk:
        await available(desk)
        stream = offers(desk)
        for connections in (1, 1, 2):

            async def listening(connections: int = connections) -> bool | None:
                return (box.connections == connections and box.heard[-1].endswith(b" IDLE\r\n")) or None

            coming = asyncio.ensure_future(anext(stream))
            await until(listening, 10.0, "IDLE")
            eve = fresh.email()
            system.drop_in(bytes(a_mail("Hello", eve)))
            offered = await asyncio.wait_for(coming, 20.0)
            assert offered.customer.value == eve
            await desk.decline(offered.id, reason="", key=fresh.new_key())
            if len(system.mails("INBOX")) == 2:
                box.drop()


async def test_the_server_is_started_anew(system: MailSystem) -> None:
    eve = fresh.email()
    system.drop_in(bytes(a_mail("Hello", eve)))
    async with opened(system) as desk:
        contact = await taken(desk, eve)
        system.dovecot.end(system.dovecot.daemon)
        with pytest.raises(Unavailable):
            for _ in range(3):
                await desk.snapshot()
        system.dovecot.run()

        async def back() -> Interaction | None:
            try:
                return next(one for one in (await shown(desk)).interactions if one.id == contact.id)
            except Unavailable:
                return None

        assert (await until(back, 10.0, "the mailbox")).phase is Phase.ACTIVE
        await put_away(desk, contact.id)


async def test_a_mail_whose_fetch_breaks_off_is_offered_whole_afterwards(system: MailSystem) -> None:
    eve, text = fresh.email(), "word " * 30_000
    system.drop_in(bytes(a_mail(text, eve)))
    async with CuttingProxy("127.0.0.1", system.dovecot.port) as box, opened(system, port=str(box.port)) as desk:
        await available(desk)
        box.cut(Cut(1, answer=True, size=100_000))  # in the midst of the mail: nothing else is so long

        async def whole() -> Interaction | None:
            try:
                return next(iter((await shown(desk)).interactions), None)
            except Unavailable:
                return None

        offered = await until(whole, 10.0, "the offer")
        assert offered.messages[0].text.split() == text.split()
        assert (box.cuts, box.connections) == (1, 2)
        assert offered.phase is Phase.OFFERED


def deep() -> bytes:
    raw = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for level in range(1_000):
        raw += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1)
    return raw + b"--b1000\r\n\r\nhi"


HOSTILE = {
    "nested": deep(),
    "parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    "megabyte": b"\r\n" + b"word " * 200_000,
    "one line": b"\r\n" + b"x" * 1_000_000,
    "charset": b"Content-Type: text/plain; charset=no-such\r\n\r\nGr\xfc\xdfe",
    "lying base64": b"Content-Transfer-Encoding: base64\r\n\r\n=!" * 1_000,
    "escapes": b"\r\n\x1b]0;owned\x07\x1b[2J \xe2\x80\xae",
    "headers": b"X: y\r\n" * 20_000 + b"\r\nbody",
    "bomb": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n--b\r\n"
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="../../../etc/cron.d/x"\r\n\r\n'
        + base64.b64encode(bytes(500_000))
        + b"\r\n--b--\r\n"
    ),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_mail_is_shown_within_bounds_and_stops_nothing(system: MailSystem, kind: str) -> None:
    eve, bob = fresh.email(), fresh.email()
    head = f"From: Eve <{eve}>\r\nMessage-ID: <{fresh.new_key()}@x.example>\r\nSubject: {kind}\r\n"
    system.drop_in(head.encode() + HOSTILE[kind])
    async with opened(system) as desk:
        contact = await taken(desk, eve)
        (line,) = contact.messages
        assert len(line.text) <= LONGEST_TEXT
        assert all(one.name.isprintable() and not set(one.name) & set("/\\") for one in line.attachments)
        for file in line.attachments[:3]:
            pieces = [piece async for piece in desk.attachment(contact.id, line.id, file.id)]
            assert len(b"".join(pieces)) == file.size
        await put_away(desk, contact.id)
        system.drop_in(bytes(a_mail("An ordinary one.", bob)))
        other = await taken(desk, bob)
        assert other.messages[0].text == "An ordinary one."
        await put_away(desk, other.id)


async def test_a_mail_beyond_the_limit_is_cut_and_its_file_is_not_given_out_in_part(system: MailSystem) -> None:
    eve = fresh.email()
    mail = a_mail("Two files.", eve)
    mail.add_attachment(b"small", "application", "x", filename="small.bin")
    mail.add_attachment(bytes(range(256)) * 8_000, "application", "x", filename="large.bin")
    system.drop_in(bytes(mail))
    async with opened(system, largest_mb="1") as desk:
        contact = await taken(desk, eve)
        (line,) = contact.messages
        small, large = line.attachments
        assert [piece async for piece in desk.attachment(contact.id, line.id, small.id)] == [b"small"]
        with pytest.raises(Rejected, match="largest_mb"):
            async for _ in desk.attachment(contact.id, line.id, large.id):
                pass
        assert large.size is None
        with pytest.raises(NotFound):
            async for _ in desk.attachment(contact.id, line.id, "9"):
                pass
        await put_away(desk, contact.id)
