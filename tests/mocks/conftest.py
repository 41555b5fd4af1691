"""Mock servers on real sockets: one fleet for the whole session, back at its start for each test."""

from collections.abc import Iterator

import pytest

from mock_backends.fleet import Fleet
from mock_backends.settings import Settings
from tests.mocks.harness import CONTROL, Harness

FAST = Settings(
    rate_per_minute=1e9,
    burst=1e9,
    customers=60,
    heartbeat=0.2,
    ring=20,
    autonomous=False,
    streams_each=3,
)


@pytest.fixture(scope="session")
def _servers() -> Iterator[Harness]:
    with Harness(lambda: Fleet(settings=FAST, control=CONTROL)) as harness:
        yield harness


@pytest.fixture
def servers(_servers: Harness) -> Harness:
    _servers.sim("POST", "contact_center", "/_sim/reset")
    _servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 1.0})
    return _servers
