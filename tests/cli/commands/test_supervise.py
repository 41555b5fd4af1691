"""`supervise`: a supervisor's acts from a shell script, and the agent's words to them, against mock servers."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mock_backends.launcher import Running
from tests.cli.command_line import control, run
from tests.cli.commands.test_supervisor_commands import env_of
from tests.e2e.workplace import until

pytestmark = pytest.mark.thorough


@pytest.fixture
def boss(servers: Running, tmp_path: Path) -> dict[str, str]:
    control(servers.urls["contact_center"], "POST", "reset")
    return env_of("sam", servers, tmp_path / "sam")


@pytest.fixture
def agent(servers: Running, tmp_path: Path, boss: dict[str, str]) -> dict[str, str]:
    return env_of("maya", servers, tmp_path / "maya")


def good(*words: str, env: dict[str, str]) -> Any:
    ran = run(*words, env=env)
    assert ran.code == 0, ran.words
    return ran.json


def ring(servers: Running, number: str = "+442079460018") -> str:
    step = {"do": "call", "from": number, "queue": "Billing", "stays": None}
    return str(control(servers.urls["contact_center"], "POST", "step", step)["interaction_id"])


def test_a_floor_is_looked_after_from_a_script(servers: Running, boss: dict[str, str], agent: dict[str, str]) -> None:
    first, second = ring(servers), ring(servers, "+442079460142")
    assert [one["id"] for one in good("supervise", "waiting", "Billing", env=boss)] == [first, second]
    good("supervise", "priority", second, "--points", "50", "--why", "a promise", env=boss)
    assert [one["id"] for one in good("supervise", "waiting", "Billing", env=boss)] == [second, first]
    good("supervise", "withdraw", first, "--why", "a test call", env=boss)
    changed = good("supervise", "agent_state", "maya", "--state", "available", "--why", "needed", env=boss)
    assert changed["observed"] == "available"
    good("do", "accept", second, env=agent)
    asked = good("do", "ask_help", second, "--text", "they shout", env=agent)
    listening = good("supervise", "listen", "maya", "--why", "she asked", env=boss)["monitor_id"]
    assert good("supervise", "whisper", "maya", "--why", "she asked", env=boss)["monitor_id"] == listening
    good("supervise", "end_monitor", listening, env=boss)
    answered = good("supervise", "answer_help", asked["id"], "--text", "offer the refund", env=boss)
    assert (answered["state"], answered["answered_by_name"]) == ("answered", "Sam Rivera")
    good("supervise", "message", "maya", "--text", "well done", env=boss)
    good("do", "answer_supervisor", "sam", "--text", "thank you", env=agent)
    taken = good("supervise", "take_over", second, "--why", "they ask for me", "--key", "once", env=boss)
    assert taken["agent_id"] == "sam"
    assert good("supervise", "take_over", second, "--why", "they ask for me", "--key", "once", env=boss) == taken
    good("supervise", "acknowledge", "waiting|Billing", "--text", "on it", env=boss)
    verbs = [one["verb"] for one in good("supervise", "audit", env=boss)]
    assert verbs[0] == "acknowledge" and verbs.count("take_over") == 1
    assert good("supervise", "interaction", second, env=boss)["phase"] == "wrap_up"
    assert "maya" in {one["agent_id"] for one in good("supervise", "schedules", "--day", "2026-11-24", env=boss)}
    assert good("supervise", "agent_day", "maya", env=boss)[-1]["availability"] == "available"


@pytest.mark.parametrize(
    "words",
    [
        ["take_over", "int-1", "--why", "mine"],
        ["listen", "tom", "--why", "curious"],
        ["agent_state", "tom", "--state", "offline", "--why", "no"],
        ["waiting", "Billing"],
        ["audit"],
        ["acknowledge", "x|y"],
    ],
)
def test_an_agent_is_refused(words: list[str], agent: dict[str, str]) -> None:
    ran = run("supervise", *words, env=agent)
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.words and ran.words.strip()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fire", "maya"],
        ["take_over", "int-1"],
        ["withdraw", "int-1", "--why", "  "],
        ["move", "int-1", "--why", "x"],
        ["reassign", "int-1", "--why", "x"],
        ["priority", "int-1", "--why", "x", "--points", "1001"],
        ["message", "maya"],
        ["waiting"],
        ["agent_day", "maya", "--day", "tomorrow"],
    ],
)
def test_wrong_usage_says_what_is_missing(words: list[str], boss: dict[str, str]) -> None:
    ran = run("supervise", *words, env=boss)
    assert (ran.code, ran.out) == (2, "")
    assert ran.words.strip()


def test_what_is_not_there_or_has_moved_on_is_said_in_words(servers: Running, boss: dict[str, str]) -> None:
    gone = run("supervise", "withdraw", "int-none", "--why", "x", env=boss)
    assert (gone.code, "int-none: There is no such interaction." in gone.words) == (1, True)
    call = ring(servers)
    good("supervise", "withdraw", call, "--why", "x", env=boss)
    late = run("supervise", "withdraw", call, "--why", "x", env=boss)
    assert (late.code, "closed" in late.words) == (1, True)


def test_a_command_that_was_killed_before_its_answer_is_repeated_under_its_key(
    servers: Running, boss: dict[str, str]
) -> None:
    url = servers.urls["contact_center"]
    call = ring(servers)
    words = ["supervise", "withdraw", call, "--why", "stuck", "--key", "killed"]

    def applied() -> list[dict[str, Any]]:
        return [one for one in control(url, "GET", "record")["record"] if one["path"].endswith("/withdraw")]

    rule = {"match": "POST /v1/floor/*", "effect": "slow_bytes", "seconds": 0.5, "times": 1}
    control(url, "PUT", "faults", {"rules": [rule]})
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop.cli", *words], env=boss, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(applied)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert good(*words, env=boss)["phase"] == "closed"
    assert len(applied()) == 1
    assert [one["verb"] for one in good("supervise", "audit", env=boss)] == ["withdraw"]


def test_an_answer_that_was_lost_is_said_and_the_key_is_told(servers: Running, boss: dict[str, str]) -> None:
    call = ring(servers)
    rule = {"match": "POST /v1/floor/*", "effect": "apply_then_fail", "times": 1}
    control(servers.urls["contact_center"], "PUT", "faults", {"rules": [rule]})
    ran = run("supervise", "withdraw", call, "--why", "x", env=boss)
    assert ran.code == 4
    key = ran.words.partition("--key ")[2].split()[0]
    assert good("supervise", "withdraw", call, "--why", "x", "--key", key, env=boss)["phase"] == "closed"
