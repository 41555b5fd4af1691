"""Mock servers on real sockets: one fleet for the whole session, back at its start, a noon, for each test."""

from collections.abc import Iterator

import pytest

from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet
from tests.mocks.harness import CONTROL, Harness

NOON = 1_794_398_400.0  # Wednesday, 2026-11-11, in London: no test runs into a midnight that it did not ask for
FAST = Settings(
    clock_start=NOON,
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
    now = _servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 1.0})["server_time"]
    _servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": NOON - now})
    _servers.sim("POST", "contact_center", "/_sim/reset")
    return _servers
