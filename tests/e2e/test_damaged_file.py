"""The desktop's file is damaged: it says so once, takes over what can be read, and saves notes again."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.workplace import Workplace, talking, until

pytestmark = pytest.mark.thorough

NOTE = "Refund of 49.90 agreed for October"


def left_by_a_kill(place: Workplace) -> Path:
    """A desktop that was killed in the middle of a note; its file, everything written back from the log."""
    import sqlite3

    with place.desktop() as screen:
        talking(place, screen)
        screen.send(NOTE)
        until(lambda: place.drafts() == [NOTE])
        screen.kill(signal.SIGKILL)
        screen.wait_exit()
    (path,) = place.data.glob("*.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def test_a_destroyed_page_costs_no_word_and_notes_are_saved_again(place: Workplace) -> None:
    path = left_by_a_kill(place)
    data = bytearray(path.read_bytes())
    data[:4096] = os.urandom(4096)
    path.write_bytes(data)
    with place.desktop() as screen:
        screen.wait_for(lambda seen: "damaged" in seen and NOTE in seen)
        screen.press("alt+n")
        screen.send(" and November")
        until(lambda: place.drafts() == [f"{NOTE} and November"])
        screen.wait_for("saved")
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == data


def test_an_altered_amount_is_not_shown_as_the_note(place: Workplace) -> None:
    path = left_by_a_kill(place)
    data = bytearray(path.read_bytes())
    data[data.index(b"49.90")] ^= 1
    path.write_bytes(data)
    with place.desktop() as screen:
        screen.wait_for("not what was")
        screen.wait_for("talking")
        assert "Refund of 59.90" not in screen.text()
        screen.press("alt+o")
        screen.wait_for(lambda seen: "Damaged" in seen)
        assert place.written_back() == []


def test_a_text_file_in_its_place(place: Workplace) -> None:
    path = left_by_a_kill(place)
    path.write_text("Dear diary,\n" * 1000)
    with place.desktop() as screen:
        screen.wait_for("damaged")
        screen.wait_for("talking")
        screen.press("alt+n")
        screen.send("new words")
        until(lambda: place.drafts() == ["new words"])
