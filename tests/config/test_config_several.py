"""Several backends of one kind in a profile, and a plug-in that cannot be used."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktop.config import load_profile, read_profile
from desktop.config.setting import from_variable
from desktop.config.toml_file import write_private
from desktop.ports import registry
from desktop.ports.base import Kind
from desktop.words.catalogue import in_words
from tests.cli.command_line import clean_env, run
from tests.config.refusals import refused

CANARY = "canary-91be"
CENTER = """\
[profiles.work]
[profiles.work.contact_center]
backend = "mock"
url = "http://127.0.0.1:9"
token_file = "TOKEN"
"""
TWO = (
    CENTER
    + """\
[[profiles.work.crm]]
backend = "mock"
name = "shop"
url = "http://127.0.0.1:10"
token_file = "TOKEN"
[[profiles.work.crm]]
backend = "mock"
url = "http://127.0.0.1:11"
"""
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_private(tmp_path / "token", CANARY + "\n")
    return tmp_path / "config.toml"


def written(config: Path, text: str) -> Path:
    config.write_text(text.replace("TOKEN", str(config.parent / "token")))
    return config


def test_several_stand_in_the_order_of_the_file_each_with_a_name(config: Path) -> None:
    env = {"AGENT_DESKTOP_CRM_MOCK_TOKEN": "t2", "AGENT_DESKTOP_CRM_SHOP_URL": "http://127.0.0.1:12"}
    profile = load_profile("work", env, written(config, TWO))
    shop, other = profile.backends[Kind.CRM]
    assert [(one.name, one.source) for one in (shop, other)] == [("shop", "crm:shop"), ("mock", "crm:mock")]
    assert shop.options["url"].origin == from_variable("AGENT_DESKTOP_CRM_SHOP_URL")
    assert other.options["token"].origin == from_variable("AGENT_DESKTOP_CRM_MOCK_TOKEN")
    assert env == {"AGENT_DESKTOP_CRM_SHOP_URL": "http://127.0.0.1:12"}  # no secret is left for child processes
    assert profile.backends[Kind.CONTACT_CENTER][0].source == "contact_center"


def test_a_list_of_one_is_the_same_as_a_table(config: Path) -> None:
    one = CENTER + '[[profiles.work.crm]]\nbackend = "mock"\nurl = "http://127.0.0.1:10"\ntoken_file = "TOKEN"\n'
    (crm,) = load_profile("work", {}, written(config, one)).backends[Kind.CRM]
    assert (crm.source, crm.name) == ("crm", "mock")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TWO.replace('"shop"', '"mock"'), "2 are named 'mock'"),
        (TWO.replace('"shop"', '"my shop"'), "small letters and digits"),
        (TWO.replace('"shop"', '"my_shop"'), "small letters and digits"),
        (TWO.replace('backend = "mock"\nname = "shop"', 'backend = "mokc"\nname = "shop"'), "Did you mean 'mock'"),
        (TWO.replace('name = "shop"', 'name = "shop"\nulr = "x"'), "Did you mean 'url'"),
        (TWO.replace("[profiles.work.contact_center]", "[[profiles.work.contact_center]]") + "", "'token' is missing"),
        (CENTER + "[[profiles.work.voice]]\n[[profiles.work.voice]]\n", "only one phone"),
        (CENTER + 'write_back = "both"\n', "'write_back' is not an option"),
        (CENTER.replace("[profiles.work]", '[profiles.work]\nwrite_back = "both"'), "one of first, all"),
        (CENTER.replace("[profiles.work]", '[profiles.work]\nrecording_consent = "no"'), "one of pause, warn, ignore"),
    ],
)
def test_what_is_wrong_with_several_is_said(config: Path, text: str, words: str) -> None:
    with refused(words):
        load_profile("work", {}, written(config, text))


def test_a_variable_that_names_none_of_several_is_no_silent_loss(config: Path) -> None:
    env = {"AGENT_DESKTOP_CRM_URL": "http://127.0.0.1:13", "AGENT_DESKTOP_CRM_MOCK_TOKEN": "t"}
    problems = read_profile("work", env, written(config, TWO)).problems
    assert len(problems) == 1
    assert "AGENT_DESKTOP_CRM_SHOP_URL" in in_words(problems[0])


def test_the_keyring_of_one_of_several_has_its_name_in_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def get_password(service: str, user: str) -> str:
        asked.append((service, user))
        return CANARY

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))
    text = TWO.replace('url = "http://127.0.0.1:11"', 'url = "http://127.0.0.1:11"\ntoken_keyring = true')
    _, crm = load_profile("work", {}, written(config, text)).backends[Kind.CRM]
    assert asked == [("agent-desktop", "work/crm/mock/token")]
    assert crm.options["token"].value == CANARY


def test_show_and_check_name_each_of_several(config: Path, tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(written(config, TWO)), AGENT_DESKTOP_CRM_MOCK_TOKEN=CANARY)
    shown = run("--profile", "work", "config", "show", env=env)
    assert [one["name"] for one in shown.json["backends"]["crm"]] == ["shop", "mock"]
    assert "name" not in shown.json["backends"]["contact_center"]
    checked = run("--profile", "work", "config", "check", env=env)
    assert [(one["kind"], one["name"]) for one in checked.json["backends"]][1:] == [("crm", "shop"), ("crm", "mock")]
    assert "crm shop mock: " in checked.words
    assert CANARY not in shown.out + checked.out + checked.words


def test_init_takes_several_with_spaces_between(tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    of_one = f"http://127.0.0.1:9\n{CANARY}\n\n"
    answers = f"mock\n{of_one}mock mock\nshop\n{of_one}other\n{of_one}-\n-\n"
    ran = run("config", "init", "two", env=env, stdin=answers)
    assert ran.code == 3, ran.words
    path = tmp_path / "c" / "config.toml"
    assert [one.source for one in load_profile("two", {}, path).backends[Kind.CRM]] == ["crm:shop", "crm:other"]
    assert (tmp_path / "c" / "two.crm.shop.token").read_text() == CANARY + "\n"


@pytest.mark.parametrize("failing", ["raise RuntimeError('no libfoo')", "raise SystemExit(3)", "Backend = 1"])
def test_a_plug_in_that_cannot_be_used_does_not_cost_the_profile(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    (tmp_path / "broken_plugin.py").write_text(failing)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_plugin", raising=False)
    whole = registry._by_name

    def by_name(kind: Kind) -> dict[str, list[EntryPoint]]:
        found = whole(kind)
        if kind is Kind.CRM:
            found["broken"] = [EntryPoint("broken", "broken_plugin:Backend", "agent_desktop.crm")]
        return found

    monkeypatch.setattr(registry, "_by_name", by_name)
    text = CENTER + '[profiles.work.crm]\nbackend = "broken"\nurl = "http://127.0.0.1:10"\n'
    env = {"AGENT_DESKTOP_CRM_TOKEN": CANARY}
    profile = load_profile("work", env, written(config, text))
    (crm,) = profile.backends[Kind.CRM]
    assert "'broken'" in in_words(crm.broken)
    assert profile.broken == (crm.broken,)
    assert env == {}  # which variable was a secret cannot be known, so none is left


CENTRES = """\
[profiles.work]
[[profiles.work.contact_center]]
backend = "mock"
name = "voice"
url = "http://127.0.0.1:9"
token_file = "TOKEN"
[[profiles.work.contact_center]]
backend = "imap"
name = "written"
"""


def test_contact_centres_may_be_several_and_of_different_kinds(config: Path) -> None:
    profile = read_profile("work", {}, written(config, CENTRES))
    found = profile.backends[Kind.CONTACT_CENTER]
    assert [(one.source, one.backend.value) for one in found] == [
        ("contact_center:voice", "mock"),
        ("contact_center:written", "imap"),
    ]
    assert not found[0].problems
    assert found[1].problems


def test_init_asks_for_a_second_contact_centre_and_check_names_each(tmp_path: Path) -> None:
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "c" / "config.toml"))
    of_one = f"http://127.0.0.1:9\n{CANARY}\n\n"
    ran = run("config", "init", "two", env=env, stdin=f"mock mock\nvoice\n{of_one}written\n{of_one}-\n-\n-\n")
    assert ran.code == 3, ran.words
    assert "several with spaces between" in ran.words
    found = load_profile("two", {}, tmp_path / "c" / "config.toml").backends[Kind.CONTACT_CENTER]
    assert [one.source for one in found] == ["contact_center:voice", "contact_center:written"]
    assert (tmp_path / "c" / "two.contact_center.written.token").read_text() == CANARY + "\n"
    assert [one["name"] for one in ran.json["backends"]] == ["voice", "written"]
    assert CANARY not in ran.out + ran.words
