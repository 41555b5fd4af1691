"""What the suites of the kit share."""

from collections.abc import Iterator

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

from .mock_rigs import CONTROL


@pytest.fixture(scope="session")
def mock_servers() -> Iterator[Running]:
    """The four bundled servers in a process of their own."""
    settings = Settings(rate_per_minute=1e6, burst=1e6, heartbeat=0.2, autonomous=False)
    with launcher.start(control=CONTROL, settings=settings) as running:
        yield running
