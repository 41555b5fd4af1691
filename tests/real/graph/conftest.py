"""A Graph for each test, and an adapter for it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from desktop.backends.graph.account import account_of
from desktop.backends.graph.presence import GraphPresence
from tests.real.conftest import started
from tests.real.servers.graph import CLIENT_ID, CLIENT_SECRET, TENANT, VERSION, Graph


@pytest.fixture
def graph() -> Iterator[Graph]:
    with started(Graph()) as running:
        yield running


def adapter(graph: Graph, *, clock: float = 1000.0, **options: str) -> GraphPresence:
    """An adapter that signs in as the application, not opened; its clock stands still."""
    application = {"tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    urls = {"url": f"{graph.origin}{VERSION}", "login_url": graph.origin, "poll_seconds": "2"}
    return GraphPresence(account_of(urls | ({} if "token" in options else application) | options), clock=lambda: clock)


@pytest.fixture
async def backend(graph: Graph) -> AsyncIterator[GraphPresence]:
    one = adapter(graph)
    yield one
    await one.close()
