"""One server for each module, telephones and a desk for each test; no test leaves a channel or a pause behind."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.conftest import started
from tests.real.servers.asterisk import Asterisk


@pytest.fixture(scope="module")
def server() -> Iterator[Asterisk]:
    with started(Asterisk()) as running:
        yield running


@pytest.fixture
async def phones(server: Asterisk) -> AsyncIterator[Phones]:
    async with Phones(server) as those:
        yield those
    try:
        await until(lambda: not server.channels(), "every channel ends")
    finally:
        server.cli("channel request hangup all")  # one test's failure is not the next one's


@pytest.fixture
async def desk(server: Asterisk, phones: Phones) -> AsyncIterator[Desk]:
    """The desk of agent1, who is signed out at the end."""
    async with Desk(options(server)) as one:
        await phones.get("agent1")
        yield one
    for queue in ("support", "billing", "hasty", "rush"):
        server.cli(f"queue remove member PJSIP/agent1 from {queue}")
