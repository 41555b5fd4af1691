"""Leaving while the disk takes nothing: no word is said to be saved that is not, and none is gone afterwards."""

import resource
import signal
import stat
from pathlib import Path

import pytest

from tests.e2e.workplace import DESKTOP, Workplace, ready, talking, until
from tests.tui.pty_screen import PtyScreen

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs to limit another process"),
]

WORDS = "refund agreed, call back on Friday"


def full(screen: PtyScreen, *, room: bool = False) -> None:
    """From now on the desktop can make no file larger than a page; with `room` it can again."""
    most = resource.RLIM_INFINITY if room else 4096
    resource.prlimit(screen.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def unsaved(place: Workplace, screen: PtyScreen) -> str:
    """Be on a call with a note that the disk does not take; the interaction's id."""
    interaction = talking(place, screen)
    full(screen)
    screen.send(WORDS)
    screen.wait_for("NOT SAVED")
    return interaction


def flat(text: str) -> str:
    return " ".join(text.split())


def rescued(place: Workplace) -> Path:
    """The one file with words that were not saved."""
    (found,) = place.folder.glob("agent-desktop-unsaved-*.txt")
    return found


def is_told_and_whole(place: Workplace, screen: PtyScreen) -> None:
    file = rescued(place)
    assert WORDS in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(file) in flat(screen.after_screen).replace(" ", "") or file.name in screen.after_screen


@pytest.mark.parametrize("wrap_up", [False, True], ids=["talking", "wrap-up"])
def test_leaving_names_what_is_not_saved_and_takes_it_along(place: Workplace, wrap_up: bool) -> None:
    with place.desktop() as screen:
        unsaved(place, screen)
        if wrap_up:
            screen.press_twice("f8")
            screen.wait_for("still needed")
        screen.press("ctrl+o")
        screen.wait_for(lambda seen: "Not saved" in seen and "again: leave" in flat(seen))
        assert "is saved" not in flat(screen.text())
        assert screen.process.poll() is None
        screen.press_again("ctrl+o")
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []
        is_told_and_whole(place, screen)


def test_what_can_be_saved_at_the_second_press_is_saved(place: Workplace) -> None:
    with place.desktop() as screen:
        unsaved(place, screen)
        screen.press("ctrl+o")
        screen.wait_for("Not saved")
        full(screen, room=True)
        screen.press_again("ctrl+o")
        assert screen.wait_exit() == 0
    assert place.drafts() == [WORDS]
    assert not list(place.folder.glob("agent-desktop-unsaved-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
def test_a_signal_takes_it_along_too(place: Workplace, number: signal.Signals) -> None:
    with place.desktop() as screen:
        unsaved(place, screen)
        screen.kill(number)
        assert screen.wait_exit() == 128 + number
        assert screen.not_restored() == []
        is_told_and_whole(place, screen)
    file = rescued(place)
    with place.desktop() as screen:
        screen.wait_for(file.name)  # whose terminal went away could not read where the words are
    file.unlink()
    with place.desktop() as screen:
        ready(screen)
        assert file.name not in screen.text()


def test_a_desktop_that_cannot_save_is_not_taken_over(place: Workplace) -> None:
    with place.desktop() as first:
        unsaved(place, first)
        with place.desktop(argv=[*DESKTOP, "--config", str(place.config), "--take-over"]) as second:
            first.wait_for(lambda seen: "take over" in flat(seen) and "stays" in flat(seen))
            assert second.wait_exit() == 1
            assert "cannot be saved" in flat(second.after_screen)
        assert first.process.poll() is None
        full(first, room=True)
        until(lambda: place.drafts() == [WORDS])
        with place.desktop(argv=[*DESKTOP, "--config", str(place.config), "--take-over"]) as second:
            assert first.wait_exit() == 128 + signal.SIGTERM
            second.wait_for(lambda seen: "talking" in seen and WORDS in seen)


def test_leaving_in_a_wrap_up_asks_and_says_what_is_left(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("half a wrap-up")
        screen.press_twice("f8")
        screen.wait_for("still needed")
        screen.press("ctrl+o")
        screen.wait_for(lambda seen: "is not finished" in flat(seen) and "again: leave" in flat(seen))
        screen.press_again("ctrl+o")
        assert screen.wait_exit() == 0
        assert "1 unfinished wrap-up" in flat(screen.after_screen)
    assert place.drafts() == ["half a wrap-up"]


def test_two_quick_presses_leave_what_is_saved(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("quick")
        screen.press_twice("ctrl+o")
        assert screen.wait_exit() == 0
    assert place.drafts() == ["quick"]
