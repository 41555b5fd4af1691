"""The supervisor's screen on a large floor: keys, CPU, memory, and how soon a change on the server is on the screen.

`python -m tests.bench.bench_panel [--keys 150] [--seconds 40]` prints JSON, in milliseconds, percent of one core and
megabytes (10^6 bytes). The real mock server has a floor of 500 queues and 5,000 agents; a storm moves it 1,000 times a
second through the real distributor (`behind` says by how many it lags). The terminal has 200 by 50 with every pane in
sight. Measured with the storm and without; beside it a plain Textual app with a table, idle, in the same run.

Keys are `down` in the agents, painted when the mark stands before the next name, and letters of a filter over 5,000
agents. A change is an agent's own availability, from the moment the server gives it to the bytes of its word.
"""

import argparse
import contextlib
import itertools
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from desktop.testing.fresh import new_key
from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.bench.figures import beside, spread
from tests.cli.command_line import CONTROL, clean_env
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
QUEUES, AGENTS, RATE, LEAD = 500, 5_000, 1_000, "lead"
KEY_P99, CPU, MEMORY, PAINTED_P99 = 30.0, 60.0, 150.0, 250.0
LETTERS = [chr(code) for code in (*range(0x3B1, 0x3C2), *range(0x410, 0x450), *range(0x48A, 0x4C0))]
SETTLING, SIGN_IN = 8.0, 90.0
REASONS = {"break": "Break", "lunch": "Lunch", "training": "Training", "meeting": "Meeting"}


@dataclass
class Center:
    """The running server."""

    url: str
    tokens: dict[str, str]

    def ask(self, method: str, path: str, body: object = None, who: str = LEAD) -> Any:
        """Ask it as somebody; "" is the control plane."""
        token = self.tokens[who] if who else CONTROL
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
        reply = httpx.request(method, self.url + path, json=body, headers=headers, trust_env=False, timeout=30)
        reply.raise_for_status()
        return reply.json()

    def storm(self, rate: float) -> dict[str, Any]:
        """Have so many moves a second; answers how many there were."""
        answer: dict[str, Any] = self.ask("POST", "/_sim/step", {"do": "storm", "per_second": rate}, "")
        return answer


@contextlib.contextmanager
def floor(rate: int) -> Iterator[tuple[PtyScreen, Center, float]]:
    """A supervisor's desktop on the floor, its server, and the seconds from its start until the floor was there."""
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, customers=20, autonomous=False, queues=QUEUES, agents=AGENTS, history_days=0
    )
    with (
        launcher.start("contact_center", settings=settings, control=CONTROL) as servers,
        tempfile.TemporaryDirectory() as name,
    ):
        center = Center(servers.urls["contact_center"], dict(servers.tokens))
        if rate:
            center.storm(2 * rate)
            end = time.monotonic() + SIGN_IN
            while center.storm(2 * rate)["moves"] < 2 * AGENTS and time.monotonic() < end:
                time.sleep(1)  # everybody signs in first
            center.storm(rate)
        folder = Path(name)
        token = folder / "token"
        token.touch(0o600)
        token.write_text(center.tokens[LEAD])
        config = folder / "config.toml"
        config.write_text(
            f'default = "work"\n[profiles.work]\ndata_dir = "{folder / "data"}"\n[profiles.work.contact_center]\n'
            f'backend = "mock"\nurl = "{center.url}"\ntoken_file = "{token}"\n'
        )
        argv = [sys.executable, "-m", "desktop.cli", "--config", str(config)]
        began = time.monotonic()
        with PtyScreen(argv, rows=50, cols=200, env=clean_env(folder)) as screen:
            screen.wait_for(f"Agents · {AGENTS + 1}", 60)
            yield screen, center, time.monotonic() - began
            center.storm(0)


def pressed(screen: PtyScreen, key: str, painted: "re.Pattern[bytes]") -> float:
    """Milliseconds from a key to the bytes that show it."""
    first, at = len(screen.chunks), time.monotonic()
    if len(key) > 1:
        screen.press(key)
    else:
        screen.send(key)
    return (_seen(screen, first, painted, at) - at) * 1000


def _seen(screen: PtyScreen, first: int, painted: "re.Pattern[bytes]", since: float) -> float:
    while True:
        seen = b""
        for at, data in list(screen.chunks[first:]):
            seen = seen[-600:] + data
            if painted.search(seen):
                return at
        assert time.monotonic() < since + 15, f"{painted.pattern!r} was never painted:\n{screen.text()}"
        time.sleep(0.001)


def marked(name: str) -> "re.Pattern[bytes]":
    """The mark of the row in hand, and this name in the same row."""
    return re.compile("▌".encode() + rb"[^\r\n]{0,160}?" + re.escape(name.encode()))


def measured(screen: PtyScreen, center: Center, keys: int, seconds: float, rate: int) -> dict[str, Any]:
    """Everything about one floor."""
    time.sleep(SETTLING)
    process = psutil.Process(screen.pid)
    names = sorted((agent["name"] for agent in center.ask("GET", "/v1/snapshot")["agents"]), key=str.casefold)
    screen.press("2", "<")  # by name: a row that moves could not be told from a late one
    screen.wait_for("agent ▴")
    screen.press("home")
    time.sleep(4)
    down = []
    for name in names[1 : keys + 1]:
        down.append(pressed(screen, "down", marked(name)))
        time.sleep(random.uniform(0.06, 0.14))
    screen.press("/")
    time.sleep(0.5)
    typed = []
    for letter in LETTERS[: max(5, keys // 3)]:
        typed.append(pressed(screen, letter, re.compile(letter.encode())))
        time.sleep(random.uniform(0.06, 0.14))
    screen.press("escape")
    time.sleep(1)
    before, since = sum(process.cpu_times()[:2]), time.monotonic()
    moves = center.storm(rate)["moves"]
    time.sleep(seconds)
    cpu = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - since) * 100
    storm = center.storm(rate)
    found = process.memory_full_info()
    return {
        "down_ms": spread(down),
        "filter_letter_ms": spread(typed),
        "cpu_percent": round(cpu, 1),
        "rss_mb": round(found.rss / 1e6, 1),
        "pss_mb": round(found.pss / 1e6, 1),
        "moves_a_second": round((storm["moves"] - moves) / (time.monotonic() - since)),
        "behind": storm["behind"],
        "told_to_painted_ms": spread(_painted(screen, center, max(10, keys // 3))),
    }


def _painted(screen: PtyScreen, center: Center, changes: int) -> list[float]:
    """Milliseconds from changes of one agent's state on the server to the bytes that show them."""
    agents = [one for one in center.ask("GET", "/v1/snapshot")["agents"] if not one["work"] and one["id"] != LEAD]
    agent = agents[-1]
    _set(center, agent["id"], "break")
    time.sleep(1)
    screen.press("/")
    screen.send(agent["name"])
    screen.press("enter")
    screen.wait_for(REASONS["break"])
    delays = []
    for reason in itertools.islice(itertools.cycle(["lunch", "training", "meeting", "break"]), changes):
        first, wall, at = len(screen.chunks), time.time(), time.monotonic()
        since = _set(center, agent["id"], reason)
        if since is None:  # the storm has given them a contact: it comes after that
            time.sleep(0.5)
            continue
        seen = _seen(screen, first, re.compile(REASONS[reason].encode()), at)
        delays.append((seen - at - (since - wall)) * 1000)
        time.sleep(random.uniform(0.2, 0.5))
    return delays


def _set(center: Center, agent_id: str, reason: str) -> float | None:
    """Have an agent not ready; since when the server says so, by the wall clock that both use. None: not yet."""
    body = {"availability": "not_ready", "reason": reason, "when": "now"}
    agent = center.ask("PUT", "/v1/me/availability", body, agent_id)["agent"]
    return float(agent["since"]) if agent["reason"] == reason and not agent["work"] else None


def bench(keys: int, seconds: float) -> dict[str, Any]:
    """The plain app, the floor at rest, the floor in the storm."""
    with PtyScreen([sys.executable, "-m", "tests.bench.plain_app", "table"], rows=50, cols=200, cwd=ROOT) as screen:
        screen.wait_for("Agent 0001", 30)
        time.sleep(2)
        process = psutil.Process(screen.pid)
        plain = [pressed(screen, "down", re.compile(f"Agent {number:04}".encode())) for number in range(1, 40)]
        reference = {"down_ms": spread(plain), "rss_mb": round(process.memory_info().rss / 1e6, 1)}
    with floor(0) as (screen, center, opened):
        still = measured(screen, center, keys // 2, seconds / 4, 0) | {"opened_s": round(opened, 2)}
    with floor(RATE) as (screen, center, opened):
        busy = measured(screen, center, keys, seconds, RATE) | {"opened_s": round(opened, 2)}
        live = "lost" not in screen.text().lower()
    return {
        "bench": "panel",
        "queues": QUEUES,
        "agents": AGENTS,
        "load_of_the_machine": psutil.getloadavg()[0],
        "reference_plain_table": reference,
        "at_rest": still,
        f"storm_of_{RATE}_a_second": busy,
        "connection_kept": live,
        "target_key_p99_ms": beside(max(busy["down_ms"]["p99"], busy["filter_letter_ms"]["p99"]), KEY_P99),
        "target_cpu_percent": beside(busy["cpu_percent"], CPU),
        "target_rss_mb": beside(busy["rss_mb"], MEMORY),
        "target_told_to_painted_p99_ms": beside(busy["told_to_painted_ms"]["p99"], PAINTED_P99),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=40.0)
    options = parser.parse_args()
    print(json.dumps(bench(options.keys, options.seconds), indent=1))


if __name__ == "__main__":
    main()
