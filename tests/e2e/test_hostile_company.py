"""A company whose every name and text attacks the terminal: every face is opened, and nothing foreign comes out."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL
from tests.e2e.conftest import SETTINGS
from tests.e2e.hostile_company import TEXTS
from tests.e2e.workplace import AVAILABLE, NARROW, PRIYA, SHARED, WIDE, Workplace, finish, until
from tests.tui.hostile.payloads import leaks

pytestmark = pytest.mark.thorough

TITLE = re.compile(rb"\x1b\]2;([^\x1b\x07]* \xe2\x80\x93 agent-desktop)\x1b\\")
"""Of the window; what a queue is called stands in it."""
BOOT = {
    "servers": ["crm", "contact_center", "presence", "messaging"],
    "scenario": None,
    "speed": None,
    "seed": None,
    "db": None,
    "tokens": None,
    "ports": {},
    "control": CONTROL,
    "settings": asdict(SETTINGS),
}


@pytest.fixture(scope="module")
def hostile_servers() -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("hostile_company.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(BOOT) + "\n")
        process.stdin.flush()
        with Running(process, json.loads(process.stdout.readline())) as running:
            yield running


@pytest.fixture
def hostile_place(hostile_servers: Running, tmp_path: Path) -> Workplace:
    place = Workplace(hostile_servers, tmp_path)
    place.control("POST", "reset")
    place.write_profile()
    return place


def foreign(raw: bytes, *, bells: int) -> list[str]:
    """What the desktop did not write itself.

    It rings once for each offer, for news where that is wanted, and while one rings the title of the window says so.
    """
    rung = re.compile(rb"(\x1b\]22;[a-z-]+\x07)|\x07")
    assert [match[1] for match in rung.finditer(raw)].count(None) == bells
    titles = TITLE.findall(raw)
    assert len(titles) == raw.count(b"\x1b[22;2t") == raw.count(b"\x1b[23;2t") >= 1
    for title in titles:
        assert title.decode().isprintable()
    plain = TITLE.sub(b"", raw).replace(b"\x1b[22;2t", b"").replace(b"\x1b[23;2t", b"")
    return leaks(rung.sub(lambda match: match[1] or b"", plain))


def logged(place: Workplace) -> list[str]:
    """What went wrong by the logs; that the machine is slow is nothing wrong."""
    lines = [line for log in place.folder.rglob("*.log") for line in log.read_text().splitlines()]
    return [line for line in lines if " desktop.app.connections.plugin_watch " not in line]


def short(at: int) -> str:
    """A payload that fits the fields of a call."""
    return TEXTS[at % len(TEXTS)][:300]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_face_of_a_call(hostile_place: Workplace, size: tuple[int, int]) -> None:
    place = hostile_place
    with place.desktop(size) as screen:
        screen.wait_for("Offline")
        screen.press("s")
        screen.wait_for("Technical problem")
        screen.press("1")
        screen.wait_for(AVAILABLE)
        for at, number in enumerate((PRIYA, SHARED, "", "+442079460999")):
            attributes = {f"k{n} {short(at * 20 + n)}"[:90]: short(at * 20 + n + 7) for n in range(12)}
            place.call(number, name=short(at), subject=short(at + 30), attributes=attributes)
            screen.wait_for("Incoming")
            screen.wait_quiet(0.2)
            if number == SHARED:
                screen.press("2")
            screen.press("f2")
            screen.wait_for("F6 expert")
            screen.press("f6")
            screen.wait_for("Find an expert")
            screen.press("backspace", *["down"] * 12, "escape")
            screen.press("f7")
            screen.wait_for("Transfer to")
            screen.press("backspace", *["down"] * 5, "escape")
            screen.press("alt+slash")
            screen.wait_for("Search ─")
            screen.send("smith")
            screen.press("enter")
            screen.wait_quiet(0.2)
            screen.press("escape")
            for key, heading in (("alt+i", "Connections"), ("alt+o", "Outbox ─"), ("f1", "Keys ─")):
                screen.press(key)
                screen.wait_for(heading)
                screen.press("escape")
                screen.wait_gone("esc close")
            screen.press("f12", "f12", "f12", "alt+n")
            screen.send("note")
            screen.press_twice("f8")
            finish(screen)
            screen.wait_for("Waiting for the next contact")
            assert len(until(place.written_back)) <= at + 1
        until(lambda: len(place.written_back()) == 4)
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert foreign(screen.raw, bells=4) == []
    assert logged(place) == []


def test_a_thread_of_hostile_messages_and_an_expert_who_writes(hostile_place: Workplace) -> None:
    place = hostile_place
    # How often it rings for news depends on how many lines came together, so here it rings for offers alone.
    place.config.write_text(place.config.read_text().replace("[profiles.work]\n", '[profiles.work]\nring = "none"\n'))
    with place.desktop() as screen:
        screen.wait_for("Offline")
        screen.press("s", "1")
        screen.wait_for(AVAILABLE)
        first, rest = TEXTS[: len(TEXTS) // 2], TEXTS[len(TEXTS) // 2 :]
        place.call("evil@example.org", channel="chat", name=short(3), messages=[text[:4000] for text in first])
        screen.wait_for("Incoming")
        screen.press("f2")
        screen.wait_for("open 00:")
        for text in rest:
            place.step("customer_writes", text=text[:4000])
            place.step("chat", principal="maya", person="noor", text=text[:4000])
        screen.press("f6")
        screen.wait_for("Find an expert")
        screen.press("backspace")
        screen.send("noor")
        screen.wait_quiet(0.3)
        for row, line in enumerate(screen.lines()):
            if "press me" in line:
                screen.click(row, line.index("press me") + 1)
        screen.wait_quiet(0.3)
        assert foreign(screen.raw, bells=1) == []
        screen.press("escape", "escape")
        screen.press_twice("ctrl+o")
        assert screen.wait_exit() == 0
