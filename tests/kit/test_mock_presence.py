"""The bundled mock directory keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.presence import PresenceContract
from desktop.testing.rigs import PresenceRig
from mock_backends.launcher import Running

from .mock_rigs import MockPresenceRig


@pytest.fixture
async def rig(mock_servers: Running) -> AsyncIterator[PresenceRig]:
    async with MockPresenceRig(mock_servers) as rig:
        yield rig


class TestMockPresence(PresenceContract):
    """All of it."""
