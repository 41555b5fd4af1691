"""From a colleague's presence leaving their client to its word as bytes on the terminal, on a real Prosody.

`python -m tests.bench.bench_xmpp [--changes 100]` prints JSON, in milliseconds. The colleague is bare slixmpp; the
clock begins before their stanza is written. The desktop has a call, the finder open and the colleague in its list. The
reference is a bare slixmpp client on a terminal of its own, which prints the word.
"""

import argparse
import asyncio
import json
import random
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.bench.figures import spread
from tests.bench.workplace import workplace
from tests.e2e.workplace import Workplace, talking
from tests.real.servers.prosody import DOMAIN, Prosody
from tests.real.xmpp.colleague import Colleague
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
LOST = 10.0
WORDS = (("away", "away"), ("", "available"))
BARE = """
import asyncio, ssl, sys
from slixmpp import ClientXMPP
jid, password, port, ca_file = sys.argv[1:]
async def main():
    client = ClientXMPP(jid, password, ssl_context=ssl.create_default_context(cafile=ca_file))
    client.enable_direct_tls = False
    async def start(_):
        await client.get_roster()
        client.send_presence()
        print("connected", flush=True)
    client.add_event_handler("session_start", start)
    client.add_event_handler("presence", lambda one: print(one["from"].user, str(one["type"]), flush=True))
    client.connect("127.0.0.1", int(port))
    await asyncio.sleep(3600)
asyncio.run(main())
"""


class Expert:
    """The colleague, on a loop in a thread of its own."""

    def __init__(self, server: Prosody) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._client = self._do(self._sign_in(server))

    def _do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    async def _sign_in(self, server: Prosody) -> Colleague:
        client = Colleague(f"expert1@{DOMAIN}", "pw-expert1", server.port, str(server.ca_file))
        await client.sign_in()
        return client

    def show(self, show: str) -> float:
        """Show it; answers when that began."""

        async def send() -> float:
            began = time.monotonic()
            self._client.make_presence(pshow=show or None).send()
            return began

        return float(self._do(send()))

    def leave(self) -> None:
        """Sign out."""
        self._do(self._client.leave())
        self._loop.call_soon_threadsafe(self._loop.stop)


def series(expert: Expert, screen: PtyScreen, changes: int) -> list[float]:
    """Milliseconds of each change, after three that warm up."""
    times = []
    for number in range(changes + 3):
        show, word = WORDS[number % 2]
        first = len(screen.chunks)
        began = expert.show(show)
        times.append((painted(screen, first, word.encode()) - began) * 1000)
        time.sleep(random.uniform(0.15, 0.4))
    return times[3:]


def painted(screen: PtyScreen, first: int, mark: bytes) -> float:
    """When the first bytes with this word were read from the terminal."""
    end = time.monotonic() + LOST
    while time.monotonic() < end:
        seen = b""
        for at, data in screen.chunks[first:]:
            seen = seen[-100:] + data
            if mark in seen:
                return at
        time.sleep(0.002)
    raise AssertionError(f"{mark!r} was never painted:\n{screen.text()}")


def with_xmpp(place: Workplace, server: Prosody) -> None:
    """The place's profile, with the real server as its directory."""
    password = place.folder / "password"
    password.touch(0o600)
    password.write_text("pw-agent1")
    lines = place.config.read_text().split("\n")
    first = lines.index("[profiles.work.presence]") + 1
    last = next((n for n in range(first, len(lines)) if lines[n].startswith("[")), len(lines))
    lines[first:last] = [
        'backend = "xmpp"',
        f'jid = "agent1@{DOMAIN}"',
        f'password_file = "{password}"',
        'host = "127.0.0.1"',
        f'port = "{server.port}"',
        f'ca_file = "{server.ca_file}"',
    ]
    place.config.write_text("\n".join(lines))


def bench(changes: int) -> dict[str, Any]:
    """The desktop, then the bare client, on the same server."""
    with Prosody() as server:
        expert = Expert(server)
        with workplace(autonomous=False) as place:
            with_xmpp(place, server)
            with place.desktop((40, 150)) as screen:
                talking(place, screen)
                screen.press("f6")
                screen.send("dr billing")
                screen.wait_for("Dr Billing Expert")
                screen.wait_for("available")
                desktop = series(expert, screen, changes)
        words = [f"agent1@{DOMAIN}", "pw-agent1", str(server.port), str(server.ca_file)]
        with PtyScreen([sys.executable, "-c", BARE, *words], cwd=ROOT) as screen:
            screen.wait_raw(b"connected")
            bare = series(expert, screen, changes)
        expert.leave()
    return {
        "bench": "xmpp",
        "presence_to_painted_ms": spread(desktop),
        "reference_bare_client_ms": spread(bare),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100)
    print(json.dumps(bench(parser.parse_args().changes), indent=1))


if __name__ == "__main__":
    main()
