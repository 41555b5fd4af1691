"""What was typed to find contacts of the past: words, and filters such as `agent:maya`, `code:refund`, `from:+44…`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from desktop.domain.entities.words import Channel, Outcome
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

LONGEST: Final = 300
FILTERS: Final = ("agent", "code", "queue", "channel", "outcome", "from", "waited")
_FILTER = re.compile(rf"({'|'.join(FILTERS)}):(\"[^\"]*\"|\S*)|(\S+)")
_SECONDS = re.compile(r"(\d{1,6})(s|m|h|)")
_EACH = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0}
_ADDRESS = re.compile(r"\+\d{5,15}|\S+@\S+")


class SearchError(ValueError):
    """What was typed cannot be asked for."""

    def __init__(self, sentence: Sentence) -> None:
        """`sentence` says why."""
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class PastSearch:
    """What contacts are looked for: those that fit all of it. `typed` is how it was written."""

    typed: str = ""
    text: str = ""
    agents: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    customer: str = ""
    longer_than: float | None = None

    def __bool__(self) -> bool:
        return bool(self.typed)


def read_search(typed: str, state: AppState) -> PastSearch:
    """What was typed, with names looked up among what is known; a part of a name is enough, and quotes keep blanks.

    Raises:
        SearchError: a filter names nothing that there is.
    """
    typed = " ".join(typed[:LONGEST].split())
    words: list[str] = []
    found: dict[str, list[str]] = {name: [] for name in FILTERS}
    longer: float | None = None
    for name, value, word in _FILTER.findall(typed):
        value = value.strip('"')
        if not name or not value:
            words.append(word or f"{name}:")
        elif name == "waited":
            longer = _seconds(value)
        else:
            found[name] += _LOOK_UP[name](value, state)
    return PastSearch(
        typed=typed,
        text=" ".join(words),
        agents=tuple(dict.fromkeys(found["agent"])),
        codes=tuple(dict.fromkeys(found["code"])),
        queues=tuple(dict.fromkeys(found["queue"])),
        channels=tuple(dict.fromkeys(found["channel"])),
        outcomes=tuple(dict.fromkeys(found["outcome"])),
        customer=found["from"][-1] if found["from"] else "",
        longer_than=longer,
    )


def _named(value: str, several: Iterable[tuple[str, str]]) -> list[str]:
    """The ids of all whose id is this, or else whose name has it in it."""
    known = list(several)
    exact = [one for one, _ in known if one == value]
    return exact or [one for one, name in known if value.casefold() in name.casefold()]


def _agents(value: str, state: AppState) -> list[str]:
    found = _named(value, ((one.id, one.name) for one in state.agents.values()))
    return found or _none("history.no_agent", value)


def _codes(value: str, state: AppState) -> list[str]:
    return _named(value, ((one.id, one.label) for one in state.codes)) or _none("history.no_code", value)


def _queues(value: str, state: AppState) -> list[str]:
    return _named(value, ((one, one) for one in state.queues)) or _none("history.no_queue", value)


def _word(value: str, there_are: tuple[str, ...], otherwise: str) -> list[str]:
    found = [one for one in there_are if one.startswith(value.casefold())]
    if not found:
        raise SearchError(Sentence(otherwise, name=value, names=there_are))
    return found


def _address(value: str, _: AppState) -> list[str]:
    compact = re.sub(r"[\s()\-]", "", value)
    return [compact] if _ADDRESS.fullmatch(compact) else _none("history.no_number", value)


def _seconds(value: str) -> float:
    parts = _SECONDS.fullmatch(value.removeprefix(">"))
    if parts is None:
        raise SearchError(Sentence("history.no_seconds", name=value))
    return float(parts[1]) * _EACH[parts[2]]


def _none(sentence: str, name: str) -> list[str]:
    raise SearchError(Sentence(sentence, name=name))


_LOOK_UP: Final[dict[str, Callable[[str, AppState], list[str]]]] = {
    "agent": _agents,
    "code": _codes,
    "queue": _queues,
    "channel": lambda value, _: _word(value, tuple(one.value for one in Channel), "history.no_channel"),
    "outcome": lambda value, _: _word(value, tuple(one.value for one in Outcome), "history.no_outcome"),
    "from": _address,
}
