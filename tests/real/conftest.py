"""Tests against servers nobody here wrote. They run by `python -m pytest --real tests/real`, and as CI's second step.

A server that this machine cannot start makes its tests skip, with the reason and the remedy, which the summary repeats.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from tests.real.servers.server import CannotStart, Server

S = TypeVar("S", bound=Server)


@contextmanager
def started(server: S) -> Iterator[S]:
    """The server, running; skips the tests that need it when this machine cannot have it."""
    try:
        server.__enter__()
    except CannotStart as error:
        pytest.skip(f"NOT TESTED: {error}")
    try:
        yield server
    finally:
        server.stop()
