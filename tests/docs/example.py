"""What the tests need to run an example as a user would who has only just installed the program."""

import os
import socket
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def environment(home: Path) -> dict[str, str]:
    """A user who has only just installed the program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AGENT_DESKTOP_", "XDG_"))}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    return kept | folders | {"HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}


def free_port() -> int:
    """The first of four ports next to each other that are free just now; each process looks elsewhere first."""
    for first in range(42000 + os.getpid() % 1000 * 10, 60000, 10):
        try:
            for port in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free ports")


def patient(home: Path) -> dict[str, str]:
    """The same user on a busy machine: each command may take its time, which the default of 8 seconds is not for."""
    command = home / "bin" / "agent-desktop"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\ncase "$1" in mock) ;; *) set -- --timeout 100 "$@" ;; esac\nexec "{BIN}/agent-desktop" "$@"\n'
    )
    command.chmod(0o755)
    found = environment(home)
    return found | {"PATH": f"{command.parent}:{found['PATH']}"}
