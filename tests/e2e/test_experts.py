"""Every ending of a consult and of a transfer has its face, and the customer is never left alone."""

import pytest

from tests.e2e.workplace import Workplace, finish, talking, until
from tests.tui.pty_screen import PtyScreen

ENDINGS = {
    "expert_busy": "is busy",
    "expert_no_answer": "did not answer",
    "expert_declines": "declined",
    "expert_unreachable": "cannot be reached",
}


def consult(place: Workplace, screen: PtyScreen, interaction: str) -> None:
    """From the call to an expert who rings."""
    screen.press("f6")
    screen.send("refunds noor")
    screen.press("enter")
    screen.wait_for("Noor Haddad  ringing")
    assert place.interaction(interaction)["held"]


@pytest.mark.thorough
def test_an_expert_who_cannot_help_leaves_the_customer_on_the_line(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        for do, words in ENDINGS.items():
            consult(place, screen, interaction)
            place.step(do)
            screen.wait_for(f"Noor Haddad  {words}")
            screen.wait_for("Priya Natarajan  on the line")
            assert not place.interaction(interaction)["held"]
        assert len(place.interaction(interaction)["legs"]) == len(ENDINGS)


@pytest.mark.thorough
def test_an_expert_who_hangs_up(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        consult(place, screen, interaction)
        place.step("expert_answers")
        screen.wait_for("Noor Haddad  talking")
        place.step("expert_hangs_up")
        screen.wait_for("Priya Natarajan  on the line")
        assert not place.interaction(interaction)["held"]


@pytest.mark.thorough
@pytest.mark.parametrize("do", ["expert_busy", "expert_no_answer"])
def test_a_blind_transfer_that_fails_brings_the_customer_back(place: Workplace, do: str) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.send("before ")
        screen.press("f7")
        screen.send("noor haddad")
        screen.press("enter")
        screen.wait_for("F7 again: blind transfer of Priya Natarajan to Noor Haddad")
        screen.press_again("f7")
        screen.wait_for("Noor Haddad  ringing")
        place.step(do)
        screen.wait_for(f"Noor Haddad  {ENDINGS[do]}")
        screen.wait_for("Priya Natarajan  on the line")
        assert place.phase(interaction) == "active"
        screen.send("after")
        until(lambda: place.drafts() == ["before after"])


@pytest.mark.thorough
def test_a_blind_transfer_that_works_ends_in_the_wrap_up(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("to Noor")
        screen.press("f6")
        screen.send("refunds noor")
        screen.press("f7")
        screen.wait_for("F7 again: blind transfer of Priya Natarajan to Noor Haddad")
        screen.press_again("f7")
        screen.wait_for("Noor Haddad  ringing")
        place.step("expert_answers")
        finish(screen)
        (body,) = until(place.written_back)
        assert body["note"] == "to Noor"


@pytest.mark.thorough
def test_a_conference_with_everybody(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        consult(place, screen, interaction)
        place.step("expert_answers")
        screen.wait_for("Noor Haddad  talking")
        screen.press("alt+j")
        screen.wait_for("All three hear each other.")
        screen.wait_for("Priya Natarajan  in conference")
        assert len(place.record("contact_center", "/conference")) == 1


@pytest.mark.thorough
def test_a_customer_who_hangs_up_while_an_expert_is_on_the_line(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("asked Noor")
        consult(place, screen, str(place.record("contact_center", "/accept")[0]["path"].split("/")[3]))
        place.step("expert_answers")
        screen.wait_for("Noor Haddad  talking")
        place.step("hangup")
        screen.wait_for("customer hung up")
        finish(screen)
        (body,) = until(place.written_back)
        assert body["note"] == "asked Noor"


@pytest.mark.thorough
def test_an_expert_who_is_asked_in_writing_answers(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.press("f6")
        screen.send("refunds noor")
        screen.press("alt+enter")
        screen.send("May I refund twice?")
        screen.press("enter")
        screen.wait_for("You      May I refund twice?")
        place.step("chat", principal="maya", person="noor", text="Once only.")
        screen.wait_for("Noor     Once only.")
        assert len(place.record("presence", "/v1/chats/noor")) == 1


@pytest.mark.thorough
def test_a_number_outside_is_consulted_and_takes_the_customer(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.press("f6")
        screen.send("+44 20 7946 0077")
        screen.wait_for("number")
        screen.press("enter")
        screen.wait_for("+442079460077  ringing")
        assert [one["target"] for one in place.interaction(interaction)["legs"]] == ["+442079460077"]
        place.step("expert_answers")
        screen.wait_for("+442079460077  talking")
        screen.press_twice("f7")
        until(lambda: place.phase(interaction) == "wrap_up")
