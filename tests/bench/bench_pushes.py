"""A supervisor's floor of 500 queues and 5,000 agents under 1,000 changes of state a second. Prints JSON.

`python -m tests.bench.bench_pushes [--seconds 20] [--rate 1000] [--queues 500] [--agents 5000]`

`server`: the real mock server under its storm, one supervisor looking on. Latency runs from the moment an agent's state
or contact changed, on the server's clock, to the last byte of the event that tells it, in milliseconds; the server
gathers changes for 80 ms, so that nothing can be quicker than the mean of 40 ms. Beside it, how long `GET /v1/health`
takes on the same server meanwhile. `desktop`: CPU seconds a second of reading and reducing those very events, beside
what `json.loads` of the same bytes costs. Server and reader share the machine's cores, so all figures are upper bounds.
"""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import httpx
import psutil

from desktop.backends.wire.reading import member, parse, read
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.state.floor_events import FloorChanged
from desktop.domain.state.state import AppState
from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.bench.figures import beside, spread

CONTROL = "control-token-of-the-benchmark"
SETTLED = 8.0  # seconds after all have signed in


class Onlooker:
    """Reads the supervisor's stream; keeps each event's bytes and when it was there."""

    def __init__(self) -> None:
        self.events: list[tuple[float, bytes]] = []

    async def read(self, client: httpx.AsyncClient, sign: dict[str, str], after: str) -> None:
        headers = sign | {"Last-Event-ID": after}
        rest = b""
        async with client.stream("GET", "/v1/events", headers=headers, timeout=None) as response:
            async for part in response.aiter_raw():
                now = time.time()
                *blocks, rest = (rest + part).split(b"\n\n")
                for block in blocks:
                    if b"event: floor.changed" in block:
                        self.events.append((now, block[block.index(b"data: ") + 6 :]))


def latencies(events: list[tuple[float, bytes]]) -> list[float]:
    """Milliseconds from each change of an agent or of a contact in hand to its arrival."""
    newest: dict[str, float] = {}
    found = []
    for arrived, data in events:
        for agent in json.loads(data)["agents"]:
            moment = max([agent["since"], *(work["since"] for work in agent["work"])])
            if agent["id"] in newest and moment > newest[agent["id"]]:
                found.append((arrived - moment) * 1000)
            newest[agent["id"]] = max(moment, newest.get(agent["id"], 0.0))
    return found


def desktop_cost(first: dict[str, Any], events: list[tuple[float, bytes]], seconds: float) -> dict[str, Any]:
    """CPU of the desktop's own way from bytes to state."""
    whole = read(ContactCenterSnapshot, first | {"me": first["me"]["id"]})
    state = reduce(AppState(), [Envelope("contact_center", whole, 0.0, "e", 0)])
    began = time.process_time()
    for _, data in events:
        json.loads(data)
    plain = time.process_time() - began
    told = []
    began = time.process_time()
    for _, data in events:
        parsed = parse(data)
        agents = read(tuple[Agent, ...], member(parsed, "agents"))
        told.append(FloorChanged(agents, read(tuple[QueueStats, ...], member(parsed, "queues"))))
    reading = time.process_time() - began
    began = time.process_time()
    for seq, event in enumerate(told):
        state = reduce(state, [Envelope("contact_center", event, 0.0, "e", seq + 1)])
    reducing = time.process_time() - began
    return {
        "agents_a_second": round(sum(len(event.agents) for event in told) / seconds),
        "queues_a_second": round(sum(len(event.queues) for event in told) / seconds),
        "known_agents": len(state.agents),
        "known_queues": len(state.queues),
        "json_loads_share_of_a_core": round(plain / seconds, 4),
        "reading_share_of_a_core": round(reading / seconds, 4),
        "reducing_share_of_a_core": round(reducing / seconds, 4),
        "reducing_times_json_loads": round(reducing / plain, 2),
        "reading_and_reducing": beside((reading + reducing) / seconds, 0.6),
    }


async def storm(options: argparse.Namespace) -> dict[str, Any]:
    """Raise it, look on, and measure."""
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, queues=options.queues, agents=options.agents, customers=50, autonomous=False,
        history_days=0,
    )  # fmt: skip
    with launcher.start("contact_center", settings=settings, control=CONTROL, log=None) as running:
        process = psutil.Process(running.pid)
        lead = {"Authorization": f"Bearer {running.tokens['lead']}"}
        control = {"Authorization": f"Bearer {CONTROL}"}
        async with httpx.AsyncClient(base_url=running.urls["contact_center"], timeout=60) as client:

            async def blow(per_second: float) -> dict[str, int]:
                answer = await client.post(
                    "/_sim/step", json={"do": "storm", "per_second": per_second}, headers=control
                )
                result: dict[str, int] = answer.raise_for_status().json()
                return result

            first = (await client.get("/v1/snapshot", headers=lead)).json()
            looks = Onlooker()
            reading = asyncio.create_task(looks.read(client, lead, first["as_of"]))
            await blow(options.rate)
            while (await blow(options.rate))["moves"] < options.agents:
                await asyncio.sleep(0.5)
            await asyncio.sleep(SETTLED)
            began, used, before = time.time(), process.cpu_times(), await blow(options.rate)
            asked: list[float] = []
            while time.time() - began < options.seconds:
                at = time.perf_counter()
                await client.get("/v1/health")
                asked.append((time.perf_counter() - at) * 1000)
                await asyncio.sleep(0.2)
            seconds, now, after = time.time() - began, process.cpu_times(), await blow(0)
            reading.cancel()
            memory = process.memory_info().rss
    known = [event for event in looks.events if event[0] <= began + seconds]
    within = [event for event in known if event[0] >= began]
    return {
        "server": {
            "moves_a_second": round((after["moves"] - before["moves"]) / seconds, 1),
            "behind": after["behind"],
            "events_a_second": round(len(within) / seconds, 1),
            "kilobytes_a_second": round(sum(len(data) for _, data in within) / seconds / 1000),
            "cpu_share_of_a_core": round((now.user + now.system - used.user - used.system) / seconds, 3),
            "memory_mb": round(memory / 1e6),
            "change_to_last_byte_ms": spread(latencies(known[-len(within) - 50 :])),
            "health_meanwhile_ms": spread(asked),
        },
        "desktop": desktop_cost(first, within, seconds),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=1_000.0)
    parser.add_argument("--queues", type=int, default=500)
    parser.add_argument("--agents", type=int, default=5_000)
    options = parser.parse_args()
    json.dump(vars(options) | asyncio.run(storm(options)), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
