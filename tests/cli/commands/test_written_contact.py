"""A written contact from a shell: answered with files and copies, and what the customer sent is saved."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.exits import Exit
from mock_backends.launcher import Running
from tests.cli.command_line import control, run
from tests.cli.commands.test_whole_call import good

ANN, BO = "ann@example.com", "bo@example.com"


def mail(servers: Running, env: dict[str, str]) -> str:
    """An e-mail with a file that maya has accepted."""
    good("do", "available", env=env)
    step = {
        "do": "call", "from": ANN, "channel": "email", "queue": "Billing", "subject": "Order 7", "stays": None,
        "messages": ["Where is it?"], "cc": [BO],
        "attachments": [{"name": "../../evil\u202egnp.exe", "base64": base64.b64encode(b"\x89PNG").decode()}],
    }  # fmt: skip
    made = control(servers.urls["contact_center"], "POST", "step", step)["interaction_id"]
    good("do", "accept", made, env=env)
    return str(made)


def finish(servers: Running, contact: str) -> None:
    for do in ("hangup", "end_wrap_up"):
        control(servers.urls["contact_center"], "POST", "step", {"do": do, "interaction": contact})


def test_a_mail_is_answered_with_a_file_and_a_copy_once(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    contact = mail(servers, env)
    try:
        (tmp_path / "bill.pdf").write_bytes(b"%PDF bill")
        words = ["do", "send_message", contact, "--text", "Here.", "--subject", "Your bill", "--to", ANN, "--cc", BO]
        words += ["--file", str(tmp_path / "bill.pdf"), "--key", f"cli-{contact}"]
        for _ in range(2):
            answer = good(*words, env=env)
        ours = [one for one in answer["messages"] if one["author"] == "agent"]
        (sent,) = ours
        assert (sent["subject"], sent["to"], sent["cc"]) == ("Your bill", [ANN], [BO])
        (file,) = sent["attachments"]
        assert (file["name"], file["media_type"], file["size"]) == ("bill.pdf", "application/pdf", 9)
        saved = good("do", "save_file", contact, "--message", sent["id"], env=env)
        assert Path(saved["path"]).read_bytes() == b"%PDF bill"
    finally:
        finish(servers, contact)


@pytest.mark.thorough
def test_a_file_is_sent_without_a_text(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    contact = mail(servers, env)
    try:
        (tmp_path / "bill.pdf").write_bytes(b"%PDF bill")
        answer = good("do", "send_message", contact, "--file", str(tmp_path / "bill.pdf"), env=env)
        (sent,) = [one for one in answer["messages"] if one["author"] == "agent"]
        assert (sent["text"], [one["name"] for one in sent["attachments"]]) == ("", ["bill.pdf"])
        assert run("do", "send_message", contact, env=env).code == Exit.USAGE
    finally:
        finish(servers, contact)


@pytest.mark.thorough
def test_a_customers_file_is_saved_under_a_safe_name(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    contact = mail(servers, env)
    try:
        (first,) = _messages(env, contact)
        saved = good("do", "save_file", contact, "--message", first["id"], env=env)
        path = Path(saved["path"])
        assert path == tmp_path / "data" / "work.files" / "evilgnp.exe"
        assert path.read_bytes() == b"\x89PNG"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert run("do", "save_file", contact, "--message", "no-such", env=env).code != 0
    finally:
        finish(servers, contact)


def _messages(env: dict[str, str], contact: str) -> list[dict[str, Any]]:
    sent = good("do", "send_message", contact, "--text", "One moment.", env=env)
    return [one for one in sent["messages"] if one["author"] == "customer"]


@pytest.mark.thorough
def test_what_cannot_go_is_said_and_nothing_is_sent(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    for words in (["--file", str(tmp_path / "missing.pdf")], ["--cc", "nobody"], ["--cc", "a@b.c\nBcc: x@y.z"]):
        ran = run("do", "send_message", "any", "--text", "Here.", *words, env=env)
        assert ran.code == 2, (words, ran.words)
        assert "missing.pdf" in ran.words or "is no e-mail address" in ran.words
