"""Notifications of alerts on real terminals: one clean sequence each, nothing where nobody asked for it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.hostile.payloads import PAYLOADS
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[3]
CLEAN = re.compile(r"\x1b\](?:9;agent-desktop: |777;notify;agent-desktop;)([^\x00-\x1f\x7f-\x9f]*)\x1b\\")
BEGUN = re.compile(r"\x1b\](?:9|777);")
PLAIN = {"TMUX": None, "VTE_VERSION": None}


def floor(on: str = "on", **env: str) -> PtyScreen:
    argv = [sys.executable, "-m", "tests.tui.terminal.alert_app", on]
    return PtyScreen(argv, rows=36, cols=120, cwd=ROOT, env={**PLAIN, **env})


def written(screen: PtyScreen) -> str:
    return screen.raw.decode("utf-8", "replace")


def one_more(screen: PtyScreen, number: int) -> None:
    os.kill(screen.pid, signal.SIGUSR2)
    screen.wait_for(f"told {number}")


@pytest.mark.parametrize("env", [{}, {"VTE_VERSION": "7600"}], ids=["osc9", "osc777"])
def test_each_alert_writes_one_clean_sequence_whatever_its_text(env: dict[str, str]) -> None:
    with floor(**env) as screen:
        screen.wait_for("Billing")
        for number in range(1, len(PAYLOADS) + 1):
            one_more(screen, number)
        text = written(screen)
        found = CLEAN.findall(text)
        assert len(BEGUN.findall(text)) == len(found) == len(PAYLOADS)
        if env:
            assert not any(";" in one for one in found)
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []


def test_nothing_is_written_where_no_rule_wants_it() -> None:
    with floor("off") as screen:
        screen.wait_for("Billing")
        one_more(screen, 1)
        assert BEGUN.findall(written(screen)) == []


def test_nothing_is_written_while_the_desktop_is_stopped_and_it_is_told_after() -> None:
    with floor() as screen:
        screen.wait_for("Billing")
        os.kill(screen.pid, signal.SIGSTOP)
        stopped = Path(f"/proc/{screen.pid}/stat")
        while " T " not in stopped.read_text():
            pass
        os.kill(screen.pid, signal.SIGUSR2)
        assert BEGUN.findall(written(screen)) == []
        os.kill(screen.pid, signal.SIGCONT)
        screen.wait_for("told 1")
        assert len(CLEAN.findall(written(screen))) == 1


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed: apt-get install tmux")
@pytest.mark.parametrize("through", ["on", "off"])
def test_tmux_hands_it_to_the_terminal_around_where_it_is_allowed(tmp_path: Path, through: str) -> None:
    socket = tmp_path / "tmux"
    tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
    # tmux writes to what it reads from
    attach = ["/bin/sh", "-c", 'exec "$@" 0<>"$(tty)"', "sh", *tmux, "attach"]
    environ = {name: value for name, value in os.environ.items() if name not in PLAIN}
    inner = f"cd {ROOT} && exec {sys.executable} -m tests.tui.terminal.alert_app on"
    subprocess.run([*tmux, "new-session", "-d", "-x", "120", "-y", "36", inner], check=True, env=environ)
    try:
        subprocess.run([*tmux, "set-option", "-g", "allow-passthrough", through], check=True, env=environ)
        with PtyScreen(attach, rows=37, cols=120, env=dict(PLAIN)) as screen:
            screen.wait_for("Billing")
            asked = [*tmux, "display-message", "-p", "#{pane_pid}"]
            pid = int(subprocess.run(asked, check=True, env=environ, capture_output=True, text=True).stdout)
            for number in range(1, 4):
                os.kill(pid, signal.SIGUSR2)
                screen.wait_for(f"told {number}")
            text = written(screen)
            wanted = 3 if through == "on" else 0
            assert len(BEGUN.findall(text)) == len(CLEAN.findall(text)) == wanted
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, env=environ)
