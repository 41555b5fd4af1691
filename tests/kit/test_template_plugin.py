"""The template of a plug-in: installed, it keeps its contract, and the desktop finds and checks it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_line import Ran, clean_env, run

ROOT = Path(__file__).parents[2]
TEMPLATE = Path(__file__).parent / "template_plugin"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the template is installed into, away from its source."""
    folder = tmp_path_factory.mktemp("template")
    shutil.copytree(TEMPLATE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--target", str(folder / "installed"), str(folder / "source")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return folder


def env_of(place: Path) -> dict[str, str]:
    """An environment in which the template is installed."""
    paths = [str(place / "installed"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return clean_env(place, PYTHONPATH=os.pathsep.join(filter(None, paths)))


@pytest.fixture(scope="module")
def checked(place: Path) -> Ran:
    """What the desktop says of it, with a profile whose server is not there."""
    (place / "config.toml").write_text(
        f'[profiles.work.crm]\nbackend = "phonebook"\nurl = "http://127.0.0.1:9"\ntoken_file = "{place}/token"\n'
    )
    (place / "token").write_text("t")
    (place / "token").chmod(0o600)
    words = ("--config", str(place / "config.toml"), "--profile", "work")
    return run("backends", "check", "crm", "phonebook", "--open", *words, env=env_of(place), timeout=120)


def test_its_own_tests_pass(place: Path) -> None:
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=place / "source", env=env_of(place), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout and "failed" not in done.stdout


def test_the_desktop_finds_it(place: Path) -> None:
    listed = run("backends", env=env_of(place)).json
    assert {"kind": "crm", "name": "phonebook", "package": "agent-desktop-phonebook 0.1.0"} in listed


def test_the_check_runs_its_contract(checked: Ran) -> None:
    found: dict[str, Any] = checked.json
    assert (found["ok"], found["tier"], found["complaints"], found["missing"]) == (True, "gold", [], [])
    conformance = found["conformance"]
    assert conformance["passed"] == conformance["required"] > 40
    assert set(conformance["groups"]) == {"shape", "behaviour", "honesty", "resilience"}
    assert conformance["label"] == "shape-only"


def test_the_check_opens_it_as_the_profile_says(checked: Ran) -> None:
    assert checked.code == 3, checked.words
    (opened,) = checked.json["opened"]
    assert (opened["ok"], opened["error"]) == (False, "Unavailable")


def test_the_check_finds_what_is_broken(place: Path) -> None:
    module = place / "installed" / "phonebook_plugin" / "__init__.py"
    sound = module.read_text()
    try:
        module.write_text(sound.replace("raise OutcomeUnknown(", "raise Unavailable("))
        ran = run("backends", "check", "crm", "phonebook", "--markdown", env=env_of(place), timeout=120)
    finally:
        module.write_text(sound)
    assert ran.code == 1, ran.words
    assert ran.out.startswith("# crm phonebook\n")
    assert set(re.findall(r"FAILED (\S+):", ran.out.replace("\\", ""))) == {
        "test_changing_fails_in_the_right_way[dropped]",
        "test_changing_fails_in_the_right_way[answer_lost]",
        "test_a_receipt_that_got_lost_is_no_second_wrap_up",
    }
    assert "## crm phonebook: silver" in ran.out


def test_a_plugin_without_a_rig_is_told_what_is_missing(tmp_path: Path) -> None:
    ran = run("backends", "check", "crm", "mock", env=clean_env(tmp_path))
    assert ran.code == 0
    assert (ran.json["ok"], ran.json["tier"], ran.json["conformance"]) == (True, None, None)
    assert "agent_desktop.rig.crm" in ran.json["missing"][0]


@pytest.mark.parametrize("words", [["crm"], [], ["crm", "nonsense"], ["nonsense", "mock"]])
def test_a_check_of_nothing_is_a_mistake(words: list[str], tmp_path: Path) -> None:
    ran = run("backends", "check", *words, env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.words
