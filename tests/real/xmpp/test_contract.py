"""XMPP keeps the contract of a company directory, against a real server."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.presence_contract import PresenceContract
from desktop.testing.rigs import PresenceRig
from tests.real.servers.prosody import Prosody

from .rig import XmppRig


@pytest.fixture
async def rig(server: Prosody) -> AsyncIterator[PresenceRig]:
    async with XmppRig(server) as rig:
        yield rig


class TestXmpp(PresenceContract):
    """All of it."""
