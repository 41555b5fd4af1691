"""A call from ring to wrap-up, through the demo and through a profile, and what the far side has of it after."""

from pathlib import Path

import pytest

from tests.cli.command_line import clean_env, run
from tests.e2e.workplace import DESKTOP, NARROW, SHARED, WIDE, Counted, Workplace, finish, leave, ready, talking, until
from tests.tui.pty_screen import PtyScreen

NOTE = "Charged twice in October; Noor says refund it. Café ☕"


def test_a_call_through_the_demo_itself(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    config = str(tmp_path / "share" / "agent-desktop" / "demo" / "config.toml")
    with PtyScreen([*DESKTOP, "demo", "--speed", "3"], rows=36, cols=120, env=env) as screen:
        screen.wait_for("guide", 40)
        ready(screen)
        screen.wait_for("Incoming")
        screen.wait_for("C-4471")
        assert "talking" not in screen.text()
        before = run("--config", config, "timeline", "C-4471", env=env).json
        screen.press("f2")
        screen.wait_for("talking")
        screen.send(NOTE)
        screen.press("f6")
        screen.send("refunds noor")
        screen.press("enter")
        screen.wait_for("Noor Haddad  talking")
        screen.press("f6")
        screen.wait_for("Noor Haddad  ended")
        screen.press_twice("f8")
        finish(screen)
        screen.wait_for("Waiting for the next contact")
        screen.wait_for("outbox 0")
        after = until(
            lambda: [e for e in run("--config", config, "timeline", "C-4471", env=env).json if NOTE in str(e)]
        )
        assert len(after) == 1
        assert NOTE not in str(before)
        leave(screen)
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []


@pytest.mark.thorough
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_call_with_an_expert_is_written_back_once(place: Workplace, size: tuple[int, int]) -> None:
    with place.desktop(size) as screen:
        ready(screen)
        interaction = place.call()
        for shown in ("Incoming", "C-4471", "promised refund of the duplicate charge"):
            screen.wait_for(shown)
        assert place.phase(interaction) == "offered"  # the record was there before the answer
        screen.press("f2")
        screen.wait_for("talking")
        screen.send(NOTE)
        consult = Counted(screen)
        consult.press("f6")
        consult.write("refunds noor")
        consult.press("enter")
        until(lambda: [leg["phase"] for leg in place.interaction(interaction)["legs"]] == ["ringing"])
        assert len(consult.pressed) <= 4
        if size is NARROW:
            screen.press("alt+n")
        screen.wait_for("Noor Haddad  ringing")
        assert place.interaction(interaction)["held"]
        place.step("expert_answers", target="person:noor")
        screen.wait_for("Noor Haddad  talking")
        screen.press("f4")
        screen.wait_for("Priya Natarajan  on the line")
        assert not place.interaction(interaction)["held"]
        screen.press("f4")
        screen.wait_for("Priya Natarajan  on hold")
        screen.press("f6")
        screen.wait_for("Noor Haddad  ended")
        assert not place.interaction(interaction)["held"]
        screen.press_twice("f8")
        finish(screen)
        (body,) = until(place.written_back)
        screen.wait_for("Waiting for the next contact")
        assert (body["interaction_id"], body["customer_id"]) == (interaction, "C-4471")
        assert (body["note"], body["codes"]) == (NOTE, ["duplicate-charge"])
        assert body["experts"] != []
        until(lambda: place.phase(interaction) in ("", "closed"))
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []
    assert len(place.written_back()) == 1
    wrap_ups = place.record("contact_center", f"{interaction}/wrap-up")
    assert [(one["body"]["codes"], one["body"]["note_given"]) for one in wrap_ups] == [(["duplicate-charge"], True)]
    assert place.drafts() == []


@pytest.mark.thorough
def test_a_warm_transfer_ends_in_the_wrap_up(place: Workplace) -> None:
    with place.desktop() as screen:
        interaction = talking(place, screen)
        screen.send("handed to Noor")
        screen.press("f6")
        screen.send("refunds noor")
        screen.press("enter")
        screen.wait_for("Noor Haddad  ringing")
        place.step("expert_answers", target="person:noor")
        screen.wait_for("Noor Haddad  talking")
        screen.press("f7")
        screen.wait_for("F7 again: hand Priya Natarajan over to Noor Haddad")
        screen.press_again("f7")
        finish(screen)
        (body,) = until(place.written_back)
        assert body["note"] == "handed to Noor"
        assert len(place.record("contact_center", f"{interaction}/legs")) == 1


def test_answer_note_and_wrap_up_in_six_keys(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        place.call()
        screen.wait_for("Incoming")
        keys = Counted(screen)
        keys.press("f2")
        screen.wait_for("talking")
        keys.write("all is well")
        keys.press_twice("f8")
        screen.wait_for("still needed")
        keys.press("f9")
        keys.write("dupl")
        keys.press("enter", "alt+enter")
        (body,) = until(place.written_back)
        assert (body["note"], body["codes"]) == ("all is well", ["duplicate-charge"])
        assert len(keys.pressed) <= 6


@pytest.mark.thorough
def test_the_right_one_of_three_with_one_key(place: Workplace) -> None:
    with place.desktop() as screen:
        ready(screen)
        interaction = place.call(SHARED)
        screen.wait_for("3 customers")
        screen.wait_for("Who is it?")
        keys = Counted(screen)
        keys.press("2")
        links = until(lambda: place.record("crm", f"/v1/links/{interaction}"))
        assert len(keys.pressed) == len(links) == 1
        chosen = str(links[0]["body"]["customer_id"])
        screen.wait_gone("Who is it?")
        screen.wait_for(f"id {chosen}")


@pytest.mark.thorough
def test_a_text_message_in_three_keys_is_sent_once(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.press_twice("f8")
        screen.wait_for("still needed")
        keys = Counted(screen)
        keys.press("alt+t")
        keys.write("Your refund is on its way.")
        keys.press("enter")
        screen.wait_for("→ SMS")
        assert len(keys.pressed) <= 3
        screen.send("dupl")
        screen.press("enter", "alt+enter")
        sent = until(lambda: place.record("messaging", "/v1/messages"))
        assert [one["body"]["text"] for one in sent] == ["Your refund is on its way."]
        screen.wait_for("outbox 0")
    assert len(place.record("messaging", "/v1/messages")) == 1
    assert len(place.written_back()) == 1
