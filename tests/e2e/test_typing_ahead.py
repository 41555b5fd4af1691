"""Keys that come faster than the screen: each one waits for what the one before it set off, and none is lost."""

import pytest

from tests.e2e.workplace import AVAILABLE, NARROW, WIDE, Workplace, until
from tests.tui.pty_screen import key_bytes

pytestmark = pytest.mark.thorough


def burst(*keys: str) -> bytes:
    """Keys and texts as one piece of input."""
    return b"".join(key[1:].encode() if key.startswith("=") else key_bytes(key) for key in keys)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_wrap_up_in_one_burst(place: Workplace, size: tuple[int, int]) -> None:
    note = "Twice charged in October; refund agreed. " * 3 + "End."
    with place.desktop(size) as screen:
        screen.wait_for("Maya")
        screen.send(burst("s", "1"))
        screen.wait_for(AVAILABLE)
        place.call()
        screen.wait_for("Incoming")
        screen.send(burst("f2", f"={note}"))
        screen.wait_for("talking")
        screen.wait_for("End.")
        screen.press_twice("f8")
        screen.wait_for("still needed")
        screen.send(burst("f9", "=dupl", "enter", "alt+n", "= Bye.", "alt+enter"))
        (body,) = until(place.written_back)
    assert (body["note"], body["codes"]) == (note + " Bye.", ["duplicate-charge"])


def test_keys_typed_while_a_slow_call_is_pending_are_applied_in_order(place: Workplace) -> None:
    with place.desktop() as screen:
        screen.wait_for("Maya")
        screen.press("s", "1")
        screen.wait_for(AVAILABLE)
        interaction = place.call()
        screen.wait_for("Incoming")
        place.faults("contact_center", {"match": "POST */accept", "effect": "delay", "seconds": 1.5})
        screen.press("f2")
        screen.wait_for("accepting")
        screen.send(burst("=one", "enter", "=two", "left", "left", "backspace", "=W", "end", "enter", "=three"))
        assert place.phase(interaction) == "offered"
        screen.wait_for("talking")
        until(lambda: place.drafts() == ["one\nWwo\nthree"])


def test_a_paste_and_what_is_typed_after_it_keep_their_order(place: Workplace) -> None:
    with place.desktop() as screen:
        screen.wait_for("Maya")
        screen.press("s", "1")
        screen.wait_for(AVAILABLE)
        place.call()
        screen.wait_for("Incoming")
        screen.send(burst("f2", "=before ") + b"\x1b[200~pasted\x1b[201~" + burst("= after"))
        until(lambda: place.drafts() == ["before pasted after"])
