"""One value of the configuration file is changed; comments, order and everything else stay."""

import os
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from desktop.config.setting import ConfigError
from desktop.config.settings_file import FileChanged, SettingsFile, with_value

TEXT = """\
# The desktop of the back office
default = "work"

theme = "dark" # easy on the eyes

[keys]
hold = "f4,b"  # as on the old phone

[profiles.work]
region = "GB"     # numbers

# The CRM of the company
[profiles.work.crm]
backend = "mock"
"""


def test_a_changed_value_keeps_its_comment_and_its_place() -> None:
    assert with_value(TEXT, ("theme",), "light") == TEXT.replace('"dark"', '"light"')


def test_a_new_value_stands_with_its_table_and_not_below_the_comment_of_the_next() -> None:
    written = with_value(TEXT, ("profiles", "work", "ring"), "none")
    assert written == TEXT.replace("# numbers\n", '# numbers\nring = "none"\n')


def test_a_first_value_at_the_head_stands_before_the_comment_of_a_table() -> None:
    text = '# of work\n[profiles.work]\nregion = "GB"\n'
    assert with_value(text, ("theme",), "light") == f'theme = "light"\n\n{text}'


def test_tables_are_made_where_there_are_none() -> None:
    assert tomllib.loads(with_value("", ("alerting", "bundled"), False)) == {"alerting": {"bundled": False}}
    text = "[profiles.work.crm]\nbackend = 'mock'\n"
    assert tomllib.loads(with_value(text, ("profiles", "work", "ring"), "all"))["profiles"]["work"]["ring"] == "all"


def test_a_value_is_taken_out() -> None:
    assert with_value(TEXT, ("keys", "hold"), None) == TEXT.replace('hold = "f4,b"  # as on the old phone\n', "")
    assert with_value(TEXT, ("keys", "mute"), None) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "profiles.work.region = 'GB'\n",
        "profiles = {work = {region = 'GB'}}\n",
        "[profiles]\nwork = {region = 'GB', crm = {backend = 'mock'}}\n",
        "[profiles]\nwork.region = 'GB'\n",
        "[profiles.work.crm]\nbackend='a'\n[keys]\nhold='b'\n[profiles.home]\nregion='GB'\n[profiles.work]\nregion='FR'",
        '[profiles."work"]\r\nregion = "GB"\r\n',
        "[[profiles.work.crm]]\nbackend='a'\n\n[[profiles.work.crm]]\nbackend='b'\n",
    ],
)
def test_however_it_is_written_the_value_comes_out_or_it_is_refused(text: str) -> None:
    wanted = tomllib.loads(text)
    wanted["profiles"]["work"]["ring"] = "none"
    assert tomllib.loads(with_value(text, ("profiles", "work", "ring"), "none")) == wanted


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigError):
        with_value("keys = 3\n", ("keys", "hold"), "b")


plain = st.text(max_size=12) | st.booleans() | st.integers(-5, 5)
names = st.sampled_from(["theme", "ring", "work", "a.b", "", "ä", "keys"])
tables = st.dictionaries(names, st.recursive(plain, lambda of: st.dictionaries(names, of, max_size=3)), max_size=4)


@given(tables, st.lists(names, min_size=1, max_size=3), st.text(max_size=20) | st.booleans() | st.none())
def test_nothing_else_is_ever_touched(given: dict[str, object], place: list[str], value: str | bool | None) -> None:
    text = tomlkit.dumps(given)
    before = tomllib.loads(text)
    try:
        after = tomllib.loads(with_value(text, place, value))
    except ConfigError:
        return
    held = before
    inner = after
    for name in place[:-1]:
        held, inner = held.setdefault(name, {}), inner.setdefault(name, {})
    assert inner.pop(place[-1], None) == value
    held.pop(place[-1], None)
    assert after == before


def test_the_file_keeps_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("theme = 'dark'\n")
    real.chmod(0o640)
    link.symlink_to(real)
    SettingsFile(link).write("theme = 'light'\n", before="theme = 'dark'\n")
    assert link.is_symlink()
    assert real.read_text() == "theme = 'light'\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_not_there_is_made_for_its_user_only(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "new" / "config.toml")
    assert file.read() == ""
    file.write("theme = 'light'\n", before="")
    assert file.path is not None
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_what_somebody_else_wrote_is_not_overwritten(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "config.toml")
    before = file.read()
    (tmp_path / "config.toml").write_text("theme = 'contrast'\n")
    with pytest.raises(FileChanged):
        file.write("theme = 'light'\n", before)
    assert file.read() == "theme = 'contrast'\n"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 'dark'\n")
    path.chmod(0o444)
    file = SettingsFile(path)
    assert file.refusal
    with pytest.raises(ConfigError):
        file.write("theme = 'light'\n", file.read())
    assert path.read_text() == "theme = 'dark'\n"
    assert os.listdir(tmp_path) == ["config.toml"]  # noqa: PTH208


def test_without_a_path_nothing_is_written_down() -> None:
    file = SettingsFile(None)
    file.write("theme = 'light'\n", file.read())
    assert file.read() == "theme = 'light'\n"
    assert not file.refusal
