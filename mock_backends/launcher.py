"""Starts the mock servers in a child process that never outlives its parent."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Self

from mock_backends.http.settings import Settings

SERVERS = ("crm", "contact_center", "presence", "messaging")
FACE = "twilio"  # one more, only where it is asked for


class NotStarted(RuntimeError):
    """The servers did not come up; the message is what they said last."""


class Running:
    """Servers that run. Also a context manager that stops them.

    `twilio` holds the SIDs and API keys of that server.

    `urls` maps a server's name to its URL, `tokens` a principal to their token; `control` is the control plane's token,
    or None; `first_agent` and `first_supervisor` are the principals a demo signs in as.
    """

    def __init__(self, process: subprocess.Popen[str], ready: Mapping[str, object]) -> None:
        self._process = process
        self.urls: dict[str, str] = {name: ready[name]["url"] for name in (*SERVERS, FACE) if name in ready}  # type: ignore[index]
        self.twilio: dict[str, object] = dict(ready.get(FACE, {}))  # type: ignore[call-overload]
        self.tokens: dict[str, str] = dict(ready["tokens"])  # type: ignore[call-overload]
        self.control: str | None = ready.get("control")  # type: ignore[assignment]
        self.first_agent = str(ready["first_agent"])
        self.first_supervisor = str(ready["first_supervisor"])

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def stop(self, wait: float = 5.0) -> None:
        """End the servers; kills the child when it has not gone after `wait` seconds. Twice is no harm."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()  # the child ends when its standard input does
        try:
            self._process.wait(wait)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    *servers: str,
    scenario: str | None = None,
    speed: float | None = None,
    seed: int | None = None,
    db: str | None = None,
    settings: Settings | None = None,
    tokens: Mapping[str, str] | None = None,
    control: str | None = None,
    ports: Mapping[str, int] | None = None,
    log: IO[str] | int | None = subprocess.DEVNULL,
) -> Running:
    """Start servers (all four by default) in one child process on loopback ports, and return when they listen.

    :param scenario: a bundled name or a path ending in `.toml`.
    :param speed: server seconds in a real second, 0.01-10,000.
    :param tokens: principal to token; by default every agent of the company gets a random one.
    :param control: token of the control plane; None leaves it closed.
    :param ports: server to port; others get a free one.
    :param log: where the child's standard error goes.
    :raises NotStarted: when the child says no.
    """
    boot = {
        "servers": list(servers or SERVERS),
        "scenario": scenario,
        "speed": speed,
        "seed": seed,
        "db": db,
        "settings": dataclasses.asdict(settings) if settings else None,
        "tokens": dict(tokens) if tokens is not None else None,
        "control": control,
        "ports": dict(ports or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "mock_backends", "--boot-from-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,  # a Ctrl-C at the terminal is the parent's business
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
    try:
        process.stdin.write(json.dumps(boot) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass
    line = process.stdout.readline()
    try:
        ready = json.loads(line)
    except ValueError:
        ready = {"error": line.strip() or "the servers ended at once"}
    if "error" in ready:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
        raise NotStarted(ready["error"])
    return Running(process, ready)


__all__: Sequence[str] = ("SERVERS", "NotStarted", "Running", "Settings", "start")
