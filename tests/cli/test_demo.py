"""The demo in a real terminal: it starts by itself, others can take part, and it leaves nothing running."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyte
import pytest

from tests.cli.command_line import clean_env, run

START_SECONDS = 40.0


@dataclass
class Terminal:
    """A program on a terminal of its own."""

    process: subprocess.Popen[bytes]
    master: int
    screen: pyte.Screen
    stream: pyte.ByteStream

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self, seconds: float) -> bool:
        """Take in what was drawn; False when the program has closed the terminal."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.stream.feed(data)
        return bool(data)

    def wait_for(self, text: str) -> None:
        """Read until the screen shows `text`."""
        until = time.monotonic() + START_SECONDS
        while text not in self.text:
            assert time.monotonic() < until, self.text
            assert self.read(0.2), self.text

    def wait_end(self) -> int:
        """Read until the program has ended; its exit code."""
        until = time.monotonic() + START_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < until, self.text
            self.read(0.05)
        return self.process.returncode


@contextmanager
def on_terminal(*words: str, env: dict[str, str]) -> Iterator[Terminal]:
    """Run `agent-desktop WORDS` on a terminal of 140 columns and 40 lines."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop.cli", *words],
        env=env | {"TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    screen = pyte.Screen(140, 40)
    try:
        yield Terminal(process, master, screen, pyte.ByteStream(screen))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)


def servers_of(terminal: Terminal) -> list[psutil.Process]:
    found = psutil.Process(terminal.process.pid).children(recursive=True)
    assert any("mock_backends" in " ".join(one.cmdline()) for one in found)
    return found


def test_the_demo_runs_lets_others_take_part_and_ends_with_its_servers(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    folder = tmp_path / "share" / "agent-desktop" / "demo"
    with on_terminal("demo", env=env) as terminal:
        terminal.wait_for("Maya")
        terminal.wait_for("guide")
        servers = servers_of(terminal)
        state = run("--config", str(folder / "config.toml"), "state", env=env)
        assert state.json["me"]["id"] == "maya"
        again = run("demo", env=env)
        assert again.code == 2  # no terminal here
        with on_terminal("demo", env=env) as second:
            assert second.wait_end() == 1
            while second.read(0.1):
                if "A demo is already running" in second.text:
                    break
            assert "A demo is already running" in second.text
        os.write(terminal.master, b"\x0f")
        assert terminal.wait_end() == 0
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in servers)
    assert not (folder / "token").exists()
    assert not (folder / "config.toml").exists()


@pytest.mark.thorough
def test_the_demo_of_a_supervisor_opens_the_floor_with_its_guide(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    with on_terminal("demo", "--role", "supervisor", env=env) as terminal:
        terminal.wait_for("Sam Rivera")
        terminal.wait_for("Queues ·")
        terminal.wait_for("Arrows choose a queue")
        os.write(terminal.master, b"v")
        terminal.wait_for("Work")
        os.write(terminal.master, b"v")
        terminal.wait_for("Queues ·")
        os.write(terminal.master, b"\x0f")
        assert terminal.wait_end() == 0


@pytest.mark.thorough
def test_a_killed_demo_leaves_no_server_behind_and_starts_again(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    with on_terminal("demo", env=env) as terminal:
        terminal.wait_for("Maya")
        servers = servers_of(terminal)
        terminal.process.kill()
        terminal.process.wait()
        gone, alive = psutil.wait_procs(servers, timeout=15)
        assert (len(gone), alive) == (len(servers), [])
    with on_terminal("demo", env=env) as terminal:
        terminal.wait_for("Maya")


@pytest.mark.thorough
def test_the_demo_starts_clean_and_leaves_nothing(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    folder = tmp_path / "share" / "agent-desktop" / "demo"
    folder.mkdir(parents=True)
    for left in ("demo.db", "demo.db-wal", "run-killed/demo.db"):  # of an earlier version, and of a run that was killed
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("another person's notes")
    with on_terminal("demo", "--role", "supervisor", env=env) as terminal:
        terminal.wait_for("Sam Rivera")
        (own,) = folder.glob("run-*")
        assert (own.name, own.stat().st_mode & 0o777) != ("run-killed", 0o755)
        assert not list(folder.glob("demo.db*"))
        assert run("--config", str(folder / "config.toml"), "outbox", "list", env=env).json == []
        os.write(terminal.master, b"\x0f")
        assert terminal.wait_end() == 0
    assert {one.name for one in folder.iterdir()} <= {"demo.lock", "demo.log"}


def test_a_scenario_that_does_not_exist_is_named(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    with on_terminal("demo", "--scenario", "no_such", env=env) as terminal:
        assert terminal.wait_end() == 2
        while terminal.read(0.1) and "no_such" not in terminal.text:
            pass
        assert "no_such" in terminal.text


@pytest.mark.thorough
def test_one_desktop_a_profile_and_how_to_take_it_over(env: dict[str, str]) -> None:
    with on_terminal(env=env) as first:
        first.wait_for("Maya")
        with on_terminal(env=env) as second:
            assert second.wait_end() == 1
            while "--take-over" not in second.text:
                assert second.read(0.1), second.text
        held = run("do", "wrap_up", "any", env=env)
        assert held.code == 1
        assert "already open" in held.words
        with on_terminal("--take-over", env=env) as third:
            assert first.wait_end() != 0
            third.wait_for("Maya")
            os.write(third.master, b"\x0f")
            assert third.wait_end() == 0
