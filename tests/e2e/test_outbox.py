"""A wrap-up that timed out is completed on the outbox page and sent: that arrives, and nothing else."""

import pytest

from tests.e2e.workplace import Workplace, talking, until
from tests.tui.pty_screen import PtyScreen


def timed_out(place: Workplace, screen: PtyScreen) -> str:
    """A call of Priya whose wrap-up ran out: a note, a text message and a callback, no code, and nobody linked."""
    interaction = talking(place, screen)
    screen.send("she was charged twice")
    screen.press_twice("f8")
    screen.wait_for("still needed")
    screen.press("alt+t")
    screen.send("We refund it today.")
    screen.press("enter", "alt+c")
    screen.send("tomorrow 14:00 about the refund")
    screen.press("enter", "alt+u")
    screen.wait_for("not linked")
    until(lambda: any("about the refund" in body for body in place.draft_bodies()))
    place.control("PUT", "clock", {"speed": 100.0})
    until(lambda: place.phase(interaction) in ("", "closed"), 30)
    place.control("PUT", "clock", {"speed": 1.0})
    screen.wait_for("1 needs attention", 30)
    return interaction


def test_a_timed_out_wrap_up_is_completed_and_sent(place: Workplace) -> None:
    with place.desktop() as screen:
        timed_out(place, screen)
        screen.press("alt+o")
        screen.wait_for("unfinished wrap-up")
        screen.wait_for("not linked to a customer")
        screen.wait_for("it today.")
        screen.press("c")
        screen.send("dupl")
        screen.press("enter")
        screen.wait_for("✓  Duplicate charge")
        screen.press("escape")
        until(lambda: "add or remove" not in screen.text())
        screen.press("l")
        screen.send("Natarajan")
        screen.press("enter")
        screen.wait_for("found · Natarajan")
        screen.press("1")
        until(lambda: "not linked" not in screen.text())
        screen.press("d", "1")
        until(lambda: "it today." not in screen.text())
        screen.press("e")
        screen.send(", in October")
        screen.press("alt+enter")
        screen.wait_for("twice, in October")
        screen.wait_gone("alt+enter save")
        assert place.written_back() == []
        screen.press("s")
        screen.wait_for("Nothing is waiting to be sent.")
        screen.press("ctrl+o")
        screen.wait_exit()
    (written,) = place.written_back()
    assert written["note"] == "she was charged twice, in October"
    assert written["codes"] == ["duplicate-charge"]
    assert written["customer_id"]
    assert [one["kind"] for one in written["follow_ups"]] == ["callback"]
    (callback,) = place.record("contact_center", "callback")
    assert callback["body"]["note"] == "about the refund"
    assert place.record("messaging") == []


@pytest.mark.thorough
def test_a_timed_out_wrap_up_is_discarded_with_two_presses(place: Workplace) -> None:
    with place.desktop() as screen:
        timed_out(place, screen)
        screen.press("alt+o")
        screen.wait_for("unfinished wrap-up")
        screen.press("x")
        screen.wait_for("x again")
        screen.press_again("x")
        screen.wait_for("Nothing is waiting to be sent.")
        screen.press("ctrl+o")
        screen.wait_exit()
    assert place.written_back() == []
    assert place.record("messaging") == []
    assert place.record("contact_center", "callback") == []
