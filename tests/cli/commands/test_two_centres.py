"""The command line with two contact centres: ids say whose they are, and one that is gone is named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.config.toml_file import write_private
from mock_backends.play.fleet import Fleet
from tests.cli.command_line import Ran, clean_env, run
from tests.mocks.conftest import FAST
from tests.mocks.harness import CONTROL, Harness

pytestmark = pytest.mark.thorough

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Harness, Harness]]:
    def make() -> Fleet:
        return Fleet(
            ["contact_center"], settings=replace(FAST, history_days=3, history_interactions=200), control=CONTROL
        )

    with Harness(make) as voice, Harness(make) as written:
        yield voice, written


class Line:
    """Whoever is signed in at both, with a profile of their own."""

    def __init__(self, folder: Path, both: tuple[Harness, Harness], who: str, written_url: str = "") -> None:
        lines = ['default = "work"', "[profiles.work]"]
        for name, server in zip(("voice", "written"), both, strict=True):
            token = folder / f"{who}-{name}.token"
            write_private(token, server.tokens[who] + "\n")
            url = written_url if written_url and name == "written" else server.urls["contact_center"]
            lines += ["[[profiles.work.contact_center]]", 'backend = "mock"', f'name = "{name}"', f'url = "{url}"']
            lines += [f'token_file = "{token}"']
        path = folder / f"{who}.toml"
        write_private(path, "\n".join(lines) + "\n")
        self._env = clean_env(folder, AGENT_DESKTOP_CONFIG=str(path))

    def __call__(self, *words: str) -> Ran:
        return run(*words, env=self._env)


def test_a_contact_goes_its_own_way_and_availability_goes_to_both(
    both: tuple[Harness, Harness], tmp_path: Path
) -> None:
    voice, written = both
    line = Line(tmp_path, both, "maya")
    told = line("do", "available")
    assert told.json["capacity"]["voice"] == 2, told.words
    mail = {"sender": "a@example.org", "channel": "email", "queue": "Billing", "messages": ["My bill?"]}
    call, chat = voice.step("call", sender="+442079460018", queue="Billing"), written.step("call", **mail)
    call_id, mail_id = f"voice:{call['interaction_id']}", f"written:{chat['interaction_id']}"
    assert {one["id"] for one in line("state").json["interactions"]} == {call_id, mail_id}
    assert line("do", "accept", mail_id).json["id"] == mail_id
    assert voice.get(call["interaction_id"])["phase"] == "offered"
    assert line("do", "park", mail_id).json["parked"] is True
    unnamed = line("do", "accept", call["interaction_id"])
    assert unnamed.code == 1
    assert "does not say whose it is" in unnamed.words
    lost = line("do", "blind_transfer", mail_id, "--target", "queue:voice:Sales")
    assert lost.code == 1
    assert "another contact centre" in lost.words


def test_each_has_events_of_its_own(both: tuple[Harness, Harness], tmp_path: Path) -> None:
    line = Line(tmp_path, both, "tom")
    which = line("events")
    assert which.code == 2
    assert "contact_center:voice, contact_center:written" in which.words
    assert line("events", "--source", "contact_center:written").code == 0
    assert line("events", "--source", "contact_center:shop").code == 2


def test_one_that_is_gone_is_named_once_and_the_other_answers(both: tuple[Harness, Harness], tmp_path: Path) -> None:
    line = Line(tmp_path, both, "sam", NOBODY)
    found = line("report", "interactions", "--text", "e", "--limit", "5")
    assert found.code == 0, found.words
    assert found.words.count("contact_center:written could not be asked") == 1
    assert all(one["id"].startswith("voice:") for one in found.json["interactions"])
    sums = line("report", "intervals")
    assert sums.code == 3  # a sum without one of them would be another figure
    checked = line("config", "check")
    assert [(one["name"], one["ok"]) for one in checked.json["backends"]] == [("voice", True), ("written", False)]
    alerts = line("alerts")
    assert alerts.code == 0, alerts.words


def test_a_message_to_the_team_counts_those_of_both(both: tuple[Harness, Harness], tmp_path: Path) -> None:
    line = Line(tmp_path, both, "sam")
    asked = line("supervise", "broadcast", "--to", "team", "--text", "Lunch at noon.")
    assert asked.code == 1
    count = asked.words.split("--count ")[1].split()[0]
    sent = line("supervise", "broadcast", "--to", "team", "--text", "Lunch at noon.", "--count", count)
    assert sent.code == 0, sent.words
    reached = {one["agent_id"].partition(":")[0]: one["reached"] for one in sent.json}
    assert set(reached) == {"voice", "written"}
    assert set(reached.values()) <= {"delivered", "later"}
