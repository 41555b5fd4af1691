"""Every face of the screen with a payload in every text of its state, on a real terminal (S1, S2)."""

import sys
from pathlib import Path

import pytest

from tests.tui.hostile.hostile_floor_app import ROUNDS
from tests.tui.hostile.payloads import leaks
from tests.tui.pty_screen import PtyScreen
from tests.tui.states import FACES
from tests.tui.supervisor.floor_states import FLOOR_FACES

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("size", [(36, 120), (24, 80), (50, 200)], ids=["medium", "narrow", "wide"])
def test_nothing_foreign_comes_out_of_any_face(tmp_path: Path, size: tuple[int, int]) -> None:
    done = tmp_path / "done"
    rows, cols = size
    argv = [sys.executable, "-m", "tests.tui.hostile.hostile_faces_app", str(done)]
    with PtyScreen(argv, rows=rows, cols=cols, cwd=Path(__file__).parents[3]) as screen:
        status = screen.wait_exit(60)
        log = done.with_suffix(".log")
        assert status == 0, log.read_text() if log.exists() else screen.after_screen
        assert done.read_text() == str(len(FACES))
        assert leaks(screen.raw) == []
        assert screen.not_restored() == []


@pytest.mark.parametrize("size", [(36, 120), (24, 80), (50, 200)], ids=["medium", "narrow", "wide"])
def test_nothing_foreign_comes_out_of_the_floor(tmp_path: Path, size: tuple[int, int]) -> None:
    done = tmp_path / "done"
    rows, cols = size
    argv = [sys.executable, "-m", "tests.tui.hostile.hostile_floor_app", str(done)]
    with PtyScreen(argv, rows=rows, cols=cols, cwd=Path(__file__).parents[3]) as screen:
        status = screen.wait_exit(90)
        log = done.with_suffix(".log")
        assert status == 0, log.read_text() if log.exists() else screen.after_screen
        assert done.read_text() == f"{ROUNDS * len(FLOOR_FACES)} SupervisorScreen"
        assert leaks(screen.raw) == []
        assert screen.not_restored() == []
