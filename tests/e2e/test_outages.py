"""Systems that go away and come back: it is said, nothing is lost, and what waited is delivered once."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_backends import launcher
from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL
from tests.e2e.conftest import SETTINGS
from tests.e2e.workplace import Workplace, finish, ready, talking, until

pytestmark = pytest.mark.thorough

DEAD_LINK_SECONDS = 12.5
"""How long a link may be dead before the screen says so: two and a half heartbeats."""


def test_a_crm_that_is_down_when_it_rings(place: Workplace) -> None:
    place.faults("crm", {"match": "*/v1/*", "effect": "status", "status": 503})
    with place.desktop() as screen:
        ready(screen)
        place.call()
        screen.wait_for("CRM could not be asked")
        screen.wait_for("The customer may still be on file")
        assert "not in the CRM" not in screen.text()
        screen.press("f2")
        screen.wait_for("talking")
        screen.send("noted while the CRM was away")
        screen.press_twice("f8")
        finish(screen)
        screen.wait_for("outbox 1")
        assert place.written_back() == []
        screen.press("escape", "o")
        screen.wait_for("noted while the CRM was away")  # its text is one key away
        screen.press("escape")
        place.faults("crm")
        screen.press("f10")
        (body,) = until(place.written_back)
        assert body["note"] == "noted while the CRM was away"
        screen.wait_for("outbox 0")
    assert len(place.written_back()) == 1


def test_a_wrap_up_that_waits_survives_the_end_of_the_desktop(place: Workplace) -> None:
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("to be delivered later")
        place.faults("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "refuse"})
        screen.press_twice("f8")
        finish(screen)
        screen.wait_for("outbox 1")
        screen.kill(signal.SIGKILL)
        screen.wait_exit()
    place.faults("crm")
    with place.desktop() as screen:
        (body,) = until(place.written_back)
        assert body["note"] == "to be delivered later"
        screen.wait_for("outbox 0")
    assert len(place.written_back()) == 1


def test_a_write_back_whose_answer_is_lost_is_not_written_twice(place: Workplace) -> None:
    place.faults("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "apply_then_fail", "times": 1})
    with place.desktop() as screen:
        talking(place, screen)
        screen.send("only once")
        screen.press_twice("f8")
        finish(screen)
        until(lambda: len(place.record("crm", "/v1/wrap-ups/")) >= 1)
        screen.wait_for("outbox 0", 30)
        screen.wait_for("No active contacts.")
        screen.press("ctrl+o")
        screen.wait_exit()
        entries = [one for one in place.written_back() if one["note"] == "only once"]
        assert len({one["key"] for one in entries}) == 1


class OwnCentre:
    """A contact centre in a process of its own, so that it can be stopped and killed."""

    def __init__(self, others: Running) -> None:
        self.others = others
        self.running = launcher.start("contact_center", settings=SETTINGS, control=CONTROL)
        self.port = int(self.running.urls["contact_center"].rpartition(":")[2])
        self.tokens = dict(self.running.tokens)

    def again(self) -> None:
        """Start it anew on the same port, with the same tokens."""
        self.running = launcher.start(
            "contact_center",
            settings=SETTINGS,
            control=CONTROL,
            tokens=self.tokens,
            ports={"contact_center": self.port},
        )

    def kill(self) -> None:
        """End it without a word."""
        os.kill(self.running.pid, signal.SIGKILL)
        self.running.stop()


@pytest.fixture
def centre(place: Workplace) -> Iterator[OwnCentre]:
    own = OwnCentre(place.servers)
    yield own
    if own.running.alive:
        os.kill(own.running.pid, signal.SIGCONT)
    own.running.stop()


@pytest.fixture
def apart(place: Workplace, centre: OwnCentre, tmp_path: Path) -> Workplace:
    """The workplace, whose contact centre is the one that can be killed."""
    servers = _Joined(place.servers, centre)
    apart = Workplace(servers, tmp_path)  # type: ignore[arg-type]
    apart.write_profile()
    token = tmp_path / "centre-token"
    token.touch(0o600)
    token.write_text(centre.tokens["maya"])
    config = apart.config.read_text()
    head, mark, rest = config.partition("[profiles.work.contact_center]")
    apart.config.write_text(head + mark + rest.replace(str(tmp_path / "token"), str(token), 1))
    return apart


class _Joined:
    """Two sets of servers seen as one; the agent's token is the contact centre's."""

    def __init__(self, others: Running, centre: OwnCentre) -> None:
        self.urls = others.urls | {"contact_center": f"http://127.0.0.1:{centre.port}"}
        self.tokens = others.tokens
        self.control = CONTROL
        self.first_agent = others.first_agent


def test_a_contact_centre_that_freezes_is_seen_and_the_call_goes_on_after(apart: Workplace, centre: OwnCentre) -> None:
    with apart.desktop() as screen:
        ready(screen)
        apart.call()
        screen.wait_for("Incoming")
        screen.press("f2")
        screen.wait_for("talking")
        screen.send("before ")
        os.kill(centre.running.pid, signal.SIGSTOP)
        began = time.monotonic()
        screen.wait_for(lambda seen: "cc ●" not in seen, DEAD_LINK_SECONDS + 3)
        print(f"a dead link was shown after {time.monotonic() - began:.1f} s")
        screen.send("during ")
        os.kill(centre.running.pid, signal.SIGCONT)
        screen.wait_for("cc ●", 40)
        screen.send("after")
        screen.wait_for("talking")
        until(lambda: apart.drafts() == ["before during after"])
        screen.press_twice("f8")
        finish(screen)
        (body,) = until(apart.written_back)
        assert body["note"] == "before during after"


def test_a_contact_centre_that_is_killed_and_comes_back_empty(apart: Workplace, centre: OwnCentre) -> None:
    with apart.desktop() as screen:
        ready(screen)
        apart.call()
        screen.wait_for("Incoming")
        screen.press("f2")
        screen.wait_for("talking")
        screen.send("not to be lost")
        until(lambda: apart.drafts() == ["not to be lost"])
        centre.kill()
        screen.wait_for(lambda seen: "cc ●" not in seen, DEAD_LINK_SECONDS)
        screen.press("f4")  # says that it did not happen, and does not end anything
        screen.wait_for("The customer was not put on hold")
        centre.again()
        screen.wait_for("cc ●", 40)
        screen.wait_for("Offline")  # the new centre knows of no call and no agent at work
        screen.wait_for("outbox 1")
        screen.press("alt+o")
        screen.wait_for("not to be lost")
