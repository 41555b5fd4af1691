"""How long an offer takes from the routing decision to 500 connected desktops, beside the least that could be done.

Run: `python -m tests.bench.bench_offers [--desktops 500] [--rounds 20]`. Prints one JSON object; times in milliseconds.

`mock` is the real server: calls enter a queue, are routed, versioned, written to rings and streamed; latency runs
from the control-plane request that makes the calls to the line's arrival in the client. `bare_broadcast` is a minimal
uvicorn app in a process of its own that broadcasts the same bytes to the same client. Server and client share the
machine's cores, so the figures are upper bounds.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from mock_backends import launcher
from mock_backends.http.settings import Settings

CONTROL = "control-token-of-the-benchmark"
BARE = """
import asyncio, json, socket, sys, uvicorn
waiting = []
async def app(scope, receive, send):
    if scope["type"] != "http": return
    if scope["path"] == "/go":
        body = (await receive())["body"]
        streams, waiting[:] = list(waiting), []
        for stream in streams: stream.set_result(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b": hello\\n\\n", "more_body": True})
    while True:
        stream = asyncio.get_running_loop().create_future(); waiting.append(stream)
        await send({"type": "http.response.body", "body": await stream, "more_body": True})
s = socket.socket(proto=socket.IPPROTO_TCP); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical", ws="none"))
asyncio.run(server.serve(sockets=[s]))
"""


class Desktops:
    """Raw connections that note when a line with the mark arrives."""

    def __init__(self) -> None:
        self.arrived: list[float] = []
        self.sample = b""
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self, url: str, tokens: list[str], mark: bytes) -> None:
        address = urlsplit(url)
        for token in tokens:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            head = f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(head.encode())
            await reader.readuntil(b"\r\n\r\n")
            self._tasks.append(asyncio.create_task(self._read(reader, writer, mark)))

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mark: bytes) -> None:
        rest = b""
        while data := await reader.read(65536):
            rest += data
            *blocks, rest = rest.split(b"\n\n")
            for block in blocks:
                if mark in block:
                    self.arrived.append(time.perf_counter())
                    self.sample = self.sample or block[block.index(b"id: ") :] + b"\n\n"
        writer.close()

    async def round(self, fire: Callable[[], Awaitable[Any]], count: int) -> list[float]:
        self.arrived.clear()
        begun = time.perf_counter()
        await fire()
        end = begun + 30
        while len(self.arrived) < count and time.perf_counter() < end:
            await asyncio.sleep(0.002)
        assert len(self.arrived) == count, f"{len(self.arrived)} of {count} arrived"
        return [(at - begun) * 1000 for at in self.arrived]

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()


def figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(ordered[len(ordered) // 2], 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
        "max_ms": round(ordered[-1], 2),
    }


async def offers(count: int, rounds: int) -> tuple[dict[str, Any], bytes]:
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, agents=count, customers=50, autonomous=False, offer_timeout=600.0
    )
    single: list[float] = []
    burst: list[float] = []
    with launcher.start("contact_center", settings=settings, control=CONTROL) as running:
        url = running.urls["contact_center"]
        sign = {"Authorization": f"Bearer {CONTROL}"}
        tokens = {who: token for who, token in running.tokens.items() if who.startswith("load-")}
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:

            async def step(**what: Any) -> None:
                (await client.post("/_sim/step", json=what, headers=sign)).raise_for_status()

            async def become_available() -> None:
                for who, token in tokens.items():
                    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"a-{who}-{time.monotonic_ns()}"}
                    body = {"availability": "available"}
                    (await client.put("/v1/me/availability", json=body, headers=headers)).raise_for_status()

            desktops = Desktops()
            rest = count - 20
            for _ in range(rounds):
                await client.post("/_sim/reset", headers=sign)
                desktops = Desktops()
                await become_available()
                await desktops.connect(url, list(tokens.values()), b"event: interaction.offered")
                for _ in range(20):
                    single += await desktops.round(
                        lambda: step(do="call", **{"from": "+442079460018"}, queue="Billing"), 1
                    )
                burst += await desktops.round(lambda: step(do="flood", queue="Billing", count=rest), rest)
                desktops.close()
    return {
        "one_offer": figures(single),
        f"burst_of_{count - 20}_offers": figures(burst),
        "rounds": rounds,
    }, desktops.sample


async def bare(count: int, rounds: int, body: bytes) -> dict[str, Any]:
    process = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    times: list[float] = []
    try:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            desktops = Desktops()
            for _ in range(50):
                try:
                    await client.get("/go")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
            await desktops.connect(url, ["x"] * count, b"event: interaction.offered")
            for _ in range(rounds):
                times += await desktops.round(lambda: client.post("/go", content=body), count)
            desktops.close()
    finally:
        process.kill()
        process.wait()
    return figures(times)


async def main() -> None:
    line = argparse.ArgumentParser()
    line.add_argument("--desktops", type=int, default=500)
    line.add_argument("--rounds", type=int, default=3)
    options = line.parse_args()
    mock, sample = await offers(options.desktops, options.rounds)
    result = {
        "desktops": options.desktops,
        "event_bytes": len(sample),
        "mock": mock,
        "bare_broadcast": await bare(options.desktops, options.rounds, sample),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    asyncio.run(main())
