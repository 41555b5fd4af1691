"""The command line without any server: help, usage, exit codes, and how little it loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.app.commands.contact_commands import SPECS
from desktop.cli.arguments import VERBS, parser
from desktop.cli.commands.supervise_arguments import ACTS
from desktop.cli.exits import Exit, explain
from desktop.cli.output import emit, say
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.words import Verb
from desktop.ports import errors
from desktop.ports.errors import BackendError
from tests.cli.command_line import clean_env, run

COMMANDS = [
    "state",
    "agents",
    "queues",
    "interactions",
    "customer",
    "people",
    "timeline",
    "events",
    "do",
    "supervise",
    "outbox",
    "erase",
    "alerts",
    "config",
    "backends",
    "staffing",
    "demo",
]


def test_the_words_are_those_of_the_domain() -> None:
    assert set(VERBS) == {verb.value for verb, spec in SPECS.items() if spec.call is not None} | {Verb.WRAP_UP.value}
    assert set(ACTS) == {verb.value for verb in FloorVerb}


def test_every_command_explains_itself(tmp_path: Path) -> None:
    help_text = parser().format_help()
    for command in COMMANDS:
        assert f"\n    {command} " in help_text
    ran = run("do", "--help", env=clean_env(tmp_path))
    assert ran.code == 0
    assert "blind_transfer" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["do"],
        ["do", "jump", "i-1"],
        ["customer"],
        ["customer", "find"],
        ["customer", "find", "x", "--phone", "+44"],
        ["events", "--count", "0"],
        ["state", "--timeout", "-1"],
        ["state", "--timeout", "nan"],
        ["state", "--prof", "x"],
        ["demo", "--role", "supervisor"],
        ["demo", "--speed", "0"],
        ["state"],
        [],
        ["backends", "show"],
        ["erase"],
        ["erase", " "],
        ["backends", "show", "crm", "nonsense"],
    ],
)
def test_wrong_usage_is_2_with_words_on_stderr_only(words: list[str], tmp_path: Path) -> None:
    ran = run(*words, env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.words.strip()
    assert "Traceback" not in ran.words


def test_without_a_profile_it_says_how_to_make_one(tmp_path: Path) -> None:
    ran = run("state", env=clean_env(tmp_path))
    assert "config init" in ran.words
    assert "demo" in ran.words


def test_version(tmp_path: Path) -> None:
    ran = run("--version", env=clean_env(tmp_path))
    assert (ran.code, ran.out.split()[0]) == (0, "agent-desktop")


def test_the_mock_servers_are_a_program_of_their_own(tmp_path: Path) -> None:
    ran = run("mock", "--help", env=clean_env(tmp_path))
    assert (ran.code, ran.words) == (0, "")
    assert "contact-center" in ran.out
    assert run("mock", "nonsense", env=clean_env(tmp_path)).code == 2


def test_backends_list_and_show(tmp_path: Path) -> None:
    listed = run("backends", env=clean_env(tmp_path))
    assert listed.code == 0
    assert any({"kind": "crm", "name": "mock"}.items() <= one.items() for one in listed.json)
    shown = run("backends", "show", "crm", "mock", env=clean_env(tmp_path))
    assert shown.code == 0
    assert {one["name"] for one in shown.json["options"]} == {"url", "token", "ca_file"}


LIGHT = """
import sys
from desktop.cli import main
code = main({words!r})
heavy = [n for n in {heavy!r} if n in sys.modules]
print(repr((code, heavy)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], ["asyncio", "httpx", "pydantic", "textual", "sqlite3", "platformdirs", "importlib.metadata"]),
        (["do", "--help"], ["asyncio", "httpx", "pydantic", "textual", "sqlite3", "platformdirs"]),
        (["backends"], ["asyncio", "httpx", "pydantic", "textual", "sqlite3", "fastapi"]),
        (["backends", "show", "crm", "mock"], ["httpx", "pydantic", "textual", "sqlite3", "phonenumbers"]),
        (["state"], ["httpx", "pydantic", "textual", "sqlite_utils"]),
    ],
)
def test_a_command_loads_only_what_it_needs(words: list[str], heavy: list[str], tmp_path: Path) -> None:
    code = LIGHT.format(words=words, heavy=heavy)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean_env(tmp_path), timeout=30
    )
    assert done.stderr.strip().splitlines()[-1].endswith(", [])"), done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Conflict("x"), 1),
        (errors.NotFound("x"), 1),
        (errors.Rejected("x"), 1),
        (errors.Unsupported("x"), 1),
        (errors.Unavailable("x"), 3),
        (errors.AuthFailed("x"), 3),
        (errors.Forbidden("x"), 1),
        (errors.RateLimited("x", 7), 3),
        (errors.ProtocolError("x"), 3),
        (errors.OutcomeUnknown("x"), 4),
        (TimeoutError(), 4),
        (KeyError("canary"), 3),
    ],
)
def test_every_error_has_its_exit_code_and_a_sentence(error: Exception, code: int) -> None:
    told = explain(error)
    assert told.code == Exit(code)
    assert told.message
    assert "canary" not in told.message


def test_every_class_of_error_is_explained() -> None:
    for kind in BackendError.__subclasses__():
        error = kind("x", 1.0) if kind is errors.RateLimited else kind("x")
        assert explain(error).code in {Exit.REFUSED, Exit.UNAVAILABLE, Exit.TIMED_OUT}


def test_no_text_can_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b]0;x\x07\x9b2J\u202eabc\u2028\x7f é"
    emit({"name": hostile})
    say(hostile)
    out, words = capsys.readouterr()
    assert json.loads(out) == {"name": hostile}
    for text in (out, words):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2028"} & set(text)
    assert "é" in words


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m desktop.cli backends | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        env=clean_env(tmp_path),
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
