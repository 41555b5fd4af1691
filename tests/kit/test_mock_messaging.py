"""The bundled mock message sender keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.rigs import MessagingRig
from mock_backends.launcher import Running

from .mock_rigs import MockMessagingRig


@pytest.fixture
async def rig(mock_servers: Running) -> AsyncIterator[MessagingRig]:
    async with MockMessagingRig(mock_servers) as rig:
        yield rig


class TestMockMessaging(MessagingContract):
    """All of it."""
