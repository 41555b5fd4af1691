"""One SMS through a real Kannel by the adapter, beside the same request by a bare httpx client.

`python -m tests.bench.bench_messaging [--messages 200]` prints JSON, in milliseconds. Sending is until Kannel has taken
the message; reporting is until the delivery report is an event. The two ways of sending take turns, so that a busy
machine slows them alike, and each waits for its report before the next, because Kannel's own boxes wait some 40 ms for
each other while reports flow.
"""

import argparse
import asyncio
import base64
import json
import time
from contextlib import aclosing, suppress
from typing import Any

import httpx

from desktop.backends.kannel.messaging import KannelMessaging
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged
from desktop.ports.messaging import OutgoingMessage
from tests.bench.figures import spread
from tests.real.servers.kannel import PASSWORD, SECRET, USER, Kannel
from tests.real.servers.server import CannotStart

NUMBER = "+493012345678"


def _headers(kannel: Kannel, key: str) -> dict[str, str]:
    """What the adapter sends too."""
    encoded = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    return {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": USER,
        "X-Kannel-Password": PASSWORD,
        "X-Kannel-To": NUMBER,
        "X-Kannel-Coding": "0",
        "X-Kannel-DLR-Mask": "31",
        "X-Kannel-DLR-URL": f"http://{kannel.listen}/{SECRET}/dlr?key={encoded}&type=%d",
    }


async def _sending(kannel: Kannel, messages: int) -> dict[str, Any]:
    sender = KannelMessaging.create(
        {"url": kannel.url, "username": USER, "password": PASSWORD, "listen": kannel.listen, "secret": SECRET}
    )
    await sender.open()
    delivered: dict[str, float] = {}

    async def read() -> None:
        async with aclosing(sender.events(None)) as stream:  # type: ignore[type-var]
            async for envelope in stream:
                event = envelope.event
                if isinstance(event, DeliveryChanged) and event.message.state is DeliveryState.DELIVERED:
                    delivered.setdefault(event.message.id, time.perf_counter())

    async def reported(key: str, since: float) -> float:
        async with asyncio.timeout(30):
            while key not in delivered:
                await asyncio.sleep(0.001)
        return (delivered[key] - since) * 1000

    reading = asyncio.ensure_future(read())
    bare, ours, reports = [], [], []
    async with httpx.AsyncClient(trust_env=False) as client:
        for number in range(messages + 1):
            key, started = f"bare-{number}", time.perf_counter()
            answer = await client.post(f"{kannel.url}/cgi-bin/sendsms", content="hello", headers=_headers(kannel, key))
            bare.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 202
            await reported(key, started)
            key, started = f"ours-{number}", time.perf_counter()
            await sender.send(OutgoingMessage(key, Channel.SMS, NUMBER, "hello", Consent("sms", True)))
            ours.append((time.perf_counter() - started) * 1000)
            reports.append(await reported(key, started))
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    await sender.close()
    return {
        "reference_bare_httpx_ms": spread(bare[1:], 2),
        "send_ms": spread(ours[1:], 2),
        "send_to_delivery_event_ms": spread(reports[1:], 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    chosen = parser.parse_args()
    figures: dict[str, Any]
    try:
        with Kannel() as kannel:
            figures = asyncio.run(_sending(kannel, chosen.messages))
    except CannotStart as error:
        figures = {"not_measured": str(error)}
    print(json.dumps({"bench": "messaging", **figures}, indent=1))


if __name__ == "__main__":
    main()
