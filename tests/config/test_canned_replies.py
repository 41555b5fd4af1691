"""Canned replies as files: what is read, mistakes with their lines, changes, `config check`."""

from pathlib import Path

import pytest

from desktop.config.canned_replies import DEMO, CannedFolder, canned_beside, parse_replies
from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.entities.words import Channel
from desktop.words.catalogue import in_words
from tests.cli.command_line import clean_env, run

GREETING = '[[replies]]\nname = "Greeting"\ntext = "Dear {customer.name},"\n'


def names(folder: CannedFolder) -> list[str]:
    found = folder.read()
    assert found is not None
    return [one.name for one in found.replies]


def told(config: Path) -> list[str]:
    return [in_words(one) for one in canned_beside(config).problems]


def test_a_reply_is_read_as_it_is_written() -> None:
    whole = GREETING + 'channel = ["email", "chat"]\nqueue = "Billing"\nlanguage = "en"\n'
    (reply,), wrong = parse_replies(whole)
    assert wrong == []
    wanted = frozenset({Channel.EMAIL, Channel.CHAT})
    assert reply == CannedReply("Greeting", "Dear {customer.name},", wanted, frozenset({"Billing"}), "en")


def test_the_demo_has_a_handful() -> None:
    replies, wrong = parse_replies(DEMO.read_text("utf-8"))
    assert wrong == []
    assert len(replies) >= 5


def test_the_file_and_the_folder_both_count(tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies.toml").write_text(GREETING)
    (tmp_path / "replies" / "more.toml").write_text(GREETING.replace("Greeting", "Other"))
    assert names(CannedFolder(tmp_path / "config.toml")) == ["Greeting", "Other"]


def test_without_a_file_there_is_nothing_and_nothing_is_wrong(tmp_path: Path) -> None:
    found = canned_beside(tmp_path / "config.toml")
    assert (found.replies, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("texd = 'x'", "line 5: 'texd' is not known here. Did you mean 'text'?"),
        ("channel = 'fax'", "line 5: there is no written channel 'fax': chat, email, sms."),
        ("channel = 'voice'", "there is no written channel 'voice'"),
        ("channel = 3", "channel must be a text or a list of texts"),
        ("queue = [3]", "queue must be a text or a list of texts"),
        ("language = 3", "language must be a text"),
        ("language = '" + "x" * 61 + "'", "language has at most 60 characters"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_takes_nothing_from_the_others(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / "replies.toml").write_text(f"{GREETING}\n{GREETING.replace('Greeting', 'Bad')}{line}\n")
    config = tmp_path / "config.toml"
    assert any(words in one for one in told(config))
    assert names(CannedFolder(config)) == ["Greeting"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[replies]]\nname = 'A'\n", "line 1: text is missing."),
        ("[[replies]]\ntext = 'A'\n", "line 1: name is missing."),
        ("[[replies]]\nname = 3\ntext = 'A'\n", "line 1: name must be a text."),
        (GREETING.replace("customer.name", "customer.nmae"), "{customer.nmae}. Did you mean 'customer.name'?"),
        ("replies = 3\n", "line 1: each reply stands under [[replies]]."),
        ("replies = [3]\n", "each reply stands under [[replies]]."),
        ("\n[[reply]]\nname = 'A'\n", "line 2: 'reply' is not known here."),
    ],
)
def test_other_mistakes(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "replies.toml").write_text(text)
    assert any(words in one for one in told(tmp_path / "config.toml")), told(tmp_path / "config.toml")


@pytest.mark.parametrize("damage", [b"[[replies]]\nname = \n", b"\xff\xfe", b"x" * 1_100_000])
def test_a_damaged_file_is_told_and_keeps_what_it_had(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "replies").mkdir()
    first, second = tmp_path / "replies.toml", tmp_path / "replies" / "more.toml"
    first.write_text(GREETING)
    second.write_text(GREETING.replace("Greeting", "Other"))
    folder = CannedFolder(tmp_path / "config.toml")
    assert names(folder) == ["Greeting", "Other"]
    first.write_bytes(damage)
    found = folder.read()
    assert found is not None
    assert [one.name for one in found.replies] == ["Greeting", "Other"]
    (problem,) = found.problems
    assert str(first) in in_words(problem)
    assert folder.read() is None, "it is told once"
    assert names(CannedFolder(tmp_path / "config.toml")) == ["Other"], "the next start has the others all the same"


def test_toml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "replies.toml").write_text(GREETING + "\nname = \n")
    assert "line 5" in told(tmp_path / "config.toml")[0]


def test_what_changes_is_read_again_and_what_goes_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    file.write_text(GREETING)
    folder = CannedFolder(tmp_path / "config.toml")
    assert names(folder) == ["Greeting"]
    assert folder.read() is None
    file.write_text(GREETING + GREETING.replace("Greeting", "Other"))
    assert names(folder) == ["Greeting", "Other"]
    file.unlink()
    assert names(folder) == []


def test_more_replies_than_there_may_be_are_told(tmp_path: Path) -> None:
    (tmp_path / "replies.toml").write_text(GREETING * 501)
    assert len(canned_beside(tmp_path / "config.toml").replies) == 500
    assert "more than 500 replies" in told(tmp_path / "config.toml")[0]


def test_config_check_says_what_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles.default.contact_center]\nbackend = "mock"\nurl = "http://127.0.0.1:9"\ntoken = "t"\n')
    (tmp_path / "replies.toml").write_text("[[replies]]\nname = 'A'\n")
    done = run("--config", str(config), "config", "check", env=clean_env(tmp_path))
    assert any("line 1: text is missing." in one for one in done.json["problems"]), done.json
