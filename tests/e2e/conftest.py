"""Servers for every test of a worker, set back before each; a workplace on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL
from tests.e2e.workplace import Workplace

SETTINGS = Settings(rate_per_minute=1e6, burst=1e6, autonomous=False, customers=50, offer_timeout=60.0)


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with launcher.start(control=CONTROL, settings=SETTINGS) as servers:
        yield servers


@pytest.fixture
def place(running: Running, tmp_path: Path) -> Workplace:
    """Servers as at the start, and a profile that has never been used."""
    place = Workplace(running, tmp_path)
    place.control("PUT", "clock", {"speed": 1.0, "skew": 0.0})
    for server in running.urls:
        place.faults(server)
    place.control("POST", "reset")
    place.write_profile()
    return place
