"""One exchange for all tests of the phone."""

from collections.abc import AsyncIterator, Iterator

import pytest

pytest.importorskip("baresip", reason="NOT TESTED: the phone needs pip install 'agent-desktop[voice]'")

from tests.real.conftest import started
from tests.real.softphone.exchange import Exchange, Somebody


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    with started(Exchange()) as server:
        yield server


@pytest.fixture
async def somebody(exchange: Exchange) -> AsyncIterator[Somebody]:
    async with Somebody(exchange) as phone:
        yield phone
