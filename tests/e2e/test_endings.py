"""However the desktop ends, the same contact and the same words are there when it starts again."""

import signal
import sys
import time

import pytest

from tests.cli.command_line import run
from tests.e2e.workplace import AVAILABLE, NARROW, WIDE, Workplace, finish, ready, talking, until

pytestmark = pytest.mark.thorough


def test_killed_in_the_middle_of_a_note(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.send("Refund agreed for Oct")
        until(lambda: place.drafts() == ["Refund agreed for Oct"])
        screen.send("ober")
        screen.kill(signal.SIGKILL)
        assert screen.wait_exit() == 137
    began = time.monotonic()
    with place.desktop() as screen:
        screen.wait_for(lambda seen: "talking" in seen and "Refund agreed for Oct" in seen)
        print(f"back in the same contact with the same note after {time.monotonic() - began:.2f} s")
        assert place.phase(interaction) == "active"
        screen.press("alt+n")
        screen.send(" and Nov")
        screen.press_twice("f8")
        finish(screen)
        (body,) = until(place.written_back)
        assert body["interaction_id"] == interaction
        assert str(body["note"]).startswith("Refund agreed for Oct")
        assert str(body["note"]).endswith(" and Nov")


def test_killed_in_the_wrap_up_keeps_the_codes(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("half done")
        screen.press_twice("f8")
        screen.wait_for("still needed")
        screen.press("f9")
        screen.send("dupl")
        screen.press("enter")
        screen.wait_for("ready")
        screen.press("alt+t")
        screen.send("We will call.")
        screen.press("enter")
        screen.wait_for("→ SMS")
        screen.wait_for("saved")
        until(lambda: any("We will call." in body for body in place.draft_bodies()))
        screen.kill(signal.SIGKILL)
        screen.wait_exit()
    with place.desktop() as screen:
        screen.wait_for("half done")
        screen.wait_for("ready")
        screen.wait_for("→ SMS")
        screen.press("alt+enter")
        (body,) = until(place.written_back)
        assert (body["note"], body["codes"]) == ("half done", ["duplicate-charge"])
        until(lambda: len(place.record("messaging", "/v1/messages")) == 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
def test_a_signal_in_the_middle_of_a_note(place: Workplace, number: signal.Signals) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("to the very last key")
        screen.wait_for("last key")  # on screen, and not yet long enough for the disk
        screen.kill(number)
        assert screen.wait_exit() == 128 + number
        assert screen.not_restored() == []
        assert place.drafts() == ["to the very last key"]


@pytest.mark.parametrize("ending", ["answered", "left", "killed"])
def test_the_title_of_the_window_while_a_call_rings(place: Workplace, ending: str) -> None:
    with place.desktop() as screen:
        ready(screen)
        place.call()
        screen.wait_for("Incoming")
        assert "☎ Incoming call · Billing – agent-desktop".encode() in screen.raw
        assert "window title not given back" in screen.not_restored()
        if ending == "answered":
            screen.press("f2")
            screen.wait_for("talking")
            until(lambda: "window title not given back" not in screen.not_restored())
            return
        if ending == "left":
            screen.press_twice("ctrl+o")
        else:
            screen.kill(signal.SIGTERM)
        assert screen.wait_exit() == (0 if ending == "left" else 128 + signal.SIGTERM)
        assert screen.not_restored() == []


def test_a_terminal_that_goes_away(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("window closed")
        screen.wait_for("window closed")
        screen.hang_up()
        screen.process.wait(15)
        assert place.drafts() == ["window closed"]


def test_nothing_is_printed_over_the_terminal_after_a_report_was_written(place: Workplace) -> None:
    """The library that writes Parquet counts at the end what of it is still there, and prints it."""
    start = "import sys, duckdb; from desktop.cli import main; sys.exit(main(sys.argv[1:]))"
    with place.desktop(argv=[sys.executable, "-c", start, "--config", str(place.config)]) as screen:
        screen.wait_for("No active contacts.")
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert "leaked" not in screen.after_screen


def test_resized_during_a_call(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("one ")
        for rows, cols in ((24, 80), (10, 40), (50, 200), (3, 10), (36, 120)):
            screen.resize(rows, cols)
            screen.wait_quiet(0.2)
            screen.send("x")
        screen.wait_for("C-4471")
        screen.wait_for("one xxxxx")
        until(lambda: place.drafts() == ["one xxxxx"])


def test_a_second_desktop_on_the_same_profile_is_refused(place: Workplace) -> None:
    with place.desktop() as first:
        first.wait_for("Maya")
        with place.desktop() as second:
            assert second.wait_exit() == 1
            assert "already open in process" in second.text()
            assert str(first.pid) in second.text()
        assert run("--config", str(place.config), "state", env=place.env).code == 0  # reading is allowed
        first.press("s", "1")
        first.wait_for(AVAILABLE)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_leaving_in_a_call_asks_and_comes_back_to_it(place: Workplace, size: tuple[int, int]) -> None:
    with place.desktop(size) as screen:
        interaction = talking(place, screen)
        screen.send("later")
        screen.press("ctrl+o")
        screen.wait_for("ctrl+o again: leave. Priya Natarajan is still on the line")
        screen.press_again("ctrl+o")
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []
    assert place.phase(interaction) == "active"
    with place.desktop(size) as screen:
        screen.wait_for("talking")
        if size is NARROW:
            screen.press("alt+n")
        screen.wait_for("later")


@pytest.mark.parametrize("opened", ["", "f1", "ctrl+p"], ids=["desk", "help", "palette"])
def test_what_another_program_wrote_over_the_screen_is_painted_away(place: Workplace, opened: str) -> None:
    with place.desktop() as screen:
        screen.wait_for("Timeline")
        words = {"": "Timeline", "f1": "esc close", "ctrl+p": "Search for"}[opened]
        if opened:
            screen.press(opened)
            screen.wait_for(words)
        screen.wait_quiet()  # what is still being filled paints over it by itself
        screen.write_over(b"\x1b[2J\x1b[HBroadcast message from root")
        screen.wait_for(lambda seen: "Broadcast" in seen and words not in seen)
        screen.press("ctrl+l")
        screen.wait_for(lambda seen: "Broadcast" not in seen and words in seen)
