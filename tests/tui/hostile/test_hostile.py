"""S1, S2: no text from outside reaches the terminal as a command or the app as an action."""

import sys
from pathlib import Path

import pytest

from tests.tui.hostile.payloads import PAYLOADS, leaks
from tests.tui.pty_screen import PtyScreen

ROOT = Path(__file__).parents[3]
HEIGHT = len(PAYLOADS) + 4


def run(marker: Path, *flags: str) -> PtyScreen:
    argv = [sys.executable, "-m", "tests.tui.hostile.hostile_app", str(marker), *flags]
    return PtyScreen(argv, rows=HEIGHT, cols=200, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


BOTH = pytest.param((), id="both", marks=pytest.mark.thorough)  # when each of them alone keeps everything out
ALONE = [pytest.param(("nosafe",), id="filter alone"), pytest.param(("nofilter",), id="safe alone")]


@pytest.mark.parametrize("flags", [BOTH, *ALONE])
def test_nothing_foreign_reaches_the_terminal(tmp_path: Path, flags: tuple[str, ...]) -> None:
    marker = tmp_path / "marker"
    with run(marker, *flags) as screen:
        screen.wait_for("press me")
        screen.wait_quiet()
        # Every line of the table, the labels and the editor is clicked, twice in the table.
        for row in range(HEIGHT - 1):
            for column in (3, 30, 54, 60, 104, 154):
                screen.click(row, column)
        screen.press("tab", "end")
        screen.wait_quiet()
        screen.press("f10")
        assert screen.wait_exit() == 7, screen.after_screen
        assert leaks(screen.raw) == []
        assert screen.not_restored() == []
    assert not marker.exists()


def test_without_both_layers_it_leaks(tmp_path: Path) -> None:
    with run(tmp_path / "marker", "nosafe", "nofilter") as screen:
        screen.wait_raw(b"press me")
        screen.wait_raw(b"\x1b]52;c;cHduZWQ=")
        screen.wait_raw("\x9b2J".encode())
        screen.wait_raw("\u202e".encode())
        assert leaks(screen.raw)


def test_corpus_is_large_enough() -> None:
    assert len(set(PAYLOADS.values())) >= 60
