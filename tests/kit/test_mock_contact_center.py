"""The bundled mock contact centre keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from desktop.testing.rigs import ContactCenterRig
from mock_backends.launcher import Running

from .mock_rigs import MockContactCenterRig


@pytest.fixture
async def rig(mock_servers: Running) -> AsyncIterator[ContactCenterRig]:
    async with MockContactCenterRig(mock_servers) as rig:
        yield rig


class TestMockContactCenter(ContactCenterContract):
    """All of it."""
