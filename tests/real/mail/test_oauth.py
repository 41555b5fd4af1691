"""A shared mailbox that is signed in to by access tokens, on a Dovecot and an Exim that ask a sign-in service."""

import asyncio
import logging
import traceback
from collections.abc import Iterator

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.model import Interaction
from desktop.ports.errors import AuthFailed, BackendError, Unavailable
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.conftest import started
from tests.real.mail.rig import a_mail
from tests.real.mail.test_connection import secured
from tests.real.mail.work import available, arrived, opened, put_away, seen, shown, taken
from tests.real.servers.dovecot import USER
from tests.real.servers.mail_system import MailSystem
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
async def test_a_mail_is_read_taken_and_answered(system: MailSystem, service: SignInService, security: str) -> None:
    ports = {name: value for name, value in secured(system, security).items() if name.endswith("port")}
    async with opened(system, **by_token(system, service, security=security, **ports)) as desk:
        await answered(system, desk, "By a token.")
    assert len(service.given) == 1, "one token is good for both servers"
