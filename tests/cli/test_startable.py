"""What `config check` says of the screen is what the desktop itself says of it."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.app.session import Session
from desktop.cli.startup_check import start_problems
from desktop.config import Profile, Setting
from desktop.config.setting import BY_DEFAULT
from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.key import SIGNS
from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID
from desktop.words.catalogue import in_words
from tests.cli.command_line import run

pytestmark = pytest.mark.thorough

NAMES = (*keys.BY_ID, *FLOOR_BY_ID, *OUTBOX_BY_ID)
PRESSED = st.one_of(
    st.sampled_from(["f2", "F2", "f11", "f24", "f99", "ctrl+g", "alt+h", "alt+alt", "banana", "enter", "tab", "1", ""]),
    st.sampled_from([*SIGNS, *SIGNS.values(), *"abcxyzQZ"]),
    st.text(max_size=8),
)
CHANGES = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=8)),
    st.lists(PRESSED, min_size=1, max_size=3).map(",".join),
    max_size=4,
)
THEMES = st.one_of(st.sampled_from(["", "dark", "light", "contrast", "desk-dark", "sepia"]), st.text(max_size=8))


pytestmark = pytest.mark.usefixtures("tables_of_keys")


def profile(theme: str, changes: dict[str, str]) -> Profile:
    def setting(value: str) -> Setting:
        return Setting(value, BY_DEFAULT)

    given_keys = {name: setting(typed) for name, typed in changes.items()}
    return Profile(setting("work"), Path("c"), setting("d"), {}, keys=given_keys, theme=setting(theme))


async def never() -> Session:
    raise AssertionError


def starts(theme: str, changes: dict[str, str]) -> bool:
    """Whether the desktop takes these; its tables of keys are as before afterwards."""
    tables = (keys.BY_ID, FLOOR_BY_ID, OUTBOX_BY_ID)
    before = [dict(one) for one in tables]
    try:
        app = DesktopApp(never, keymap=changes)
        if theme:
            app.choose_theme(theme)
    except ValueError:
        return False
    finally:
        for table, old in zip(tables, before, strict=True):
            table.update(old)
    return True


@settings(max_examples=60)
@given(theme=THEMES, changes=CHANGES)
def test_what_is_accepted_starts_and_what_is_refused_is_a_problem(theme: str, changes: dict[str, str]) -> None:
    assert (not start_problems(profile(theme, changes))) == starts(theme, changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hold": "f2"}, "'F2' stands for 'accept' and 'hold'"),
        ({"hold": "f99"}, "'f99', which does not exist"),
        ({"hold": "ctlr+g"}, "'ctlr+g', which does not exist"),
        ({"hodl": "f11"}, "there is no 'hodl'. Did you mean 'hold'?"),
        ({"hold": " , "}, "'hold' needs a key"),
    ],
)
def test_each_mistake_is_named(changes: dict[str, str], words: str) -> None:
    (problem,) = map(in_words, start_problems(profile("", changes)))
    assert words in problem


def test_all_mistakes_are_named_at_once() -> None:
    assert len(start_problems(profile("sepia", {"hodl": "f11", "hold": "banana", "mute": "f2"}))) == 4


def test_the_tables_are_as_before_where_nothing_is_taken() -> None:
    before = dict(keys.BY_ID)
    for changes in itertools.chain([{"hold": "f11", "mute": "f2"}, {"listen": "1"}]):
        with pytest.raises(ValueError, match="stands for"):
            keys.remap(changes)
    assert before == keys.BY_ID


def test_config_check_says_what_the_desktop_would_refuse(env: dict[str, str]) -> None:
    config = Path(env["AGENT_DESKTOP_CONFIG"])
    config.write_text('theme = "sepia"\n' + config.read_text() + '\n[keys]\nhold = "f2"\nhodl = "f11"\n')
    checked = run("config", "check", env=env)
    assert checked.code == 2
    assert len(checked.json["problems"]) == 3
    assert run("config", "show", env=env).json["problems"] == checked.json["problems"]
    assert run("state", env=env).code == 0  # commands need neither


def test_a_look_of_ones_own_is_taken_and_what_is_hard_to_read_in_it_is_said(env: dict[str, str]) -> None:
    config = Path(env["AGENT_DESKTOP_CONFIG"])
    (config.parent / "themes").mkdir()
    (config.parent / "themes" / "pale.toml").write_text('[ink]\nmuted = "#333a42"\n')
    config.write_text('theme = "pale"\n' + config.read_text())
    checked = run("config", "check", env=env)
    assert checked.json["problems"] == []
    assert "theme pale: muted on " in checked.words


@pytest.mark.parametrize("setting", ["ring", "notify"])
@pytest.mark.parametrize("value", ['"ALL"', "true", '["all"]'])
def test_a_word_for_news_that_there_is_not_is_refused_by_check_and_start_alike(
    env: dict[str, str], setting: str, value: str
) -> None:
    config = Path(env["AGENT_DESKTOP_CONFIG"])
    config.write_text(config.read_text().replace("[profiles.work]", f"[profiles.work]\n{setting} = {value}"))
    checked, started = run("config", "check", env=env), run(env=env)
    assert (checked.code, started.code) == (2, 2)
    (said,) = (line for line in started.words.splitlines() if f"work] {setting} must be" in line)
    assert said.removeprefix("agent-desktop: ") in checked.words.replace("agent-desktop: ", "").splitlines()


@pytest.mark.parametrize("setting", ["ring", "notify"])
def test_a_word_for_news_from_the_environment_is_refused_and_says_where_it_stands(
    env: dict[str, str], setting: str
) -> None:
    variable = f"AGENT_DESKTOP_{setting.upper()}"
    checked = run("config", "check", env={**env, variable: "loud"})
    words = f"environment {variable} must be one of all, urgent, none."
    assert checked.code == 2
    assert checked.json["problems"] == [words]
    assert words in run(env={**env, variable: "loud"}).words


@pytest.mark.parametrize("value", ["all", "urgent", "none"])
def test_each_word_for_news_is_taken(env: dict[str, str], value: str) -> None:
    given = {**env, "AGENT_DESKTOP_RING": value, "AGENT_DESKTOP_NOTIFY": value}
    assert run("config", "check", env=given).json["problems"] == []
