"""A shared mailbox that is signed in to by access tokens, on a Dovecot and an Exim that ask a sign-in service."""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncGenerator, Iterator

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.backends.smtp.messaging import SmtpMessaging
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel
from desktop.ports.errors import AuthFailed, BackendError, Unavailable
from desktop.ports.messaging import OutgoingMessage
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.conftest import started
from tests.real.mail.cutting_proxy import CuttingProxy
from tests.real.mail.rig import a_mail, options
from tests.real.mail.test_connection import secured
from tests.real.mail.work import arrived, opened, put_away, taken
from tests.real.servers.dovecot import NAME, USER
from tests.real.servers.mail_system import ADDRESS, MailSystem
from tests.real.servers.sign_in_service import CLIENT_ID, CLIENT_SECRET, SCOPE, SignInService


@pytest.fixture(scope="module", params=["XOAUTH2", "OAUTHBEARER"])
def system(request: pytest.FixtureRequest, service: SignInService) -> Iterator[MailSystem]:
    with started(MailSystem(mechanism=request.param, service=service)) as running:
        yield running


@pytest.fixture(scope="module")
def service() -> Iterator[SignInService]:
    with SignInService(USER) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_start(system: MailSystem, service: SignInService) -> None:
    system.empty()
    service.revoke()
    service.given.clear()
    service.refresh_token = ""
    service.answers = {}


def by_token(system: MailSystem, service: SignInService, **changes: str) -> dict[str, str]:
    """A profile that signs in to both servers by tokens of the application."""
    known = secured(system, "tls") | {
        "password": "",
        "smtp_user": "",
        "smtp_password": "",
        "sign_in": "oauth",
        "token_url": f"http://127.0.0.1:{service.port}/token",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": SCOPE,
    }
    return known | changes


async def answered(system: MailSystem, desk: ImapContactCenter, text: str) -> None:
    """A customer writes, and has the reply."""
    eve = fresh.email()
    system.drop_in(bytes(a_mail("Hello", eve)))
    contact = await taken(desk, eve)
    await desk.send_message(contact.id, text, key=fresh.new_key())
    await put_away(desk, contact.id)
    (mail,) = await arrived(system, eve)
    assert text in mail.get_content()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("smtp_security", ["tls", "starttls"])
async def test_a_mail_is_read_taken_and_answered(
    system: MailSystem, service: SignInService, security: str, smtp_security: str
) -> None:
    known = by_token(system, service, security=security, port=secured(system, security)["port"])
    known |= {"smtp_security": smtp_security, "smtp_port": secured(system, smtp_security)["smtp_port"]}
    async with opened(system, **known) as desk:
        await answered(system, desk, "By a token.")
    assert len(service.given) == 1, "one token is good for both servers"


async def again(desk: ImapContactCenter, box: CuttingProxy, connections: int) -> None:
    """The mailbox is back, by its so-manieth connection."""

    async def look() -> bool | None:
        with contextlib.suppress(Unavailable):
            await desk.snapshot()
            return box.connections == connections or None
        return None

    await until(look, 20.0, "the mailbox")


async def failing(desk: ImapContactCenter, words: str) -> BackendError:
    """What the mailbox fails with, once it fails so: that a connection is lost shows first."""

    async def look() -> BackendError | None:
        try:
            await desk.snapshot()
        except BackendError as error:
            return error if words in error.message else None
        return None

    return await until(look, 20.0, words)


@contextlib.asynccontextmanager
async def in_hand(
    system: MailSystem, service: SignInService
) -> AsyncGenerator[tuple[ImapContactCenter, CuttingProxy, Interaction, str], None]:
    """A mail that was taken over a connection that can be cut, and who wrote it."""
    eve, known = fresh.email(), by_token(system, service)
    system.drop_in(bytes(a_mail("Hello", eve)))
    async with (
        CuttingProxy("127.0.0.1", int(known["port"])) as box,
        opened(system, **known | {"port": str(box.port)}) as desk,
    ):
        yield desk, box, await taken(desk, eve), eve


async def test_a_token_that_is_revoked_matters_at_the_next_sign_in_only(
    system: MailSystem, service: SignInService
) -> None:
    async with in_hand(system, service) as (desk, box, contact, eve):
        service.revoke()
        await desk.park(contact.id, on=True, key=fresh.new_key())
        await desk.park(contact.id, on=False, key=fresh.new_key())
        assert len(service.given) == 1
        box.drop()
        await again(desk, box, 3)  # the first of them with the old token
        assert len(service.given) == 2
        service.revoke()
        await desk.send_message(contact.id, "Still here.", key=fresh.new_key())
        assert len(service.given) == 3
        await put_away(desk, contact.id)
    assert len(await arrived(system, eve)) == 1


async def test_a_token_that_is_never_good_is_told_and_the_mailbox_comes_back(
    system: MailSystem, service: SignInService
) -> None:
    async with in_hand(system, service) as (desk, box, contact, eve):
        service.revoke()
        service.answers = {"access_token": "another-mailbox's"}
        with pytest.raises(AuthFailed, match="mail relay does not accept the access token: see user, scope"):
            await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
        box.drop()
        error = await failing(desk, "mail server does not accept the access token: see user, scope")
        assert isinstance(error, AuthFailed)
        service.answers = {}
        await again(desk, box, box.connections + 1)
        await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
        await put_away(desk, contact.id)
    assert len(await arrived(system, eve)) == 1


async def test_while_the_sign_in_service_is_away_the_mailbox_waits(system: MailSystem, service: SignInService) -> None:
    async with in_hand(system, service) as (desk, box, contact, eve):
        await asyncio.to_thread(service.stop)
        try:
            newcomer = ImapContactCenter.create(options(system, "noor", **by_token(system, service)))
            with pytest.raises(Unavailable, match="sign-in service cannot be reached"):
                await newcomer.open()
            await newcomer.close()
            with pytest.raises(Unavailable, match="mail relay"):  # it cannot ask about the token
                await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
            box.drop()
            assert isinstance(await failing(desk, "cannot check access tokens now"), Unavailable)  # nor can Dovecot
        finally:
            service.start()
        await again(desk, box, box.connections + 1)
        await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
        await put_away(desk, contact.id)
    assert len(await arrived(system, eve)) == 1


async def test_each_refresh_token_is_used_once_and_one_that_is_refused_is_told(
    system: MailSystem, service: SignInService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.refresh_token = "r3fresh-of-the-user"
    known = by_token(system, service, refresh_token="r3fresh-of-the-user")
    async with opened(system, **known) as desk:
        service.revoke()
        await answered(system, desk, "By a refresh token.")
        assert len(service.given) == 2
        used = repr(desk)
    late = ImapContactCenter.create(options(system, "noor", **by_token(system, service)))
    with pytest.raises(AuthFailed, match="does not accept the refresh token any more: sign in anew") as failed:
        await late.open()
    await late.close()
    told = "".join(traceback.format_exception(failed.value)) + failed.value.detail + repr(late) + used + caplog.text
    for secret in ("r3fresh-of-the-user", service.refresh_token, CLIENT_SECRET, *service.given):
        assert secret not in told


async def test_a_sender_of_mails_signs_in_by_tokens_too(system: MailSystem, service: SignInService) -> None:
    mailbox = by_token(system, service)
    known = {name: mailbox[name] for name in ("sign_in", "token_url", "client_id", "client_secret", "scope", "ca_file")}
    known |= {"host": NAME, "port": str(system.exim.tls_port), "security": "tls", "username": USER}
    sender = SmtpMessaging.create(known | {"sender": ADDRESS})
    await sender.open()
    eve = fresh.email()
    for number in (1, 2):
        consent = Consent("email", True)
        await sender.send(OutgoingMessage(fresh.new_key(), Channel.EMAIL, eve, f"Number {number}", consent))
        service.revoke()
    await sender.close()
    assert len(await arrived(system, eve, 2)) == 2
    assert len(service.given) == 2
