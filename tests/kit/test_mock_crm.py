"""The bundled mock CRM keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.crm import CrmContract
from desktop.testing.rigs import CrmRig
from mock_backends.launcher import Running

from .mock_rigs import MockCrmRig


@pytest.fixture
async def rig(mock_servers: Running) -> AsyncIterator[CrmRig]:
    async with MockCrmRig(mock_servers) as rig:
        yield rig


class TestMockCrm(CrmContract):
    """All of it."""
