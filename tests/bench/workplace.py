"""Servers and a profile for a bench: the workplace of the end-to-end tests, without limits that would be measured."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.cli.command_line import CONTROL
from tests.e2e.workplace import Workplace


@contextlib.contextmanager
def workplace(*, autonomous: bool, customers: int = 50, speed: float = 1.0) -> Iterator[Workplace]:
    """All four servers in a child process and a profile of their first agent; gone when the block ends.

    Args:
        autonomous: whether presence and simulated colleagues move by themselves.
        customers: of the pretend company, beside the named ones.
        speed: server seconds in a real second.
    """
    settings = Settings(rate_per_minute=1e9, burst=1e9, autonomous=autonomous, customers=customers, offer_timeout=600.0)
    with (
        tempfile.TemporaryDirectory() as folder,
        launcher.start(control=CONTROL, settings=settings, speed=speed) as servers,
    ):
        place = Workplace(servers, Path(folder))
        place.write_profile()
        yield place
