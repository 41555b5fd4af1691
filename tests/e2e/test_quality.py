"""EvaluationService at the real screen on real servers: killed in the middle, unplugged at the end."""

import json
import signal

import httpx
import pytest

from tests.e2e.workplace import Workplace, until

pytestmark = pytest.mark.thorough


def as_supervisor(place: Workplace) -> None:
    """The profile is Sam's from now on."""
    (place.folder / "token").write_text(place.servers.tokens["sam"])


def cards(place: Workplace) -> list[dict[str, object]]:
    """The scorecards that are on disk, read as another process."""
    return [json.loads(text) for text in place.review_draft_bodies() if '"calibration"' in text]


def submitted(place: Workplace) -> list[dict[str, object]]:
    """What reached the contact centre."""
    return [one["body"] for one in place.record("contact_center", "/v1/quality/evaluations")]


def test_killed_in_the_middle_of_a_scorecard(place: Workplace) -> None:
    as_supervisor(place)
    with place.desktop() as screen:
        screen.wait_for("Agents ·")
        screen.send("S")
        screen.wait_for("to review")
        screen.press("enter")
        screen.wait_for("7 unanswered")
        screen.send("12c")
        screen.wait_for("back to the scorecard")
        screen.send("no date of birth asked")
        until(lambda: any("no date of birth asked" in json.dumps(card) for card in cards(place)))
        screen.kill(signal.SIGKILL)
        assert screen.wait_exit() == 137
    with place.desktop() as screen:
        screen.wait_for("Agents ·")
        screen.send("S")
        screen.wait_for("✎ 2/7")
        screen.press("enter")
        screen.wait_for("5 unanswered")
        screen.press("up")
        screen.wait_for("no date of birth asked")
        screen.press("down")
        screen.send("51")
        screen.press("2")
        screen.send("51")
        screen.wait_for("submit")
        # the server does it, and its answer is lost: the same is sent again under the same key
        lost = {"match": "POST /v1/quality/evaluations", "effect": "apply_then_fail", "times": 1}
        place.faults("contact_center", lost)
        screen.press("alt+enter")
        screen.wait_gone("alt+enter submit", 20)
        until(lambda: not cards(place), 20)
    assert len(submitted(place)) == 1


def test_an_agent_is_told_quietly_and_acknowledges(place: Workplace) -> None:
    with place.desktop() as screen:
        screen.wait_for("No active contacts.")
        note = {"agent_id": "maya", "text": "Well done with the refund."}
        ask(place, "sam", "/v1/quality/coaching", note)
        screen.wait_for("feedback on your work from Sam Rivera")
        screen.send("C")
        screen.wait_for("Well done with the refund.")
        screen.press("enter")
        screen.wait_for("not acknowledged yet")
        screen.send("a")
        screen.wait_for("later (kept)")
        screen.send("Thank you")
        screen.press("alt+enter")
        screen.wait_for("all acknowledged")
        (answer,) = place.record("contact_center", "/acknowledge")
        assert answer["body"] == {"answer": "Thank you"}


def test_who_wrote_a_note_is_told_of_the_answer_and_reads_it(place: Workplace) -> None:
    as_supervisor(place)
    with place.desktop() as screen:
        screen.wait_for("Agents ·")
        note = ask(place, "sam", "/v1/quality/coaching", {"agent_id": "maya", "text": "Well done with the refund."})
        path = f"/v1/quality/coaching/{note['id']}"
        ask(place, "maya", path + "/acknowledge", {"answer": "It was a kind customer."})
        screen.wait_for("Maya Okafor answered your coaching note: S on the floor to read.")
        screen.wait_for("S ● 1 answer", 20)
        screen.send("S")
        screen.wait_for("to review")
        screen.send("4")
        screen.wait_for("It was a kind customer.")
        screen.press("enter")
        screen.wait_for("✓ answered")
        until(lambda: place.record("contact_center", path + "/read"))
        screen.press("escape")
        screen.press("escape")
        screen.wait_gone("● 1 answer")


def ask(place: Workplace, who: str, path: str, body: object) -> dict[str, str]:
    """Have somebody else do something with a coaching note; the note."""
    headers = {"Authorization": f"Bearer {place.servers.tokens[who]}", "Idempotency-Key": path}
    url = place.servers.urls["contact_center"] + path
    answer = httpx.post(url, json=body, headers=headers, trust_env=False).raise_for_status()
    made: dict[str, str] = answer.json()["note"]
    return made
