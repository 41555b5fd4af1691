"""Offers that do not become calls: missed, declined, abandoned, given to another; and a press too many."""

import pytest

from tests.e2e.workplace import NARROW, WIDE, Workplace, ready, talking, until

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_missed_offer_makes_not_ready_and_says_why(place: Workplace, size: tuple[int, int]) -> None:
    with place.desktop(size) as screen:
        ready(screen)
        interaction = place.call()
        screen.wait_for("Incoming")
        place.control("PUT", "clock", {"speed": 100.0})
        screen.wait_for("Not ready · missed")
        place.control("PUT", "clock", {"speed": 1.0})
        screen.wait_for("because an offer was not answered")
        screen.wait_gone("Incoming")
        assert place.phase(interaction) in ("", "queued")
        screen.press("s", "1")
        screen.wait_for("Incoming")  # the caller still waits, and comes back
        screen.press("f2")
        until(lambda: place.phase(interaction) == "active")


def test_a_declined_offer_goes_and_nothing_is_written(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        interaction = place.call()
        screen.wait_for("Incoming")
        screen.press("f3")
        declined = until(lambda: place.record("contact_center", f"{interaction}/decline"))
        assert len(declined) == 1
        screen.wait_gone("Incoming")
        assert place.written_back() == []


def test_a_caller_who_gives_up_while_it_rings(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        place.call()
        screen.wait_for("Incoming")
        place.step("hangup")
        screen.wait_gone("Incoming")
        screen.wait_for("Waiting for the next contact")
        screen.wait_for("● Available")  # it was not the agent who missed it
        screen.press("f2")
        screen.wait_for("No offer to accept")


def test_an_offer_given_to_another_goes(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        place.call()
        screen.wait_for("Incoming")
        place.step("rescind")
        screen.wait_gone("Incoming")


def test_double_presses_do_a_thing_once(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        interaction = place.call()
        screen.wait_for("Incoming")
        screen.press("f2", "f2", "f2")
        screen.wait_for("rec paused")  # by itself, once: Priya refused to be recorded
        screen.press_twice("f8")
        screen.press("f8", "f8")
        screen.wait_for("still needed")
        screen.press("f9")
        screen.send("dupl")
        screen.press("enter", "alt+enter", "alt+enter", "alt+enter")
        until(place.written_back)
        screen.wait_for("Waiting for the next contact")
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert b"was not" not in screen.raw  # what was done by the first press is no failure of the second
    done = [one["path"].rpartition("/")[2] for one in place.record("contact_center", interaction)]
    assert sorted(done) == ["accept", "end", "pause", "wrap-up"]
    assert len(place.record("crm", "/v1/wrap-ups/")) == 1


def test_hold_and_mute_twice_are_hold_and_resume(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.wait_for("rec paused")  # by itself, once: Priya refused to be recorded
        screen.press("f4")
        screen.wait_for("on hold")
        screen.press("f4", "f5")
        screen.wait_for("talking")
        screen.wait_for("muted")
        screen.press("f5")
        screen.wait_gone("muted")
        done = [one["path"].rpartition("/")[2] for one in place.record("contact_center", interaction)]
        assert done == ["accept", "pause", "hold", "resume", "mute", "unmute"]


def test_what_could_not_be_done_is_told(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        place.faults("contact_center", {"match": "*/hold", "effect": "status", "status": 503})
        screen.press("f4")
        shown = screen.wait_for("The customer was not put on hold")
        assert "on hold 0" not in shown
        place.faults("contact_center")
        screen.press("f4")
        screen.wait_for("on hold 0")
