"""Rules for alerts as TOML: bundled ones, a user's over them, and mistakes told with line and name."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from desktop.config import load_profile
from desktop.config.alert_rules import OPTIONS
from desktop.config.alerts import BUNDLED, alerts_beside
from desktop.config.quantity import quantity
from desktop.domain.alerts.rules import WATCHED, AlertSettings, Rule
from desktop.domain.entities.alert import About, Severity
from desktop.domain.entities.floor import ActivityKind
from desktop.domain.figures.adherence import FITS
from desktop.domain.figures.metric import Unit
from desktop.domain.figures.service_level import FORMULAS
from desktop.words.catalogue import in_words
from tests.cli.command_line import clean_env, run


def settings(tmp_path: Path, own: str = "", *, beside: str = "", bundled: bool = False) -> AlertSettings:
    """What comes of a configuration file and of an `alerts.toml` beside it."""
    config = tmp_path / "config.toml"
    config.write_text(own if bundled else f"{own}\n[alerting]\nbundled = false\n")
    if beside:
        (tmp_path / "alerts.toml").write_text(beside)
    return alerts_beside(config)


def rule(tmp_path: Path, text: str) -> Rule:
    found = settings(tmp_path, f'[[alerts]]\nname = "r"\n{text}')
    assert found.problems == ()
    (only,) = found.rules
    return only


def wrong(tmp_path: Path, text: str) -> str:
    found = settings(tmp_path, f'[[alerts]]\nname = "r"\n{text}')
    assert found.rules == ()
    return "\n".join(map(in_words, found.problems)).replace(str(tmp_path), "")


def test_without_any_configuration_there_are_rules(tmp_path: Path) -> None:
    found = alerts_beside(tmp_path / "config.toml")
    assert found.problems == ()
    watched = {one.watch.id for one in found.rules}
    assert {"service_level", "longest_wait", "work_overdue", "work_wrap_up", "work_on_hold", "source_down"} <= watched
    assert any(one.forecast for one in found.rules)
    assert found.fits == FITS
    assert not [one.name for one in found.rules if one.stays], "an alert stands only for what is still so"
    assert any(one.watch.id == "waiting" and one.is_critical(39) for one in found.rules)


def test_every_option_does_what_it_says(tmp_path: Path) -> None:
    one = rule(
        tmp_path,
        """
        watch = "service_level"
        below = "75 %"
        clear_at = 0.8
        critical = "50 %"
        for = "1 min 30 s"
        min_volume = 30
        severity = "critical"
        formula = "answered_in_time_of_answered"
        forecast = "10 min"
        rate = "5 min"
        threshold_within = 60
        queues = ["Bill*", "VIP"]
        stays = true
        ring = true
        notify = true
        """,
    )
    assert (one.raise_at, one.clear_at, one.low_is_bad, one.hold, one.min_volume) == (0.75, 0.8, True, 90.0, 30.0)
    assert one.critical_at == 0.5
    assert (one.severity, one.formula) == (Severity.CRITICAL, FORMULAS["answered_in_time_of_answered"])
    assert (one.forecast, one.rate, one.threshold_within, one.queues) == (600.0, 300.0, 60.0, ("Bill*", "VIP"))
    assert (one.stays, one.ring, one.notify) == (True, True, True)
    work = rule(tmp_path, 'watch = "work_talking"\nabove = "1 h"\nteams = "North"\nchannels = ["voice"]')
    assert (work.raise_at, work.teams, work.channels) == (3_600.0, ("North",), ("voice",))
    agent = rule(tmp_path, 'watch = "agent_time_in_state"\nabove = "20 min"\nstate = "not_ready:lunch"')
    assert agent.state == "not_ready:lunch"
    assert rule(tmp_path, 'watch = "source_down"\nabove = "9 s"\nsources = ["crm*"]').sources == ("crm*",)
    assert rule(tmp_path, 'watch = "abandon_rate"\nabove = "9 %"\nwindow = "15 min"').window == 900.0


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ('watch = "service_level"\nbelow = 0.8', 0.82),
        ('watch = "abandon_rate"\nabove = 0.1', 0.08),
        ('watch = "service_level"\nbelow = "99 %"', 1.0),
        ('watch = "asa"\nabove = 100', 90.0),
        ('watch = "waiting"\nabove = 10', 8.0),
        ('watch = "agents_available"\nbelow = 1', 1.0),
        ('watch = "longest_wait"\nabove = 100', 100.0),
        ('watch = "work_on_hold"\nabove = 100', 100.0),
    ],
)
def test_a_threshold_has_its_hysteresis_without_being_asked(tmp_path: Path, text: str, clear: float) -> None:
    assert rule(tmp_path, text).clear_at == pytest.approx(clear)


def test_a_rule_of_a_known_name_changes_only_what_it_gives(tmp_path: Path) -> None:
    text = '[[alerts]]\nname = "service-level"\nbelow = "90 %"\n[[alerts]]\nname = "long-wait"\noff = true\n'
    found = settings(tmp_path, text, bundled=True)
    assert found.problems == ()
    rules = {one.name: one for one in found.rules}
    assert "long-wait" not in rules and len(rules) == len(alerts_beside(tmp_path / "none" / "c").rules) - 1
    changed = rules["service-level"]
    assert (changed.raise_at, changed.clear_at, changed.critical_at, changed.hold) == (0.9, 0.92, None, 120.0)


def test_the_file_beside_comes_last(tmp_path: Path) -> None:
    first = '[[alerts]]\nname = "a"\nwatch = "waiting"\nabove = 5\nqueues = "VIP"\n'
    found = settings(tmp_path, first, beside='[[alerts]]\nname = "a"\nabove = 7\n[alerting]\nmax_age = "30 s"\n')
    assert [(one.raise_at, one.queues) for one in found.rules] == [(7.0, ("VIP",))] and found.max_age == 30.0


def test_what_fits_a_schedule_can_be_said(tmp_path: Path) -> None:
    found = settings(tmp_path, beside='[alerting]\nfits.meal = ["not_ready:lunch"]\n')
    assert found.problems == ()
    assert found.fits == {**FITS, ActivityKind.MEAL: frozenset({"not_ready:lunch"})}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'watch = "service_levle"\nbelow = 0.8',
            "/config.toml:3 alert 'r': `watch`: there is no figure 'service_levle'.",
        ),
        ('watch = "service_levle"\nbelow = 0.8', "Did you mean 'service_level'?"),
        ('watch = "waiting"\nabove = 5\nqueue = "VIP"', "/config.toml:5 alert 'r': `queue` is not an option."),
        ('watch = "waiting"\nabove = 5\nqueue = "VIP"', "Did you mean 'queues'?"),
        ("above = 5", "wants a `watch`"),
        ('watch = "waiting"', "wants either `above` or `below`."),
        ('watch = "waiting"\nabove = 5\nbelow = 1', "wants either `above` or `below`."),
        ('watch = "service_level"\nbelow = 80', '`below` is a share: write "80 %" or 0.8.'),
        ('watch = "service_level"\nbelow = "80"', '`below` must be a share like "80 %" or 0.8.'),
        ('watch = "service_level"\nbelow = -0.1', "`below` must be a share"),
        ('watch = "service_level"\nbelow = "180 %"', "`below` must be a share"),
        ('watch = "waiting"\nabove = true', "`above` must be a number."),
        ('watch = "waiting"\nabove = nan', "`above` must be a number."),
        ('watch = "asa"\nabove = "2 minutes"', '`above` must be a time like "90 s"'),
        ('watch = "asa"\nabove = 9\ncritical = 8', "`critical` must lie beyond `above`."),
        ('watch = "service_level"\nbelow = 0.8\ncritical = 0.9', "`critical` must lie beyond `below`."),
        ('watch = "asa"\nabove = 9\nclear_at = 10', "`clear_at` must lie on the good side of `above`."),
        ('watch = "service_level"\nbelow = 0.8\nclear_at = 0.7', "`clear_at` must lie on the good side of `below`."),
        ('watch = "service_level"\nbelow = 0.8\nformula = "genesys"', "'answered_in_time_abandons_against'"),
        ('watch = "service_level"\nbelow = 0.8\nformula = "answered_in_time_of_al"', "'answered_in_time_of_all'?"),
        ('watch = "asa"\nabove = 9\nformula = "answered_in_time_of_all"', "`formula` is for service_level only."),
        ('watch = "waiting"\nabove = 5\nwindow = "5 min"', "`window` is for shares and averages only."),
        ('watch = "waiting"\nabove = 5\nmin_volume = 5', "`min_volume` is for shares and averages only."),
        ('watch = "longest_wait"\nabove = 5\nforecast = "5 min"', "`forecast` says nothing of a time that goes"),
        ('watch = "asa"\nabove = 5\nforecast = "5 min"\nwindow = "5 min"', "do not go together"),
        ('watch = "asa"\nabove = 5\nforecast = "5 s"', "`forecast` must lie between 1 min and 4 h."),
        ('watch = "asa"\nabove = 5\nrate = "5 min"', "`rate` goes with `forecast`."),
        (
            'watch = "work_on_hold"\nbelow = 5',
            "`below` has no meaning for `work_on_hold`, which is something of contacts.",
        ),
        ('watch = "source_down"\nabove = 5\nqueues = "VIP"', "`queues` has no meaning for `source_down`"),
        ('watch = "waiting"\nabove = 5\nteams = "North"', "`teams` has no meaning for `waiting`"),
        ('watch = "agent_time_in_state"\nabove = 5', "`state` is missing: which state?"),
        ('watch = "agent_time_in_state"\nabove = 5\nstate = "not_redy"', "Did you mean 'not_ready'?"),
        ('watch = "agent_missed"\nabove = 5\nstate = "available"', "`state` is for agent_time_in_state only."),
        ('watch = "work_talking"\nabove = 5\nchannels = "vioce"', "there is no channel 'vioce'. Did you mean 'voice'?"),
        ('watch = "waiting"\nabove = 5\nseverity = "bad"', "Known: warning, critical."),
        ('watch = "waiting"\nabove = 5\nring = "yes"', "`ring` must be true or false."),
        ('watch = "waiting"\nabove = 5\noff = 1', "`off` must be true or false."),
        ('watch = "waiting"\nabove = 5\nqueues = [1]', "`queues` must be a text or a list of texts."),
        ('watch = ["waiting"]\nabove = 5', "there is no figure ['waiting']."),
    ],
)
def test_a_mistake_is_told_with_its_line_its_rule_and_a_guess(tmp_path: Path, text: str, words: str) -> None:
    assert words in wrong(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[alerts]]\nwatch = "waiting"\nabove = 5\n', "alerts.toml:1 [[alerts]] 1: `name` is missing."),
        ('[[alerts]]\nname = "a|b"\nwatch = "waiting"\nabove = 5\n', "a name is made of letters"),
        ('[[alerts]]\nname = "no-such"\noff = true\n', "alert 'no-such': there is no such rule."),
        ("alerts = 5\n", "each rule is a table [[alerts]]."),
        ("alert = 5\n", "'alert' is not known here. Did you mean 'alerts'?"),
        ("alerting = 5\n", "alerting must be a table."),
        ("[alerting]\nmax_age = 'x'\n", "`max_age` must be a time like"),
        ("[alerting]\nmaxage = 5\n", "`maxage` is not an option. Did you mean 'max_age'?"),
        ("[alerting]\nbundled = 5\n", "`bundled` must be true or false."),
        ("[alerting]\nfits.lunch = ['offline']\n", "`fits.lunch` is no activity."),
        ("[alerting]\nfits.meal = ['away']\n", "`fits.meal` is a list of"),
        ("[alerting]\nfits = 5\n", "is no activity"),
        ("[[alerts\n", "is not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_leaves_the_other_rules(tmp_path: Path, text: str, words: str) -> None:
    good = '[[alerts]]\nname = "good"\nwatch = "waiting"\nabove = 5\n'
    found = settings(tmp_path, good, beside=text)
    assert words in "\n".join(map(in_words, found.problems)) and [one.name for one in found.rules] == ["good"]


def test_of_two_rules_with_one_name_in_a_file_the_second_is_told(tmp_path: Path) -> None:
    twice = '[[alerts]]\nname = "a"\nwatch = "waiting"\nabove = 5\n' * 2
    found = settings(tmp_path, twice)
    (problem,) = found.problems
    assert in_words(problem) == f"{tmp_path}/config.toml:6 alert 'a': another one has this name."


def test_config_check_tells_of_rules_and_a_profile_with_a_broken_one_still_starts(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = '[profiles.w.contact_center]\nbackend = "mock"\nurl = "http://127.0.0.1:9"\ntoken = "t"\n'
    config.write_text('[[alerts]]\nname = "mine"\nwatch = "wating"\nabove = 5\n' + text.replace('token = "t"\n', ""))
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), AGENT_DESKTOP_CONTACT_CENTER_TOKEN="t")
    ran = run("config", "--profile", "w", "check", env=env)
    problem = f"{config}:3 alert 'mine': `watch`: there is no figure 'wating'. Did you mean 'waiting'?"
    assert ran.code == 2 and ran.json["problems"] == [problem] and problem in ran.words
    assert load_profile("w", dict(env), config).problems == ()


def test_the_bundled_rules_and_the_options_are_described() -> None:
    tables: list[dict[str, Any]] = tomllib.loads(BUNDLED.read_text())["alerts"]
    assert len({one["name"] for one in tables}) == len(tables)
    assert {option for table in tables for option in table} <= set(OPTIONS)
    described = set(re.findall(r"^#   (\w+)  +[A-Za-z]", BUNDLED.read_text(), re.MULTILINE))
    assert set(OPTIONS) <= described
    assert {watch.id for watch in WATCHED.values() if watch.about is not About.QUEUE} <= described


def test_what_the_bundled_file_shows_as_examples_can_be_used(tmp_path: Path) -> None:
    shown = "\n".join(line[4:] for line in BUNDLED.read_text().splitlines() if line.startswith("#   "))
    rules = shown[shown.index("[[alerts]]") : shown.index("name   ")]
    alerting = shown[shown.index("[alerting]") :]
    found = settings(tmp_path, rules + alerting.replace("bundled = false", "bundled = true"), bundled=True)
    assert found.problems == ()
    changed = {one.name: one for one in found.rules}
    assert changed["service-level"].raise_at == 0.9 and "long-call" not in changed
    assert found.fits[ActivityKind.MEAL] == frozenset({"not_ready:lunch"})


@given(st.one_of(st.integers(), st.floats(), st.text(max_size=12), st.booleans(), st.none()), st.sampled_from(Unit))
def test_whatever_is_written_is_a_sound_figure_or_told(value: object, unit: Unit) -> None:
    try:
        found = quantity(value, unit)
    except ValueError as error:
        assert str(error)
    else:
        assert 0.0 <= found < float("inf") and (unit is not Unit.SHARE or found <= 1.0)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90 s", 90), ("2min", 120), ("1 h 30 min", 5_400), (" 1.5 min ", 90), (45, 45)]
)
def test_times_are_written_as_people_do(text: object, seconds: float) -> None:
    assert quantity(text, Unit.SECONDS) == seconds


@given(st.dictionaries(st.sampled_from([*OPTIONS, "x"]), st.one_of(st.text(max_size=5), st.integers(), st.booleans())))
def test_no_table_whatever_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, table: dict[str, Any]) -> None:
    found = settings(tmp_path_factory.mktemp("rules"), tomlkit.dumps({"alerts": [table]}))
    assert len(found.rules) + bool(found.problems) + (table.get("off") is True) >= 1
