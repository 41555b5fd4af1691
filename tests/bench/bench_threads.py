"""From a number key to another conversation of 10,000 messages on a real terminal, as JSON in milliseconds.

`python -m tests.bench.bench_threads [--turns 300] [--messages 10000]`. The agent has three written contacts, two chats
and an e-mail whose messages quote each other, and turns from one to the next with its number. A turn is over with the
bytes that hold the newest message of the conversation that was turned to. Beside it: a page up in one of them, and a
word that is looked for in all of its messages.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil

from desktop.domain.entities.model import Message
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.state import AppState
from tests.bench.figures import beside, spread
from tests.tui.desk import desk
from tests.tui.pty_screen import PtyScreen
from tests.tui.states import NOW, written

ROOT = Path(__file__).parents[2]
P99 = 30.0
CONTACTS = 3
LINE = "The parcel was due on Monday and I have waited at home for the whole day. Where is it now, please?"
QUOTED = "".join(f"> line {n} of what was said before\n" for n in range(8))


def conversations(messages: int) -> AppState:
    """Three contacts in hand, each with so many messages."""
    state, made = written(), {}
    for number in range(1, CONTACTS + 1):
        mail = number == CONTACTS
        said = tuple(
            Message(
                f"m{n}",
                NOW - messages + n,
                "agent" if n % 3 == 0 else "customer",
                f"{n}: {LINE}\n\n{QUOTED if mail else LINE}",
                DeliveryState.DELIVERED if n % 3 == 0 else None,
            )
            for n in range(messages - 1)
        )
        last = Message("last", NOW - 1, "customer", f"newest-of-{number}")
        made[f"i{number}"] = replace(
            state.interactions["i1"],
            id=f"i{number}",
            channel=Channel.EMAIL if mail else Channel.CHAT,
            customer_name=f"Customer {number}",
            messages=(*said, last),
        )
    return replace(state, interactions=made, drafts={}, pending={}, pops={})


def bench(turns: int, messages: int) -> dict[str, object]:
    """All turns in one program."""
    argv = [sys.executable, "-m", "tests.bench.bench_threads", "--show", "--messages", str(messages)]
    with PtyScreen(argv, rows=40, cols=140, cwd=ROOT) as screen:
        screen.wait_raw(b"newest-of-1", 60)
        screen.wait_quiet(1.0)
        screen.press("escape")
        screen.wait_quiet(0.5)
        process, changes = psutil.Process(screen.pid), []
        before = sum(process.cpu_times()[:2])
        for turn in range(turns):
            number = (turn + 1) % CONTACTS + 1
            changes.append(_until(screen, str(number), f"newest-of-{number}".encode()))
        cpu = (sum(process.cpu_times()[:2]) - before) / turns * 1000
        pages = [_until(screen, key, b"m") for key in ("pageup", "pagedown") * (turns // 10)]
        screen.press("F")
        screen.wait_for("Find in the conversation")
        looked = [_until(screen, sign, b"\x1b[") for sign in "newest"]
    return {
        "bench": "threads",
        "messages_each": messages,
        "load_of_the_machine": round(os.getloadavg()[0], 2),
        "change_ms": spread(changes),
        "change_cpu_ms": round(cpu, 1),
        "page_ms": spread(pages),
        "search_key_ms": spread(looked),
        "target_p99_ms": beside(spread(changes)["p99"], P99),
    }


def _until(screen: PtyScreen, key: str, mark: bytes) -> float:
    """Press a key; milliseconds until the bytes are painted."""
    first, at = len(screen.chunks), time.monotonic()
    screen.press(key)
    while True:
        painted = b""
        for when, data in screen.chunks[first:]:
            painted += data
            if mark in painted:
                screen.wait_quiet(0.1)  # the next key finds a quiet screen, as an agent's does
                return (when - at) * 1000
        assert time.monotonic() < at + 10, f"{mark!r} was never painted:\n{screen.text()}"
        time.sleep(0.0005)


def main() -> None:
    """Measure and print; or be the program that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--show", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.show:
        app, _ = desk(conversations(options.messages))
        sys.exit(app.run_to_exit())
    print(json.dumps(bench(options.turns, options.messages), indent=1))


if __name__ == "__main__":
    main()
