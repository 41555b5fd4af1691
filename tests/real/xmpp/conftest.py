"""The real XMPP servers of these tests, one of each for each module: a session lost in one lives on a while."""

from collections.abc import AsyncIterator, Iterator

import pytest

from desktop.testing.fault_proxy import FaultProxy
from tests.real.conftest import started
from tests.real.servers.ejabberd import Ejabberd
from tests.real.servers.prosody import Prosody

pytest.importorskip("slixmpp", reason="NOT TESTED: slixmpp is missing. To run these tests: pip install '.[real]'")

XmppServer = Prosody | Ejabberd


@pytest.fixture(scope="module", params=[Prosody, Ejabberd], ids=["prosody", "ejabberd"])
def server(request: pytest.FixtureRequest) -> Iterator[XmppServer]:
    with started(request.param()) as running:
        yield running


@pytest.fixture(scope="module")
def prosody() -> Iterator[Prosody]:
    with started(Prosody()) as running:
        yield running


@pytest.fixture
async def proxy(server: XmppServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", server.port) as one:
        yield one
