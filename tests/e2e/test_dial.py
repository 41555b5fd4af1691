"""An agent calls: a customer found by search, a number that was typed, and what is refused stays to be mended."""

import re

import pytest

from tests.e2e.workplace import Workplace, ready


@pytest.mark.thorough
def test_a_customer_who_was_searched_for_is_called(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        screen.press("/")
        screen.send("natarajan")
        screen.wait_for("Natarajan")
        screen.press("enter")
        screen.wait_for("Not linked: there is no contact.")
        screen.press("D")
        screen.wait_for(re.compile(r"Call Priya Natarajan"))
        screen.wait_for("+44 20 7946 0018")
        screen.press("enter")
        screen.wait_for("talking")
        screen.wait_for(lambda seen: "C-4471" in seen and "Call Priya" not in seen)
        screen.send("called her back")
        screen.wait_for("called her back")
        screen.press_twice("f8")
        screen.wait_for("still needed")


def test_a_number_that_is_none_stays_to_be_mended_and_nobody_is_called_twice(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        screen.press("D")
        screen.wait_for("a number, with + and the country")
        screen.send("+44 20 79")
        screen.press("enter")
        screen.wait_for("is no telephone number")
        screen.send("46 0021")
        screen.press("enter")
        screen.wait_for(lambda seen: "talking" in seen and "enter call" not in seen)
        screen.press("escape")
        screen.wait_for("n note")
        screen.press("D")
        screen.wait_for("You are on a call already; end it first.")
