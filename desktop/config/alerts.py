"""Rules for alerts: bundled ones, those of the configuration file, and those of `alerts.toml` beside it, in this order.

Each file may have `[[alerts]]` tables and one table `[alerting]`. What is wrong with a rule is told with its file, line
and name; the other rules are used.
"""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.config.alert_rules import make_rule, merged, near
from desktop.config.backends import plain
from desktop.config.quantity import QuantityError, quantity
from desktop.config.setting import BY_DEFAULT, ConfigError, Setting
from desktop.config.toml_file import read_tables
from desktop.domain.alerts.rules import MAX_AGE, AlertSettings
from desktop.domain.entities.floor import ActivityKind
from desktop.domain.entities.words import Availability
from desktop.domain.figures.adherence import ENGAGED
from desktop.domain.figures.metric import Unit
from desktop.domain.text.sentence import Sentence, verbatim

FILE = "alerts.toml"
BUNDLED = Path(__file__).with_name(FILE)
TOP_KEYS = ("alerts", "alerting")
SETTINGS = ("bundled", "max_age", "fits")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,63}")
MOST_RULES = 200
_HEAD = re.compile(r"\s*\[\[\s*alerts\s*\]\]")
_ANY_HEAD = re.compile(r"\s*\[")


def alerts_beside(config: Path) -> AlertSettings:
    """The rules for a configuration file. Never raises: what cannot be read is a problem, and the rest is used."""
    rules = _Rules()
    own = [_File(config, whole=False), _File(config.with_name(FILE), whole=True)]
    if all(file.bundled for file in own):
        rules.take(_File(BUNDLED, whole=True))
    for file in own:
        rules.take(file)
    return rules.settings()


def alerting_values(config: Path, tables: Mapping[str, object]) -> Mapping[str, Setting]:
    """What holds for all rules, as far as it is one value, by its option.

    Args:
        config: the configuration file.
        tables: what stands in it, or is to.
    """
    beside = _File(config.with_name(FILE), whole=True)
    own = tables.get("alerting")
    values = {"bundled": Setting("true", BY_DEFAULT), "max_age": Setting(f"{MAX_AGE:g} s", BY_DEFAULT)}
    for path, settings in ((config, own if isinstance(own, dict) else {}), (beside.path, beside.settings)):
        for option in values:
            if option not in settings or (option == "bundled" and values[option].value == "false"):
                continue
            where = f"{path} [alerting] {option}"
            with contextlib.suppress(ConfigError):
                values[option] = Setting(plain(settings[option], where), verbatim(where))
    return values


def alerting_problems(config: Path, tables: Mapping[str, object]) -> tuple[Sentence, ...]:
    """What is wrong with the `[alerting]` of the configuration file, with these tables in it."""
    rules = _Rules()
    own = tables.get("alerting", {})
    if not isinstance(own, dict):
        return (Sentence("rule.settings_not_a_table", place=str(config)),)
    rules.take_settings(own, f"{config} [alerting]")
    return rules.settings().problems


class _File:
    """What one file says about alerts. `whole`: the file is about nothing else."""

    def __init__(self, path: Path, *, whole: bool) -> None:
        self.path = path
        self.problems: list[Sentence] = []
        self.rules: list[Mapping[str, Any]] = []
        self.settings: Mapping[str, Any] = {}
        self._heads: list[int] = []
        self._lines: list[str] = []
        try:
            tables = read_tables(path)
            self._lines = path.read_text("utf-8").splitlines() if tables else []
        except (ConfigError, OSError) as error:
            # The configuration file itself was read before, and whoever did told of it.
            if whole:
                self.problems += error.problems if isinstance(error, ConfigError) else [verbatim(str(error))]
            return
        self._heads = [number for number, line in enumerate(self._lines) if _HEAD.match(line)]
        for key in tables if whole else ():
            if key not in TOP_KEYS:
                unknown = Sentence("rule.not_known_here", place=str(path), name=repr(key))
                self.problems.append(unknown + near(key, TOP_KEYS))
        self._read(tables)

    def _read(self, tables: Mapping[str, Any]) -> None:
        rules, settings = tables.get("alerts", []), tables.get("alerting", {})
        if isinstance(rules, list) and all(isinstance(one, dict) for one in rules):
            self.rules = rules[:MOST_RULES]
            if len(rules) > MOST_RULES:
                self.problems.append(Sentence("rule.too_many", place=str(self.path), most=MOST_RULES))
        else:
            self.problems.append(Sentence("rule.not_a_table", place=str(self.path)))
        if isinstance(settings, dict):
            self.settings = settings
        else:
            self.problems.append(Sentence("rule.settings_not_a_table", place=str(self.path)))

    @property
    def bundled(self) -> bool:
        """Whether the bundled rules are wanted."""
        return self.settings.get("bundled", True) is not False

    def place(self, number: int, option: str = "") -> str:
        """Where the rule of that number, from 0, or one of its options stands, as far as that can be told."""
        if len(self._heads) != len(self.rules):
            return str(self.path)
        line = self._heads[number]
        for at in range(line + 1, len(self._lines)):
            if _ANY_HEAD.match(self._lines[at]):
                break
            if option and re.match(rf"\s*[\"']?{re.escape(option)}[\"']?\s*=", self._lines[at]):
                line = at
                break
        return f"{self.path}:{line + 1}"


class _Rules:
    """Rules by name out of several files, the later ones over the earlier."""

    def __init__(self) -> None:
        self._tables: dict[str, Mapping[str, Any]] = {}
        self._places: dict[str, tuple[_File, int]] = {}
        self._settings = AlertSettings()
        self._problems: list[Sentence] = []

    def take(self, file: _File) -> None:
        """Take in what a file says."""
        self._problems += file.problems
        here: set[str] = set()
        for number, table in enumerate(file.rules):
            name = table.get("name")
            if not isinstance(name, str) or not NAME.fullmatch(name):
                kind = "rule.name_missing" if name is None else "rule.bad_name"
                self._problems.append(Sentence(kind, place=file.place(number, "name"), number=number + 1))
                continue
            if name in here:
                self._problems.append(_of_rule(file.place(number, "name"), name, Sentence("rule.name_taken")))
                continue
            here.add(name)
            if name not in self._tables and "watch" not in table and set(table) == {"name", "off"}:
                none = Sentence("rule.no_such_rule") + near(name, self._tables)
                self._problems.append(_of_rule(file.place(number, "name"), name, none))
                continue
            self._tables[name] = merged(self._tables.get(name, {}), table)
            self._places[name] = (file, number)
        self.take_settings(file.settings, f"{file.path} [alerting]")

    def take_settings(self, settings: Mapping[str, Any], where: str) -> None:
        """Take in an `[alerting]` table, and where it stands."""
        for key, value in settings.items():
            if key not in SETTINGS:
                self._wrong(where, Sentence("rule.not_an_option", option=key) + near(key, SETTINGS))
            elif key == "bundled" and not isinstance(value, bool):
                self._wrong(where, Sentence("rule.flag_wanted", option=key))
            elif key == "max_age":
                try:
                    self._settings = replace(self._settings, max_age=max(quantity(value, Unit.SECONDS), 5.0))
                except QuantityError as error:
                    self._wrong(where, error.of(key))
            elif key == "fits":
                self._take_fits(value, where)

    def _take_fits(self, value: object, where: str) -> None:
        kinds = [kind.value for kind in ActivityKind if kind is not ActivityKind.EXCEPTION]
        for kind, words in value.items() if isinstance(value, dict) else [("", value)]:
            if kind not in kinds:
                self._wrong(where, Sentence("rule.no_activity", kind=kind) + near(kind, kinds))
            elif not isinstance(words, list) or not all(_is_doing(one) for one in words):
                self._wrong(where, Sentence("rule.bad_fits", kind=kind))
            else:
                fits = {**self._settings.fits, ActivityKind(kind): frozenset(words)}
                self._settings = replace(self._settings, fits=fits)

    def _wrong(self, where: str, what: Sentence) -> None:
        self._problems.append(Sentence("rule.problem_at", place=where, problem=what))

    def settings(self) -> AlertSettings:
        """All that was taken in."""
        made = []
        for name, table in self._tables.items():
            if table.get("off") is True:
                continue
            file, number = self._places[name]

            def problem(
                option: str, what: Sentence, file: _File = file, number: int = number, name: str = name
            ) -> None:
                self._problems.append(_of_rule(file.place(number, option), name, what))

            if not isinstance(table.get("off", False), bool):
                problem("off", Sentence("rule.flag_wanted", option="off"))
            elif (rule := make_rule(table, problem)) is not None:
                made.append(rule)
        return replace(self._settings, rules=tuple(made), problems=tuple(self._problems))


def _of_rule(place: str, name: str, problem: Sentence) -> Sentence:
    return Sentence("rule.problem_of", place=place, name=repr(name), problem=problem)


def _is_doing(word: object) -> bool:
    return isinstance(word, str) and word.partition(":")[0] in {ENGAGED, *(one.value for one in Availability)}
