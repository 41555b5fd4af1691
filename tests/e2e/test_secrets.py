"""Tokens, card numbers and customers' words stay where they belong (S7); a crash says nothing of them (R11)."""

import re
import sys
from pathlib import Path

import psutil
import pytest

from tests.cli.command_line import clean_env
from tests.e2e.workplace import DESKTOP, Workplace, finish, talking, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

CARD = "4111 1111 1111 1111"
SECRET = "swordfish-canary"
CRASHING = [sys.executable, str(Path(__file__).with_name("crashing_desktop.py"))]


def mine(pid: int) -> list[psutil.Process]:
    """The desktop and what it started."""
    desktop = psutil.Process(pid)
    return [desktop, *desktop.children(recursive=True)]


def files_without(folder: Path, *secrets: str) -> None:
    """No file here holds a secret, except the token file itself."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "token":
            content = path.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, path


def test_secrets_are_in_no_log_no_argument_and_no_environment(place: Workplace) -> None:
    token = place.servers.tokens["maya"]
    place.faults("crm", {"match": "GET /v1/customers/*", "effect": "garbage", "times": 2})
    with place.desktop() as screen:
        talking(place, screen)
        screen.send(f"card {CARD}, {SECRET}")
        until(lambda: any(SECRET in draft for draft in place.drafts()))
        place.faults("contact_center", {"match": "*/hold", "effect": "garbage"})
        screen.press("f4")
        screen.wait_for("not put on hold")
        place.faults("contact_center")
        for process in mine(screen.pid):
            assert not any(word in part for part in process.cmdline() for word in (token, SECRET, CARD))
            if process.pid != screen.pid:
                assert not any(word in value for value in process.environ().values() for word in (token, SECRET))
        assert token not in str(psutil.Process(screen.pid).environ())
        screen.press("alt+i")
        shown = screen.wait_for("Connections")
        assert token not in shown
        screen.press("escape")
        screen.press_twice("f8")
        finish(screen)
        until(place.written_back)
        screen.wait_for("has the note")  # before, leaving asks
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert token.encode() not in screen.raw
    for log in place.folder.rglob("*.log"):
        text = log.read_text()
        assert not any(word in text for word in (token, SECRET, CARD, CARD.replace(" ", "")))
    files_without(place.folder, token, CARD, CARD.replace(" ", ""))
    (written,) = place.written_back()
    assert "•••• •••• •••• 1111" in written["note"]


def test_a_crash_shows_no_secret_and_the_next_start_has_the_draft(place: Workplace) -> None:
    token = place.servers.tokens["maya"]
    canary = "tok-canary-0123456789abcdefghijklmnopqrstuvwxyz"
    argv = [*CRASHING, "--config", str(place.config), canary]
    with place.desktop(argv=argv) as screen:
        interaction = talking(place, screen)
        screen.send("typed before the crash")
        screen.press("f1")
        assert screen.wait_exit() == 1
        assert screen.not_restored() == []
        assert "agent-desktop had to stop" in screen.after_screen
        assert "Traceback" not in screen.after_screen
        for word in (canary, token, CARD, "typed before"):
            assert word not in screen.after_screen
    (log,) = place.data.glob("*.log")
    assert "RuntimeError" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    for word in (canary, token, CARD, "typed before"):
        assert word not in log.read_text()
    assert re.search(r"line \d+", log.read_text())
    assert place.drafts() == ["typed before the crash"]
    with place.desktop(argv=[*DESKTOP, "--config", str(place.config)]) as screen:
        screen.wait_for("talking")
        screen.wait_for("typed before the crash")
        assert place.phase(interaction) == "active"


def test_the_demo_hands_its_tokens_to_nobody_who_looks(tmp_path: Path) -> None:
    env = clean_env(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    token_file = tmp_path / "share" / "agent-desktop" / "demo" / "token"
    with PtyScreen([*DESKTOP, "demo"], rows=36, cols=120, env=env) as screen:
        screen.wait_for("Maya", 40)
        token = token_file.read_text().strip()
        assert len(token) >= 16
        assert token_file.stat().st_mode & 0o077 == 0
        processes = mine(screen.pid)
        assert len(processes) > 1
        for process in processes:
            assert token not in " ".join(process.cmdline())
            assert token not in str(process.environ())
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert token.encode() not in screen.raw
    files_without(tmp_path, token)
