"""`python -m mock_backends all`: runs mock servers until interrupted."""

import argparse
import asyncio
import contextlib
import dataclasses
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mock_backends.http.principals import new_token
from mock_backends.http.settings import Settings
from mock_backends.play.fleet import KINDS, Fleet
from mock_backends.play.scenario import BadScenario, load, names
from mock_backends.twilio.server import FACE, TwilioServer

TOKENS_VARIABLE = "AGENT_DESKTOP_MOCK_TOKENS"
USAGE = 2
INTERRUPTED = 130
GRACE = 1.5
"""Seconds after a signal in which the servers may end in good order; what hangs then is left."""


def parser() -> argparse.ArgumentParser:
    """The command line. Tokens never stand on it: others on the machine could read them."""
    line = argparse.ArgumentParser(prog="agent-desktop mock", description="Run the bundled mock servers.")
    line.add_argument(
        "server", nargs="?", choices=["all", *(name.replace("_", "-") for name in KINDS), FACE], default="all"
    )
    line.add_argument("--port", type=int, default=0, help="first port; the others follow (default: free ones)")
    line.add_argument("--scenario", help=f"one of {', '.join(names())}, or a .toml file")
    line.add_argument("--speed", type=float, help="server seconds in a real second (default 1)")
    line.add_argument("--seed", type=int, help="seed of the pretend company (default 1)")
    line.add_argument("--db", metavar="PATH", help="SQLite file to keep records in (default: memory)")
    line.add_argument(
        "--token-file",
        metavar="PATH",
        type=Path,
        help=f'JSON object principal -> token, "-" for standard input (or set {TOKENS_VARIABLE}); default: random ones',
    )
    line.add_argument("--control", action="store_true", help="open the control plane and print its token")
    line.add_argument("--history-days", type=int, help="how far back the made-up past goes (default 90, 0 for none)")
    line.add_argument("--history-interactions", type=int, help="about so many interactions in it (default 60000)")
    line.add_argument("--boot-from-stdin", action="store_true", help=argparse.SUPPRESS)
    return line


def main(argv: Sequence[str] | None = None) -> int:
    """Run servers until SIGINT or SIGTERM; one JSON line on standard output when they listen.

    :returns: 0 after a signal, 2 for wrong arguments, 130 when interrupted before anything ran.
    """
    line = parser()
    options = line.parse_args(argv)
    try:
        return _serve(options)
    except KeyboardInterrupt:
        return INTERRUPTED


def _serve(options: argparse.Namespace) -> int:
    try:
        boot = json.loads(sys.stdin.readline()) if options.boot_from_stdin else _boot(options)
        fleet = _fleet(boot)
    except (BadScenario, ValueError, OSError) as error:
        if options.boot_from_stdin:
            _say({"error": str(error)})
        else:
            sys.stderr.write(f"agent-desktop mock: {error}\n")
        return USAGE
    asyncio.run(_run(fleet, boot, until_eof=options.boot_from_stdin))
    return 0


def _boot(options: argparse.Namespace) -> dict[str, Any]:
    servers = list(KINDS) if options.server == "all" else [options.server.replace("-", "_")]
    text = os.environ.get(TOKENS_VARIABLE, "")
    path = options.token_file
    if path == Path("-"):
        text = sys.stdin.read()
    elif path is not None:
        text = path.read_text(encoding="utf-8")
    tokens = json.loads(text) if text.strip() else None
    if tokens is not None and not (
        isinstance(tokens, dict) and all(isinstance(token, str) and len(token) >= 16 for token in tokens.values())
    ):
        raise ValueError("Tokens must be a JSON object principal -> token, each token of 16 characters or more.")
    return {
        "servers": servers,
        "scenario": options.scenario,
        "speed": options.speed,
        "seed": options.seed,
        "db": options.db,
        "settings": dataclasses.asdict(_settings(options)),
        "tokens": tokens,
        "control": new_token() if options.control else None,
        "ports": {name: options.port + at for at, name in enumerate(servers)} if options.port else {},
    }


def _settings(options: argparse.Namespace) -> Settings:
    """:raises ValueError: a past that is too long or too full."""
    asked = {name: getattr(options, name) for name in ("history_days", "history_interactions")}
    settings = Settings(**{name: value for name, value in asked.items() if value is not None})
    if not 0 <= settings.history_days <= 3_660:
        raise ValueError("The past is at most 3,660 days long.")
    if not 0 <= settings.history_interactions <= 50_000_000:
        raise ValueError("The past has at most 50,000,000 interactions.")
    return settings


def _fleet(boot: dict[str, Any]) -> Fleet:
    unknown = [name for name in boot["servers"] if name not in (*KINDS, FACE)]
    if unknown:
        raise ValueError(f"There is no server {unknown[0]!r}.")
    if boot["speed"] is not None and not 0.01 <= boot["speed"] <= 10_000:
        raise ValueError("The speed must be between 0.01 and 10,000.")
    return Fleet(
        boot["servers"],
        scenario=load(boot["scenario"]) if boot["scenario"] else None,
        seed=boot["seed"],
        speed=boot["speed"],
        storage_path=boot["db"],
        settings=Settings(**boot["settings"]) if boot["settings"] else None,
        tokens=boot["tokens"],
        control=boot["control"],
    )


async def _run(fleet: Fleet, boot: dict[str, Any], *, until_eof: bool) -> None:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, partial(_end, loop, done))
    if until_eof:  # the pipe closes when the parent dies, however it dies
        threading.Thread(target=_watch_stdin, args=(loop, done), daemon=True).start()
    try:
        urls = await fleet.start(boot["ports"])
    except OSError as error:
        _say({"error": str(error)})
        return
    ready: dict[str, Any] = {name: {"url": url} for name, url in urls.items()}
    face = fleet.services.get(FACE)
    if isinstance(face, TwilioServer):
        ready[FACE] |= face.account()
    ready["tokens"] = fleet.tokens
    ready["first_agent"] = fleet.company.first_agent
    ready["first_supervisor"] = fleet.company.first_supervisor
    if boot["control"]:
        ready["control"] = boot["control"]
    _say(ready)
    # What is here by now stays: a search through all of a great floor for garbage would stop the server for most of
    # a second. Its events make hardly any cycles, so that searches may be rare too.
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    await done.wait()
    await fleet.stop()


def _end(loop: asyncio.AbstractEventLoop, done: asyncio.Event, sign: int, _: object) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed, and a thread holds Python's own end
        loop.call_soon_threadsafe(done.set)
    threading.Thread(target=_leave_what_hangs, args=(128 + sign,), daemon=True).start()


def _leave_what_hangs(code: int) -> None:
    time.sleep(GRACE)
    os._exit(code)


def _watch_stdin(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    while sys.stdin.readline():
        continue
    loop.call_soon_threadsafe(done.set)


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
