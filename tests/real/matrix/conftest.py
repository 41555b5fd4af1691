"""The server of these tests, one for each module."""

from collections.abc import Iterator

import pytest

from tests.real.conftest import started
from tests.real.servers.synapse import Synapse


@pytest.fixture(scope="module")
def synapse() -> Iterator[Synapse]:
    with started(Synapse()) as server:
        yield server
