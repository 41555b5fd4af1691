"""Who is calling, asked of the mock CRM over one connection that stays open, beside a bare server and a bare client.

`python -m tests.bench.bench_lookups [--rounds 5] [--lookups 200]` prints JSON: look-ups a second, one after the other.
Three take turns in each round: the desktop's adapter at the mock CRM, a bare HTTP client that makes the same request
there, and that client at a bare server that answers the same bytes, in two writes as the mock's HTTP library does it.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from desktop.backends.mock.crm import MockCrm
from desktop.domain.entities.model import Address
from tests.bench.workplace import workplace
from tests.e2e.workplace import PRIYA

BARE = """
import asyncio, sys
body = sys.stdin.buffer.read()
async def serve(reader, writer):
    try:
        while await reader.readuntil(b"\\r\\n\\r\\n"):
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body))
            writer.write(body)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


async def a_second(look_up: Callable[[], Awaitable[Any]], lookups: int) -> float:
    """How many there are in a second."""
    began = time.perf_counter()
    for _ in range(lookups):
        await look_up()
    return lookups / (time.perf_counter() - began)


async def bench(rounds: int, lookups: int) -> dict[str, Any]:
    """All three in turns, after one that warms up."""
    with workplace(autonomous=False) as place:
        url, token = place.servers.urls["crm"], place.servers.tokens[place.servers.first_agent]
        crm = MockCrm.create({"url": url, "token": token})
        await crm.open()
        question: dict[str, Any] = {
            "params": {"phone": PRIYA, "limit": 10},
            "headers": {"Authorization": f"Bearer {token}"},
        }
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            answer = (await client.get(f"{url}/v1/customers", **question)).raise_for_status().content
            bare = await asyncio.create_subprocess_exec(
                sys.executable, "-c", BARE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            assert bare.stdin is not None and bare.stdout is not None
            bare.stdin.write(answer)
            bare.stdin.close()
            bare_url = f"http://127.0.0.1:{int(await bare.stdout.readline())}"
            ways: dict[str, Callable[[], Awaitable[Any]]] = {
                "adapter_at_mock_crm": lambda: crm.find(Address("phone", PRIYA)),
                "bare_client_at_mock_crm": lambda: client.get(f"{url}/v1/customers", **question),
                "reference_bare_client_at_bare_server": lambda: client.get(f"{bare_url}/v1/customers", **question),
            }
            rates: dict[str, list[float]] = {name: [] for name in ways}
            for at in range(rounds + 1):
                for name, look_up in ways.items():
                    rate = await a_second(look_up, lookups)
                    if at:
                        rates[name].append(rate)
            bare.terminate()
            await bare.wait()
        await crm.close()
    return {
        "bench": "lookups",
        "rounds": rounds,
        "lookups_each": lookups,
        "load_of_the_machine": round(os.getloadavg()[0], 2),
        "a_second": {name: round(statistics.median(each)) for name, each in rates.items()},
        "adapter_to_reference": round(
            statistics.median(
                ours / reference
                for ours, reference in zip(
                    rates["adapter_at_mock_crm"], rates["reference_bare_client_at_bare_server"], strict=True
                )
            ),
            3,
        ),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lookups", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(bench(options.rounds, options.lookups)), indent=1))


if __name__ == "__main__":
    main()
