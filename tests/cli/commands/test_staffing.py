"""`staffing`: sums without a server, and forecasts and what-if of a real one's history."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL, clean_env, run

pytestmark = pytest.mark.thorough

HALF_HOUR = ("staffing", "need", "--calls", "100", "--per", "30m", "--aht", "180")


@pytest.fixture(scope="module")
def company() -> Iterator[Running]:
    """A contact centre with half a year behind it, at noon of a Wednesday."""
    settings = Settings(rate_per_minute=1e6, burst=1e6, autonomous=False, clock_start=1_794_398_400.0)
    with launcher.start(control=CONTROL, settings=settings) as running:
        yield running


def profile(company: Running, home: Path, who: str) -> dict[str, str]:
    token = home / "token"
    token.touch(0o600)
    token.write_text(company.tokens[who])
    lines = [
        'default = "work"', "[profiles.work]", f'data_dir = "{home}/data"', "[profiles.work.contact_center]",
        'backend = "mock"', f'url = "{company.urls["contact_center"]}"', f'token_file = "{token}"',
    ]  # fmt: skip
    (home / "config.toml").write_text("\n".join(lines))
    return clean_env(home, AGENT_DESKTOP_CONFIG=str(home / "config.toml"))


@pytest.fixture(scope="module")
def remembering(company: Running, tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The same once its past is made up, which takes a busy machine longer than a question waits."""
    env = profile(company, tmp_path_factory.mktemp("first"), "sam")
    deadline = time.monotonic() + 60
    while (ran := run("staffing", "forecast", env=env)).code:
        assert "being made up" in ran.words, ran.words
        assert time.monotonic() < deadline, ran.words
    return company


@pytest.fixture
def lead(remembering: Running, tmp_path: Path) -> dict[str, str]:
    return profile(remembering, tmp_path, "sam")


def test_the_published_example_without_any_profile(tmp_path: Path) -> None:
    ran = run(*HALF_HOUR, "--target", "80/20", "--shrinkage", "30%", env=clean_env(tmp_path))
    assert ran.code == 0, ran.words
    found = ran.json
    assert (found["model"], found["load"], found["agents"], found["positions"]) == ("Erlang C", 10, 14, 20)
    assert round(found["outcome"]["service_level"], 6) == 0.888350
    assert round(found["one_agent_fewer"]["service_level"], 6) == 0.795595


def test_patience_chats_and_other_targets(tmp_path: Path) -> None:
    env = clean_env(tmp_path)
    assert run(*HALF_HOUR, "--patience", "2m", env=env).json["model"] == "Erlang A"
    assert run(*HALF_HOUR, "--concurrency", "3", env=env).json["agents"] == 5
    assert run(*HALF_HOUR, "--concurrency", "3", "--efficiency", "0.5", env=env).json["load"] == 20
    assert run(*HALF_HOUR, "--occupancy", "70%", env=env).json["agents"] == 15
    assert run(*HALF_HOUR, "--asa", "20", env=env).json["agents"] == 13
    assert run("staffing", "need", "--calls", "0", "--aht", "180", env=env).json["agents"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--aht", "soon"),
        ("--aht", "0"),
        ("--calls", "nan"),
        ("--calls", "-1"),
        ("--calls", "1e12"),
        ("--target", "80"),
        ("--target", "180/20"),
        ("--shrinkage", "100%"),
        ("--shrinkage", "2"),
        ("--concurrency", "0"),
        ("--efficiency", "0"),
    ],
)
def test_nonsense_is_a_matter_of_usage(words: tuple[str, str], tmp_path: Path) -> None:
    ran = run(*HALF_HOUR, *words, env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.words


def test_agents_for_the_rest_of_the_day(lead: dict[str, str]) -> None:
    ran = run("staffing", "forecast", "--queue", "Billing", "--shrinkage", "30%", env=lead)
    assert ran.code == 0, ran.words
    found = ran.json
    assert (found["queues"], found["span"]) == (["Billing"], "today")
    assert found["days_of_history"] >= 60
    assert 0 < found["held_out"]["wape"] < found["held_out"]["naive"]
    assert found["intervals"] and all(one["low"] <= one["offered"] + 1 for one in found["intervals"])
    busy = [one for one in found["intervals"] if one["offered"] >= 1]
    assert busy and all(one["positions"] > one["agents"] >= 1 and one["aht"] > 0 for one in busy)


def test_the_coming_week_of_all_queues(lead: dict[str, str]) -> None:
    found = run("staffing", "forecast", "--span", "week", "--target", "90/10", env=lead).json
    assert found["span"] == "week" and found["target"]["level"] == 0.9
    assert len(found["intervals"]) == 7 * 48


def test_what_if_of_a_quiet_queue_says_why_not(lead: dict[str, str]) -> None:
    ran = run("staffing", "what-if", "--queue", "Billing", env=lead)
    assert ran.code == 0
    assert ran.json["why_not"] and ran.json["steps"] == []
    assert ran.json["why_not"] in ran.words


def test_a_formula_that_does_not_exist(lead: dict[str, str]) -> None:
    ran = run("staffing", "what-if", "--queue", "Billing", "--formula", "mine", env=lead)
    assert ran.code == 2 and "answered_in_time_abandons_against" in ran.words


def test_an_agent_gets_none_of_it(company: Running, tmp_path: Path) -> None:
    ran = run("staffing", "forecast", env=profile(company, tmp_path, "maya"))
    assert (ran.code, ran.out) == (3, "")


def test_all_of_it_is_json(lead: dict[str, str]) -> None:
    for words in (("what-if", "--queue", "Billing"), ("forecast",)):
        json.loads(run("staffing", *words, env=lead).out)
