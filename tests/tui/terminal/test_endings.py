"""How the program begins and ends on a real terminal: signals, crashes, bad bytes, odd sizes, no terminal at all."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from desktop.tui.terminal.crash import report, write_report
from desktop.tui.terminal.ending import refusal
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[3]
TOKEN = "Zq7" + "seededSecret" + "99Token"
ENV = {"PYTHONPATH": str(ROOT)}


def argv(tmp_path: Path, *extra: str) -> list[str]:
    log, saved = tmp_path / "log" / "crash.log", tmp_path / "saved"
    return [sys.executable, "-m", "tests.tui.terminal.ending_app", str(log), str(saved), *extra]


def run(tmp_path: Path, *extra: str, rows: int = 24, cols: int = 80, **env: str | None) -> PtyScreen:
    screen = PtyScreen(argv(tmp_path, *extra), rows=rows, cols=cols, cwd=ROOT, env={**ENV, **env})
    return screen


@pytest.mark.parametrize("flush", ["quick", "hang", "fail"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_flushes_restores_and_ends(tmp_path: Path, number: int, status: int, flush: str) -> None:
    with run(tmp_path, flush) as screen:
        screen.wait_for("ready")
        screen.send("half a word")
        screen.wait_for("half a word")
        screen.kill(number)
        assert screen.wait_exit(5) == status
        assert screen.not_restored() == []
    assert (tmp_path / "saved").read_text() == "half a word"


def test_sigquit_is_ignored(tmp_path: Path) -> None:
    with run(tmp_path) as screen:
        screen.wait_for("ready")
        screen.kill(signal.SIGQUIT)
        screen.send("fine")
        screen.press("enter")
        screen.wait_for("got fine")


def test_a_terminal_that_is_gone_ends_it(tmp_path: Path) -> None:
    with run(tmp_path) as screen:
        screen.wait_for("ready")
        screen.send("half a word")
        screen.wait_for("half a word")
        screen.hang_up()
        assert screen.process.wait(5) in (129, 1)
    assert (tmp_path / "saved").read_text() == "half a word"


def test_a_crash_shows_no_secret_and_names_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log" / "crash.log"
    with run(tmp_path, COLUMNS="200", cols=200) as screen:
        screen.wait_for("ready")
        screen.send(TOKEN)
        screen.press("enter")
        assert screen.wait_exit() == 1
        assert screen.not_restored() == []
        after = screen.after_screen
        assert "had to stop" in after
        assert str(log) in after.replace("\r\n", "")
        assert TOKEN not in after
        assert "Traceback" not in after
    written = log.read_text()
    assert "ValueError" in written
    assert TOKEN not in written
    assert "4111 1111" not in written
    assert "\x1b" not in written
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert (tmp_path / "saved").exists()


@pytest.mark.parametrize("where", ["worker", "frame"])
def test_a_crash_elsewhere_is_the_same(tmp_path: Path, where: str) -> None:
    with run(tmp_path) as screen:
        screen.wait_for("ready")
        screen.send(where)
        screen.press("enter")
        assert screen.wait_exit() == 1
        assert "had to stop" in screen.after_screen
        assert "Traceback" not in screen.after_screen


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    with run(tmp_path) as screen:
        screen.wait_for("ready")
        # Latin-1, CESU-8, impossible keys, half a character as a key, an unbelievable size
        screen.send(b"caf\xe9 \xff\xed\xa0\x80\x1b[99999999999u\x1b[1114112u\x1b[48;99999;99999;99999;99999t")
        screen.send(b"\x1b[55296;;55296u after")
        seen = screen.wait_for("after")
        assert "caf\ufffd" in seen
        screen.kill(signal.SIGTERM)
        assert screen.wait_exit() == 143


IN_BAND = b"\x1b[?2048;2$y\x1b[48;60000;60000;60000;60000t"


@pytest.mark.thorough
@pytest.mark.parametrize("source", ["from the start", "by the environment", "at a change", "in the input"])
def test_an_unbelievable_size_costs_no_memory_and_no_ending(tmp_path: Path, source: str) -> None:
    def memory(screen: PtyScreen) -> int:
        screen.send("half a word")
        screen.wait_for(lambda _: b"half" in screen.raw)
        return psutil.Process(screen.pid).memory_info().rss

    with run(tmp_path, rows=500, cols=1000) as screen:
        screen.wait_for("ready")
        usual = memory(screen)
    sizes = {"COLUMNS": "60000", "LINES": "60000"} if source == "by the environment" else {}
    with PtyScreen(
        argv(tmp_path), cwd=ROOT, env={**ENV, **sizes}, claims=(60_000, 60_000) if source == "from the start" else None
    ) as screen:
        screen.wait_for(lambda _: b"ready" in screen.raw)
        if source == "at a change":
            screen.claim(60_000, 60_000)
        if source == "in the input":
            screen.send(IN_BAND)
        assert memory(screen) < 1.5 * usual
        screen.kill(signal.SIGTERM)
        assert screen.wait_exit() == 143
    assert (tmp_path / "saved").read_text() == "half a word"


@pytest.mark.parametrize(
    "env",
    [{"TERM": "dumb"}, {"TERM": None}, {"TERM": ""}, {"TERM": "unknown"}],
    ids=["dumb", "unset", "empty", "unknown"],
)
def test_a_terminal_without_a_screen_is_refused(tmp_path: Path, env: dict[str, str | None]) -> None:
    with PtyScreen(argv(tmp_path), cwd=ROOT, env={**ENV, **env}) as screen:
        assert screen.wait_exit() == 2
        assert b"\x1b" not in screen.raw
        assert "JSON command" in screen.text()


def test_no_terminal_is_refused(tmp_path: Path) -> None:
    result = subprocess.run(
        argv(tmp_path), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
    )
    assert result.returncode == 2
    assert result.stdout == b""
    assert b"\x1b" not in result.stderr
    assert result.stderr.count(b"\n") == 1


@pytest.mark.parametrize("missing", ["input_tty", "output_tty", "error_tty"])
def test_each_stream_counts(missing: str) -> None:
    streams = {"input_tty": True, "output_tty": True, "error_tty": True}
    assert refusal({"TERM": "xterm"}, **streams) is None
    assert refusal({"TERM": "xterm"}, **{**streams, missing: False})


def test_a_storm_of_sizes(tmp_path: Path, full: bool) -> None:
    sizes = [(24, 80), (10, 40), (5, 20), (3, 10), (2, 4), (1, 1), (200, 500), (50, 132)] * (20 if full else 3)
    with run(tmp_path) as screen:
        screen.wait_for("ready")
        for rows, cols in sizes:
            screen.resize(rows, cols)
            screen.send("x")
        screen.resize(24, 200)
        screen.wait_for("x" * len(sizes))
        screen.kill(signal.SIGTERM)
        assert screen.wait_exit() == 143
        assert screen.not_restored() == []
    assert (tmp_path / "saved").read_text() == "x" * len(sizes)


def test_an_empty_no_color_is_unset(tmp_path: Path) -> None:
    def hues(screen: PtyScreen) -> set[str]:
        screen.wait_for("ready")
        cells = (screen.cell(row, col) for row in range(screen.rows) for col in range(screen.cols))
        found = {color for cell in cells for color in (cell.fg, cell.bg) if len(color) == 6}
        return {c for c in found if not c[:2] == c[2:4] == c[4:]}

    with run(tmp_path, NO_COLOR="") as screen:
        assert hues(screen)
    with run(tmp_path, NO_COLOR="1") as screen:
        assert not hues(screen)


def test_the_log_is_not_written_through_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "crash.log"
    link.symlink_to(target)
    assert not write_report(ValueError("x"), link)
    assert not target.exists()


def test_a_report_survives_circular_and_deep_causes() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__cause__, second.__cause__ = second, first
    assert "two" in report(first)
    error: Exception = ValueError("innermost")
    for i in range(50):
        outer = RuntimeError(f"level {i}")
        outer.__cause__ = error
        error = outer
    assert "level 49" in report(error)


FULL_TERMINAL = """
import os, pty, termios, time, tty
from desktop.tui.terminal.ending import _end
master, slave = pty.openpty()
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    for number in range(3):
        os.dup2(slave, number)
    tty.setraw(0)
    os.set_blocking(2, False)
    try:
        while True:
            os.write(2, b"x" * 4096)
    except BlockingIOError:
        pass
    _end(143, before, lambda: "words")
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status), termios.tcgetattr(slave) == before)
"""


def test_a_terminal_that_takes_nothing_any_more_gets_its_settings_back() -> None:
    done = subprocess.run([sys.executable, "-c", FULL_TERMINAL], capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["143", "True"], done.stderr
