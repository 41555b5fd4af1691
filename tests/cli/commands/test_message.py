"""A message to a customer from a shell: sent once under a key, from a template, refused, and how far it has come."""

from pathlib import Path

import pytest

from desktop.cli.exits import Exit
from mock_backends.launcher import Running
from tests.cli.command_line import control, run
from tests.cli.commands.test_whole_call import good

PRIYA, LIND = "C-4471", "C-4203"
NUMBER, MAIL = "+442079460018", "priya.natarajan@example.com"


def sent(servers: Running, text: str) -> list[dict[str, str]]:
    record = control(servers.urls["messaging"], "GET", "record")["record"]
    return [one["body"] for one in record if one["path"] == "/v1/messages" and one["body"]["text"] == text]


def test_it_is_sent_once_under_its_key_and_its_status_told(servers: Running, env: dict[str, str]) -> None:
    words = ["message", "send", PRIYA, "--text", "From a shell.", "--key", "shell-1"]
    first, second = good(*words, env=env), good(*words, env=env)
    assert first["id"] == second["id"] and (first["to"], first["channel"], first["key"]) == (NUMBER, "sms", "shell-1")
    (message,) = sent(servers, "From a shell.")
    assert (message["to"], message["customer_id"]) == (NUMBER, PRIYA)
    status = good("message", "status", first["id"], env=env)
    assert status["id"] == first["id"] and status["state"] in ("queued", "sent", "delivered")


@pytest.mark.thorough
def test_a_template_is_filled_in(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "replies.toml").write_text(
        '[[replies]]\nname = "Refund"\ntext = "Dear {customer.name}, sent today. {agent.name}"\nqueue = "Billing"\n'
        '[[replies]]\nname = "Queue"\ntext = "From {queue.name}"\n'
    )
    words = ["--channel", "email", "--to", MAIL, "--subject", "Your refund"]
    good("message", "send", PRIYA, "--template", "refund", *words, env=env)
    (message,) = sent(servers, "Dear Priya Natarajan, sent today. Maya Okafor")
    assert (message["to"], message["subject"]) == (MAIL, "Your refund")
    gap = run("message", "send", PRIYA, "--template", "Queue", env=env)
    assert gap.code == Exit.REFUSED and "queue.name" in gap.words
    unknown = run("message", "send", PRIYA, "--template", "No such", env=env)
    assert unknown.code == Exit.REFUSED and "No such" in unknown.words


@pytest.mark.thorough
def test_what_may_not_go_is_refused_in_words(servers: Running, env: dict[str, str]) -> None:
    refused = run("message", "send", LIND, "--text", "Not to her.", env=env)
    assert refused.code == Exit.REFUSED and "has not agreed to receive text messages" in refused.words
    elsewhere = run("message", "send", PRIYA, "--to", "+4930123456", "--text", "Not there.", env=env)
    assert elsewhere.code == Exit.REFUSED and "is not on the card of Priya Natarajan" in elsewhere.words
    subject = run("message", "send", PRIYA, "--channel", "email", "--text", "No subject.", env=env)
    assert subject.code == Exit.USAGE and "--subject" in subject.words
    nothing = run("message", "send", PRIYA, "--text", " ", env=env)
    assert nothing.code == Exit.USAGE
    for text in ("Not to her.", "Not there.", "No subject."):
        assert sent(servers, text) == []
    assert run("message", "status", "no-such", env=env).code == Exit.REFUSED


def test_a_card_number_does_not_leave_this_machine(servers: Running, env: dict[str, str]) -> None:
    answer = good("message", "send", PRIYA, "--text", "Card 4111 1111 1111 1111", env=env)
    assert "4111 1111 1111 1111" not in answer["text"]
