"""My day on real servers: what was just finished, the callback that was promised, the agent's own schedule."""

import re

import pytest

from tests.e2e.workplace import Workplace, ready, talking


@pytest.mark.thorough
def test_what_was_finished_and_promised_and_the_schedule_of_the_agent(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        screen.press("M")
        screen.wait_for("Finished here today · 0")
        screen.wait_for(re.compile(r"(schedule \S|Nothing is planned)"))
        screen.press("escape")
        talking(place, screen)
        screen.send("charged twice")
        screen.press_twice("f8")
        screen.wait_for("still needed")
        screen.press("alt+c")
        screen.send("tomorrow 14:00 about the refund")
        screen.press("enter")
        screen.wait_for("→ callback")
        screen.send("dupl")
        screen.press("enter", "alt+enter")
        screen.wait_for("No active contacts.")
        screen.press("M")
        screen.wait_for("Finished here today · 1")
        shown = screen.wait_for(lambda seen: "Callbacks you promised" in seen and "✓" in seen)
        assert re.search(r"14:00.*Priya Natarajan.*about the refund", shown)
        assert re.search(r"☎ ✓ Priya Natarajan · Billing · Duplicate charge · charged twice", shown)
        screen.press("escape")
        screen.wait_for("Timeline")
