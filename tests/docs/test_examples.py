"""The examples of the documentation: scripts are run, profiles, rules and forms read by what reads them in earnest."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from desktop.cli.arguments import parser
from desktop.config import read_profile
from desktop.config.alerts import alerts_beside
from desktop.config.scorecards import parse_scorecard
from desktop.domain.reviews.scorecards import Answer, score
from desktop.ports.base import Kind
from desktop.tui.terminal.theme_files import ThemeFiles
from desktop.words.catalogue import in_words
from mock_backends.__main__ import parser as mock_parser
from tests.docs.example import BIN, environment, free_port, patient
from tests.docs.pages import DOCS, README, ROOT, block_with, blocks, pages, text_of

HOW_TO = DOCS / "how-to"
DESK_KINDS = {Kind.CONTACT_CENTER, Kind.CRM, Kind.PRESENCE, Kind.MESSAGING}
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *pages()]


def _commands(page: Path) -> list[str]:
    """The commands of ours in the shell blocks of a page, each as it is typed."""
    found = []
    for language in ("sh", "console"):
        for block in blocks(page, language):
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\||;|\$\(", line.removeprefix("$ ")):
                    words = part.strip().removeprefix(".venv/bin/")
                    if words.startswith("agent-desktop "):
                        found.append(words.partition(" > ")[0].partition("#")[0].rstrip(" &)"))
    return found


@pytest.mark.parametrize(
    "command", sorted({one for page in PAGES for one in _commands(page)}), ids=lambda command: command[:60]
)
def test_every_command_shown_is_one(command: str) -> None:
    words = shlex.split(command.replace('"$', '"').replace("$port", "1"))[1:]
    if words[0] == "mock":
        mock_parser().parse_args(words[1:])
    else:
        parser().parse_args(words)


def test_many_commands_are_shown() -> None:
    assert len({one for page in PAGES for one in _commands(page)}) > 25


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_in_the_text_are_known(page: Path) -> None:
    known = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr]
    for words in re.findall(r"`agent-desktop ([^`]+)`", text_of(page)):
        first = next((word for word in words.split() if not word.startswith("-")), None)
        assert first is None or first in known or words.split()[0] == "--log-level", words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_table_of_toml_can_be_read(page: Path) -> None:
    for block in blocks(page, "toml"):
        tomllib.loads(block)


def test_the_profile_shown_is_understood(tmp_path: Path) -> None:
    text = block_with(HOW_TO / "profiles.md", "toml", "[profiles.work.contact_center]")
    (tmp_path / "config.toml").write_text(text)
    assert tomllib.loads(text)["default"] == "work"
    profile = read_profile(None, {}, tmp_path / "config.toml")
    assert profile.region.value == "GB"
    assert {verb: key.value for verb, key in profile.keys.items()} == {"hold": "f4,alt+h,b", "queues": "f11"}
    # Only the secrets, which are not on this machine, are missing.
    assert all("token" in in_words(problem) or "keyring" in in_words(problem) for problem in profile.problems)


def test_the_colours_shown_are_a_theme_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "dusk.toml").write_text(block_with(HOW_TO / "profiles.md", "toml", "[ink]"))
    files = ThemeFiles(tmp_path)
    assert files.theme("dusk").accent == "#d7a6ff"
    assert list(files.problems("dusk")) == []


def test_several_systems_of_a_kind_are_understood(tmp_path: Path) -> None:
    text = block_with(HOW_TO / "several-systems.md", "toml", "write_back")
    (tmp_path / "config.toml").write_text(text)
    profile = read_profile("work", {}, tmp_path / "config.toml")
    assert profile.write_back.value == "all"
    assert [one.source for one in profile.backends[Kind.CRM]] == ["crm:shop", "crm:mail"]


def test_the_alert_rules_shown_are_understood(tmp_path: Path) -> None:
    text = block_with(HOW_TO / "alerts.md", "toml", "[[alerts]]")
    (tmp_path / "alerts.toml").write_text(text)
    settings = alerts_beside(tmp_path / "config.toml")
    assert not settings.problems
    rules = {rule.name: rule for rule in settings.rules}
    assert rules["service-level"].queues == ("Bill*",)
    assert "too-long-on-break" in rules


@pytest.mark.parametrize("words", ["[alerting]", "[[alerts]]"])
def test_the_settings_of_all_rules_and_the_bundled_ones_are_understood(words: str, tmp_path: Path) -> None:
    text = block_with(DOCS / "reference" / "alert-rules.md", "toml", words)
    (tmp_path / "alerts.toml").write_text(text)
    assert not alerts_beside(tmp_path / "config.toml").problems


def test_the_form_can_be_used_as_it_stands() -> None:
    card, problems = parse_scorecard("chat", block_with(HOW_TO / "quality.md", "toml", "[[sections]]"))
    assert problems == []
    assert (card.rule.per_agent, card.rule.channels) == (3, ("chat",))
    given = (Answer("understood", "3"), Answer("solved", "yes"), Answer("card_number", "n/a"))
    found = score(card.form, given)
    assert (found.complete, str(found.share)) == (True, "2/3")  # (2·1/2 + 1·1) ÷ 3; the second section is left out
    lost = score(card.form, (*given[:2], Answer("card_number", "yes")))
    assert (lost.share, lost.failed) == (0, ("card_number",))


def test_the_staffing_example_says_what_the_text_says() -> None:
    (example,) = blocks(HOW_TO / "staffing.md", "console")
    words = shlex.split(example.removeprefix("$ agent-desktop"))
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli", *words], capture_output=True, text=True, timeout=60, check=True
    )
    needed = json.loads(done.stdout)
    assert (needed["agents"], needed["positions"]) == (14, 20)


@pytest.mark.parametrize(
    ("page", "name", "kinds"),
    [
        ("asterisk-odoo-xmpp.md", "desk", DESK_KINDS),
        ("twilio-hubspot-microsoft-365.md", "cloud", DESK_KINDS),
        ("kannel-smtp.md", "texts", {Kind.CONTACT_CENTER}),
        ("shared-mailbox.md", "workspace", {Kind.CONTACT_CENTER}),
    ],
)
def test_a_worked_example_is_a_profile_that_can_be_used(
    page: str, name: str, kinds: set[Kind], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = block_with(HOW_TO / page, "toml", f"[profiles.{name}.contact_center]")
    (tmp_path / "config.toml").write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    for secret in set(re.findall(r'_file = "(~/[^"]+)"', text)):
        path = Path(secret).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a-secret-of-this-test")
        path.chmod(0o600)
    profile = read_profile(name, {}, tmp_path / "config.toml")
    assert profile.problems == ()
    assert set(profile.backends) >= kinds


def test_the_script_works_a_whole_call(tmp_path: Path) -> None:
    script = block_with(HOW_TO / "json-commands.md", "sh", "do accept")
    script = script.replace("port=47100", f"port={free_port()}")
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=patient(tmp_path), capture_output=True, text=True, timeout=400
    )
    assert (done.returncode, done.stdout) == (0, "delivered\n"), done.stderr


@pytest.mark.thorough
def test_the_script_writes_reports(tmp_path: Path) -> None:
    script = block_with(HOW_TO / "reports.md", "sh", "report intervals")
    script = script.replace("port=47200", f"port={free_port()}")
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=patient(tmp_path), capture_output=True, text=True, timeout=400
    )
    wanted = "billing.csv\ngiven-up.csv\nqueues.parquet\nweek.html\n"
    assert (done.returncode, done.stdout) == (0, wanted), done.stderr
    assert "The week at Billing" in (tmp_path / "week.html").read_text()


@pytest.mark.thorough
def test_the_mock_servers_start_as_shown(tmp_path: Path) -> None:
    line = block_with(HOW_TO / "mock-servers.md", "sh", "agent-desktop mock").strip()
    words = line.replace("47000", str(free_port())).split()
    with subprocess.Popen(
        [str(BIN / words[0]), *words[1:]], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.terminate()
        assert '"contact_center"' in said and '"control"' in said
        assert process.wait(15) == 0
