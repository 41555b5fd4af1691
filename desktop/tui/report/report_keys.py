"""The keys of the report screen: what each place has, what they do, and as many as a line has room for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual.content import Content

from desktop.tui.pages.help import fitted_keys, key_line
from desktop.tui.report.choice import NAMES, VIEWS
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.words.catalogue import tr
from desktop.words.marks import mark


class ReportKey(NamedTuple):
    """A key as it is printed, its name, and what it does, both `mark`ed."""

    key: str
    label: str
    does: str


_INTERVAL = ReportKey("←→", mark("interval"), mark("Move to another interval; its figures are shown below."))
_CONTACTS = ReportKey("enter", mark("contacts"), mark("List the contacts that arrived in the selected interval."))
_PERIOD = ReportKey("p", mark("period"), mark("Switch the period: today, yesterday, this week and so on. P goes back."))
_QUEUES = ReportKey("u", mark("queues"), mark("Choose which queues to include."))
_WIDTH = ReportKey("w", mark("width"), mark("Wider intervals: 15 and 30 minutes, hours, days, weeks. W goes back."))
_FORMULA = ReportKey("f", mark("formula"), mark("Switch the service level formula. F goes back."))
_EXPORT = ReportKey("e", mark("export"), mark("Save what is shown as CSV, JSON, Parquet, or an HTML page with charts."))
_OWN = ReportKey("o", mark("custom range"), mark("Type a date, or a start and an end date."))
_FIND = ReportKey(
    "/", mark("find"), mark("Find contacts by words in them, customer, agent, wrap-up code, queue, outcome or wait.")
)
_LISTEN = ReportKey(
    "l", mark("recording"), mark("Open the recording outside of the terminal; who did is in the audit log.")
)
_AGAIN = ReportKey("r", mark("refresh"), mark("Load the figures again."))
KEYS: Final[dict[str, tuple[ReportKey, ...]]] = {
    "plots": (_INTERVAL, _CONTACTS, _PERIOD, _QUEUES, _FIND, _EXPORT, _WIDTH, _FORMULA, _OWN, _AGAIN),
    "intervals": (_CONTACTS, _PERIOD, _QUEUES, _FIND, _EXPORT, _WIDTH, _FORMULA, _OWN, _AGAIN),
    "week": (
        ReportKey(
            "←→↑↓", mark("half hour"), mark("Move to another half hour of the week; its figures are shown below.")
        ),
        ReportKey(
            "m", mark("figure"), mark("Switch the figure on the map: offered, service level and so on. M goes back.")
        ),
        *(_PERIOD, _QUEUES, _EXPORT, _FORMULA, _OWN, _AGAIN),
    ),
    "outlook": (
        ReportKey("←→", mark("interval"), mark("Move to another half hour; its forecast is shown below.")),
        ReportKey("s", mark("today or week"), mark("Switch between the rest of today and the next seven days.")),
        ReportKey("t", mark("target"), mark("Change the target, shrinkage or patience.")),
        *(_QUEUES, _AGAIN),
    ),
    "contacts": (
        ReportKey("enter", mark("open"), mark("The selected contact whole: recording, note, messages, every step.")),
        *(_FIND, _PERIOD, _QUEUES, _EXPORT, _OWN, _AGAIN),
    ),
    "timeline": (
        _LISTEN,
        ReportKey("↑↓", mark("scroll"), mark("Scroll up or down.")),
    ),
}
"""Those of each place, the most wanted first."""
_VIEWS: Final = {
    "plots": mark("Offered, answered, abandoned, service level and handling time as bars."),
    "intervals": mark("The same figures as a table."),
    "week": mark("The busiest and the worst half hours of the week."),
    "outlook": mark("The expected volume, and how many agents it needs."),
    "contacts": mark("Single contacts, newest first."),
}


def fitted(place: str, width: int, *, deeper: bool) -> Content:
    """The keys of a place with what esc does, as many as there is room for; the rest is behind the key of help.

    Args:
        width: cells there are.
        deeper: whether esc leads back within the page.
    """
    keys = [(one.key, one.label) for one in KEYS[place]]
    return _line(fitted_keys(keys, ("esc", mark("back") if deeper else mark("close")), width))


def picking() -> Content:
    """The keys while queues are picked."""
    return _line([("space", tr("select")), ("a", tr("all or none")), ("enter", tr("confirm")), ("esc", tr("cancel"))])


def help_lines(place: str, *, deeper: bool) -> list[Line]:
    """What every key of a place does."""
    back = Hanging(line(("  esc    ", "bold $accent"), f"{tr('back') if deeper else tr('close'):<16}"), content(""))
    lines: list[Line] = [content(tr("Here: {view}", view=tr(NAMES[place])), "bold $accent")]
    lines += [*(key_line(*one) for one in KEYS[place]), back, content(""), content(tr("Views"), "bold $accent")]
    lines += [key_line(str(number), NAMES[view], _VIEWS[view]) for number, view in enumerate(VIEWS, 1)]
    return lines


def _line(pairs: Sequence[tuple[str, str]]) -> Content:
    parts: list[Part] = []
    for key, label in pairs:
        parts += [" ", key_hint(key, label, " ")]
    return line(*parts)
