"""A second desktop takes the profile over, whatever the first one is doing: its words come along, or both know why."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.e2e.workplace import DESKTOP, WIDE, Workplace, finish, talking, until
from tests.tui.pty_screen import PtyScreen

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs to see the state of a process"),
]


def state(pid: int) -> str:
    """The letter of a process's state; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def second(place: Workplace) -> PtyScreen:
    return place.desktop(argv=[*DESKTOP, "--config", str(place.config), "--take-over"])


def goes_on(place: Workplace, screen: PtyScreen, note: str) -> None:
    """The second desktop has the contact and the words, and they reach the CRM once."""
    screen.wait_for(lambda seen: "talking" in seen and note in seen)
    screen.press_twice("f8")
    finish(screen)
    until(place.written_back)
    assert [one["note"] for one in place.written_back()] == [note]


def test_a_desktop_that_is_stopped_is_woken_saves_and_leaves(place: Workplace) -> None:
    with place.desktop() as first:
        talking(place, first)
        first.send("typed just before ctrl z")
        first.wait_for("before ctrl z")
        first.kill(signal.SIGSTOP)
        until(lambda: state(first.pid) == "T")
        with second(place) as screen:
            assert first.wait_exit() == 128 + signal.SIGTERM
            assert first.not_restored() == []
            goes_on(place, screen, "typed just before ctrl z")


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTSTP], ids=["stop", "tstp"])
def test_so_is_one_in_the_background_of_its_shell(place: Workplace, tmp_path: Path, number: signal.Signals) -> None:
    """There it is stopped again as soon as it touches the terminal."""
    job = tmp_path / "job"
    shell = [sys.executable, "-m", "tests.tui.terminal.job_control", str(job), *DESKTOP, "--config", str(place.config)]
    with place.desktop(WIDE, shell) as first:
        talking(place, first)
        first.send("left in the background")
        first.wait_for("in the background")
        os.kill(int(job.read_text()), number)
        until(lambda: job.read_text().endswith("stopped"))
        with second(place) as screen:
            assert first.wait_exit() == 128 + signal.SIGTERM
            goes_on(place, screen, "left in the background")


def test_so_is_one_whose_terminal_has_gone(place: Workplace) -> None:
    with place.desktop() as first:
        talking(place, first)
        first.send("the window was closed")
        first.wait_for("was closed")
        first.kill(signal.SIGSTOP)
        until(lambda: state(first.pid) == "T")
        first.hang_up()
        with second(place) as screen:
            goes_on(place, screen, "the window was closed")
        assert first.process.wait(5) in (128 + signal.SIGHUP, 128 + signal.SIGTERM)


def test_of_two_that_take_over_at_once_one_stays(place: Workplace) -> None:
    with place.desktop() as first:
        talking(place, first)
        first.send("whoever comes")
        first.wait_for("whoever comes")
        with second(place) as one, second(place) as other:
            assert first.wait_exit() == 128 + signal.SIGTERM
            both = (one, other)
            until(lambda: any(screen.process.poll() is not None for screen in both), 20)
            (lost,) = (screen for screen in both if screen.process.poll() is not None)
            (stays,) = (screen for screen in both if screen is not lost)
            assert lost.wait_exit() == 1
            assert "already open in process" in lost.after_screen.replace("\r\n", " ")
            goes_on(place, stays, "whoever comes")
