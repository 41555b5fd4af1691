"""The conformance kit's contract, kept by a shared mailbox on a real Dovecot and Exim."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from tests.real.mail.rig import MailRig
from tests.real.servers.mail_system import MailSystem


@pytest.fixture
async def rig(system: MailSystem) -> AsyncIterator[MailRig]:
    async with MailRig(system) as one:
        yield one


class TestMailbox(ContactCenterContract):
    """Mails, availability, bad days."""
