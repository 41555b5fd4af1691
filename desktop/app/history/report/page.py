"""A report for people: one file that shows itself in any browser, on any screen and on paper, and runs nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.report import words
from desktop.app.history.report.outside_text import plain
from desktop.app.history.report.plots import Plot, Series, heat_map, nice_span, picture
from desktop.app.history.report.table import figures
from desktop.app.history.week_map import WeekMap
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import DAY, Interval
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.count_sums import total as total_of
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula, compare
from desktop.words.catalogue import term
from desktop.words.figures import arithmetic, arithmetic_of, definition, known_as

STYLE = Path(__file__).with_name("report.css")
MOST_BARS = 400
MOST_ROWS = 800
MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is made from.

    `intervals` are those of the period, all queues together, `width` seconds each; `queues` the counts of each queue
    over all of it; `week` its half hours as a map. `as_of` is when the contact centre was asked.
    """

    title: str
    since: Instant
    until: Instant
    width: float
    as_of: Instant
    formula: Formula
    days: CentreDays
    intervals: Sequence[Interval]
    queues: Sequence[tuple[str, Counts]]
    week: WeekMap
    narrowed: str = ""  # what it was narrowed to, in words


def page(report: Report) -> str:
    """The whole HTML document."""
    total = total_of([one.counts for one in report.intervals], by_own_threshold=True)
    title = _text(report.title)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{title}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main><header><h1>{title}</h1>",
        f'<p class="about">{_about(report)}</p></header>',
    ]
    if total is None:
        parts.append("<p>No data for this period.</p>")
    else:
        parts += [_cards(total, report.formula), _pictures(report), _maps(report), _queues(report, total)]
        parts += [_intervals(report), _formulas(report, total)]
    return "".join([*parts, _footer(report), "</main></body></html>\n"])


def _text(text: str) -> str:
    return escape(plain(text))


def _named(text: str) -> str:
    return f"<bdi>{_text(text)}</bdi>"


def _about(report: Report) -> str:
    asked = report.days.local(report.as_of)
    narrowed = f"{_text(report.narrowed)} · " if report.narrowed else ""
    return (
        f"{words.period(report.since, report.until, report.days)} · {narrowed}by {words.WIDTH_NAMES[report.width]}<br>"
        f"as of {words.day(asked.date())} {asked:%H:%M:%S} · times of {_text(report.days.zone)}"
    )


def _cards(total: Counts, formula: Formula) -> str:
    made = figures(total, formula)
    cards = [
        (words.count(total.offered), "offered"),
        (words.count(total.answered), "answered"),
        (words.count(total.abandoned), f"abandoned · {words.share(made['abandon_rate'])}"),
        (words.share(made["service_level"]), f"service level · {term('formula', formula.id)}"),
        (words.span(made["asa"]), "average speed of answer"),
        (words.span(made["aht"]), "average handling time"),
        (words.share(made["occupancy"]), "occupancy"),
    ]
    return (
        '<section class="cards">'
        + "".join(f"<div><b>{v}</b><span>{_text(n)}</span></div>" for v, n in cards)
        + "</section>"
    )


def _figure(title: str, keys: str, drawn: str) -> str:
    return f"<h2>{title}</h2><figure><figcaption>{keys}</figcaption>{drawn}</figure>"


def _key(style: str, word: str, *, line: bool = False) -> str:
    return f'<i class="key{" dash" if line else ""}" style="background:var(--{style})"></i>{word}'


def _pictures(report: Report) -> str:
    shown = report.intervals
    if len(shown) > MOST_BARS:
        return f"<p>{len(shown):,} intervals are too many for charts. Choose wider intervals.</p>"
    counts = _places([one.counts for one in shown])
    names = ["" if one is None else words.interval(one.since, report.width, report.days) for one in counts]
    ticks = _ticks(counts, report)
    offered = Plot(
        "Offered, answered and abandoned by interval",
        names,
        ticks,
        [
            _series("answered", "blue", counts, lambda one: one.answered),
            _series("abandoned", "red", counts, lambda one: one.abandoned),
            _series("callbacks and moves", "sand", counts, lambda one: (one.callbacks or 0) + (one.flow_outs or 0)),
        ],
        [_series("offered", "ink", counts, lambda one: one.offered)],
    )
    level = Plot(
        "Service level by interval",
        names,
        ticks,
        lines=[_series("service level", "green", counts, report.formula.value)],
        top=1.0,
        say=words.whole_share,
    )
    parts = (("talk", "blue", "average_talk"), ("hold", "sand", "average_hold"), ("wrap-up", "pale", "average_wrap_up"))
    handling = Plot(
        "Average handling time by interval",
        names,
        ticks,
        [_series(word, style, counts, ratio.value) for word, style, name in parts if (ratio := METRICS[name].ratio)],
        nice=nice_span,
        say=words.span,
    )
    keys = _key("blue", "answered") + _key("red", "abandoned") + _key("sand", "callbacks and moves")
    keys += _key("ink", "offered", line=True)
    times = _key("blue", "talk") + _key("sand", "hold") + _key("pale", "wrap-up")
    return (
        _figure("Customers", keys, picture(offered))
        + _figure("Service level", _key("green", _text(term("formula", report.formula.id)), line=True), picture(level))
        + _figure("Handling time", times + " · average minutes a contact", picture(handling))
    )


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
            labels.setdefault(at.date(), (place, f"{at.day} {at:%b}"))
        found = list(labels.values())
    else:
        found = [(place, f"{at:%H:%M}") for place, at in local if at.minute == 0]
    return found[:: -(-len(found) // MOST_TICKS) or 1]


def _maps(report: Report) -> str:
    if sum(any(cell is not None for cell in row) for row in report.week.cells) < 2:
        return ""  # the pictures of a day have said it
    days = report.week.days
    per_day = [
        [None if one is None or one.offered is None else one.offered / max(days[day], 1) for one in row]
        for day, row in enumerate(report.week.cells)
    ]
    levels = [[None if one is None else report.formula.value(one) for one in row] for row in report.week.cells]
    highest = max((value for row in per_day for value in row if value is not None), default=0.0)
    many = max(days, default=0) > 1
    offered = heat_map(
        "Offered by weekday and half hour", per_day, lambda v: f"{v:,.1f} offered", style="h", low=0.0, high=highest
    )
    level = heat_map(
        "Service level by weekday and half hour", levels, lambda v: words.share(v), style="g", low=0.4, high=1.0
    )
    return (
        "<h2>The week</h2>"
        f"<figure><figcaption>Offered in each half hour{', on an average day' if many else ''}: "
        f"{_key('h0', 'none')}{_key('h8', words.count(highest))}</figcaption>{offered}</figure>"
        f"<figure><figcaption>Service level: {_key('g0', '40 % or less')}{_key('g4', '70 %')}{_key('g8', '100 %')}"
        f"</figcaption>{level}</figure>"
    )


_HEADS = ("offered", "answered", "abandoned", "abandon rate", "service level", "ASA", "AHT", "longest wait")


def _row(name: str, counts: Counts, formula: Formula, *, style: str = "", extra: str = "") -> str:
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
    drawn = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr{f' class={style!r}' if style else ''}><td>{name}</td>{drawn}{extra}</tr>"


def _table(caption: str, first: str, rows: Sequence[str], more: Sequence[str] = ()) -> str:
    heads = "".join(f"<th>{head}</th>" for head in (first, *_HEADS, *more))
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _queues(report: Report, total: Counts) -> str:
    rows = [
        _row(
            _named(name),
            one,
            report.formula,
            extra=f"<td>{words.count(one.threshold)} s</td>" if one.threshold else "<td>—</td>",
        )
        for name, one in report.queues
    ]
    if len(rows) > 1:
        same = f"{words.count(total.threshold)} s" if total.threshold else "each queue’s"
        rows.append(_row("all", total, report.formula, style="sum", extra=f"<td>{same}</td>"))
    return "<h2>Queues</h2>" + _table("", "queue", rows, ("in time within",))


def _intervals(report: Report) -> str:
    shown = report.intervals[:MOST_ROWS]
    caption = (
        f"Showing the first {MOST_ROWS:,} of {len(report.intervals):,}." if len(shown) < len(report.intervals) else ""
    )
    rows = [
        _row(words.interval(one.counts.since, report.width, report.days), one.counts, report.formula) for one in shown
    ]
    return f"<h2>By {words.WIDTH_NAMES[report.width]}</h2>" + _table(caption, "from", rows)


def _formulas(report: Report, total: Counts) -> str:
    rows = [
        f"<tr{' class=sum' if one.formula.id == report.formula.id else ''}>"
        f"<td>{_text(term('formula', one.formula.id))}</td>"
        f'<td class="words">{_text(", ".join(known_as(one.formula)))}</td>'
        f"<td>{_text(arithmetic_of(one.formula.ratio, total)) or words.UNKNOWN}</td>"
        f"<td>{words.share(one.value)}</td></tr>"
        for one in compare(total)
    ]
    return (
        "<h2>Service level by other formulas</h2>"
        '<div class="scroll"><table><thead><tr><th>service level</th><th class="words">as in</th><th>arithmetic</th>'
        f"<th>share</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _footer(report: Report) -> str:
    meant = [
        (
            "service level",
            f"{term('formula', report.formula.id)}: {arithmetic(report.formula.ratio)};"
            " “in time” means within each queue’s threshold.",
        )
    ]
    meant += [(term("figure", name), definition(name)) for name in ("abandon_rate", "asa", "aht", "occupancy")]
    lines = "".join(f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>" for name, text in meant)
    return f"<footer><dl>{lines}</dl></footer>"
