"""The README says what is true: its commands are run, and it names whatever the code has."""

import argparse
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.cli.arguments import parser
from desktop.cli.exits import Exit
from desktop.config import read_profile
from desktop.config.alerts import alerts_beside
from desktop.config.profile import PROFILE_KEYS
from desktop.domain.entities.words import Verb
from desktop.ports import registry
from desktop.ports.base import Kind
from mock_backends.__main__ import TOKENS_VARIABLE
from mock_backends.__main__ import parser as mock_parser
from mock_backends.play.scenario import names
from tests.tui.pty_screen import PtyScreen

from .readme import FLOOR_TABLE, README, ROOT, TABLE, blocks, commands, with_tables

TEXT = README.read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def options(found: argparse.ArgumentParser) -> Iterator[str]:
    """Every word a parser and its sub-parsers understand."""
    for action in found._actions:
        if action.help == argparse.SUPPRESS:
            continue
        yield from (word for word in action.option_strings if word not in ("-h", "--help"))
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield name
                yield from options(inner)
        elif action.choices is not None:
            yield from (str(choice) for choice in action.choices)


def environment(home: Path) -> dict[str, str]:
    """A user who has only just installed the program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AGENT_DESKTOP_", "XDG_"))}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    return kept | folders | {"HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}


def free_port() -> int:
    """The first of four ports next to each other that are free just now."""
    for first in range(42000, 60000, 10):
        try:
            for port in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free ports")


def test_the_tables_of_keys_are_those_of_the_program() -> None:
    assert TABLE.search(TEXT) and FLOOR_TABLE.search(TEXT)
    assert with_tables(TEXT) == TEXT, "python -m tests.docs.readme writes them anew"


@pytest.mark.parametrize("word", sorted({*options(parser()), *options(mock_parser())}))
def test_every_word_of_the_command_line_is_named(word: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", TEXT)


@pytest.mark.parametrize("scenario", names())
def test_every_scenario_is_explained(scenario: str) -> None:
    assert f"| `{scenario}` |" in TEXT


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_explained(code: Exit) -> None:
    (line,) = (line for line in TEXT.splitlines() if line.startswith("Exit codes: "))
    assert re.search(rf"\b{int(code)} [a-z]", line)


def test_every_variable_is_named() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "desktop" / "config").glob("*.py"))
    own = {f"AGENT_DESKTOP_{name}" for name in re.findall(r'PREFIX \+ "([A-Z]+)"', source)}
    assert own == {"AGENT_DESKTOP_CONFIG", "AGENT_DESKTOP_PROFILE"}
    kinds = {kind.value for kind in Kind}
    values = {*PROFILE_KEYS, *re.findall(r'_profile_value\("(\w+)"', source)} - kinds
    of_profile = {f"AGENT_DESKTOP_{key.upper()}" for key in values}
    of_kinds = {f"AGENT_DESKTOP_{kind.upper()}_…" for kind in ("contact_center", "crm", "presence", "messaging")}
    for name in own | of_profile | of_kinds | {TOKENS_VARIABLE, "NO_COLOR"}:
        assert f"`{name}`" in TEXT


def test_every_verb_is_named() -> None:
    missing = {verb.value for verb in Verb if f"`{verb.value}`" not in TEXT}
    assert missing == {"park", "unpark"}  # neither a key nor a command yet


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, heading = target.partition("#")
        page = ROOT / path if path else README
        assert page.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, target


def test_the_profile_shown_is_understood(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("toml") if "[profiles.work.contact_center]" in block)
    (tmp_path / "config.toml").write_text(text)
    assert tomllib.loads(text)["default"] == "work"
    profile = read_profile(None, {}, tmp_path / "config.toml")
    assert profile.region.value == "GB"
    assert {verb: key.value for verb, key in profile.keys.items()} == {"hold": "f4,alt+h,b", "queues": "f11"}
    # Only the secrets, which are not on this machine, are missing.
    assert all("token" in problem or "keyring" in problem for problem in profile.problems)


def test_the_alert_rules_shown_are_understood(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("toml") if block.startswith("[[alerts]]"))
    (tmp_path / "alerts.toml").write_text(text)
    settings = alerts_beside(tmp_path / "config.toml")
    assert not settings.problems
    rules = {rule.name: rule for rule in settings.rules}
    assert rules["service-level"].queues == ("Bill*",)
    assert "too-long-on-break" in rules


def test_the_staffing_example_says_what_the_text_says() -> None:
    (example,) = blocks("console")
    words = shlex.split(example.removeprefix("$ agent-desktop"))
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli", *words], capture_output=True, text=True, timeout=60, check=True
    )
    needed = json.loads(done.stdout)
    assert (needed["agents"], needed["positions"]) == (14, 20)


@pytest.mark.parametrize("name", ["desk", "cloud"])
def test_a_worked_example_is_a_profile_that_can_be_used(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (text,) = (block for block in blocks("toml") if f"[profiles.{name}.contact_center]" in block)
    (tmp_path / "config.toml").write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    for secret in set(re.findall(r'_file = "(~/[^"]+)"', text)):
        path = Path(secret).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a-secret-of-this-test")
        path.chmod(0o600)
    profile = read_profile(name, {}, tmp_path / "config.toml")
    assert profile.problems == ()
    assert set(profile.backends) >= {Kind.CONTACT_CENTER, Kind.CRM, Kind.PRESENCE, Kind.MESSAGING}


@pytest.mark.parametrize(("kind", "backend"), [(kind, name) for kind in Kind for name in registry.names(kind)])
def test_every_bundled_backend_is_in_the_table_of_systems(kind: Kind, backend: str) -> None:
    if backend == "mock":
        assert "all but voice and assist: `mock`" in TEXT
    else:
        assert f"| {kind.value} `{backend}`" in TEXT


def test_both_commands_install_from_their_lock() -> None:
    demo, tests = commands()
    start = "python3 -m venv .venv && .venv/bin/pip install -qr "
    rest = " && .venv/bin/pip install -q --no-deps --no-build-isolation . && .venv/bin/"
    assert demo == f"{start}requirements.lock{rest}agent-desktop demo"
    assert tests == f"{start}requirements-test.lock{rest}python -m pytest -n auto"
    real = "\n.venv/bin/pip install -qr requirements-real.lock && .venv/bin/python -m pytest --real tests/real\n"
    assert real in TEXT


def test_the_command_for_the_demo_shows_the_desktop(tmp_path: Path) -> None:
    words = commands()[0].rpartition(".venv/bin/")[2].split()
    with PtyScreen([str(BIN / words[0]), *words[1:]], rows=40, cols=150, env=environment(tmp_path)) as screen:
        screen.wait_for("Maya Okafor", 60)
        screen.press("s")
        screen.wait_for("1")
        screen.press("1")
        screen.wait_for("Priya Natarajan", 60)
        screen.press_twice("ctrl+o")
        assert screen.wait_exit(30) == 0


def test_the_script_works_a_whole_call(tmp_path: Path) -> None:
    (script,) = (block for block in blocks("sh") if "do accept" in block)
    script = script.replace("port=47100", f"port={free_port()}")
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "delivered\n"), done.stderr


def test_the_script_writes_reports(tmp_path: Path) -> None:
    (script,) = (block for block in blocks("sh") if "report intervals" in block)
    script = script.replace("port=47200", f"port={free_port()}")
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    wanted = "billing.csv\ngiven-up.csv\nqueues.parquet\nweek.html\n"
    assert (done.returncode, done.stdout) == (0, wanted), done.stderr
    assert "The week at Billing" in (tmp_path / "week.html").read_text()


def test_the_mock_servers_start_as_shown(tmp_path: Path) -> None:
    (line,) = (block.strip() for block in blocks("sh") if block.startswith("agent-desktop mock"))
    words = line.replace("47000", str(free_port())).split()
    with subprocess.Popen(
        [str(BIN / words[0]), *words[1:]], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.terminate()
        assert '"contact_center"' in said and '"control"' in said
        assert process.wait(15) == 0


def test_the_architecture_speaks_of_files_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    there = [
        str(path.relative_to(ROOT))
        for top in ("desktop", "mock_backends", "tests")
        for path in (ROOT / top).rglob("*.*")
    ]
    named = {name for name in re.findall(r"`([\w/]+\.(?:py|tcss|md|toml))`", text) if name not in ("pyproject.toml",)}
    assert len(named) > 80
    assert {name for name in named if not any(path.endswith(f"/{name}") or path == name for path in there)} == set()
