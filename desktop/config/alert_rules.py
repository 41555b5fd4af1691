"""One `[[alerts]]` table: its options, and the rule they make."""

from collections.abc import Callable, Mapping
from math import floor
from typing import Any

from desktop.config.backends import hint
from desktop.config.quantity import quantity
from desktop.domain.alerts.rules import WATCHED, Rule, Watched
from desktop.domain.entities.alert import About, Severity
from desktop.domain.entities.words import Availability, Channel
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS, Formula

Problem = Callable[[str, str], None]

OPTIONS = {
    "name": "what the rule is called; a rule with the name of an earlier one changes only what it gives",
    "watch": "the figure: a metric of queues, or something of agents, contacts or systems",
    "above": "alert when the figure is above this",
    "below": "alert when the figure is below this; for metrics of queues",
    "clear_at": "the alert is over when the figure is back here; left out, a little on the good side of the threshold",
    "for": "how long it must be so before there is an alert (default 0)",
    "min_volume": "the least number of contacts in a share or an average (default 10), for occupancy seconds of staff",
    "severity": "warning or critical (default warning)",
    "critical": "from which figure on the alert is critical, beyond the threshold",
    "formula": "which service level, by its id; `agent-desktop queues --metrics` lists them",
    "window": "the last so long instead of since midnight; for shares and averages",
    "forecast": "warn also of a breach that is so far ahead at the present rate",
    "rate": "over how long the present rate is taken (default 10 min); with forecast",
    "threshold_within": "only queues whose own threshold of service level is at most this: calls, not e-mail",
    "queues": "which queues, as patterns like Bill*; left out, all",
    "teams": "which teams, as patterns; for agents and contacts",
    "channels": "which channels; for contacts",
    "sources": "which systems, as patterns like crm*; for systems",
    "state": "which state: available, not_ready, offline, or not_ready:REASON; for agent_time_in_state",
    "stays": "whether an alert that has ended stays in the list until somebody acknowledges it (default false)",
    "ring": "whether the bell rings (default false)",
    "notify": "whether the terminal is asked for a desktop notification (default false)",
    "off": "true: this rule is not used",
}
"""Every option, with what it means."""

_QUEUE = {"formula", "window", "forecast", "rate", "min_volume", "threshold_within", "queues", "below"}
_FOR = {
    About.QUEUE: _QUEUE,
    About.AGENT: {"queues", "teams", "state"},
    About.WORK: {"queues", "teams", "channels"},
    About.SOURCE: {"sources"},
}
_EVERY = {"name", "watch", "above", "clear_at", "critical", "for", "severity", "stays", "ring", "notify", "off"}
_THINGS = {
    About.QUEUE: "a metric of queues",
    About.AGENT: "something of agents",
    About.WORK: "something of contacts",
    About.SOURCE: "something of systems",
}
STAFF_VOLUME = 1_800.0
CONTACT_VOLUME = 10.0
RANGES = {"window": (60.0, 14_400.0), "forecast": (60.0, 14_400.0), "rate": (120.0, 7_200.0)}


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
        problem: hears of everything that is wrong: the option, "" for none of them, and a sentence's end.
    """
    found = 0

    def wrong(option: str, text: str) -> None:
        nonlocal found
        found += 1
        problem(option, text)

    watch = _watch(table, wrong)
    if watch is None:
        return None
    reader = _Reader(table, watch, wrong)
    low = "below" in table
    limits = [option for option in ("above", "below") if option in table]
    if len(limits) != 1:
        wrong("", "wants either `above` or `below`.")
        return None
    raise_at = reader.amount(limits[0], watch.unit, 0.0)
    clear_at = reader.amount("clear_at", watch.unit, _usual_clear(watch, raise_at, low))
    if not found and (clear_at < raise_at if low else clear_at > raise_at):
        wrong("clear_at", f"must lie on the good side of `{limits[0]}`.")
    critical_at = reader.amount("critical", watch.unit, raise_at) if "critical" in table else None
    if not found and critical_at is not None and (critical_at > raise_at if low else critical_at < raise_at):
        wrong("critical", f"must lie beyond `{limits[0]}`.")
    state = reader.state()
    ratio = METRICS[watch.id].ratio_by(DEFAULT_FORMULA) if watch.id in METRICS else None
    usual = 1.0
    if ratio is not None:
        usual = STAFF_VOLUME if any(name.startswith("staff.") for name in ratio.of) else CONTACT_VOLUME
    elif table.keys() & {"window", "min_volume"}:
        wrong("window" if "window" in table else "min_volume", "is for shares and averages only.")
    if watch.grows and "forecast" in table:
        wrong("forecast", "says nothing of a time that goes by itself; take a lower threshold.")
    if "forecast" in table and "window" in table:
        wrong("forecast", "and `window` do not go together; give the rule two names.")
    if "rate" in table and "forecast" not in table:
        wrong("rate", "goes with `forecast`.")
    if "formula" in table and watch.id != SERVICE_LEVEL:
        wrong("formula", "is for service_level only.")
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
        wrong("", "wants a `watch`: the figure to look at.")
        return None
    watch = WATCHED.get(name) if isinstance(name, str) else None
    if watch is None:
        wrong("watch", f"there is no figure {name!r}.{hint(str(name), WATCHED)}")
        return None
    for option in table:
        if option not in OPTIONS:
            wrong(option, f"is not an option.{hint(option, OPTIONS)}")
        elif option not in _EVERY | _FOR[watch.about]:
            wrong(option, f"has no meaning for `{watch.id}`, which is {_THINGS[watch.about]}.")
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
        except ValueError as error:
            self._wrong(option, f"{error}.")
            return default

    def span(self, option: str) -> float | None:
        """A time that is not too short and not too long; None when it is not given."""
        if option not in self._table:
            return None
        value = self.amount(option, Unit.SECONDS, 60.0)
        least, most = RANGES.get(option, (0.0, 7 * 86_400.0))
        if not least <= value <= most:
            self._wrong(option, f"lies between {least / 60:g} and {most / 60:g} min.")
        return value

    def word(self, option: str, default: str, known: list[str]) -> str:
        """One of several words."""
        value = self._table.get(option, default)
        if value in known:
            return str(value)
        self._wrong(option, f"there is no {value!r}.{hint(str(value), known)} Known: {', '.join(known)}.")
        return default

    def formula(self) -> Formula:
        """The formula of a service level; who gives a vendor's name is told which of them are meant."""
        value = self._table.get("formula", DEFAULT_FORMULA.id)
        if isinstance(value, str) and value in FORMULAS:
            return FORMULAS[value]
        typed = str(value).casefold()
        own = [one.id for one in FORMULAS.values() if any(typed in name.casefold() for name in one.known_as)]
        guess = f" Did you mean {' or '.join(map(repr, own))}?" if typed and own else hint(str(value), FORMULAS)
        self._wrong("formula", f"there is no formula {value!r}.{guess}")
        return DEFAULT_FORMULA

    def one_of(self, value: str, known: list[str]) -> str:
        """A channel that there is."""
        if value not in known:
            self._wrong("channels", f"there is no channel {value!r}.{hint(value, known)}")
        return value

    def names(self, option: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = self._table.get(option, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(one, str) and one for one in texts):
            self._wrong(option, "must be a text or a list of texts.")
            return ()
        return tuple(texts)

    def flag(self, option: str, default: bool) -> bool:
        """True or false."""
        value = self._table.get(option, default)
        if not isinstance(value, bool):
            self._wrong(option, "must be true or false.")
            return default
        return value

    def state(self) -> str:
        """The state a rule about one names."""
        value = self._table.get("state", "")
        wanted = self._watch.id == "agent_time_in_state"
        if wanted != bool(value):
            self._wrong("state", "is missing: which state?" if wanted else "is for agent_time_in_state only.")
            return ""
        word = str(value).partition(":")[0]
        known = [one.value for one in Availability]
        if value and word not in known:
            self._wrong("state", f"there is no state {word!r}.{hint(word, known)}")
        return str(value)
