"""The supervisor's screen on a real terminal and real servers: a whole interaction by keyboard, and what goes wrong."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop.testing.fresh import new_key
from mock_backends import launcher
from tests.cli.command_line import CONTROL
from tests.e2e.conftest import SETTINGS
from tests.e2e.test_outages import DEAD_LINK_SECONDS
from tests.e2e.workplace import Workplace, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

LARGE = (50, 200)


@dataclass
class Floor:
    """Two people of one place: Maya on her desk over HTTP, and Sam, who supervises, on a terminal."""

    place: Workplace

    def ask(self, who: str, method: str, path: str, body: object = None) -> Any:
        """Ask the contact centre as somebody."""
        servers = self.place.servers
        reply = httpx.request(
            method,
            f"{servers.urls['contact_center']}/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {servers.tokens[who]}", "Idempotency-Key": new_key()},
            trust_env=False,
        )
        assert reply.is_success, reply.text
        return reply.json()

    def maya_talks(self) -> str:
        """Maya takes a call; its id."""
        maya = self.place.servers.first_agent
        self.ask(maya, "PUT", "me/availability", {"availability": "available", "reason": "", "when": "now"})
        call = self.place.call()
        until(lambda: self.place.phase(call) == "offered")
        self.ask(maya, "POST", f"interactions/{call}/accept")
        until(lambda: self.place.phase(call) == "active")
        return call

    def audit(self) -> list[dict[str, Any]]:
        """Who did what, as the server wrote it down."""
        found: list[dict[str, Any]] = self.ask(self.place.servers.first_supervisor, "GET", "floor/audit")["entries"]
        return found

    @contextmanager
    def screen(self, size: tuple[int, int] = LARGE) -> Iterator[PtyScreen]:
        """The supervisor's terminal, with the floor on it."""
        token = self.place.folder / "token"
        token.write_text(self.place.servers.tokens[self.place.servers.first_supervisor])
        with self.place.desktop(size) as screen:
            screen.wait_for("Queues ·", 30)
            yield screen


@pytest.fixture
def floor(place: Workplace) -> Floor:
    """A fresh floor."""
    return Floor(place)


def to_maya(screen: PtyScreen) -> None:
    """To the agents, filtered to Maya."""
    screen.press("2", "/")
    screen.send("okafor")
    screen.press("enter")
    screen.wait_for("1 of")


def test_a_whole_interaction_by_keyboard(floor: Floor) -> None:
    call = floor.maya_talks()
    with floor.screen() as screen:
        screen.wait_for("Billing")
        screen.press(">", "=")
        to_maya(screen)
        screen.wait_for("talking")
        screen.press("l")
        screen.wait_for("Reason (recorded")
        screen.send("new in the team")
        screen.press("enter")
        screen.wait_for("◉ Listening to Maya Okafor")
        screen.press("w", "down", "enter")  # the same reason again
        screen.wait_for("◉ Whispering to Maya Okafor")
        screen.press("c")
        screen.wait_for("Which state?")
        screen.send("lunch")
        screen.press("enter")
        screen.wait_for("Reason (recorded")
        screen.press("down", "enter")
        screen.wait_for("→ Lunch")
        screen.press("t")
        screen.wait_for("Take over")
        screen.send("customer asked for me")
        screen.press("enter")
        screen.wait_for(re.compile(r"t again: take \+44[ \d]+ over from Maya Okafor"))
        screen.press_again("t")
        screen.wait_for("The conversation is yours.")
        until(lambda: floor.ask(floor.place.servers.first_supervisor, "GET", "snapshot")["interactions"])
        screen.press("A")
        screen.wait_for("Audit log")
        for words in ("took over", "customer asked for me", "(lunch)", "whispered", "listened", "new in the team"):
            screen.wait_for(words)
        screen.press("escape", "v")
        screen.wait_for("Priya Natarajan")
        screen.wait_for("F8 end")
    verbs = [entry["verb"] for entry in floor.audit()]
    assert verbs.count("take_over") == verbs.count("listen") == verbs.count("agent_state") == 1
    assert floor.ask(floor.place.servers.first_supervisor, "GET", f"floor/interactions/{call}")


def test_who_waits_is_moved_and_withdrawn(floor: Floor) -> None:
    first, second = floor.place.call(queue="Billing"), floor.place.call(queue="Billing")
    with floor.screen((24, 80)) as screen:
        screen.press("1", "/")
        screen.send("billing")
        screen.press("enter", "4")
        screen.wait_for(lambda seen: seen.count("☎ +44") == 2)
        screen.press("home", "m")
        screen.wait_for("Move to which queue?")
        screen.send("support")
        screen.press("enter")
        screen.wait_for("Reason (recorded")
        screen.send("wrong queue")
        screen.press("enter", "enter", "enter")
        screen.wait_for("Moved.")
        screen.wait_for(lambda seen: seen.count("☎ +44") == 1)  # the floor hears of it a moment after who did it
        screen.press("home", "u")
        screen.wait_for("Reason (recorded")
        screen.press("down", "enter")
        screen.wait_for("u again: withdraw +44")
        screen.press_again("u")
        screen.wait_for("Withdrawn.")
        screen.wait_for("No one waiting.")
    done = {(entry["verb"], entry["subject"]) for entry in floor.audit()}
    assert done == {("move", first), ("withdraw", second)}
    assert len(floor.audit()) == 2


def test_an_agent_is_told_and_sees_nothing(floor: Floor) -> None:
    with floor.place.desktop(LARGE) as screen:
        screen.wait_for("Maya")
        screen.press("v")
        screen.wait_for("supervisor account")
        screen.press("ctrl+p")
        screen.send("who did what")
        screen.wait_for("No matches")
        assert "Alerts" not in screen.text()


def test_a_frozen_server_is_said_and_nothing_acts_until_it_is_back(tmp_path: Path) -> None:
    with launcher.start(control=CONTROL, settings=SETTINGS) as servers:
        place = Workplace(servers, tmp_path)
        place.write_profile()
        floor = Floor(place)
        floor.maya_talks()
        with floor.screen() as screen:
            to_maya(screen)
            os.kill(servers.pid, signal.SIGSTOP)
            try:
                screen.wait_for(lambda seen: "cc ●" not in seen, DEAD_LINK_SECONDS + 5)
                screen.wait_for(lambda seen: "15s ago" in seen, 15)
                for key in ("l", "c", "t", "n"):
                    screen.press(key)
                    screen.wait_for("cannot be reached now")
                    screen.press("escape")  # no field opened: letters are verbs again
                assert "Reason (recorded" not in screen.text() and "Which state?" not in screen.text()
            finally:
                os.kill(servers.pid, signal.SIGCONT)
            screen.wait_for("cc ●", 40)
            screen.press("l")
            screen.wait_for("Reason (recorded")
            screen.send("back")
            screen.press("enter")
            screen.wait_for("◉ Listening to Maya Okafor")
        assert [entry["verb"] for entry in floor.audit()] == ["listen"]


def test_the_role_is_the_servers_to_give(place: Workplace) -> None:
    """An agent's token in a profile that names every key of the floor: nothing of it is shown, nothing is done."""
    config = place.config.read_text()
    place.config.write_text(config + '\n[keys]\nfloor = "f11"\nlisten = "y"\naudit = "Y"\n')
    with place.desktop(LARGE) as screen:
        screen.wait_for("Maya")
        screen.press("f11")
        screen.wait_for("supervisor account")
        for key in ("y", "Y", "v"):
            screen.press(key, "escape")
        screen.wait_quiet()
        assert "Audit log" not in screen.text() and "Reason (recorded" not in screen.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_as_before_after_a_signal(floor: Floor, number: signal.Signals) -> None:
    with floor.screen() as screen:
        screen.press("2", "c")
        screen.wait_for("Which state?")
        screen.kill(number)
        assert screen.wait_exit() == 128 + number
        assert screen.not_restored() == []
