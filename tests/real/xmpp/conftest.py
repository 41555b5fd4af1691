"""The real XMPP server of these tests, one for each module."""

from collections.abc import Iterator

import pytest

from tests.real.conftest import started
from tests.real.servers.prosody import Prosody

pytest.importorskip("slixmpp", reason="NOT TESTED: slixmpp is missing. To run these tests: pip install '.[real]'")


@pytest.fixture(scope="module")
def server() -> Iterator[Prosody]:
    with started(Prosody()) as running:
        yield running
