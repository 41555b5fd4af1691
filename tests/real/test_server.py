"""What every server of these tests has in common. Needs no foreign program."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.servers.server import Server

# A server whose child hears no goodbye, started within a thread that ends, as one that is restarted is.
_STUBBORN = "trap '' TERM; sleep 600 & echo $! > child; wait; sleep 600"
_TESTS = f"""
import sys, threading, time
from tests.real.servers.server import Server

server = Server()
thread = threading.Thread(target=lambda: server.spawn(["sh", "-c", {_STUBBORN!r}]))
thread.start()
thread.join()
server.wait_until((server.folder / "child").exists, "the child")
print(server.folder, server._processes[0].pid, flush=True)
time.sleep(600)
"""


def _until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def _lives(group: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_the_tests_however_these_end(sign: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _TESTS], stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        folder, group = tests.stdout.readline().split()
        assert _lives(int(group)) and Path(folder).is_dir()
        tests.send_signal(sign)
    assert _until(lambda: not _lives(int(group)))
    assert _until(lambda: not Path(folder).exists())


def test_a_server_that_is_stopped_leaves_nothing() -> None:
    with Plain() as server:
        process, other = server.spawn(["sleep", "600"]), server.spawn(["sleep", "600"])
        server.end(other)
        assert process.poll() is None
        guard = server._guard
        assert guard is not None
    assert guard.poll() == 0
    assert process.poll() is not None and not server.folder.exists()


class Plain(Server):
    """Has nothing to start."""

    def start(self) -> None:
        return
