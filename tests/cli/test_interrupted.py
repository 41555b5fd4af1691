"""A command that is interrupted ends, whatever hangs in it."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.command_line import clean_env, run

pytestmark = pytest.mark.thorough

HANGS = 3_600.0
FAR_TOO_LONG = 120.0  # what does not end hangs for an hour; the machine may be busy

CENTER = """
import asyncio, os, pathlib, socket, time
from desktop.backends.mock.contact_center import MockContactCenter

HANGS = {hangs}

def told():
    pathlib.Path(os.environ["HANGS_AT"]).touch()

def asleep(*_, **__):
    told()
    time.sleep(HANGS)

async def deaf():
    told()
    while True:
        try:
            await asyncio.sleep(HANGS)
        except asyncio.CancelledError:
            pass

class Center(MockContactCenter):
    async def open(self):
        how = os.environ["HOW"]
        if how == "asleep on the loop":
            asleep()
        if how == "a thread asleep":
            await asyncio.to_thread(asleep)
        if how == "deaf to being cancelled":
            await deaf()
        if how == "a name that is looked up":
            socket.getaddrinfo = asleep
        return await super().open()

    async def snapshot(self):
        if os.environ["HOW"] == "a snapshot asleep":
            asleep()
        return await super().snapshot()

    async def events(self, after):
        if os.environ["HOW"] == "never closed":
            told()
        async for one in super().events(after):
            yield one

    async def close(self):
        if os.environ["HOW"] == "never closed":
            await deaf()
        await super().close()
"""


@pytest.fixture
def hanging(env: dict[str, str], tmp_path: Path) -> Callable[..., dict[str, str]]:
    """An environment whose contact centre hangs in one way."""

    def make(how: str, url: str = "") -> dict[str, str]:
        site = tmp_path / "site"
        info = site / "hanging-1.0.dist-info"
        info.mkdir(parents=True)
        (site / "hanging.py").write_text(CENTER.format(hangs=HANGS))
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hanging\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[agent_desktop.contact_center]\nhanging = hanging:Center\n")
        more = {"PYTHONPATH": str(site), "HOW": how, "HANGS_AT": str(tmp_path / "hangs")}
        more["AGENT_DESKTOP_CONTACT_CENTER_BACKEND"] = "hanging"
        if url:
            more["AGENT_DESKTOP_CONTACT_CENTER_URL"] = url
        return env | more

    return make


@contextmanager
def started(*words: str, env: dict[str, str], how: str = "-mdesktop.cli") -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, how, *words],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has a shell that makes children deaf to this signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until_exists(path: Path) -> None:
    waiting = threading.Event()
    for _ in range(1_200):
        if path.exists():
            return
        waiting.wait(0.1)
    raise AssertionError("it never came to where it hangs")


COMMANDS = (("state",), ("queues", "--metrics"), ("events", "--follow"), ("alerts", "--follow"), ("config", "check"))
WAYS = ("asleep on the loop", "a thread asleep", "deaf to being cancelled", "a name that is looked up")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("how", WAYS)
def test_a_backend_that_hangs_holds_nobody(
    hanging: Callable[..., dict[str, str]], tmp_path: Path, words: tuple[str, ...], how: str
) -> None:
    url = "http://localhost:9" if how == "a name that is looked up" else ""
    with started(*words, env=hanging(how, url)) as command:
        until_exists(tmp_path / "hangs")
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=FAR_TOO_LONG)
    assert command.returncode == 130
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [("events", "--follow"), ("alerts", "--follow")], ids=" ".join)
def test_a_stream_that_is_followed_ends_although_its_backend_never_closes(
    hanging: Callable[..., dict[str, str]], tmp_path: Path, words: tuple[str, ...]
) -> None:
    with started(*words, env=hanging("never closed")) as command:
        until_exists(tmp_path / "hangs")
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=FAR_TOO_LONG)
    assert command.returncode == 130


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_server_that_takes_the_call_and_never_answers_holds_nobody(
    env: dict[str, str], words: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(FAR_TOO_LONG)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with started("--timeout", "3600", *words, env=env | {"AGENT_DESKTOP_CONTACT_CENTER_URL": url}) as command:
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                command.send_signal(signal.SIGINT)
                command.communicate(timeout=FAR_TOO_LONG)
    assert command.returncode == 130


def test_a_command_whose_time_is_over_waits_for_no_thread(
    hanging: Callable[..., dict[str, str]],
) -> None:
    ran = run("state", "--timeout", "0.2", env=hanging("a thread asleep"), timeout=FAR_TOO_LONG)
    assert (ran.code, ran.words) == (4, "agent-desktop: No answer in time.\n")


@pytest.mark.parametrize("how", ["asleep on the loop", "a thread asleep"])
def test_a_command_that_hangs_can_be_terminated(
    hanging: Callable[..., dict[str, str]], tmp_path: Path, how: str
) -> None:
    with started("alerts", "--follow", env=hanging(how)) as command:
        until_exists(tmp_path / "hangs")
        command.terminate()
        command.communicate(timeout=FAR_TOO_LONG)
    assert command.returncode == -signal.SIGTERM


def mock_servers(with_fault: str) -> str:
    """A program like `agent-desktop mock crm` whose servers hang."""
    return f"{with_fault}\nfrom mock_backends.__main__ import main\nimport sys\nsys.exit(main(['crm']))"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_mock_servers_end_although_something_in_them_hangs(tmp_path: Path, number: signal.Signals) -> None:
    fault = f"import mock_backends.play.fleet as fleet, time\nfleet.Fleet.stop = lambda self: time.sleep({HANGS})"
    with started(mock_servers(fault), env=clean_env(tmp_path), how="-c") as servers:
        assert servers.stdout is not None
        assert servers.stdout.readline()
        servers.send_signal(number)
        servers.communicate(timeout=FAR_TOO_LONG)
    assert servers.returncode == 128 + number


def test_the_mock_servers_interrupted_while_they_start_say_nothing(tmp_path: Path) -> None:
    hangs = tmp_path / "hangs"
    fault = (
        "import mock_backends.play.fleet as fleet, pathlib, time\n"
        f"fleet.Fleet.__init__ = lambda *_, **__: (pathlib.Path({str(hangs)!r}).touch(), time.sleep({HANGS}))"
    )
    with started(mock_servers(fault), env=clean_env(tmp_path), how="-c") as servers:
        until_exists(hangs)
        servers.send_signal(signal.SIGINT)
        _, said = servers.communicate(timeout=FAR_TOO_LONG)
    assert (servers.returncode, said) == (130, "")
