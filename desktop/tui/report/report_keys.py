"""The keys of the report screen: what each place has, what they do, and as many as a line has room for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual.content import Content

from desktop.tui.page_help import fitted_keys, key_line
from desktop.tui.page_text import Hanging, Line
from desktop.tui.report.choice import VIEWS
from desktop.tui.safe_text import Part, content, line


class ReportKey(NamedTuple):
    """A key as it is printed, its name, and what it does."""

    key: str
    label: str
    does: str


_INTERVAL = ReportKey("←→", "interval", "Another interval; its figures stand below.")
_CONTACTS = ReportKey("enter", "contacts", "The single contacts that came in the selected interval.")
_PERIOD = ReportKey("p", "period", "The next period: today, yesterday, this week and so on. P goes back.")
_QUEUES = ReportKey("u", "queues", "Choose for which queues.")
_WIDTH = ReportKey("w", "width", "Wider intervals: 15 and 30 minutes, hours, days, weeks. W goes back.")
_FORMULA = ReportKey("f", "formula", "Count service level by the next formula. F goes back.")
_EXPORT = ReportKey("e", "export", "Write what is shown to a file: CSV, JSON, Parquet, or a page (HTML) with pictures.")
_OWN = ReportKey("o", "own period", "Type a day, or the first and the last one.")
_AGAIN = ReportKey("r", "again", "Ask the contact centre anew.")
KEYS: Final[dict[str, tuple[ReportKey, ...]]] = {
    "plots": (_INTERVAL, _CONTACTS, _PERIOD, _QUEUES, _EXPORT, _WIDTH, _FORMULA, _OWN, _AGAIN),
    "intervals": (_CONTACTS, _PERIOD, _QUEUES, _EXPORT, _WIDTH, _FORMULA, _OWN, _AGAIN),
    "week": (
        ReportKey("←→↑↓", "half hour", "Another half hour of the week; its figures stand below."),
        ReportKey("m", "figure", "Map the next figure: offered, service level and so on. M goes back."),
        *(_PERIOD, _QUEUES, _EXPORT, _FORMULA, _OWN, _AGAIN),
    ),
    "outlook": (
        ReportKey("←→", "interval", "Another half hour; what is expected of it stands below."),
        ReportKey("s", "today or week", "The rest of today, or the seven days from tomorrow on."),
        ReportKey("t", "target", "Staff for another target, shrinkage or patience."),
        *(_QUEUES, _AGAIN),
    ),
    "contacts": (
        ReportKey("enter", "what happened", "Everything that happened to the selected contact, step by step."),
        *(_PERIOD, _QUEUES, _EXPORT, _OWN, _AGAIN),
    ),
    "timeline": (ReportKey("↑↓", "scroll", "Further down, further up."),),
}
"""Those of each place, the most wanted first."""
_VIEWS: Final = {
    "plots": "Offered, answered, abandoned, service level and handling time as bars.",
    "intervals": "The same figures as a table.",
    "week": "Which half hours of the week are heavy, or go badly.",
    "outlook": "What is to come, and how many agents it needs.",
    "contacts": "Single contacts, newest first.",
}


def fitted(place: str, width: int, *, deeper: bool) -> Content:
    """The keys of a place with what esc does, as many as there is room for; the rest is behind the key of help.

    Args:
        width: cells there are.
        deeper: whether esc leads back within the page.
    """
    keys = [(one.key, one.label) for one in KEYS[place]]
    return _line(fitted_keys(keys, ("esc", "back" if deeper else "close"), width))


def picking() -> Content:
    """The keys while queues are picked."""
    return _line([("space", "pick"), ("a", "all or none"), ("enter", "take them"), ("esc", "leave it")])


def help_lines(place: str, *, deeper: bool) -> list[Line]:
    """What every key of a place does."""
    back = Hanging(line(("  esc    ", "bold $accent"), f"{'back' if deeper else 'close':<16}"), content(""))
    lines: list[Line] = [content(f"Here: {place}", "bold $accent")]
    lines += [*(key_line(*one) for one in KEYS[place]), back, content(""), content("Views", "bold $accent")]
    lines += [key_line(str(number), view, _VIEWS[view]) for number, view in enumerate(VIEWS, 1)]
    return lines


def _line(pairs: Sequence[tuple[str, str]]) -> Content:
    parts: list[Part] = []
    for key, label in pairs:
        parts += [(f" {key}", "bold $accent"), (f" {label} ", "$muted")]
    return line(*parts)
