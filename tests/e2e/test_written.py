"""Answering an e-mail: a canned reply in three keys, five seconds to take it back, killed and left in between."""

import json
import signal

import pytest

from tests.e2e.workplace import AVAILABLE, WIDE, Counted, Workplace, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

REPLIES = """
[[replies]]
name = "Refund"
text = "Dear {customer.name}, the refund was sent today. {agent.name}"
channel = "email"
"""
PRIYAS_MAIL = "priya.natarajan@example.com"


def reading(place: Workplace, screen: PtyScreen) -> str:
    """Be in an e-mail with the cursor in the reply; the contact's id."""
    screen.wait_for("Maya")
    screen.press("s", "1")
    screen.wait_for(AVAILABLE)
    mail = place.call(PRIYAS_MAIL, channel="email", name="Priya", messages=["Where is my refund?"])
    screen.wait_for("Incoming")
    screen.press("f2")
    until(lambda: place.phase(mail) == "active")
    screen.wait_for("Reply to")
    return mail


def sent(place: Workplace, mail: str) -> list[str]:
    return [one["text"] for one in place.interaction(mail).get("messages", ()) if one["author"] == "agent"]


def test_a_canned_reply_is_sent_with_three_keys_and_goes_after_the_wait(place: Workplace) -> None:
    (place.folder / "replies.toml").write_text(REPLIES)
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.wait_for("canned reply")
        keys = Counted(screen)
        keys.press("/")
        keys.write("refu")
        screen.wait_for("Canned replies")
        keys.press("enter", "alt+enter")
        screen.wait_for("takes it back")
        assert len(keys.pressed) == 3
        assert sent(place, mail) == []
        (text,) = until(lambda: sent(place, mail))
        assert text.startswith("Dear ") and text.endswith("the refund was sent today. Maya Okafor"), text
        assert "{" not in text


def test_a_mail_taken_back_is_in_the_field_and_never_goes(place: Workplace) -> None:
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Not yet.")
        screen.press("alt+enter")
        screen.wait_for("takes it back")
        screen.press("alt+u")
        screen.wait_for("Taken back: it was not sent.")
        screen.send(" Now.")
        screen.press("alt+enter")
        until(lambda: sent(place, mail))
        assert sent(place, mail) == ["Not yet. Now."]


def test_killed_while_it_waits_it_goes_once(place: Workplace) -> None:
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Only once.")
        screen.press("alt+enter")
        screen.wait_for("takes it back")
        screen.kill()
    assert sent(place, mail) == []
    with place.desktop(WIDE) as screen:
        until(lambda: sent(place, mail) == ["Only once."])
        screen.wait_gone("takes it back")
    with place.desktop(WIDE) as screen:
        screen.wait_for("Only once.")
        assert sent(place, mail) == ["Only once."]


@pytest.mark.parametrize("how", ["ctrl+o", "SIGTERM"])
def test_leaving_while_it_waits_sends_it(place: Workplace, how: str) -> None:
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Before I go.")
        screen.press("alt+enter")
        screen.wait_for("takes it back")
        if how == "ctrl+o":
            screen.press_twice("ctrl+o")
        else:
            screen.kill(signal.SIGTERM)
        screen.wait_exit()
    if not sent(place, mail):
        with place.desktop(WIDE) as screen:
            until(lambda: sent(place, mail))
    assert sent(place, mail) == ["Before I go."]


def test_ending_the_contact_sends_it_first(place: Workplace) -> None:
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Before it ends.")
        screen.press("alt+enter")
        screen.wait_for("takes it back")
        screen.press_twice("f8")
        until(lambda: place.phase(mail) == "wrap_up")
        assert sent(place, mail) == ["Before it ends."]


def test_killed_while_a_reply_with_a_file_waits_it_goes_once_with_its_file(place: Workplace) -> None:
    bill = place.folder / "bill.pdf"
    bill.write_bytes(b"%PDF bill")
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Here it is.")
        screen.press("escape")
        screen.wait_gone("leave the field")
        screen.press("A")
        screen.wait_for("Attach a file to the reply to")
        screen.press("ctrl+u")
        screen.send(str(bill))
        screen.wait_for("▌bill.pdf")
        screen.press("enter")
        screen.wait_for("bill.pdf goes with your reply.")
        screen.kill()
    with place.desktop(WIDE) as screen:
        screen.wait_for("Here it is.")
        screen.wait_for("▤ bill.pdf")
        screen.press("t")
        screen.press_twice("alt+enter")
        screen.wait_for("takes it back")
        screen.kill()
    assert sent(place, mail) == []
    with place.desktop(WIDE) as screen:
        until(lambda: len(sent(place, mail)) == 1)
        screen.wait_gone("takes it back")
    ours = [one for one in place.interaction(mail)["messages"] if one["author"] == "agent"]
    assert [[file["name"] for file in one["attachments"]] for one in ours] == [["bill.pdf"]]
    assert ours[0]["text"].startswith("Here it is.")


def test_a_file_that_vanished_is_said_and_the_words_stay(place: Workplace) -> None:
    bill = place.folder / "bill.pdf"
    bill.write_bytes(b"%PDF bill")
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Here it is.")
        screen.press("escape")
        screen.wait_gone("leave the field")
        screen.press("A")
        screen.wait_for("Attach a file to the reply to")
        screen.press("ctrl+u")
        screen.send(str(bill))
        screen.wait_for("▌bill.pdf")
        screen.press("enter")
        screen.wait_for("bill.pdf goes with your reply.")
        bill.unlink()
        screen.press_twice("alt+enter")
        screen.wait_for("bill.pdf is not there any more.")
        screen.wait_for("Here it is.")
    assert sent(place, mail) == []


@pytest.mark.parametrize(
    ("key", "opened"),
    [
        ("A", "Attach a file"),
        ("C", "evaluations and coaching"),
        ("M", "My day"),
        ("o", "Outbox"),
        ("?", "One key per action"),
    ],
)
def test_a_quick_esc_and_a_key_is_the_command_and_never_a_word(place: Workplace, key: str, opened: str) -> None:
    with place.desktop(WIDE) as screen:
        mail = reading(place, screen)
        screen.send("Dear Priya")
        until(lambda: [json.loads(body)["reply"] for body in place.draft_bodies()] == ["Dear Priya"])
        screen.send(b"\x1b" + key.encode())
        screen.wait_for(opened)
        screen.press("escape", "alt+t")
        screen.send("n, A and C.")
        until(lambda: [json.loads(body)["reply"] for body in place.draft_bodies()] == ["Dear Priyan, A and C."])
        assert sent(place, mail) == []
