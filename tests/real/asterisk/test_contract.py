"""The conformance kit's contract, kept by the adapter on a real Asterisk."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from tests.real.asterisk.rig import AsteriskRig
from tests.real.servers.asterisk import Asterisk


@pytest.fixture
async def rig(server: Asterisk) -> AsyncIterator[AsteriskRig]:
    async with AsteriskRig(server) as one:
        yield one


class TestAsterisk(ContactCenterContract):
    """Calls, availability, bad days."""
