"""A contact centre for benches: a supervisor's floor of many queues and agents on which much changes every second.

`python -m tests.bench.busy_floor QUEUES AGENTS RATE` prints its port, then a line `NUMBER SECONDS` (of the machine's
monotonic clock) whenever it told that so many wait in the queue `Probe`, and serves until its standard input ends. It
speaks as much of the wire contract as a desktop asks for that only looks on: what changed within 100 ms is one event.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

ME, EPOCH, STEP, HEARTBEAT, PROBE_SECONDS = "sam", "bench", 0.1, 5.0, 0.5
Entity = dict[str, Any]
COUNTS = (
    *("offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandons", "callbacks"),
    *("callbacks_within", "flow_outs", "flow_outs_within", "missed", "declined", "handled", "wrapped_up"),
)
TIMES = ("wait_seconds", "abandon_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds")


class Floor:
    """What there is, and how it changes."""

    def __init__(self, queues: int, agents: int, rate: float) -> None:
        self.seq = 0
        self.rate = rate
        self._owed = 0.0
        self._random = random.Random(1)
        self._probes, self._probed = 1_000, float("-inf")
        now = time.time()
        names = ["Probe", *(f"Queue {n:03}" for n in range(1, queues))]
        self.queues = [self._queue(name, now) for name in names]
        self.agents = [self._agent(n, names, now) for n in range(agents)]
        me = {"role": "supervisor", "name": "Sam Rivera", "id": ME, "team": "North"}
        self.me = self._agent(0, names, now) | me

    def _queue(self, name: str, now: float) -> Entity:
        sums = {one: self._random.randrange(50, 100) for one in COUNTS} | {one: 9_000.0 for one in TIMES}
        sums |= {"offered": 120, "answered": 100, "answered_within": 80, "abandoned": 12, "handled": 99}
        staff = {"signed_in": 90_000.0, "idle": 9_000.0, "engaged": 50_000.0, "load": 40_000.0}
        return {
            "name": name, "version": 1, "as_of": now, "waiting": self._random.randrange(20), "longest_since": now - 60,
            "estimated_wait": 70.0, "estimated_low": 30.0, "estimated_high": 140.0, "trend": [1, 2, 3] * 4,
            "counts": {"since": now - 40_000, "until": now, "threshold": 20.0, "short_abandon_seconds": 5.0,
                       "longest_wait": 300.0, "staff": staff, **sums},
            "estimates": {"scored": 100, "within": 81, "error_seconds": 300.0, "absolute_seconds": 900.0},
            "agents_available": 3, "agents_busy": 6, "agents_signed_in": 10,
        }  # fmt: skip

    def _agent(self, number: int, names: list[str], now: float) -> Entity:
        return {
            "id": f"a{number}", "version": 1, "name": f"Agent {number:04}", "role": "agent", "team": f"Team {number % 40:02}",
            "observed": "available", "since": now - number % 900, "capacity": {"voice": 1, "chat": 3}, "in_use": {"voice": 0},
            "queues": [names[number % len(names)], names[(number * 7) % len(names)]], "skills": {"english": 4, "billing": 2},
            "work": [], "today": {"since": now - 40_000, "handled": 20, "missed": 1, "declined": 0, "signed_in": 20_000.0,
                                  "idle": 4_000.0, "engaged": 15_000.0, "load": 14_000.0},
        }  # fmt: skip

    def snapshot(self) -> Entity:
        """The answer to `GET /v1/snapshot`."""
        return {
            "as_of": f"{EPOCH}:{self.seq}", "server_time": time.time(), "me": self.me, "interactions": [],
            "agents": [self.me, *self.agents], "queues": self.queues, "codes": [], "reasons": [], "zone": "UTC",
        }  # fmt: skip

    def heartbeat(self) -> bytes:
        """A sign of life."""
        data = json.dumps({"server_time": time.time(), "head": self.seq})
        return f"event: heartbeat\ndata: {data}\n\n".encode()

    def changed(self) -> bytes:
        """Everything that changed within the last step, as one event."""
        now = time.time()
        self._owed += self.rate * STEP
        whole, self._owed = int(self._owed), self._owed % 1
        agents = {id(one): one for one in self._random.choices(self.agents, k=whole * 9 // 10)}
        queues = {id(one): one for one in self._random.choices(self.queues[1:], k=whole - whole * 9 // 10)}
        for agent in agents.values():
            talking = not agent["work"]
            work = {
                "interaction_id": "i",
                "channel": "voice",
                "phase": "active",
                "queue": agent["queues"][0],
                "since": now,
            }
            agent |= {
                "version": agent["version"] + 1,
                "work": [work] if talking else [],
                "in_use": {"voice": int(talking)},
            }
        for queue in queues.values():
            queue |= {"version": queue["version"] + 1, "as_of": now, "waiting": self._random.randrange(40)}
            queue["counts"] = queue["counts"] | {"until": now, "offered": queue["counts"]["offered"] + 1}
        if time.monotonic() - self._probed >= PROBE_SECONDS:
            self._probed, self._probes = time.monotonic(), self._probes + 1
            probe = self.queues[0]
            probe |= {"version": probe["version"] + 1, "as_of": now, "waiting": self._probes}
            queues[id(probe)] = probe
            sys.stdout.write(f"{self._probes} {time.monotonic()}\n")
            sys.stdout.flush()
        self.seq += 1
        data = json.dumps({"at": now, "reason": "", "agents": [*agents.values()], "queues": [*queues.values()]})
        return f"id: {EPOCH}:{self.seq}\nevent: floor.changed\ndata: {data}\n\n".encode()


async def stream(floor: Floor, writer: asyncio.StreamWriter) -> None:
    """Heartbeats, and what changes, until the client leaves."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    beat, due = float("-inf"), time.monotonic()
    while not writer.is_closing():
        now = time.monotonic()
        if now - beat >= HEARTBEAT:
            beat = now
            writer.write(floor.heartbeat())
        if floor.rate:
            writer.write(floor.changed())
        await writer.drain()
        due += STEP
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def serve(floor: Floor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            if path == b"/v1/events":
                await stream(floor, writer)
                return
            answers = {b"/v1/health": {"status": "ok"}, b"/v1/me": floor.me, b"/v1/snapshot": floor.snapshot()}
            status = b"200 OK" if path in answers else b"404 Not Found"
            kind = b"application/json" if path in answers else b"application/problem+json"
            body = json.dumps(answers.get(path, {"status": 404, "code": "not_found", "title": "Not found"})).encode()
            writer.write(b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)))
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        return
    finally:
        writer.close()


async def main(queues: int, agents: int, rate: float) -> None:
    """Serve until standard input ends."""
    floor = Floor(queues, agents, rate)
    server = await asyncio.start_server(lambda r, w: serve(floor, r, w), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
