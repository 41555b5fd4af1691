"""A contact centre for benches: one supervisor on a call, 10,000 interactions waiting, 500 agents, and many events.

`python -m tests.bench.busy_center RATE` prints its port and serves until its standard input ends. It speaks as much of
the wire contract as a desktop asks for that only looks on. Events come every 5 ms, `RATE` a second in all.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

WAITING, AGENTS, QUEUES = 10_000, 500, 20
ME, EPOCH, STEP, HEARTBEAT = "a0", "bench", 0.005, 5.0
Entity = dict[str, Any]


class Center:
    """What there is, and how it changes."""

    def __init__(self) -> None:
        self.seq = 0
        self._random = random.Random(1)
        now = time.time()
        self.interactions = [self._interaction(n, now) for n in range(WAITING)]
        self.talking = self._interaction(WAITING, now) | {"phase": "active", "agent_id": ME, "subject": "My own call"}
        self.agents: list[Entity] = [
            {
                "id": f"a{n}", "version": 1, "name": f"Agent {n}", "role": "supervisor" if n == 0 else "agent",
                "team": "North", "observed": "available", "since": now, "queues": [f"q{n % QUEUES}"],
            }
            for n in range(AGENTS)
        ]  # fmt: skip
        self.queues: list[Entity] = [
            {"name": f"q{n}", "version": 1, "as_of": now, "waiting": WAITING // QUEUES, "longest_since": now}
            for n in range(QUEUES)
        ]

    def _interaction(self, number: int, now: float) -> Entity:
        return {
            "id": f"i{number}", "version": 1, "channel": "voice", "direction": "inbound", "phase": "queued",
            "queue": f"q{number % QUEUES}", "customer": {"kind": "phone", "value": f"+4420{number:08}"},
            "arrived_at": now, "phase_since": now,
        }  # fmt: skip

    def snapshot(self) -> Entity:
        """The answer to `GET /v1/snapshot`."""
        return {
            "as_of": f"{EPOCH}:{self.seq}", "server_time": time.time(), "me": self.agents[0],
            "interactions": [self.talking, *self.interactions], "agents": self.agents, "queues": self.queues,
            "codes": [], "reasons": [],
        }  # fmt: skip

    def heartbeat(self) -> bytes:
        """A sign of life."""
        data = json.dumps({"server_time": time.time(), "head": self.seq})
        return f"event: heartbeat\ndata: {data}\n\n".encode()

    def event(self) -> bytes:
        """Something that changed: my own call, the figures of a queue, somebody who waits, or an agent."""
        dice = self._random.random()
        if dice < 0.2:
            entity, kind, member = self.talking, "interaction.updated", "interaction"
            entity["unread"] = self._random.randrange(9)
        elif dice < 0.4:
            entity, kind, member = self._random.choice(self.interactions), "interaction.updated", "interaction"
            entity["unread"] = self._random.randrange(9)
        elif dice < 0.5:
            entity, kind, member = self._random.choice(self.agents), "agent.changed", "agent"
            entity["missed"] = self._random.randrange(9)
        else:
            entity, kind, member = self._random.choice(self.queues), "queue.changed", "queue"
            entity["waiting"] = self._random.randrange(WAITING)
        entity["version"] += 1
        self.seq += 1
        data = json.dumps({"at": time.time(), "reason": "", member: entity})
        return f"id: {EPOCH}:{self.seq}\nevent: {kind}\ndata: {data}\n\n".encode()


async def stream(center: Center, writer: asyncio.StreamWriter, rate: float) -> None:
    """Heartbeats, and `rate` events a second, until the client leaves."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    began, sent, beat = time.monotonic(), 0, float("-inf")
    while not writer.is_closing():
        now = time.monotonic()
        if now - beat >= HEARTBEAT:
            beat = now
            writer.write(center.heartbeat())
        due = int((now - began) * rate)
        writer.write(b"".join(center.event() for _ in range(due - sent)))
        sent = due
        await writer.drain()
        await asyncio.sleep(STEP)


async def serve(center: Center, rate: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            if path == b"/v1/events":
                await stream(center, writer, rate)
                return
            answers = {b"/v1/me": center.agents[0], b"/v1/health": {"status": "ok"}, b"/v1/snapshot": center.snapshot()}
            status = b"200 OK" if path in answers else b"404 Not Found"
            kind = b"application/json" if path in answers else b"application/problem+json"
            body = json.dumps(answers.get(path, {"status": 404, "code": "not_found", "title": "Not found"})).encode()
            writer.write(b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)))
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        writer.close()


async def main(rate: float) -> None:
    """Serve until standard input ends."""
    center = Center()
    server = await asyncio.start_server(lambda r, w: serve(center, rate, r, w), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
