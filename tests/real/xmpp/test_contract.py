"""XMPP keeps the contract of a company directory, against a real server."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.presence import PresenceContract
from desktop.testing.rigs import PresenceRig

from .conftest import XmppServer
from .rig import XmppRig


@pytest.fixture
async def rig(server: XmppServer) -> AsyncIterator[PresenceRig]:
    async with XmppRig(server) as rig:
        yield rig


class TestXmpp(PresenceContract):
    """All of it."""
