"""Forms as files: the bundled one, mistakes in words, `config check`."""

from pathlib import Path

import pytest

from desktop.config.scorecards import EXAMPLES, parse_scorecard, read_scorecards, scorecards_beside
from desktop.domain.reviews.sampling import SampleRule
from desktop.domain.reviews.scorecards import Comment, QuestionKind
from desktop.words.catalogue import in_words
from tests.cli.command_line import clean_env, run

FORM = """
title = "Chat"
pass_mark = 75
[sample]
per_agent = 3
queues = ["Billing"]
channels = ["chat"]
min_talk_seconds = 30
[[sections]]
title = "All"
weight = 2
[[sections.questions]]
id = "tone"
text = "How was the tone?"
kind = "scale"
worst = 5
best = 1
weight = 3
critical = true
comment = "always"
not_applicable = true
"""


def test_a_form_is_read_as_it_is_written() -> None:
    card, wrong = parse_scorecard("chat", FORM)
    assert wrong == []
    assert card.rule == SampleRule(3, ("Billing",), ("chat",), 30.0)
    (section,) = card.form.sections
    (question,) = section.questions
    assert (card.form.name, card.form.title, card.form.pass_mark, section.weight) == ("chat", "Chat", 75, 2)
    assert (question.kind, question.worst, question.best, question.weight) == (QuestionKind.SCALE, 5, 1, 3)
    assert (question.critical, question.not_applicable, question.comment) == (True, True, Comment.ALWAYS)


def test_the_bundled_form_can_be_used() -> None:
    found = read_scorecards(EXAMPLES)
    assert found.problems == ()
    assert [card.form.name for card in found.cards] == ["call"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("titel = 'x'", "'titel' is not known here. Did you mean 'title'?"),
        ("pass_mark = 'x'", "pass_mark must be a whole number"),
        ("pass_mark = true", "pass_mark must be a whole number"),
        ("pass_mark = 400", "pass_mark lies between 0 and 100"),
        ("sections = 3", "sections must be a list of tables"),
        ("[sample]\nper_agent = 400", "per_agent lies between 0 and 100"),
        ("[sample]\nchannels = ['fax']", "no channel 'fax'"),
        ("[sample]\nqueues = [1]", "queues must be a list of texts"),
        ("[[sections]]\nquestions = [{id = 'a', text = 'A', kind = 'yesno'}]", "kind is one of yes_no, scale, choice"),
        ("[[sections]]\nquestions = [{id = 'a'}]", "needs an id and a text"),
        ("[[sections]]\nquestions = [{id = 'a', text = 'A', weigth = 2}]", "Did you mean 'weight'?"),
        ("[[sections]]\nquestions = [{id = 'a', text = 'A', critical = 'yes'}]", "critical must be true or false"),
    ],
)
def test_a_mistake_is_told_in_words(line: str, words: str) -> None:
    _, wrong = parse_scorecard("form", line)
    assert words in " ".join(map(in_words, wrong))


def test_what_is_no_toml_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("title = \n")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "good.toml").write_text(FORM)
    (tmp_path / "notes.txt").write_text("no form")
    found = read_scorecards(tmp_path)
    assert [card.form.name for card in found.cards] == ["good"]
    assert [in_words(problem).split(":")[0].rsplit("/", 1)[1] for problem in found.problems] == [
        "bad.toml",
        "binary.toml",
    ]


def test_without_forms_of_ones_own_the_bundled_one_is_used(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    assert [card.form.name for card in scorecards_beside(config).cards] == ["call"]
    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "chat.toml").write_text(FORM)
    assert [card.form.name for card in scorecards_beside(config).cards] == ["chat"]
    (tmp_path / "scorecards" / "chat.toml").write_text("title = 3")
    assert scorecards_beside(config).cards == ()  # a mistake is told, and not covered up by the example


def test_config_check_tells_of_a_form_that_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles.default.contact_center]\nbackend = "mock"\nurl = "http://127.0.0.1:9"\ntoken = "t"\n')
    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "chat.toml").write_text("titel = 'Chat'")
    done = run("--config", str(config), "config", "check", env=clean_env(tmp_path))
    assert done.code == 2
    assert done.json["problems"][-1].endswith("Did you mean 'title'?")
    assert "chat.toml" in done.words
