"""Profiles: provenance, precedence, did-you-mean, and secrets that stay secret."""

import os
import socket
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.config import ConfigError, load_profile, read_profile
from desktop.config.secret import from_file
from desktop.config.setting import from_variable
from desktop.config.toml_file import with_profile, write_private
from desktop.ports.base import Kind
from desktop.wiring import build
from desktop.words.catalogue import in_words
from tests.cli.command_line import clean_env, run
from tests.config.refusals import refused

CANARY = "canary-7f3a9c"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "cc.token"
    write_private(path, CANARY + "\n")
    return path


@pytest.fixture
def config(tmp_path: Path, token_file: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f"""\
default = "work"
[profiles.work]
data_dir = "{tmp_path}/data"
[profiles.work.contact_center]
backend = "mock"
url = "http://127.0.0.1:9"
token_file = "{token_file}"
[profiles.work.crm]
backend = "mock"
url = "http://127.0.0.1:9"
"""
    )
    return path


def test_every_value_knows_where_it_came_from(config: Path, token_file: Path) -> None:
    env = {"AGENT_DESKTOP_CRM_TOKEN": "t2", "AGENT_DESKTOP_CRM_URL": "http://127.0.0.1:10"}
    profile = load_profile(None, env, config)
    center, crm = profile.backends[Kind.CONTACT_CENTER][0], profile.backends[Kind.CRM][0]
    assert in_words(profile.name.origin) == f"{config} default"
    assert in_words(center.options["url"].origin) == f"{config} [profiles.work.contact_center] url"
    assert in_words(center.options["token"].origin) == f"token file {token_file}"
    assert in_words(center.options["ca_file"].origin) == "default"
    assert in_words(crm.options["url"].origin) == "environment AGENT_DESKTOP_CRM_URL"
    assert in_words(crm.options["token"].origin) == "environment AGENT_DESKTOP_CRM_TOKEN"
    assert crm.values() == {"url": "http://127.0.0.1:10", "token": "t2", "ca_file": "", "proxy": ""}
    assert profile.store_path.name == "work.db"


def test_a_secret_is_taken_out_of_the_environment_even_when_a_file_wins(config: Path) -> None:
    env = {"AGENT_DESKTOP_CONTACT_CENTER_TOKEN": "from-env", "AGENT_DESKTOP_CRM_TOKEN": "x"}
    profile = load_profile(None, env, config)
    assert profile.backends[Kind.CONTACT_CENTER][0].options["token"].value == CANARY
    assert env == {}


def test_a_profile_that_nothing_names_is_said_how_to_choose(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles.desk]\nregion = "DE"\n')
    with refused(r'Profiles there: desk.* --profile, .* default = "desk"'):
        load_profile(None, {}, config)


def test_the_environment_alone_makes_a_profile(tmp_path: Path) -> None:
    env = {
        "AGENT_DESKTOP_CONTACT_CENTER_BACKEND": "mock",
        "AGENT_DESKTOP_CONTACT_CENTER_URL": "http://127.0.0.1:9",
        "AGENT_DESKTOP_CONTACT_CENTER_TOKEN": "t",
        "AGENT_DESKTOP_DATA_DIR": str(tmp_path),
    }
    profile = load_profile(None, env, tmp_path / "none.toml")
    assert profile.name.value == "default"
    assert in_words(profile.data_dir.origin) == "environment AGENT_DESKTOP_DATA_DIR"
    assert list(profile.backends) == [Kind.CONTACT_CENTER]


def test_secrets_are_in_no_text_that_python_makes_of_them(config: Path) -> None:
    profile = load_profile(None, {"AGENT_DESKTOP_CRM_TOKEN": CANARY}, config)
    assert CANARY not in repr(profile) + str(profile)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('[profiles.work.crm]\nbackend = "mokc"', "Did you mean 'mock'"),
        (
            '[profiles.work.crm]\nbackend = "mock"\nurl = "http://127.0.0.1:9"\ntoken = "x"',
            "must not stand in the profile",
        ),
        ('[profiles.work.crm]\nbackend = "mock"\nulr = "x"', "Did you mean 'url'"),
        ('[profiles.work.crm]\nbackend = "mock"', "'token' is missing"),
        (
            '[profiles.work.crm]\nbackend = "mock"\nurl = "http://10.1.1.1"\ntoken_file = "TOKEN"',
            "use https:// for 10.1.1.1",
        ),
        ('[profiles.work.crm]\nurl = "x"', "`backend` is missing"),
        ('[profiles.work.cmr]\nbackend = "mock"', "Did you mean 'crm'"),
        ("[profiles.work]\ncrm = 3", "must be a table"),
        ('[profiles.work.crm]\nbackend = "mock"\nurl = ["a"]', "must be a text"),
        ("[profiles.work]", "no contact_center is named"),
        ('profile = "work"\n[profiles.work]', "Did you mean 'profiles'"),
        ("[profiles.other]", "There is no profile 'work'"),
        ("[profiles", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_a_hint(tmp_path: Path, token_file: Path, line: str, words: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(line.replace("TOKEN", str(token_file)))
    with refused("(?s).*" + words.replace("[", r"\[")) as caught:
        load_profile("work", {}, path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "a\n"])
def test_a_profile_name_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        read_profile(name, {}, tmp_path / "none.toml")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_a_token_file_others_can_touch_is_refused(token_file: Path, mode: int) -> None:
    token_file.chmod(mode)
    with refused("chmod 600"):
        from_file(token_file, "token")


def test_a_configuration_file_that_is_no_text_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for written, why in (
        (b"#" * (1024 * 1024 + 1), "too large"),
        (b"a = ", "not valid TOML"),
        (b"a = '\xff'", "not valid TOML"),
    ):
        path.write_bytes(written)
        with refused(why):
            read_profile(None, {}, path)
    path.write_bytes(b"#" * (1024 * 1024))
    with refused("profile"):
        read_profile(None, {}, path)


def test_other_bad_token_files_are_refused(tmp_path: Path, token_file: Path) -> None:
    assert from_file(token_file, "token").value == CANARY
    empty, large, fifo = tmp_path / "empty", tmp_path / "large", tmp_path / "fifo"
    write_private(empty, "\n")
    write_private(large, "x" * 9000)
    os.mkfifo(fifo, 0o600)
    for path, why in (
        (empty, "is empty"),
        (large, "too large"),
        (fifo, "not a plain file"),
        (tmp_path, "not a plain file"),
        (Path("/dev/zero"), "not a plain file"),
        (tmp_path / "absent", "No such file"),
    ):
        with refused(why):
            from_file(path, "token")
    if os.geteuid() == 0:
        os.chown(token_file, 12345, -1)
        with refused("somebody else"):
            from_file(token_file, "token")


def test_a_keyring_that_is_not_there_is_said_and_nothing_else_tried(config: Path) -> None:
    config.write_text(config.read_text().replace("token_file", 'token_keyring = "true"\ntoken_file'))
    with refused("keyring"):
        load_profile(None, {"AGENT_DESKTOP_CRM_TOKEN": "t", "PYTHON_KEYRING_BACKEND": "x"}, config)


VALUES = st.dictionaries(
    st.sampled_from(["url", "note", "x y", "\x7f"]), st.text(st.characters(codec="utf-8"), max_size=40)
)
OLD_FILES = (
    "",
    'default = "old"  # mine\n\n[profiles.old]\nregion = "GB" # of the team\n\n[profiles.old.crm]\nbackend = "mock"\n',
    "# nothing yet\n",
    'profiles.old.region = "GB"\nprofiles.old.crm.backend = "mock"\n',
    '[profiles.old]\nregion = "GB"\n[[profiles.old.crm]]\nbackend = "mock"\nname = "a"\n[profiles.old.keys]',
    '[profiles.old]\r\nregion = "GB"\r\n',
)


@given(st.sampled_from(OLD_FILES), VALUES, st.lists(VALUES, max_size=3))
def test_a_written_profile_reads_back_the_same_and_the_others_stay(
    old: str, settings: dict[str, str], crms: list[dict[str, str]]
) -> None:
    written = with_profile(old, "new", settings, {"crm": crms, "contact_center": [settings]})
    expected = tomllib.loads(old)
    if not expected:
        expected["default"] = "new"
    several = {} if not crms else {"crm": crms[0] if len(crms) == 1 else crms}
    expected.setdefault("profiles", {})["new"] = {**settings, **several, "contact_center": settings}
    assert tomllib.loads(written) == expected
    assert written.startswith(old.rstrip()), "comments and all"


def test_a_file_that_nothing_can_follow_is_left_alone() -> None:
    with refused("in one line"):
        with_profile('profiles = { old = { region = "GB" } }', "new", {}, {"crm": [{"backend": "mock"}]})


def test_writing_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_private(path, "a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    write_private(path, "b")
    assert path.read_text() == "b"
    assert [p.name for p in path.parent.iterdir()] == ["config.toml"]
    with pytest.raises(ConfigError):
        write_private(path / "below", "c")


def test_show_hides_secrets_and_says_where_they_came_from(config: Path, tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), AGENT_DESKTOP_CRM_TOKEN=CANARY)
    ran = run("config", "show", env=env)
    assert ran.code == 0
    token = ran.json["backends"]["crm"]["token"]
    assert token == {"value": "(hidden)", "from": "environment AGENT_DESKTOP_CRM_TOKEN"}
    assert CANARY not in ran.out + ran.words


def test_check_says_what_does_not_answer_and_how_long_it_took(config: Path, tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), AGENT_DESKTOP_CRM_TOKEN=CANARY)
    ran = run("config", "check", env=env)
    assert ran.code == 3
    assert [(one["ok"], one["error"]) for one in ran.json["backends"]] == [(False, "Unavailable")] * 2
    assert all(0 <= one["seconds"] < 8 for one in ran.json["backends"])
    assert CANARY not in ran.out + ran.words


def test_check_with_a_broken_profile_is_a_matter_of_configuration(config: Path, tmp_path: Path) -> None:
    ran = run("config", "check", env=clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config)))
    assert ran.code == 2
    assert "token_file" in ran.json["problems"][0]


def test_init_writes_a_private_profile_and_tries_it(tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    answers = f"mock\nhttp://127.0.0.1:9\n{CANARY}\n\n-\n-\n-\n"
    ran = run("config", "init", "first", env=env, stdin=answers)
    assert ran.code == 3, ran.words
    assert ran.json["backends"][0]["error"] == "Unavailable"
    path = tmp_path / "c" / "config.toml"
    assert CANARY not in path.read_text() + ran.out + ran.words
    secret = tmp_path / "c" / "first.contact_center.token"
    assert secret.read_text() == CANARY + "\n"
    assert [p.stat().st_mode & 0o777 for p in (path, secret)] == [0o600, 0o600]
    again = run("config", "init", "first", env=env, stdin=answers)
    assert again.code == 2
    second = run("config", "init", "second", env=env, stdin=answers)
    assert second.code == 3
    assert load_profile("first", {}, path).name.value == "first"
    assert in_words(load_profile(None, {}, path).name.origin).endswith("default")


def test_init_that_is_broken_off_writes_nothing(tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    ran = run("config", "init", "first", env=env, stdin=f"mock\nhttp://127.0.0.1:9\n{CANARY}\n")
    assert ran.code == 2
    assert ran.out == ""
    assert not (tmp_path / "c").exists()


def test_keys_and_theme_are_of_the_file_and_the_environment_wins(config: Path) -> None:
    config.write_text('theme = "light"\n' + config.read_text() + '[keys]\nhold = "f11"\n')
    profile = read_profile("work", {"AGENT_DESKTOP_THEME": "contrast"}, config)
    assert {verb: key.value for verb, key in profile.keys.items()} == {"hold": "f11"}
    assert (profile.theme.value, profile.theme.origin) == ("contrast", from_variable("AGENT_DESKTOP_THEME"))
    assert read_profile("work", {}, config).theme.value == "light"


@pytest.mark.parametrize("wrong", ["mode", "missing", "option"])
def test_a_backend_with_a_wrong_setting_is_not_tried(
    config: Path, tmp_path: Path, token_file: Path, wrong: str
) -> None:
    """Signing in with an empty secret could lock the account."""
    if wrong == "mode":
        token_file.chmod(0o644)
    elif wrong == "missing":
        token_file.unlink()
    else:
        config.write_text(config.read_text().replace("token_file", 'ulr = "x"\ntoken_file'))
    knocks: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        config.write_text(config.read_text().replace(":9", f":{listening.getsockname()[1]}", 1))
        env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), AGENT_DESKTOP_CRM_TOKEN=CANARY)
        checked = run("config", "check", env=env)
        opened = run("backends", "check", "contact_center", "mock", "--open", env=env)
        started = run(env=env)
        try:
            listening.accept()[0].close()
            knocks.append(1)
        except BlockingIOError:
            pass
    assert knocks == []
    assert (checked.code, started.code) == (2, 2)
    center, crm = checked.json["backends"]
    assert (center["ok"], center["tried"], center["error"], crm["tried"]) == (False, False, "ConfigError", True)
    assert len(checked.json["problems"]) == 1
    assert "contact_center mock: not tried, since its settings are wrong" in checked.words
    assert "not tried" in opened.words
    assert checked.json["problems"][0] in opened.words


async def test_a_backend_with_a_wrong_setting_is_not_even_made(config: Path, token_file: Path) -> None:
    token_file.chmod(0o644)
    profile = read_profile("work", {"AGENT_DESKTOP_CRM_TOKEN": CANARY}, config)
    with refused("chmod 600"):
        await build(profile)


def test_words_about_a_secret_call_it_by_its_name(tmp_path: Path) -> None:
    for option, words in (("token", "token file"), ("password", "password file"), ("api_key", "api key file")):
        with refused(f"The {words} .*absent cannot be read"):
            from_file(tmp_path / "absent", option)


def test_init_takes_enter_as_none_for_what_is_optional(tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    ran = run("config", "init", "bare", env=env, stdin=f"mock\nhttp://127.0.0.1:9\n{CANARY}\n\n\n\n\n")
    made = read_profile("bare", {}, Path(ran.json["file"]))
    assert list(made.backends) == [Kind.CONTACT_CENTER]


def test_init_asks_again_for_what_it_cannot_use(tmp_path: Path) -> None:
    """A slip of the finger late in the conversation loses none of what was answered before it."""
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    trusted = tmp_path / "ours.pem"
    trusted.write_text("-")
    answers = f"mock\nhttp://127.0.0.1:9\n{CANARY}\n{tmp_path}/absent.pem\n{trusted}\nmokc\n-\n-\n-\n"
    ran = run("config", "init", "first", env=env, stdin=answers)
    assert "absent.pem cannot be read: No such file or directory" in ran.words
    assert "Did you mean 'mock'?" in ran.words
    made = read_profile("first", {}, Path(ran.json["file"]))
    assert list(made.backends) == [Kind.CONTACT_CENTER]
    (center,) = made.backends[Kind.CONTACT_CENTER]
    assert center.options["ca_file"].value == str(trusted)
