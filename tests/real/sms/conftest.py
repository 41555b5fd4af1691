"""The gateway of these tests, one for each module."""

from collections.abc import Iterator

import pytest

from tests.real.conftest import started
from tests.real.servers.kannel import Kannel


@pytest.fixture(scope="module")
def kannel() -> Iterator[Kannel]:
    with started(Kannel(retries=100_000)) as server:
        yield server
