"""What an agent has of their supervisors, on a real terminal: help by one key, lines, who did what and why."""

from typing import Any

import httpx
import pytest

from desktop.testing.fresh import new_key
from tests.e2e.workplace import Workplace, ready, talking, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

AGENT = "maya"


def boss(place: Workplace, method: str, path: str, body: object = None, who: str = "sam") -> Any:
    """What a supervisor asks of the contact centre."""
    reply = httpx.request(
        method,
        place.servers.urls["contact_center"] + path,
        json=body,
        headers={"Authorization": f"Bearer {place.servers.tokens[who]}", "Idempotency-Key": new_key()},
        trust_env=False,
    )
    assert reply.is_success, reply.text
    return reply.json()


def open_help(place: Workplace) -> list[dict[str, Any]]:
    """The requests that a supervisor sees."""
    found: list[dict[str, Any]] = boss(place, "GET", "/v1/snapshot")["help"]
    return found


def order(place: Workplace, interaction: str, verb: str, why: str) -> None:
    boss(place, "POST", f"/v1/floor/interactions/{interaction}/{verb}", {"why": why})


def test_help_is_asked_for_by_one_key_while_typing_and_the_answer_is_read_without_losing_a_letter(
    place: Workplace,
) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.send("They were charged ")
        screen.press("alt+l")
        screen.wait_for("Help from a supervisor")
        screen.send("they shout at me")
        screen.press("enter")
        (asked,) = until(lambda: open_help(place))
        assert (asked["text"], asked["interaction_id"]) == ("they shout at me", interaction)
        screen.wait_for("help requested")
        screen.send("twice")
        boss(place, "POST", f"/v1/help/{asked['id']}/answer", {"text": "I listen in."})
        screen.wait_for("Sam Rivera: I listen in.")
        screen.send(" in May")
        until(lambda: place.drafts() == ["They were charged twice in May"])
        screen.press("alt+l", "enter")
        until(lambda: open_help(place) == [])


def test_a_supervisors_line_does_not_take_the_keyboard_and_is_answered_by_one_key(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("One ")
        boss(place, "POST", f"/v1/agents/{AGENT}/messages", {"text": "Offer her \x1b[2Jthe [red]refund[/]."})
        screen.wait_for("Sam Rivera: Offer her")
        screen.wait_for("[red]refund[/]")
        screen.send("two")
        until(lambda: place.drafts() == ["One two"])
        screen.press("alt+y")
        screen.send("Done, thanks")
        screen.press("enter")
        until(lambda: boss(place, "GET", "/v1/snapshot")["agent_messages"][-1]["text"] == "Done, thanks")
        screen.send(" three")
        until(lambda: place.drafts() == ["One two three"])


def test_who_listens_and_who_speaks_stands_on_the_call(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        for mode, words in (
            ("listen", "Sam Rivera is listening"),
            ("whisper", "Sam Rivera is speaking to you"),
            ("barge", "Sam Rivera has joined in"),
        ):
            boss(place, "POST", "/v1/floor/monitors", {"agent_id": AGENT, "mode": mode, "why": "her second week"})
            screen.wait_for(words)
        screen.wait_for("Why: her second week")


def test_a_state_that_a_supervisor_changed_says_who_and_why(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        body = {"availability": "not_ready", "reason": "coaching", "why": "we talk about Priya"}
        boss(place, "PUT", f"/v1/floor/agents/{AGENT}/availability", body)
        screen.wait_for("Sam Rivera changed your state (available to not ready (coaching)). Why: we talk about Priya")
        screen.wait_for("Not ready")


@pytest.mark.parametrize("verb", ["take-over", "withdraw"])
def test_a_contact_that_a_supervisor_takes_leaves_the_note(place: Workplace, verb: str) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.send("My half of it")
        until(lambda: place.drafts() == ["My half of it"])
        if verb == "withdraw":  # a wrap-up that is stuck
            screen.press_twice("f8")
            until(lambda: place.phase(interaction) == "wrap_up")
        order(place, interaction, verb, "they ask for me")
        screen.wait_for("Why: they ask for me")
        if verb == "withdraw":
            kept_after_all(place, screen)
        else:
            until(lambda: place.phase(interaction) == "wrap_up")
            assert place.drafts() == ["My half of it"]


def kept_after_all(place: Workplace, screen: PtyScreen) -> None:
    """The text of a wrap-up that was closed under the agent's hands: to be delivered, or kept as a draft."""

    def kept() -> bool:
        return "My half of it" in place.drafts() or any("My half of it" in one["note"] for one in place.written_back())

    until(kept)
