"""A report for people: one file that shows itself in any browser, on any screen and on paper, and runs nothing."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

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

STYLE = Path(__file__).with_name("report.css")
MOST_BARS = 400
MOST_ROWS = 800
MOST_TICKS = 12


def page(report: Report) -> str:
    """The whole HTML document."""
    total = total_of([one.counts for one in report.intervals], by_own_threshold=True)
    title = _text(report.title or tr("Contact centre"))
    parts = [
        f'<!doctype html><html lang="{language.current()}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{title}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main><header><h1>{title}</h1>",
        f'<p class="about">{_about(report)}</p></header>',
    ]
    if total is None:
        parts.append(f"<p>{_text(tr('No data for this period.'))}</p>")
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
    when = words.period(report.since, report.until, report.days)
    chosen = " · ".join(filter(None, (when, report.narrowed, tr(words.BY_WIDTH[report.width]))))
    as_of = tr(
        "as of {day} {time} · times of {zone}",
        day=formats.day_and_year(asked.date()),
        time=f"{asked:%H:%M:%S}",
        zone=report.days.zone,
    )
    return f"{_text(chosen)}<br>{_text(as_of)}"


def _cards(total: Counts, formula: Formula) -> str:
    made = figures(total, formula)
    cards = [
        (words.count(total.offered), tr("offered")),
        (words.count(total.answered), tr("answered")),
        (words.count(total.abandoned), tr("abandoned · {share}", share=words.share(made["abandon_rate"]))),
        (words.share(made["service_level"]), tr("service level · {formula}", formula=term("formula", formula.id))),
        (words.span(made["asa"]), tr("average speed of answer")),
        (words.span(made["aht"]), tr("average handling time")),
        (words.share(made["occupancy"]), tr("occupancy")),
    ]
    return (
        '<section class="cards">'
        + "".join(f"<div><b>{v}</b><span>{_text(n)}</span></div>" for v, n in cards)
        + "</section>"
    )


def _figure(title: str, keys: str, drawn: str) -> str:
    return f"<h2>{_text(title)}</h2><figure><figcaption>{keys}</figcaption>{drawn}</figure>"


def _key(style: str, word: str, *, line: bool = False) -> str:
    return f'<i class="key{" dash" if line else ""}" style="background:var(--{style})"></i>{_text(word)}'


def _pictures(report: Report) -> str:
    shown = report.intervals
    if len(shown) > MOST_BARS:
        too_many = tr("{n:,.0f} intervals are too many for charts. Choose wider intervals.", n=len(shown))
        return f"<p>{_text(too_many)}</p>"
    counts = _places([one.counts for one in shown])
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
    keys = _key("blue", answered) + _key("red", abandoned) + _key("sand", moved)
    keys += _key("ink", tr("offered"), line=True)
    times = _key("blue", talk) + _key("sand", hold) + _key("pale", wrap_up)
    times += f" · {_text(tr('average minutes a contact'))}"
    return (
        _figure(tr("Customers"), keys, picture(offered))
        + _figure(tr("Service level"), _key("green", term("formula", report.formula.id), line=True), picture(level))
        + _figure(tr("Handling time"), times, picture(handling))
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
            labels.setdefault(at.date(), (place, formats.day_of_month(at.date())))
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
        tr("Offered by weekday and half hour"),
        per_day,
        lambda v: tr("{n:,.1f} offered", n=v),
        style="h",
        low=0.0,
        high=highest,
    )
    level = heat_map(tr("Service level by weekday and half hour"), levels, words.share, style="g", low=0.4, high=1.0)
    counted = tr("Offered in each half hour, on an average day:") if many else tr("Offered in each half hour:")
    return (
        f"<h2>{_text(tr('The week'))}</h2>"
        f"<figure><figcaption>{_text(counted)} "
        f"{_key('h0', tr('none'))}{_key('h8', words.count(highest))}</figcaption>{offered}</figure>"
        f"<figure><figcaption>{_text(tr('Service level:'))} "
        f"{_key('g0', tr('40 % or less'))}{_key('g4', '70 %')}{_key('g8', '100 %')}</figcaption>{level}</figure>"
    )


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
    heads = "".join(f"<th>{_text(head)}</th>" for head in (first, *map(tr, _HEADS), *more))
    return (
        f'<div class="scroll"><table><caption>{_text(caption)}</caption><thead><tr>{heads}</tr></thead>'
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
        same = f"{words.count(total.threshold)} s" if total.threshold else tr("each queue’s")
        rows.append(_row(_text(tr("all")), total, report.formula, style="sum", extra=f"<td>{_text(same)}</td>"))
    return f"<h2>{_text(tr('Queues'))}</h2>" + _table("", ptr("past", "queue"), rows, (tr("in time within"),))


def _intervals(report: Report) -> str:
    shown = report.intervals[:MOST_ROWS]
    every = len(report.intervals)
    caption = tr("Showing the first {n:,.0f} of {all:,.0f}.", n=MOST_ROWS, all=every) if len(shown) < every else ""
    rows = [
        _row(_text(words.interval(one.counts.since, report.width, report.days)), one.counts, report.formula)
        for one in shown
    ]
    heading = _text(tr(words.HEADING_BY_WIDTH[report.width]))
    return f"<h2>{heading}</h2>" + _table(caption, ptr("time", "from"), rows)


def _formulas(report: Report, total: Counts) -> str:
    rows = [
        f"<tr{' class=sum' if one.formula.id == report.formula.id else ''}>"
        f"<td>{_text(term('formula', one.formula.id))}</td>"
        f'<td class="words">{_text(", ".join(known_as(one.formula)))}</td>'
        f"<td>{_text(arithmetic_of(one.formula.ratio, total)) or formats.UNKNOWN}</td>"
        f"<td>{words.share(one.value)}</td></tr>"
        for one in compare(total)
    ]
    return (
        f"<h2>{_text(tr('Service level by other formulas'))}</h2>"
        f'<div class="scroll"><table><thead><tr><th>{_text(tr("service level"))}</th>'
        f'<th class="words">{_text(tr("as in"))}</th><th>{_text(tr("arithmetic"))}</th><th>{_text(tr("share"))}</th>'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _footer(report: Report) -> str:
    formula = report.formula
    level = tr(
        "{formula}: {arithmetic}; “in time” means within each queue’s threshold.",
        formula=term("formula", formula.id),
        arithmetic=arithmetic(formula.ratio),
    )
    meant = [(tr("service level"), level)]
    meant += [(term("figure", name), definition(name)) for name in ("abandon_rate", "asa", "aht", "occupancy")]
    lines = "".join(f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>" for name, text in meant)
    return f"<footer><dl>{lines}</dl></footer>"
