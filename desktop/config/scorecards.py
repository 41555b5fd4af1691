"""Forms to judge interactions by: `scorecards/*.toml` beside the configuration file, one form a file."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from desktop.config.toml_file import LARGEST
from desktop.domain.entities.words import Channel
from desktop.domain.reviews.sampling import SampleRule, Scorecard, Scorecards
from desktop.domain.reviews.scorecards import Comment, Form, Option, Question, QuestionKind, Section, form_problems
from desktop.domain.text.sentence import Fact, Sentence, verbatim

FOLDER = "scorecards"
EXAMPLES = Path(__file__).with_name("forms")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST_FILES = 50
LONGEST_TEXT = 500
W = TypeVar("W", bound=StrEnum)


def scorecards_beside(config: Path) -> Scorecards:
    """The forms beside a configuration file; the bundled example where there is none and nothing is wrong."""
    found = read_scorecards(config.parent / FOLDER)
    return found if found.cards or found.problems else read_scorecards(EXAMPLES)


def read_scorecards(folder: Path) -> Scorecards:
    """Every `*.toml` of a folder; one that is not there has none. A form that is wrong is told and left out."""
    cards: list[Scorecard] = []
    problems: list[Sentence] = []
    try:
        files = sorted(folder.glob("*.toml"))
    except OSError as error:
        return Scorecards((), (_unreadable(folder, error),))
    if len(files) > MOST_FILES:
        problems.append(Sentence("scorecards.too_many", folder=str(folder), most=MOST_FILES))
    for file in files[:MOST_FILES]:
        try:
            if file.stat().st_size > LARGEST:
                problems.append(_wrong(file, Sentence("scorecards.too_large")))
                continue
            card, wrong = parse_scorecard(file.stem, file.read_text("utf-8"))
        except OSError as error:
            problems.append(_unreadable(file, error))
        except ValueError as error:  # TOML and UTF-8 that are none
            problems.append(_wrong(file, verbatim(f"{error}.")))
        else:
            problems += [_wrong(file, one) for one in wrong]
            if not wrong:
                cards.append(card)
    cards.sort(key=lambda card: (card.form.title.casefold(), card.form.name))
    return Scorecards(tuple(cards), tuple(problems))


def _unreadable(path: Path, error: OSError) -> Sentence:
    return Sentence("scorecards.unreadable", file=str(path), why=error.strerror or str(error))


def _wrong(file: Path, why: Sentence) -> Sentence:
    return Sentence("scorecards.wrong", file=str(file), why=why)


def parse_scorecard(name: str, text: str) -> tuple[Scorecard, list[Sentence]]:
    """A form from its TOML, and everything that is wrong with it.

    Args:
        name: what the form is called where it is kept; the file's name without its ending.

    Raises:
        ValueError: it is not TOML.
    """
    top = _Table(tomllib.loads(text), Sentence("scorecards.the_form"))
    if not NAME.fullmatch(name):
        top.wrong.append(Sentence("scorecards.file_name"))
    form = Form(
        name,
        top.text("title", name),
        tuple(_section(one) for one in top.tables("sections")),
        top.number("pass_mark", 0),
    )
    rule = _rule(top.table("sample"))
    top.finish()
    return Scorecard(form, rule), top.wrong or form_problems(form)


def _rule(table: "_Table") -> SampleRule:
    rule = SampleRule(
        table.number("per_agent", SampleRule().per_agent, 0, 100),
        table.texts("queues"),
        table.texts("channels"),
        float(table.number("min_talk_seconds", 0, 0, 86_400)),
    )
    unknown = set(rule.channels) - {channel.value for channel in Channel}
    if unknown:
        table.wrong.append(Sentence("scorecards.no_channel", channel=sorted(unknown)[0]))
    table.finish()
    return rule


def _section(table: "_Table") -> Section:
    section = Section(
        table.text("title", ""),
        tuple(_question(one) for one in table.tables("questions")),
        table.number("weight", 0),
    )
    table.finish()
    return section


def _question(table: "_Table") -> Question:
    plain = Question("", "")
    question = Question(
        table.text("id", ""),
        table.text("text", ""),
        table.word("kind", plain.kind, QuestionKind),
        table.number("weight", plain.weight),
        table.text("good", plain.good),
        table.number("worst", plain.worst),
        table.number("best", plain.best),
        tuple(_option(one) for one in table.tables("options")),
        table.flag("not_applicable"),
        table.flag("critical"),
        table.word("comment", plain.comment, Comment),
        table.text("help", ""),
    )
    table.finish()
    return question


def _option(table: "_Table") -> Option:
    option = Option(table.text("id", ""), table.text("text", ""), table.number("points", 0))
    table.finish()
    return option


class _Table:
    """A table of the file whose values are taken out one by one; what is wrong or left over is noted."""

    def __init__(self, values: Mapping[str, Any], where: str | Sentence, wrong: list[Sentence] | None = None) -> None:
        """`where` names the table as the file does, or the whole form."""
        self._values = dict(values)
        self._where = where
        self._known: list[str] = []
        self.wrong: list[Sentence] = [] if wrong is None else wrong

    def _told(self, problem: str, key: str, **facts: Fact) -> None:
        self.wrong.append(Sentence(f"scorecards.{problem}", where=self._where, key=key, **facts))

    def _take(self, key: str, kind: type, default: Any, problem: str) -> Any:
        self._known.append(key)
        value = self._values.pop(key, default)
        if type(value) is not kind:
            self._told(problem, key)
            return default
        return value

    def text(self, key: str, default: str) -> str:
        """A text of at most `LONGEST_TEXT` characters."""
        value: str = self._take(key, str, default, "not_text")
        if len(value) > LONGEST_TEXT:
            self._told("too_long", key, most=LONGEST_TEXT)
        return value[:LONGEST_TEXT]

    def number(self, key: str, default: int, least: int = -1_000, most: int = 1_000) -> int:
        """A whole number from `least` to `most`."""
        value: int = self._take(key, int, default, "not_whole_number")
        if not least <= value <= most:
            self._told("out_of_range", key, least=least, most=most)
            return default
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value: bool = self._take(key, bool, False, "not_flag")
        return value

    def word(self, key: str, default: W, words: type[W]) -> W:
        """One of several words."""
        value = self.text(key, default.value)
        if value not in {one.value for one in words}:
            self._told("not_one_of", key, known=tuple(words))
            self._guess(value, words)
            return default
        return words(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value: list[Any] = self._take(key, list, [], "not_texts")
        if not all(isinstance(one, str) for one in value):
            self._told("not_texts", key)
            return ()
        return tuple(value)

    def table(self, key: str) -> "_Table":
        """A table; empty where it is left out."""
        return _Table(self._take(key, dict, {}, "not_table"), key, self.wrong)

    def tables(self, key: str) -> list["_Table"]:
        """A list of tables."""
        value: list[Any] = self._take(key, list, [], "not_tables")
        if not all(isinstance(one, dict) for one in value):
            self._told("not_tables", key)
            return []
        return [
            _Table(one, f"{key} {one.get('id') or one.get('title') or number}", self.wrong)
            for number, one in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Note what is left over."""
        for key in self._values:
            self._told("not_known", key)
            self._guess(key, self._known)

    def _guess(self, word: str, known: Iterable[str]) -> None:
        """Add to what was noted last what was probably meant."""
        near = difflib.get_close_matches(word, list(known), n=1)
        if near:
            self.wrong[-1] = self.wrong[-1] + Sentence("scorecards.did_you_mean", word=near[0])
