"""Runs `agent-desktop` as a process of its own, as a shell script would."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class Ran:
    """What came of one command."""

    code: int
    out: str
    words: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def clean_env(home: Path, **more: str) -> dict[str, str]:
    """An environment without any settings of ours, whose user folders lie in `home`."""
    sizes = ("COLUMNS", "LINES")  # of a terminal that is not the test's own
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AGENT_DESKTOP_", "XDG_")) and k not in sizes}
    plain = {
        k: v for k, v in os.environ.items() if k == "AGENT_DESKTOP_PLAIN"
    }  # a bench says what a patch of Textual is worth
    return env | plain | {"HOME": str(home), "PYTHONWARNINGS": "default"} | more


def run(*words: str, env: dict[str, str], stdin: str = "", timeout: float = 30) -> Ran:
    """Run one command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli", *words],
        env=env,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


CONTROL = "control-token-of-this-test"
KINDS = ("contact_center", "crm", "presence", "messaging")


def control(url: str, method: str, path: str, body: object = None) -> Any:
    """Use the control plane of a mock server."""
    headers = {"Authorization": f"Bearer {CONTROL}"}
    reply = httpx.request(method, f"{url}/_sim/{path}", json=body, headers=headers, trust_env=False, timeout=60)
    reply.raise_for_status()
    return reply.json() if reply.content else None
