"""From an offer leaving the server to the customer's card as bytes on the terminal, beside a bare client.

`python -m tests.bench.bench_screen_pop [--offers 60]` prints JSON, in milliseconds. It begins with the moment at which
the offer comes on a second, raw stream of the same agent, and ends with the read from the terminal that brought the
customer's id, which only the card shows. Every offer is of another customer, whom the
desktop has never seen. Four cases: the CRM answers at once; it takes 200 ms for every call; the same with the contact
waiting long enough to be seen at the head of its queue; and a bare client, which reads the stream, asks the CRM and
prints the id.
"""

import argparse
import json
import random
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.bench.figures import beside, spread
from tests.bench.workplace import workplace
from tests.e2e.workplace import Workplace, until
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
DELAY = 0.2
SEEN_AT_HEAD = 1.6
"""Seconds a contact waits: figures of a queue come once a second at most, and the CRM takes 200 ms."""
LOST = 30.0
P50, P99, OVER_DELAY, PREFETCHED = 25.0, 50.0, 30.0, 30.0

BARE = """
import asyncio, json, sys, httpx
centre, crm, token = sys.argv[1:4]
async def main():
    sign = {"Authorization": "Bearer " + token}
    async with httpx.AsyncClient(headers=sign, trust_env=False, timeout=None) as client:
        await client.get(crm + "/v1/health")
        async with client.stream("GET", centre + "/v1/events") as stream:
            kind = ""
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                    if kind == "heartbeat":
                        print("connected", flush=True)
                elif line.startswith("data: ") and kind == "interaction.offered":
                    number = json.loads(line[6:])["interaction"]["customer"]["value"]
                    found = await client.get(crm + "/v1/customers", params={"phone": number})
                    print("id", found.json()["results"][0]["customer"]["id"] + " ", flush=True)
asyncio.run(main())
"""


class Callers:
    """Customers made for the bench, each calling once."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._made = 0

    def next(self) -> tuple[str, str]:
        """Number and id of a new customer."""
        self._made += 1
        number = f"+4420794{self._made + 10_000:05}"
        answer = httpx.post(
            f"{self._place.servers.urls['crm']}/v1/customers",
            json={"name": f"Bench Caller {self._made}", "addresses": [{"kind": "phone", "value": number}]},
            headers={
                "Authorization": f"Bearer {self._place.servers.tokens[self._place.servers.first_agent]}",
                "Idempotency-Key": f"bench-{self._made}",
            },
            trust_env=False,
        )
        answer.raise_for_status()
        return number, str(answer.json()["customer"]["id"])


class Tap:
    """A second stream of the same agent, which notes when each piece of it comes."""

    def __init__(self, place: Workplace) -> None:
        self._pieces: list[tuple[float, bytes]] = []
        address = urlsplit(place.servers.urls["contact_center"])
        self._socket = socket.create_connection((address.hostname, address.port))
        token = place.servers.tokens[place.servers.first_agent]
        self._socket.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while data := self._socket.recv(65536):
            self._pieces.append((time.monotonic(), data))

    def offered_at(self, interaction: str) -> float:
        """When the offer came here, in seconds of `time.monotonic`."""
        mark = f'"{interaction}"'.encode()
        return (
            until(
                lambda: next((at for at, data in self._pieces if b"interaction.offered" in data and mark in data), None)
            )
            or 0.0
        )


def one(place: Workplace, callers: Callers, tap: Tap, screen: PtyScreen, *, waits: float = 0.0) -> float:
    """Milliseconds of one offer; the agent is left available and the screen as it was."""
    number, customer = callers.next()
    mark = f"id {customer}".encode()
    me = place.servers.first_agent
    if waits:
        place.step("availability", agent=me, availability="not_ready")
    first = len(screen.chunks)
    interaction = place.call(number)
    if waits:
        time.sleep(waits)
        place.step("availability", agent=me, availability="available")
    end = time.monotonic() + LOST
    painted = None
    while painted is None:
        assert time.monotonic() < end, f"{mark!r} was never painted:\n{screen.text()}"
        seen = b""
        for at, data in screen.chunks[first:]:
            seen = seen[-200:] + data
            if mark in seen:
                painted = at
                break
        else:
            time.sleep(0.005)
    began = tap.offered_at(interaction)
    place.step("hangup", interaction=interaction)
    until(lambda: (place.interaction(interaction) or {}).get("phase") != "offered")
    time.sleep(random.uniform(0.2, 0.5))
    return (painted - began) * 1000


def series(place: Workplace, callers: Callers, tap: Tap, screen: PtyScreen, offers: int, **how: float) -> list[float]:
    """Several, after three that warm up."""
    return [one(place, callers, tap, screen, **how) for _ in range(offers + 3)][3:]


def bench(offers: int) -> dict[str, Any]:
    """All four cases on the same servers."""
    slow = {"match": "GET /v1/customers*", "effect": "delay", "seconds": DELAY}
    with workplace(autonomous=False) as place:
        me = place.servers.first_agent
        callers = Callers(place)
        tap = Tap(place)
        place.step("availability", agent=me, availability="available")
        with place.desktop((40, 150)) as screen:
            screen.wait_for("Available")
            at_once = series(place, callers, tap, screen, offers)
            place.faults("crm", slow)
            delayed = series(place, callers, tap, screen, offers)
            fetched = series(place, callers, tap, screen, offers, waits=SEEN_AT_HEAD)
            place.faults("crm")
        bare = [sys.executable, "-c", BARE, place.servers.urls["contact_center"], place.servers.urls["crm"]]
        with PtyScreen([*bare, place.servers.tokens[me]], cwd=ROOT) as screen:
            screen.wait_raw(b"connected")
            reference = series(place, callers, tap, screen, offers)
    results = {name: spread(times) for name, times in (("at_once", at_once), ("delayed", delayed), ("head", fetched))}
    return {
        "bench": "screen_pop",
        "reference_bare_client_ms": spread(reference),
        "crm_at_once_ms": results["at_once"],
        "crm_takes_200_ms": results["delayed"],
        "fetched_beforehand_crm_takes_200_ms": results["head"],
        "targets": {
            "at_once_p50": beside(results["at_once"]["p50"], P50),
            "at_once_p99": beside(results["at_once"]["p99"], P99),
            "delayed_p50": beside(results["delayed"]["p50"], DELAY * 1000 + OVER_DELAY),
            "delayed_p99": beside(results["delayed"]["p99"], DELAY * 1000 + OVER_DELAY),
            "fetched_p50": beside(results["head"]["p50"], PREFETCHED),
            "fetched_p99": beside(results["head"]["p99"], PREFETCHED),
        },
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=60)
    print(json.dumps(bench(parser.parse_args().offers), indent=1))


if __name__ == "__main__":
    main()
