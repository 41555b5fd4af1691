"""A supervisor's floor in a storm over a line that loses, doubles, swaps and cuts: what is known ends at what is so."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace

import httpx
import pytest

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.reduce.reducer import needs_snapshot, reduce
from desktop.domain.state.events import Gap
from desktop.domain.state.floor_events import FloorChanged
from desktop.domain.state.state import AppState
from desktop.ports.errors import BackendError
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

CONTROL = "control-token-of-this-test"
SOURCE = "contact_center"
FAULTS = [
    {"match": "floor.changed", "effect": effect, "probability": 0.12}
    for effect in ("drop_event", "repeat_event", "reorder_events", "cut_stream", "skip_event", "garbage")
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Running]:
    settings = Settings(
        rate_per_minute=1e6, burst=1e6, heartbeat=0.2, autonomous=False, customers=20, queues=10, agents=60,
        history_days=0,
    )  # fmt: skip
    with launcher.start("contact_center", control=CONTROL, settings=settings) as running:
        yield running


def control(running: Running, method: str, path: str, body: object) -> int:
    """Use the control plane; how many moves the storm has made."""
    url = f"{running.urls[SOURCE]}/_sim/{path}"
    reply = httpx.request(method, url, json=body, headers={"Authorization": f"Bearer {CONTROL}"}, trust_env=False)
    return int(reply.raise_for_status().json().get("moves", 0))


class Desk:
    """A desktop that only looks on: it resumes where it stopped and takes a snapshot when it must."""

    def __init__(self, backend: MockContactCenter) -> None:
        self._backend = backend
        self.state = AppState()
        self.floors = self.snapshots = 0

    async def look(self, until: asyncio.Event) -> None:
        await self._snapshot()
        while not until.is_set():
            try:
                position = self.state.positions[SOURCE]
                async with aclosing(self._backend.events((position.epoch, position.seq))) as stream:
                    async for one in stream:
                        self.floors += isinstance(one.event, FloorChanged)
                        self.state = reduce(self.state, [one])
                        if needs_snapshot(self.state, SOURCE) or isinstance(one.event, Gap):
                            await self._snapshot()
                            break
                        if until.is_set():
                            break
            except BackendError:
                continue

    async def _snapshot(self) -> None:
        self.snapshots += 1
        self.state = reduce(self.state, [await self._backend.snapshot()])


def timeless_agent(agent: Agent) -> Agent:
    return replace(agent, today=None)


def timeless_queue(queue: QueueStats) -> QueueStats:
    """Without what goes on by itself as time passes."""
    counts = queue.counts and replace(queue.counts, until=0.0, staff=None)
    # The estimate learns while somebody waits, without anything happening.
    queue = replace(queue, estimated_wait=None, estimated_low=None, estimated_high=None)
    return replace(queue, as_of=0.0, version=0, counts=counts, trend=())


@pytest.mark.thorough
async def test_what_is_known_of_the_floor_ends_at_what_is_so(servers: Running) -> None:
    backend = MockContactCenter.create({"url": servers.urls[SOURCE], "token": servers.tokens["lead"]})
    await backend.open()
    try:
        control(servers, "PUT", "faults", {"rules": FAULTS})
        desk, enough = Desk(backend), asyncio.Event()
        looking = asyncio.create_task(desk.look(enough))
        async with asyncio.timeout(60):
            while desk.floors < 25 or desk.snapshots < 3:
                await asyncio.to_thread(control, servers, "POST", "step", {"do": "storm", "per_second": 600})
                await asyncio.sleep(0.05)
            moves = await asyncio.to_thread(control, servers, "POST", "step", {"do": "storm", "per_second": 0})
            assert moves > 300
            control(servers, "PUT", "faults", {"rules": []})
            truth = reduce(AppState(), [await backend.snapshot()])

            def same() -> bool:
                known = desk.state
                agents = {key: timeless_agent(one) for key, one in known.agents.items()}
                queues = {key: timeless_queue(one) for key, one in known.queues.items()}
                return agents == {key: timeless_agent(one) for key, one in truth.agents.items()} and queues == {
                    key: timeless_queue(one) for key, one in truth.queues.items()
                }

            while not same():
                await asyncio.sleep(0.05)
                truth = reduce(AppState(), [await backend.snapshot()])
        enough.set()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        known = desk.state
        assert len(known.agents) == 61 and len(known.queues) == 10
        assert any(agent.work for agent in known.agents.values())
        assert all(queue.counts is not None and queue.counts.staff is not None for queue in known.queues.values())
        assert known.zone == "Europe/London" and not known.interactions
    finally:
        await backend.close()
