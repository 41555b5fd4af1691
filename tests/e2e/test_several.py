"""Two CRMs and two directories behind one desktop on a real terminal: nothing is hidden and nothing blocked."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_backends import launcher
from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL, run
from tests.e2e.conftest import SETTINGS
from tests.e2e.workplace import PRIYA, WIDE, Workplace, finish, ready, talking, until

pytestmark = pytest.mark.thorough

TALL = (50, 200)
SLOW = 2.5


class Second:
    """A CRM and a directory of the same pretend company in a process of their own, which can be killed."""

    def __init__(self) -> None:
        self.running: Running = launcher.start("crm", "presence", settings=SETTINGS, control=CONTROL)

    def faults(self, server: str, *rules: dict[str, Any]) -> None:
        reply = httpx.put(
            f"{self.running.urls[server]}/_sim/faults",
            json={"rules": list(rules)},
            headers={"Authorization": f"Bearer {CONTROL}"},
            trust_env=False,
        )
        assert reply.is_success, reply.text

    def written_back(self) -> list[dict[str, Any]]:
        reply = httpx.get(
            f"{self.running.urls['crm']}/_sim/record",
            headers={"Authorization": f"Bearer {CONTROL}"},
            trust_env=False,
        )
        return [one["body"] for one in reply.json()["record"] if "/v1/wrap-ups/" in one["path"]]

    def kill(self) -> None:
        os.kill(self.running.pid, signal.SIGKILL)


@pytest.fixture
def second() -> Iterator[Second]:
    own = Second()
    yield own
    if own.running.alive:
        os.kill(own.running.pid, signal.SIGCONT)
    own.running.stop()


@pytest.fixture
def both(place: Workplace, second: Second, tmp_path: Path) -> Workplace:
    """The workplace with `shop` and `mail` as CRMs and `floor` and `office` as directories."""
    token = tmp_path / "second-token"
    token.touch(0o600)
    token.write_text(second.running.tokens["maya"])
    lines = ['default = "work"', "[profiles.work]", f'data_dir = "{place.data}"', 'write_back = "all"']
    for kind in ("contact_center", "messaging"):
        lines += [f"[profiles.work.{kind}]", 'backend = "mock"', f'url = "{place.servers.urls[kind]}"']
        lines += [f'token_file = "{tmp_path / "token"}"']
    for kind, names in (("crm", ("shop", "mail")), ("presence", ("floor", "office"))):
        for name, urls, file in (
            (names[0], place.servers.urls, tmp_path / "token"),
            (names[1], second.running.urls, token),
        ):
            lines += [f"[[profiles.work.{kind}]]", 'backend = "mock"', f'name = "{name}"']
            lines += [f'url = "{urls[kind]}"', f'token_file = "{file}"']
    place.config.write_text("\n".join(lines))
    return place


def test_both_know_the_caller_and_both_are_written_to(both: Workplace, second: Second) -> None:
    with both.desktop(TALL) as screen:
        talking(both, screen)
        screen.wait_for("Priya Natarajan")
        screen.wait_for("= shop + mail same")
        screen.send("written to both")
        screen.press_twice("f8")
        finish(screen)
        (ours,) = until(both.written_back)
        (theirs,) = until(second.written_back)
        assert ours["note"] == theirs["note"] == "written to both"
        assert ours["key"] != theirs["key"]
        assert ours["customer_id"] == theirs["customer_id"]  # each CRM's own id: here they happen to be the same
        assert ":" not in ours["customer_id"]
        screen.wait_for("outbox 0")


@pytest.mark.parametrize(
    "rule",
    [
        {"match": "*/v1/*", "effect": "status", "status": 503},
        {"match": "*/v1/*", "effect": "delay", "seconds": 600},
        {"match": "*/v1/*", "effect": "delay", "seconds": SLOW},
        None,
    ],
    ids=["failing", "hanging", "slow", "killed"],
)
def test_one_crm_never_hides_nor_blocks_the_other(both: Workplace, second: Second, rule: dict[str, Any] | None) -> None:
    with both.desktop(TALL) as screen:
        ready(screen)
        screen.wait_for("crm mail ●")
        if rule is None:
            second.kill()
        else:
            second.faults("crm", rule)
        both.call(PRIYA)
        # the first is there before the second has answered
        screen.wait_for(lambda seen: "Priya Natarajan" in seen and "= shop + mail" not in seen)
        screen.wait_for("number on file")
        if rule is not None and rule.get("seconds") == SLOW:
            screen.wait_for("= shop + mail same")
        else:
            screen.wait_for("mail could not be asked")
            screen.wait_for("Priya Natarajan")
        screen.press("f2")
        screen.wait_for("talking")
        if rule is not None and rule["effect"] == "status":
            second.faults("crm")
            screen.press("f10")
            screen.wait_for("= shop + mail same")


def test_the_first_crm_being_away_leaves_the_second_one_s_card(both: Workplace) -> None:
    both.faults("crm", {"match": "*/v1/customers*", "effect": "delay", "seconds": 600})
    with both.desktop(TALL) as screen:
        ready(screen)
        both.call(PRIYA)
        screen.wait_for("Priya Natarajan")
        screen.wait_for("shop could not be asked")
        screen.wait_for("id mail:")


def test_nobody_is_said_of_nobody_while_one_cannot_be_asked(both: Workplace, second: Second) -> None:
    second.faults("crm", {"match": "*/v1/customers*", "effect": "status", "status": 503})
    with both.desktop(TALL) as screen:
        ready(screen)
        both.call("+441632960555")
        screen.wait_for("mail could not be asked")
        screen.wait_for("Not in shop.")
        assert "Not in shop and mail" not in screen.text()
        second.faults("crm")
        screen.press("f10")
        screen.wait_for("Not in shop and mail")


def test_records_are_taken_apart_and_linked_with_a_key(both: Workplace) -> None:
    with both.desktop(TALL) as screen:
        ready(screen)
        both.call(PRIYA)
        screen.wait_for("= shop + mail same")
        screen.press("g")
        screen.wait_for("Records of Priya Natarajan")
        screen.press("1")
        screen.wait_gone("= shop + mail")
        screen.press("1")
        screen.wait_for("you said so")
        screen.press("1", "escape")
        screen.wait_gone("= shop + mail")
        screen.press_twice("ctrl+o")
        screen.wait_exit()
    with both.desktop(TALL) as screen:  # what was said lasts
        screen.wait_for("2 customers match")


@pytest.mark.parametrize("how", ["frozen", "killed"])
def test_one_directory_gone_leaves_the_other_s_people(both: Workplace, second: Second, how: str) -> None:
    with both.desktop(TALL) as screen:
        talking(both, screen)
        screen.press("f6")
        screen.send("noor haddad")
        screen.wait_for("office ")
        screen.wait_for("floor ")
        os.kill(second.running.pid, signal.SIGKILL if how == "killed" else signal.SIGSTOP)
        screen.wait_for(re.compile("office (stale|down)"), 30)  # down as soon as it refuses a connection
        screen.wait_for("Noor Haddad")
        screen.press("enter")
        screen.wait_for("Noor Haddad  ringing")


PAPER = """\
from desktop.backends.mock.crm import MockCrm
from desktop.ports.base import Kind, Manifest

class PaperCrm(MockCrm):
    manifest = Manifest(Kind.CRM, "paper", 1, "Paper", MockCrm.manifest.capabilities, MockCrm.manifest.options)

    async def find(self, address, *, limit=10):
        from dataclasses import replace
        return [replace(one, customer=replace(one.customer, name="Paper " + one.customer.name))
                for one in await super().find(address, limit=limit)]
"""


def test_a_backend_is_swapped_by_editing_one_line(place: Workplace, tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "paper-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "paper_crm.py").write_text(PAPER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paper\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[agent_desktop.crm]\npaper = paper_crm:PaperCrm\n")
    place.more["PYTHONPATH"] = str(site)
    before = place.config.read_text()
    head, mark, rest = before.partition("[profiles.work.crm]")
    place.config.write_text(head + mark + rest.replace('backend = "mock"', 'backend = "paper"', 1))
    changed = [
        one for one in zip(before.splitlines(), place.config.read_text().splitlines(), strict=True) if one[0] != one[1]
    ]
    assert changed == [('backend = "mock"', 'backend = "paper"')]
    with place.desktop(WIDE) as screen:
        ready(screen)
        place.call(PRIYA)
        screen.wait_for("Paper Priya Natarajan")


def test_a_plug_in_that_cannot_be_loaded_costs_only_itself(place: Workplace, tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "ink-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "ink.py").write_text("raise RuntimeError('libink.so is missing')\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ink\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[agent_desktop.crm]\nink = ink:Crm\n[agent_desktop.contact_center]\nink = ink:Center\n"
    )
    place.more["PYTHONPATH"] = str(site)
    whole = place.config.read_text()
    head, mark, rest = whole.partition("[profiles.work.crm]")
    place.config.write_text(head + mark + rest.replace('backend = "mock"', 'backend = "ink"', 1))
    checked = run("--config", str(place.config), "config", "check", env=place.env)
    assert checked.code == 2
    assert any("libink.so is missing" in problem for problem in checked.json["problems"])
    with place.desktop(TALL) as screen:
        ready(screen)
        screen.wait_for("crm ✕ down")
        place.call(PRIYA)
        screen.wait_for("could not be asked")
        screen.press("f2")
        screen.wait_for("talking")
    place.config.write_text(whole.replace('backend = "mock"', 'backend = "ink"', 1))
    with place.desktop(TALL) as screen:  # even without a contact centre the desktop opens, and says what is missing
        screen.wait_for("cc ✕ down")
        screen.wait_for("libink.so is missing")
