"""Which language the command line and the screens speak: the terminal's, or the profile's once it was read."""

import argparse
import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

from desktop.cli.argparse_words import OWN_WORDS
from desktop.config.setting import LANGUAGE
from desktop.words.language import LANGUAGES
from tests.cli.command_line import Ran, clean_env, run
from tests.cli.test_demo import on_terminal
from tests.words.catalogues import OTHERS, kept

pytestmark = pytest.mark.thorough

GERMAN = {"LC_ALL": "de_DE.UTF-8"}
ENGLISH = {"LC_ALL": "en_GB.UTF-8"}
A_REGION = "Eine Region besteht aus zwei Buchstaben, wie GB."
"""What is wrong with the profile below, in German."""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment with a profile that has something wrong, and names no language."""
    written(tmp_path, "")
    return clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "config.toml"))


def written(folder: Path, more: str, *, region: str = "GBR") -> None:
    """Write the profile anew."""
    token = folder / "token"
    token.touch(0o600)
    token.write_text("t")
    lines = ['default = "work"', "[profiles.work]", f'data_dir = "{folder}/data"', f'region = "{region}"', more]
    lines += ["[profiles.work.contact_center]", 'backend = "mock"', 'url = "http://127.0.0.1:9"']
    (folder / "config.toml").write_text("\n".join([*lines, f'token_file = "{token}"', ""]))


def checked(env: dict[str, str]) -> Ran:
    ran = run("config", "show", env=env)
    assert ran.code == 2, ran.words
    return ran


@pytest.mark.parametrize(
    "said",
    [
        GERMAN,
        {"LC_ALL": "", "LC_MESSAGES": "de_CH.UTF-8"},
        {"LC_ALL": "", "LANG": "de_DE.UTF-8"},
        {"LC_ALL": "en_GB.UTF-8", "LANGUAGE": "fr:de"},
    ],
)
def test_the_command_line_speaks_what_the_terminal_is_set_to(env: dict[str, str], said: dict[str, str]) -> None:
    assert "Die installierten Plug-ins." in run("--help", env=env | said).out
    assert "Ein crm-Backend namens 'x' gibt es nicht." in run("backends", "show", "crm", "x", env=env | said).words


def test_any_other_language_is_english(env: dict[str, str]) -> None:
    french = run("--help", env=env | {"LC_ALL": "fr_FR.UTF-8"})
    assert french == run("--help", env=env)
    assert "The installed plug-ins." in french.out


def test_argparse_speaks_it_too(env: dict[str, str]) -> None:
    shown = run("state", "--help", env=env | GERMAN).out
    assert shown.startswith("Aufruf: agent-desktop state ")
    assert "diese Hilfe anzeigen und beenden" in shown
    wrong = run("state", "--timeout", "x", env=env | GERMAN)
    assert wrong.code == 2
    assert "state: Fehler: Argument --timeout: 'x' ist keine Zahl" in wrong.words


def test_the_words_of_argparse_are_those_of_this_python() -> None:
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        if isinstance(node.args[0], ast.Constant)
    }
    assert set(OWN_WORDS) <= asked


@pytest.mark.parametrize("code", OTHERS)
def test_translations_for_argparse_have_its_placeholders(code: str) -> None:
    catalogue = kept(code)
    for message in catalogue:
        if isinstance(message.id, str) and "%" in message.id and message.string:
            pattern = r"%\(\w+\)[sr]|%[sr]|%%"
            assert sorted(re.findall(pattern, message.string)) == sorted(re.findall(pattern, message.id)), message.id


@pytest.mark.parametrize(
    ("terminal", "profile", "variable", "spoken"),
    [
        (GERMAN, "", "", "de"),
        (GERMAN, "auto", "", "de"),
        (GERMAN, "en", "", "en"),
        (ENGLISH, "", "", "en"),
        (ENGLISH, "auto", "", "en"),
        (ENGLISH, "de", "", "de"),
        (ENGLISH, "", "de", "de"),
        (GERMAN, "de", "en", "en"),
    ],
)
def test_a_profile_chooses_its_language(
    env: dict[str, str], tmp_path: Path, terminal: dict[str, str], profile: str, variable: str, spoken: str
) -> None:
    written(tmp_path, f'language = "{profile}"' if profile else "")
    ran = checked(env | terminal | ({"AGENT_DESKTOP_LANGUAGE": variable} if variable else {}))
    (problem,) = ran.json["problems"]
    assert problem.endswith(A_REGION if spoken == "de" else "a region is two letters, like GB.")
    assert ran.json["language"]["value"] == (variable or profile or "auto")


def test_a_language_that_nobody_speaks_is_a_problem_told_in_the_terminals(env: dict[str, str], tmp_path: Path) -> None:
    written(tmp_path, 'language = "klingon"')
    for terminal, told in ((ENGLISH, "must be one of auto, en, de."), (GERMAN, "auto, en, de")):
        problems = checked(env | terminal).json["problems"]
        assert [told in one for one in problems] == [False, True]
        assert f"{tmp_path}/config.toml [profiles.work] language" in problems[1]


def test_the_profile_may_choose_every_language_there_is() -> None:
    assert set(LANGUAGE) == {"auto", *LANGUAGES}


def test_what_programs_read_is_the_same_in_every_language(env: dict[str, str]) -> None:
    for words in (["backends"], ["backends", "show", "crm", "odoo"]):
        assert run(*words, env=env | GERMAN).out == run(*words, env=env | ENGLISH).out
    german, english = (checked(env | one).json for one in (GERMAN, ENGLISH))
    assert german.keys() == english.keys()
    assert {name: one["value"] for name, one in german.items() if isinstance(one, dict) and "value" in one} == {
        name: one["value"] for name, one in english.items() if isinstance(one, dict) and "value" in one
    }


def test_the_wizard_asks_in_german_and_writes_no_language(env: dict[str, str], tmp_path: Path) -> None:
    answers = "mock\nhttp://127.0.0.1:9\ntoken\n\n\n\n\n\n\n"
    ran = run("config", "init", "new", env=env | GERMAN, stdin=answers)
    assert "Backend für contact_center" in ran.words
    assert "language" not in (tmp_path / "config.toml").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_the_screen_speaks_the_profiles_language(env: dict[str, str], tmp_path: Path) -> None:
    written(tmp_path, 'language = "de"', region="GB")
    with on_terminal(env=env | ENGLISH) as terminal:
        terminal.wait_for("Keine aktiven Kontakte.")
