"""Graph keeps the contract of a company directory, against a server that is judged by Microsoft's SDK and metadata."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from desktop.backends.graph.account import account_of
from desktop.backends.graph.presence import GraphPresence
from desktop.domain.entities.words import PresenceState
from desktop.testing.contracts.presence import PresenceContract
from desktop.testing.fault_proxy import Answer
from desktop.testing.http_rig import ANSWERS, HttpRig
from desktop.testing.rig import Fault
from desktop.testing.rigs import PresenceRig
from tests.real.servers.graph import CLIENT_ID, CLIENT_SECRET, TENANT, VERSION, Graph

_REFUSED = b'{"error": {"code": "InvalidAuthenticationToken", "message": "Access token has expired."}}'
_WORDS = {
    PresenceState.AVAILABLE: "Available",
    PresenceState.BUSY: "Busy",
    PresenceState.DO_NOT_DISTURB: "DoNotDisturb",
    PresenceState.AWAY: "Away",
    PresenceState.OFFLINE: "Offline",
}


class GraphRig(HttpRig[GraphPresence], PresenceRig):
    """A tenant with an agent and an expert. The sign-in service is past the proxy: Graph itself is what fails."""

    polls = True
    label = "vendor-judged"
    secrets = (CLIENT_SECRET,)
    answers: ClassVar[Mapping[Fault, Answer]] = {
        **ANSWERS,
        Fault.UNAUTHORIZED: Answer(401, {"WWW-Authenticate": "Bearer"}, _REFUSED),
    }

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.server_url = graph.origin
        self._agent = graph.add("Agent One")
        self.expert = graph.add("Dr Billing Expert", department="Billing", businessPhones=["+49 30 901820"])

    def make(self) -> GraphPresence:
        options = {"tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "user": self._agent}
        urls = {"url": f"{self.proxy.url}{VERSION}", "login_url": self._graph.origin, "poll_seconds": "2"}
        return GraphPresence(account_of(options | urls))

    async def move(self, state: PresenceState, *, in_call: bool | None = None) -> None:
        self._graph.show(self.expert, _WORDS[state], "InACall" if in_call else _WORDS[state])

    async def own_state(self) -> PresenceState:
        shown = self._graph.presence[self._agent]["availability"]
        return next(state for state, word in _WORDS.items() if word == shown)


@pytest.fixture
async def rig(graph: Graph) -> AsyncIterator[PresenceRig]:
    async with GraphRig(graph) as rig:
        yield rig


class TestGraph(PresenceContract):
    """All of it."""
