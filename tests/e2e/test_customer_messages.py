"""Writing to a customer outside of a contact, on a real terminal with real servers: sent once, killed, answered."""

import json
import signal

import pytest

from tests.e2e.workplace import AVAILABLE, NARROW, PRIYA, WIDE, Counted, Workplace, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

TEMPLATES = """
[[replies]]
name = "Refund"
text = "Dear {customer.name}, the refund was sent today. {agent.name}"
"""


def on_card(screen: PtyScreen, name: str = "Priya Natarajan", number: str = "+44 20 7946 0018") -> None:
    """Have the customer's card before one, without any contact."""
    screen.wait_for("Maya")
    screen.press("/")
    screen.send(name)
    screen.wait_for(number)
    screen.press("enter")
    screen.wait_for("Not linked: there is no contact.")


def sent(place: Workplace) -> list[dict[str, str]]:
    """The messages that the sender took, in order."""
    return [one["body"] for one in place.record("messaging", "/v1/messages")]


def replies(place: Workplace) -> list[str]:
    return [json.loads(body).get("reply", "") for body in place.draft_bodies()]


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_from_the_card_to_what_became_of_it(place: Workplace, size: tuple[int, int]) -> None:
    with place.desktop(size) as screen:
        on_card(screen)
        keys = Counted(screen)
        keys.press("T")
        screen.wait_for("Text to Priya Natarajan")
        keys.write("Your refund was sent.")
        screen.wait_for("draft saved")
        keys.press("alt+enter")
        screen.wait_for("takes it back")
        assert len(keys.pressed) == 2
        assert sent(place) == []
        screen.press("alt+enter")  # once more, by a slip
        (message,) = until(lambda: sent(place))
        screen.wait_for("● delivered")
        screen.press("escape")
        screen.wait_for("delivered: Your")
        assert (message["to"], message["channel"], message["text"]) == (PRIYA, "sms", "Your refund was sent.")
        assert len(sent(place)) == 1 and place.draft_bodies() == []
    with place.desktop(size) as screen:
        on_card(screen)
        screen.wait_for("delivered: Your")


def test_killed_while_it_is_written_the_words_are_there_for_that_customer(place: Workplace) -> None:
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.press("T")
        screen.send("Half a mess")
        until(lambda: replies(place) == ["Half a mess"])
        screen.kill()
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.wait_for("unfinished message")
        screen.press("T")
        screen.wait_for("Half a mess")
        screen.send("age")
        until(lambda: replies(place) == ["Half a message"])
    assert sent(place) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_while_it_is_sent_it_goes_once(place: Workplace, how: signal.Signals) -> None:
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.press("T")
        screen.send("Only once.")
        screen.press("alt+enter")
        screen.wait_for("takes it back")
        screen.kill(how)
        screen.wait_exit()
    with place.desktop(WIDE) as screen:
        until(lambda: [one["text"] for one in sent(place)] == ["Only once."])
        on_card(screen)
        screen.wait_for("delivered: Only")
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.wait_for("delivered: Only")
    assert [one["text"] for one in sent(place)] == ["Only once."]


def test_a_sender_that_is_down_or_answers_nothing_gets_it_once(place: Workplace) -> None:
    place.faults("messaging", {"match": "POST /v1/messages", "effect": "apply_then_fail", "times": 1})
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.press("T")
        screen.send("Only once.")
        screen.press("alt+enter")
        screen.wait_for("● delivered", deadline=60)
    assert [one["text"] for one in sent(place)] == ["Only once."]


def test_who_did_not_agree_is_not_written_to_and_the_words_stay(place: Workplace) -> None:
    with place.desktop(NARROW) as screen:
        on_card(screen, "A. Lind", "+44 20 7946 0203")
        screen.press("T")
        screen.wait_for("E-mail to A. Lind")
        screen.press("alt+T")
        screen.wait_for("A. Lind has not agreed to receive text messages.")
        screen.send("Hello")
        screen.press("alt+enter")
        until(lambda: replies(place) == ["Hello"])
        screen.press("escape")
        screen.wait_for("unfinished message: SMS")
    assert sent(place) == []


def test_the_answer_comes_back_as_a_contact_with_what_was_sent_before_it(place: Workplace) -> None:
    (place.folder / "replies.toml").write_text(TEMPLATES)
    with place.desktop(WIDE) as screen:
        on_card(screen)
        screen.press("T")
        screen.wait_for("canned reply")
        screen.press("/")
        screen.wait_for("Canned replies")
        screen.press("enter", "alt+enter")
        until(lambda: sent(place))
        assert sent(place)[0]["text"] == "Dear Priya Natarajan, the refund was sent today. Maya Okafor"
        screen.wait_for("● delivered")
        screen.press("escape", "escape", "s", "1")
        screen.wait_for(AVAILABLE)
        contact = place.step("inbound_message", **{"from": PRIYA, "text": "Thank you!", "queue": "Billing"})
        screen.wait_for("Incoming")
        screen.press("f2")
        until(lambda: place.phase(contact["interaction_id"]) == "active")
        screen.wait_for("Thank you!")
        screen.wait_for("delivered: Dear")


def test_a_message_that_is_no_contact_is_answered_from_its_notice(place: Workplace) -> None:
    with place.desktop(WIDE) as screen:
        screen.wait_for("Maya")
        place.step("inbound_message", **{"from": PRIYA, "text": "Where is my refund?"})
        screen.wait_for("answers it")
        screen.press("T")
        screen.wait_for("Priya Natarajan")
        screen.press("enter")
        screen.wait_for("Text to Priya Natarajan")
        screen.send("On its way.")
        screen.press("alt+enter")
        until(lambda: [one["text"] for one in sent(place)] == ["On its way."])
