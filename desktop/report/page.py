"""A report for people: one file that shows itself in any browser, on any screen and on paper, and runs nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from desktop.app.history.report.outside_text import plain
from desktop.app.history.report.report import Report
from desktop.app.history.report.table import figures
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import DAY
from desktop.domain.figures.count_sums import total as total_of
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula, compare
from desktop.report import words
from desktop.report.plots import Plot, Series, heat_map, nice_span, picture
from desktop.words import formats, language
from desktop.words.catalogue import ptr, term, tr
from desktop.words.figures import arithmetic, arithmetic_of, definition, known_as
from desktop.words.marks import mark

HERE = Path(__file__).parent
STYLE = HERE / "report.css"
MOST_BARS = 400
MOST_ROWS = 800
MOST_TICKS = 12


class Key(NamedTuple):
    """What a colour of a chart stands for; a line or an area."""

    style: str
    word: str
    line: bool = False


class Chart(NamedTuple):
    """A picture with its keys between two texts."""

    drawn: Markup
    keys: Sequence[Key]
    caption: str = ""
    after: str = ""


class Row(NamedTuple):
    """A line of figures. `is_name`: of a queue, whose name may run from right to left."""

    name: str
    cells: Sequence[str]
    is_name: bool = False
    is_sum: bool = False


class Table(NamedTuple):
    """Lines of figures under their heads."""

    heading: str
    caption: str
    heads: Sequence[str]
    rows: Sequence[Row]


class OtherFormula(NamedTuple):
    """The service level as another formula has it."""

    name: str
    known_as: str
    arithmetic: str
    share: str
    is_sum: bool


def page(report: Report) -> str:
    """The whole HTML document."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen, as_of = _about(report)
    total = total_of([one.counts for one in report.intervals], by_own_threshold=True)
    shown = {} if total is None else _shown(report, total)
    return environment.get_template("page.html.jinja").render(
        language=language.current(),
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own
        title=report.title or tr("Contact centre"),
        chosen=chosen,
        as_of=as_of,
        nothing=tr("No data for this period.") if total is None else "",
        meanings=_meanings(report.formula),
        **shown,
    )


def _harmless(value: object) -> object:
    """What a template writes: text from outside without what steers a reader. It is escaped after this."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else plain(value)


def _about(report: Report) -> tuple[str, str]:
    asked = report.days.local(report.as_of)
    when = words.period(report.since, report.until, report.days)
    chosen = " · ".join(filter(None, (when, report.narrowed, tr(words.BY_WIDTH[report.width]))))
    as_of = tr(
        "as of {day} {time} · times of {zone}",
        day=formats.day_and_year(asked.date()),
        time=f"{asked:%H:%M:%S}",
        zone=report.days.zone,
    )
    return chosen, as_of


def _shown(report: Report, total: Counts) -> dict[str, object]:
    """All that there is only with figures."""
    bars = len(report.intervals)
    too_many = tr("{n:,.0f} intervals are too many for charts. Choose wider intervals.", n=bars)
    pictures = [] if bars > MOST_BARS else _pictures(report)
    return {
        "cards": _cards(total, report.formula),
        "too_many": too_many if bars > MOST_BARS else "",
        "pictures": pictures + _maps(report),
        "queues": _queues(report, total),
        "intervals": _intervals(report),
        "formulas": {
            "heading": tr("Service level by other formulas"),
            "heads": (tr("service level"), tr("as in"), tr("arithmetic"), tr("share")),
            "rows": [
                OtherFormula(
                    term("formula", one.formula.id),
                    ", ".join(known_as(one.formula)),
                    arithmetic_of(one.formula.ratio, total) or formats.UNKNOWN,
                    words.share(one.value),
                    one.formula.id == report.formula.id,
                )
                for one in compare(total)
            ],
        },
    }


def _cards(total: Counts, formula: Formula) -> list[tuple[str, str]]:
    made = figures(total, formula)
    return [
        (words.count(total.offered), tr("offered")),
        (words.count(total.answered), tr("answered")),
        (words.count(total.abandoned), tr("abandoned · {share}", share=words.share(made["abandon_rate"]))),
        (words.share(made["service_level"]), tr("service level · {formula}", formula=term("formula", formula.id))),
        (words.span(made["asa"]), tr("average speed of answer")),
        (words.span(made["aht"]), tr("average handling time")),
        (words.share(made["occupancy"]), tr("occupancy")),
    ]


def _pictures(report: Report) -> list[tuple[str, list[Chart]]]:
    counts = _places([one.counts for one in report.intervals])
    names = ["" if one is None else words.interval(one.since, report.width, report.days) for one in counts]
    ticks = _ticks(counts, report)
    answered, abandoned, moved = tr("answered"), tr("abandoned"), tr("callbacks and moves")
    talk, hold, wrap_up = ptr("time", "talk"), ptr("time", "hold"), ptr("time", "wrap-up")
    offered = Plot(
        tr("Offered, answered and abandoned by interval"),
        names,
        ticks,
        [
            _series(answered, "blue", counts, lambda one: one.answered),
            _series(abandoned, "red", counts, lambda one: one.abandoned),
            _series(moved, "sand", counts, lambda one: (one.callbacks or 0) + (one.flow_outs or 0)),
        ],
        [_series(tr("offered"), "ink", counts, lambda one: one.offered)],
    )
    level = Plot(
        tr("Service level by interval"),
        names,
        ticks,
        lines=[_series(tr("service level"), "green", counts, report.formula.value)],
        top=1.0,
        say=words.whole_share,
    )
    parts = ((talk, "blue", "average_talk"), (hold, "sand", "average_hold"), (wrap_up, "pale", "average_wrap_up"))
    handling = Plot(
        tr("Average handling time by interval"),
        names,
        ticks,
        [_series(word, style, counts, ratio.value) for word, style, name in parts if (ratio := METRICS[name].ratio)],
        nice=nice_span,
        say=words.span,
    )
    keys = [Key("blue", answered), Key("red", abandoned), Key("sand", moved), Key("ink", tr("offered"), line=True)]
    formula = [Key("green", term("formula", report.formula.id), line=True)]
    times = [Key("blue", talk), Key("sand", hold), Key("pale", wrap_up)]
    minutes = f" · {tr('average minutes a contact')}"
    return [
        (tr("Customers"), [Chart(_svg(picture(offered)), keys)]),
        (tr("Service level"), [Chart(_svg(picture(level)), formula)]),
        (tr("Handling time"), [Chart(_svg(picture(handling)), times, after=minutes)]),
    ]


def _svg(drawn: str) -> Markup:
    return Markup(drawn)  # noqa: S704 - `plots` escapes


def _series(label: str, style: str, counts: Sequence[Counts | None], value: Callable[[Counts], float | None]) -> Series:
    return Series(label, style, [None if one is None else value(one) for one in counts])


def _places(counts: Sequence[Counts]) -> list[Counts | None]:
    """The intervals as they stand side by side: an empty place stands for all that is left out between two."""
    places: list[Counts | None] = []
    for one in counts:
        if places and (before := places[-1]) is not None and one.since > before.until:
            places.append(None)
        places.append(one)
    return places


def _ticks(counts: Sequence[Counts | None], report: Report) -> list[tuple[int, str]]:
    """Days where there are several of them, clock times within one; not more than there is room for."""
    local = [(place, report.days.local(one.since)) for place, one in enumerate(counts) if one is not None]
    if report.width >= DAY or len({at.date() for _, at in local}) > 2:
        labels: dict[object, tuple[int, str]] = {}
        for place, at in local:
            labels.setdefault(at.date(), (place, formats.day_of_month(at.date())))
        found = list(labels.values())
    else:
        found = [(place, f"{at:%H:%M}") for place, at in local if at.minute == 0]
    return found[:: -(-len(found) // MOST_TICKS) or 1]


def _maps(report: Report) -> list[tuple[str, list[Chart]]]:
    if sum(any(cell is not None for cell in row) for row in report.week.cells) < 2:
        return []  # the pictures of a day have said it
    days = report.week.days
    per_day = [
        [None if one is None or one.offered is None else one.offered / max(days[day], 1) for one in row]
        for day, row in enumerate(report.week.cells)
    ]
    levels = [[None if one is None else report.formula.value(one) for one in row] for row in report.week.cells]
    highest = max((value for row in per_day for value in row if value is not None), default=0.0)
    many = max(days, default=0) > 1
    offered = heat_map(
        tr("Offered by weekday and half hour"),
        per_day,
        lambda v: tr("{n:,.1f} offered", n=v),
        style="h",
        low=0.0,
        high=highest,
    )
    level = heat_map(tr("Service level by weekday and half hour"), levels, words.share, style="g", low=0.4, high=1.0)
    counted = tr("Offered in each half hour, on an average day:") if many else tr("Offered in each half hour:")
    shades = [Key("h0", tr("none")), Key("h8", words.count(highest))]
    shares = [Key("g0", tr("40 % or less")), Key("g4", "70 %"), Key("g8", "100 %")]
    charts = [Chart(_svg(offered), shades, counted), Chart(_svg(level), shares, tr("Service level:"))]
    return [(tr("The week"), charts)]


_HEADS = (
    mark("offered"),
    mark("answered"),
    mark("abandoned"),
    mark("abandon rate"),
    mark("service level"),
    mark("ASA"),
    mark("AHT"),
    mark("longest wait"),
)


def _row(
    name: str,
    counts: Counts,
    formula: Formula,
    *more: str,
    is_name: bool = False,
    is_sum: bool = False,
) -> Row:
    made = figures(counts, formula)
    cells = (
        words.count(counts.offered),
        words.count(counts.answered),
        words.count(counts.abandoned),
        words.share(made["abandon_rate"]),
        words.share(made["service_level"]),
        words.span(made["asa"]),
        words.span(made["aht"]),
        words.span(counts.longest_wait),
    )
    return Row(name, (*cells, *more), is_name, is_sum)


def _queues(report: Report, total: Counts) -> Table:
    def within(counts: Counts, unknown: str) -> str:
        return f"{words.count(counts.threshold)} s" if counts.threshold else unknown

    rows = [_row(name, one, report.formula, within(one, formats.UNKNOWN), is_name=True) for name, one in report.queues]
    if len(rows) > 1:
        rows.append(_row(tr("all"), total, report.formula, within(total, tr("each queue’s")), is_sum=True))
    return Table(tr("Queues"), "", (ptr("past", "queue"), *map(tr, _HEADS), tr("in time within")), rows)


def _intervals(report: Report) -> Table:
    shown = report.intervals[:MOST_ROWS]
    every = len(report.intervals)
    caption = tr("Showing the first {n:,.0f} of {all:,.0f}.", n=MOST_ROWS, all=every) if len(shown) < every else ""
    rows = [
        _row(words.interval(one.counts.since, report.width, report.days), one.counts, report.formula) for one in shown
    ]
    heading = tr(words.HEADING_BY_WIDTH[report.width])
    return Table(heading, caption, (ptr("time", "from"), *map(tr, _HEADS)), rows)


def _meanings(formula: Formula) -> list[tuple[str, str]]:
    level = tr(
        "{formula}: {arithmetic}; “in time” means within each queue’s threshold.",
        formula=term("formula", formula.id),
        arithmetic=arithmetic(formula.ratio),
    )
    others = ("abandon_rate", "asa", "aht", "occupancy")
    return [(tr("service level"), level), *((term("figure", name), definition(name)) for name in others)]
