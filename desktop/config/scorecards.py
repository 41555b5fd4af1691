"""Forms to judge interactions by: `scorecards/*.toml` beside the configuration file, one form a file."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from desktop.config.backends import hint
from desktop.config.file import LARGEST
from desktop.domain.entities.words import Channel
from desktop.domain.reviews.sampling import SampleRule, Scorecard, Scorecards
from desktop.domain.reviews.scorecards import Comment, Form, Option, Question, QuestionKind, Section, form_problems

FOLDER = "scorecards"
EXAMPLES = Path(__file__).with_name("forms")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST_FILES = 50
W = TypeVar("W", bound=StrEnum)


def scorecards_beside(config: Path) -> Scorecards:
    """The forms beside a configuration file; the bundled example where there is none and nothing is wrong."""
    found = read_scorecards(config.parent / FOLDER)
    return found if found.cards or found.problems else read_scorecards(EXAMPLES)


def read_scorecards(folder: Path) -> Scorecards:
    """Every `*.toml` of a folder; one that is not there has none. A form that is wrong is told and left out."""
    cards: list[Scorecard] = []
    problems: list[str] = []
    try:
        files = sorted(folder.glob("*.toml"))
    except OSError as error:
        return Scorecards((), (f"{folder} cannot be read: {error.strerror}.",))
    if len(files) > MOST_FILES:
        problems.append(f"{folder}: more than {MOST_FILES} forms; the first {MOST_FILES} are used.")
    for file in files[:MOST_FILES]:
        try:
            if file.stat().st_size > LARGEST:
                raise ValueError("it is too large to be a form")
            card, wrong = parse_scorecard(file.stem, file.read_text("utf-8"))
        except OSError as error:
            problems.append(f"{file} cannot be read: {error.strerror}.")
        except ValueError as error:  # TOML and UTF-8 that are none, too
            problems.append(f"{file}: {error}.")
        else:
            problems += [f"{file}: {one}" if one.endswith("?") else f"{file}: {one}." for one in wrong]
            if not wrong:
                cards.append(card)
    cards.sort(key=lambda card: (card.form.title.casefold(), card.form.name))
    return Scorecards(tuple(cards), tuple(problems))


def parse_scorecard(name: str, text: str) -> tuple[Scorecard, list[str]]:
    """A form from its TOML, and everything that is wrong with it.

    Args:
        name: what the form is called where it is kept; the file's name without its ending.

    Raises:
        ValueError: it is not TOML.
    """
    top = _Table(tomllib.loads(text), "the form")
    if not NAME.fullmatch(name):
        top.wrong.append("a form's file is named with up to 64 letters, digits, _ and -")
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
        table.wrong.append(f"there is no channel {sorted(unknown)[0]!r}")
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

    def __init__(self, values: Mapping[str, Any], where: str, wrong: list[str] | None = None) -> None:
        self._values = dict(values)
        self._where = where
        self._known: list[str] = []
        self.wrong: list[str] = [] if wrong is None else wrong

    def _take(self, key: str, kind: type, default: Any, words: str) -> Any:
        self._known.append(key)
        value = self._values.pop(key, default)
        if type(value) is not kind:
            self.wrong.append(f"{self._where}: {key} must be {words}")
            return default
        return value

    def text(self, key: str, default: str) -> str:
        """A text of at most 500 characters."""
        value: str = self._take(key, str, default, "a text")
        if len(value) > 500:
            self.wrong.append(f"{self._where}: {key} has more than 500 characters")
        return value[:500]

    def number(self, key: str, default: int, least: int = -1_000, most: int = 1_000) -> int:
        """A whole number from `least` to `most`."""
        value: int = self._take(key, int, default, "a whole number")
        if not least <= value <= most:
            self.wrong.append(f"{self._where}: {key} lies between {least} and {most}")
            return default
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value: bool = self._take(key, bool, False, "true or false")
        return value

    def word(self, key: str, default: W, words: type[W]) -> W:
        """One of several words."""
        value = self.text(key, default.value)
        if value not in {one.value for one in words}:
            known = ", ".join(words)
            self.wrong.append(f"{self._where}: {key} is one of {known}.{hint(value, words)}".rstrip("."))
            return default
        return words(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value: list[Any] = self._take(key, list, [], "a list of texts")
        if not all(isinstance(one, str) for one in value):
            self.wrong.append(f"{self._where}: {key} must be a list of texts")
            return ()
        return tuple(value)

    def table(self, key: str) -> "_Table":
        """A table; empty where it is left out."""
        return _Table(self._take(key, dict, {}, "a table"), key, self.wrong)

    def tables(self, key: str) -> list["_Table"]:
        """A list of tables."""
        value: list[Any] = self._take(key, list, [], "a list of tables")
        if not all(isinstance(one, dict) for one in value):
            self.wrong.append(f"{self._where}: {key} must be a list of tables")
            return []
        return [
            _Table(one, f"{key} {one.get('id') or one.get('title') or number}", self.wrong)
            for number, one in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Note what is left over."""
        for key in self._values:
            self.wrong.append(f"{self._where}: {key!r} is not known here.{hint(key, self._known)}".rstrip("."))
