"""From a real offer to the screen, and from the key to the real connection, at a real Asterisk beside a bare phone.

`python -m tests.bench.bench_phone [--rounds 40]` prints JSON, in milliseconds. Rounds alternate: a caller is offered to
the desktop on a terminal (its own adapter and its own phone), then one to a bare script: a manager connection that only
reads and a phone that does nothing else, in this process, at the same server.

`offer_to_ring`: from the server's `AgentCalled` as the bare connection reads it to the bytes of the ring on the
terminal, or to the bare phone's callback; the phone may be first, hence negative. `accept_to_connected`: from F2, or
from the bare phone's answer, to `AgentConnect` as the bare connection reads it. `accept_to_screen`: from F2 to the
bytes that show the call as talked on.
"""

import argparse
import asyncio
import json
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from baresip import Account, Call, Config, Runtime, UserAgent

from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.bench.figures import spread
from tests.e2e.workplace import PRIYA
from tests.real.servers.asterisk import AMI_SECRET, AMI_USER, PASSWORD
from tests.real.softphone.exchange import Exchange, Somebody
from tests.real.softphone.workplace import QUEUE, PhoneWorkplace
from tests.tui.pty_screen import PtyScreen

BARE_QUEUE = "billing"
SECONDS = 15.0


class Manager:
    """A bare manager connection: notes when each event that matters was read."""

    def __init__(self, exchange: Exchange) -> None:
        self.seen: list[tuple[float, str, str]] = []  # when, event, interface
        self._socket = socket.create_connection(("127.0.0.1", exchange.ami), SECONDS)
        self._socket.settimeout(None)
        self._socket.sendall(f"Action: Login\r\nUsername: {AMI_USER}\r\nSecret: {AMI_SECRET}\r\n\r\n".encode())
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        rest = b""
        while data := self._socket.recv(65_536):
            now = time.monotonic()
            *blocks, rest = (rest + data).split(b"\r\n\r\n")
            for block in blocks:
                fields = dict(line.split(b": ", 1) for line in block.split(b"\r\n") if b": " in line)
                if fields.get(b"Event") in (b"AgentCalled", b"AgentConnect"):
                    self.seen.append((now, fields[b"Event"].decode(), fields.get(b"Interface", b"").decode()))

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    async def after(self, when: float, event: str, interface: str) -> float:
        """When the event of an interface was read, the first after a moment."""
        end = time.monotonic() + SECONDS
        while True:
            for at, name, of in self.seen:
                if at >= when and (name, of) == (event, interface):
                    return at
            assert time.monotonic() < end, f"no {event} of {interface}"
            await asyncio.sleep(0.001)


async def painted(screen: PtyScreen, text: str, since: float) -> float:
    """When the bytes with a text came, the first after a moment."""
    end = time.monotonic() + SECONDS
    while True:
        for at, data in list(screen.chunks):
            if at >= since and text.encode() in data:
                return float(at)
        assert time.monotonic() < end, f"{text!r} was not painted:\n{screen.text()}"
        await asyncio.sleep(0.001)


async def desktop_round(screen: PtyScreen, manager: Manager, somebody: Somebody) -> tuple[float, float, float]:
    """Offer to ring, F2 to connected, F2 to screen; seconds."""
    begun = time.monotonic()
    await somebody.dial(PRIYA, to=QUEUE)
    offered = await manager.after(begun, "AgentCalled", "PJSIP/agent1")
    rang = await painted(screen, "Incoming", begun)
    await asyncio.sleep(0.15)  # a person is slower; the screen is at rest
    pressed = time.monotonic()
    screen.press("f2")
    connected = await manager.after(pressed, "AgentConnect", "PJSIP/agent1")
    shown = await painted(screen, "talking", pressed)
    await somebody.hang_up()
    screen.wait_for("ready: alt+enter finishes")
    screen.press("alt+enter")
    screen.wait_for("Waiting for the next call")
    return rang - offered, connected - pressed, shown - pressed


async def bare_round(rings: "asyncio.Queue[tuple[float, Call]]", manager: Manager, somebody: Somebody) -> list[float]:
    """Offer to ring, answer to connected; seconds."""
    begun = time.monotonic()
    await somebody.dial(PRIYA, to=BARE_QUEUE)
    rang, call = await rings.get()
    offered = await manager.after(begun, "AgentCalled", "PJSIP/agent2")
    await asyncio.sleep(0.15)
    answered = time.monotonic()
    await call.answer()
    connected = await manager.after(answered, "AgentConnect", "PJSIP/agent2")
    await somebody.hang_up()
    return [rang - offered, connected - answered]


async def measure(exchange: Exchange, place: PhoneWorkplace, rounds: int) -> dict[str, Any]:
    """All figures."""
    manager = Manager(exchange)
    runtime = Runtime()
    await runtime.start(Config(net_interface="127.0.0.1"))
    rings: asyncio.Queue[tuple[float, Call]] = asyncio.Queue()
    agent = await UserAgent.create(runtime, Account("agent2", exchange.address, PASSWORD))
    agent.on_incoming(lambda call: rings.put_nowait((time.monotonic(), call)))
    await agent.register()
    exchange.cli(f"queue add member PJSIP/agent2 to {BARE_QUEUE}")
    desk: list[tuple[float, float, float]] = []
    bare: list[list[float]] = []
    try:
        async with Somebody(exchange) as somebody:
            with place.desktop() as screen:
                screen.wait_for("phone ●", 30)
                screen.press("s", "1")
                screen.wait_for("Waiting for the next call")
                for number in range(rounds + 1):
                    measured = (
                        await desktop_round(screen, manager, somebody),
                        await bare_round(rings, manager, somebody),
                    )
                    if number:  # the first one warms up
                        desk.append(measured[0])
                        bare.append(measured[1])
    finally:
        await runtime.close()
        manager.close()
    return {
        "offer_to_ring": {
            "desktop": spread([1_000 * one[0] for one in desk]),
            "bare": spread([1_000 * one[0] for one in bare]),
        },
        "accept_to_connected": {
            "desktop": spread([1_000 * one[1] for one in desk]),
            "bare": spread([1_000 * one[1] for one in bare]),
        },
        "accept_to_screen": {"desktop": spread([1_000 * one[2] for one in desk])},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with (
        Exchange() as exchange,
        launcher.start(settings=Settings(autonomous=False, customers=50)) as servers,
        tempfile.TemporaryDirectory() as folder,
    ):
        place = PhoneWorkplace(exchange, servers, Path(folder))
        place.write_profile()
        figures = asyncio.run(measure(exchange, place, rounds))
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
