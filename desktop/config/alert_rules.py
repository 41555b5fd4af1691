"""One `[[alerts]]` table: its options, and the rule they make."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from math import floor
from typing import Any

from desktop.config.quantity import QuantityError, quantity
from desktop.domain.alerts.rules import WATCHED, Rule, Watched
from desktop.domain.entities.alert import About, Severity
from desktop.domain.entities.words import Availability, Channel
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS, Formula
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim

Problem = Callable[[str, Sentence], None]
"""Hears of something wrong: at which option, "" for none of them, and what."""

OPTIONS = (
    "name",
    "watch",
    "above",
    "below",
    "clear_at",
    "for",
    "min_volume",
    "severity",
    "critical",
    "formula",
    "window",
    "forecast",
    "rate",
    "threshold_within",
    "queues",
    "teams",
    "channels",
    "sources",
    "state",
    "stays",
    "ring",
    "notify",
    "off",
)
"""Every option; the bundled file says what each means."""

_QUEUE = {"formula", "window", "forecast", "rate", "min_volume", "threshold_within", "queues", "below"}
_FOR = {
    About.QUEUE: _QUEUE,
    About.AGENT: {"queues", "teams", "state"},
    About.WORK: {"queues", "teams", "channels"},
    About.SOURCE: {"sources"},
}
_EVERY = {"name", "watch", "above", "clear_at", "critical", "for", "severity", "stays", "ring", "notify", "off"}
STAFF_VOLUME = 1_800.0
CONTACT_VOLUME = 10.0
RANGES = {"window": (60.0, 14_400.0), "forecast": (60.0, 14_400.0), "rate": (120.0, 7_200.0)}
RANGES_OF_COUNTS = {"forecast": (10.0, 14_400.0), "rate": (10.0, 7_200.0)}
"""From where to where an option may lie, in seconds: a count, such as of those who wait, tells in seconds where it is
going; a share takes minutes."""


def near(word: str, known: Iterable[str]) -> Sentence:
    """A guess at what was meant; says nothing when nothing is near."""
    return meant(difflib.get_close_matches(word, list(known), n=1))


def meant(names: Sequence[str]) -> Sentence:
    """Whether one of these was meant; says nothing where there are none."""
    if not names:
        return NOTHING
    first, *others = map(repr, names)
    said = reduce(lambda before, name: Sentence("rule.or", before=before, name=name), others, verbatim(first))
    return Sentence("rule.did_you_mean", names=said)


def merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """An earlier rule of the same name with what a later table changes of it."""
    if given.get("watch", base.get("watch")) != base.get("watch"):
        return dict(given)
    kept = dict(base)
    if given.keys() & {"above", "below"}:
        for key in ("above", "below", "clear_at", "critical"):
            kept.pop(key, None)
    return {**kept, **given}


def make_rule(table: Mapping[str, Any], problem: Problem) -> Rule | None:
    """The rule of a table; None when something is wrong with it.

    Args:
        problem: hears of everything that is wrong.
    """
    found = 0

    def wrong(option: str, what: Sentence) -> None:
        nonlocal found
        found += 1
        problem(option, what)

    watch = _watch(table, wrong)
    if watch is None:
        return None
    reader = _Reader(table, watch, wrong)
    low = "below" in table
    limits = [option for option in ("above", "below") if option in table]
    if len(limits) != 1:
        wrong("", Sentence("rule.wants_threshold"))
        return None
    raise_at = reader.amount(limits[0], watch.unit, 0.0)
    clear_at = reader.amount("clear_at", watch.unit, _usual_clear(watch, raise_at, low))
    if not found and (clear_at < raise_at if low else clear_at > raise_at):
        wrong("clear_at", Sentence("rule.not_on_good_side", of=limits[0]))
    critical_at = reader.amount("critical", watch.unit, raise_at) if "critical" in table else None
    if not found and critical_at is not None and (critical_at > raise_at if low else critical_at < raise_at):
        wrong("critical", Sentence("rule.not_beyond", of=limits[0]))
    state = reader.state()
    ratio = METRICS[watch.id].ratio_by(DEFAULT_FORMULA) if watch.id in METRICS else None
    usual = 1.0
    if ratio is not None:
        usual = STAFF_VOLUME if any(name.startswith("staff.") for name in ratio.of) else CONTACT_VOLUME
    elif table.keys() & {"window", "min_volume"}:
        option = "window" if "window" in table else "min_volume"
        wrong(option, Sentence("rule.shares_only", option=option))
    if watch.grows and "forecast" in table:
        wrong("forecast", Sentence("rule.no_forecast_of_time"))
    if "forecast" in table and "window" in table:
        wrong("forecast", Sentence("rule.forecast_or_window"))
    if "rate" in table and "forecast" not in table:
        wrong("rate", Sentence("rule.rate_without_forecast"))
    if "formula" in table and watch.id != SERVICE_LEVEL:
        wrong("formula", Sentence("rule.formula_of_service_level"))
    rule = Rule(
        str(table["name"]),
        watch,
        raise_at,
        clear_at,
        low,
        severity=Severity(reader.word("severity", "warning", [one.value for one in Severity])),
        critical_at=critical_at,
        hold=reader.amount("for", Unit.SECONDS, 0.0),
        min_volume=reader.amount("min_volume", Unit.COUNT, usual),
        window=reader.span("window"),
        forecast=reader.span("forecast"),
        rate=reader.span("rate") or 600.0,
        formula=reader.formula(),
        threshold_within=reader.span("threshold_within"),
        queues=reader.names("queues"),
        teams=reader.names("teams"),
        sources=reader.names("sources"),
        channels=tuple(reader.one_of(name, [one.value for one in Channel]) for name in reader.names("channels")),
        state=state,
        stays=reader.flag("stays", False),
        ring=reader.flag("ring", False),
        notify=reader.flag("notify", False),
    )
    return None if found else rule


def _watch(table: Mapping[str, Any], wrong: Problem) -> Watched | None:
    """What the rule watches, and whether every option goes with it."""
    name = table.get("watch")
    if name is None:
        wrong("", Sentence("rule.wants_watch"))
        return None
    watch = WATCHED.get(name) if isinstance(name, str) else None
    if watch is None:
        wrong("watch", Sentence("rule.no_figure", name=repr(name)) + near(str(name), WATCHED))
        return None
    for option in table:
        if option not in OPTIONS:
            wrong(option, Sentence("rule.not_an_option", option=option) + near(option, OPTIONS))
        elif option not in _EVERY | _FOR[watch.about]:
            wrong(option, Sentence(f"rule.no_meaning_for.{watch.about.value}", option=option, watch=watch.id))
    return watch


def _usual_clear(watch: Watched, raise_at: float, low: bool) -> float:
    """Where a figure is well again when the rule does not say: a little on the good side of the threshold."""
    if watch.grows:
        return raise_at
    if watch.unit is Unit.SHARE:
        return min(raise_at + 0.02, 1.0) if low else max(raise_at - 0.02, 0.0)
    if watch.unit is Unit.SECONDS:
        return raise_at * (1.1 if low else 0.9)
    return raise_at if low else float(floor(raise_at * 0.8))


class _Reader:
    """Takes values out of a table; what is wrong with one is told, and something harmless taken in its place."""

    def __init__(self, table: Mapping[str, Any], watch: Watched, wrong: Problem) -> None:
        self._table = table
        self._watch = watch
        self._wrong = wrong

    def amount(self, option: str, unit: Unit, default: float) -> float:
        """A figure of a unit."""
        if option not in self._table:
            return default
        try:
            return quantity(self._table[option], unit)
        except QuantityError as error:
            self._wrong(option, error.of(option))
            return default

    def span(self, option: str) -> float | None:
        """A time that is not too short and not too long; None when it is not given."""
        if option not in self._table:
            return None
        value = self.amount(option, Unit.SECONDS, 60.0)
        ranges = RANGES | RANGES_OF_COUNTS if self._watch.unit is Unit.COUNT else RANGES
        least, most = ranges.get(option, (0.0, 7 * 86_400.0))
        if not least <= value <= most:
            self._wrong(option, Sentence("rule.outside", option=option, least=least, most=most))
        return value

    def word(self, option: str, default: str, known: list[str]) -> str:
        """One of several words."""
        value = self._table.get(option, default)
        if value in known:
            return str(value)
        no_such = Sentence("rule.no_such_word", option=option, value=repr(value))
        self._wrong(option, no_such + near(str(value), known) + Sentence("rule.known_words", words=tuple(known)))
        return default

    def formula(self) -> Formula:
        """The formula of a service level; who gives a vendor's name is told which of them are meant."""
        value = self._table.get("formula", DEFAULT_FORMULA.id)
        if isinstance(value, str) and value in FORMULAS:
            return FORMULAS[value]
        own = [one.id for one in FORMULAS.values() if one.is_of(str(value))]
        guess = meant(own) if own else near(str(value), FORMULAS)
        self._wrong("formula", Sentence("rule.no_formula", name=repr(value)) + guess)
        return DEFAULT_FORMULA

    def one_of(self, value: str, known: list[str]) -> str:
        """A channel that there is."""
        if value not in known:
            self._wrong("channels", Sentence("rule.no_channel", name=repr(value)) + near(value, known))
        return value

    def names(self, option: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = self._table.get(option, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(one, str) and one for one in texts):
            self._wrong(option, Sentence("rule.texts_wanted", option=option))
            return ()
        return tuple(texts)

    def flag(self, option: str, default: bool) -> bool:
        """True or false."""
        value = self._table.get(option, default)
        if not isinstance(value, bool):
            self._wrong(option, Sentence("rule.flag_wanted", option=option))
            return default
        return value

    def state(self) -> str:
        """The state a rule about one names."""
        value = self._table.get("state", "")
        wanted = self._watch.id == "agent_time_in_state"
        if wanted != bool(value):
            self._wrong("state", Sentence("rule.state_missing" if wanted else "rule.state_not_for_this"))
            return ""
        word = str(value).partition(":")[0]
        known = [one.value for one in Availability]
        if value and word not in known:
            self._wrong("state", Sentence("rule.no_state", name=repr(word)) + near(word, known))
        return str(value)
