"""The command line without any server: help, usage, exit codes, and how little it loads."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from desktop.app.commands.contact_commands import SPECS
from desktop.cli.arguments import SHELLS, VERBS, parser
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


@pytest.mark.thorough
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
    assert {one["name"] for one in shown.json["options"]} == {"url", "token", "ca_file", "proxy"}


def test_windows_is_refused_with_words_before_anything_fails_there() -> None:
    code = "import sys; sys.platform = 'win32'; from desktop.cli import main; sys.exit(main(['state']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert "On Windows it runs in WSL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_shell_completes_the_words(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(run("completion", "bash", env=clean_env(tmp_path)).out)
    words = "COMP_WORDS=(agent-desktop outbox re); COMP_CWORD=2"
    bash = f"source {script}; {words}; _shtab_agent_desktop; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "-c", bash], capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["retry"], done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, tmp_path: Path) -> None:
    ran = run("completion", shell, env=clean_env(tmp_path))
    assert (ran.code, ran.words) == (0, "")
    assert "agent-desktop" in ran.out and "supervise" in ran.out


def test_the_mock_servers_run_with_the_light_extra_alone() -> None:
    code = """
import sys
for name in ("duckdb", "websockets"):
    sys.modules[name] = None
from mock_backends.__main__ import main
sys.exit(main(["all"]))
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as servers:
        try:
            assert servers.stdout is not None
            told = json.loads(servers.stdout.readline())
            headers = {"Authorization": f"Bearer {told['tokens']['sam']}"}
            assert httpx.get(f"{told['crm']['url']}/v1/health", headers=headers).status_code == 200
            period = {"since": 1_750_000_000, "until": 1_750_086_400}
            past = httpx.get(
                f"{told['contact_center']['url']}/v1/history/intervals", params=period, headers=headers, timeout=20
            )
            assert (past.status_code, "agent-desktop[mocks]" in past.text) == (501, True)
        finally:
            servers.terminate()
        assert servers.wait(20) == 0


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
