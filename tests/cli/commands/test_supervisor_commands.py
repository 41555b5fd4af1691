"""`queues --metrics` and `alerts` against the real mock contact centre."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import FORMULAS
from mock_backends.launcher import Running
from tests.cli.command_line import clean_env, run

pytestmark = pytest.mark.thorough

NOBODY = """
[alerting]
bundled = false
[[alerts]]
name = "nobody-there"
watch = "agents_signed_in"
below = 1
stays = false
queues = "Billing"
[[alerts]]
name = "later"
watch = "agents_signed_in"
below = 1
for = "10 min"
queues = "Billing"
[[alerts]]
name = "dark"
watch = "occupancy"
above = "85 %"
"""


def env_of(who: str, servers: Running, folder: Path) -> dict[str, str]:
    """An environment whose profile is signed in as somebody."""
    folder.mkdir(exist_ok=True)
    token = folder / "token"
    token.touch(0o600)
    token.write_text(servers.tokens[who])
    config = folder / "config.toml"
    config.write_text(
        f'default = "w"\n[profiles.w]\ndata_dir = "{folder}/data"\n[profiles.w.contact_center]\nbackend = "mock"\n'
        f'url = "{servers.urls["contact_center"]}"\ntoken_file = "{token}"\n'
    )
    return clean_env(folder, AGENT_DESKTOP_CONFIG=str(config))


@pytest.fixture
def supervisor(servers: Running, tmp_path: Path) -> dict[str, str]:
    return env_of("sam", servers, tmp_path / "sam")


# queues --metrics


def test_every_metric_comes_with_its_definition_its_age_and_every_service_level(supervisor: dict[str, str]) -> None:
    ran = run("queues", "--metrics", env=supervisor)
    assert ran.code == 0, ran.words
    told = ran.json
    assert [one["id"] for one in told["definitions"]] == list(METRICS)
    assert [one["id"] for one in told["formulas"]] == list(FORMULAS)
    assert told["formula"]["id"] == "answered_in_time_abandons_against"
    queue = next(one for one in told["queues"] if one["queue"] == "Billing")
    assert set(queue["metrics"]) == set(METRICS) and set(queue["service_levels"]) == set(FORMULAS)
    assert 0.0 <= queue["age"] < 60.0 and queue["threshold"] > 0 and queue["since"] <= told["at"]
    assert queue["metrics"]["waiting"] == 0 and queue["metrics"]["asa"] is None
    for name in ("offered", "waiting"):
        assert told["together"]["metrics"][name] == sum(one["metrics"][name] for one in told["queues"])


def test_a_formula_is_chosen_by_its_id(supervisor: dict[str, str]) -> None:
    assert run("queues", "--formula", "left_in_time_of_offered", env=supervisor).json["formula"] == {
        "id": "left_in_time_of_offered",
        "label": "all who left in time, of offered",
        "known_as": ["Amazon Connect"],
        "arithmetic": "(answered in time + abandoned in time + callbacks in time) ÷ offered",
    }


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("amazon", "Did you mean left_in_time_of_offered?"),
        ("answered_in_time_of_al", "Did you mean answered_in_time_of_all?"),
        ("zzz", "There are answered_in_time_of_all, "),
    ],
)
def test_a_formula_there_is_not_is_refused_with_a_guess(name: str, guess: str, supervisor: dict[str, str]) -> None:
    ran = run("queues", "--metrics", "--formula", name, env=supervisor)
    assert ran.code == 2 and ran.out == "" and guess in ran.words


def test_without_the_word_queues_are_printed_as_before(supervisor: dict[str, str]) -> None:
    assert {"name", "waiting", "counts"} <= set(run("queues", env=supervisor).json[0])


# alerts


def test_alerts_are_those_of_the_rules_with_what_waits_and_what_nobody_knows(
    supervisor: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sam" / "alerts.toml").write_text(NOBODY + '[[alerts]]\nname = "bad"\nwatch = "wating"\nabove = 1\n')
    ran = run("alerts", env=supervisor)
    assert ran.code == 0, ran.words
    told = ran.json
    (alert,) = told["alerts"]
    assert (alert["key"], alert["about"], alert["severity"]) == ("nobody-there|Billing", "queue", "warning")
    assert alert["text"] == "Billing: agents signed in 0, below 1"
    (pending,) = told["pending"]
    assert (pending["rule"], pending["subject"], pending["hold"]) == ("later", "Billing", 600.0)
    assert told["unknown"].keys() <= {"dark"} and told["rules"] == ["nobody-there", "later", "dark"]
    assert "alert 'bad'" in told["problems"][0] and "Did you mean 'waiting'?" in ran.words


def test_without_a_configuration_the_bundled_rules_are_used(supervisor: dict[str, str]) -> None:
    told = run("alerts", env=supervisor).json
    assert "service-level" in told["rules"] and told["problems"] == []


def test_an_agent_is_refused(env: dict[str, str]) -> None:
    for words in (["alerts"], ["alerts", "--follow"]):
        ran = run(*words, env=env)
        assert ran.code == 1 and ran.out == "" and "supervisors" in ran.words


def test_a_contact_centre_that_is_not_there(servers: Running, tmp_path: Path) -> None:
    env = env_of("sam", servers, tmp_path / "gone")
    config = tmp_path / "gone" / "config.toml"
    config.write_text(config.read_text().replace(servers.urls["contact_center"], "http://127.0.0.1:9"))
    for words in (["alerts"], ["alerts", "--follow"]):
        assert run("--timeout", "3", *words, env=env).code in (3, 4)


@contextmanager
def following(*words: str, env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "desktop.cli", "alerts", "--follow", *words]
    with subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_each_change_is_a_line_until_enough_of_them(
    supervisor: dict[str, str], env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sam" / "alerts.toml").write_text(NOBODY)
    with following("--count", "3", env=supervisor) as process:
        first = line(process)
        assert (first["change"], first["key"]) == ("raised", "nobody-there|Billing")
        assert run("do", "available", env=env).code == 0
        gone = line(process)
        assert (gone["change"], gone["key"]) == ("gone", "nobody-there|Billing") and gone["at"] >= first["at"]
        assert run("do", "offline", env=env).code == 0
        assert line(process)["change"] == "raised"
        assert process.wait(timeout=20) == 0


def test_an_interruption_ends_it(supervisor: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sam" / "alerts.toml").write_text(NOBODY)
    with following(env=supervisor) as process:
        assert line(process)["change"] == "raised"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr is not None and "Traceback" not in process.stderr.read()
