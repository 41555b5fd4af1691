"""Pictures of a report as SVG text: bars, lines and a map of the week. Colours are classes of the page's style."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from desktop.words import formats

WIDTH, HEIGHT = 960.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 10.0, 12.0, 30.0
_STEPS = 4
_SHADES = 9


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each place; None where there is none. `style` is a class of the page."""

    label: str
    style: str
    values: Sequence[float | None]


def nice(value: float) -> float:
    """Where an axis of counts ends: not below `value`, and a quarter of it is a number that people like."""
    power = 10.0 ** floor(log10(max(value, _STEPS)))
    likely = (step * power for step in (1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0))
    return next(top for top in likely if top >= max(value, _STEPS) * (1 - 1e-12))


def nice_span(value: float) -> float:
    """The same for seconds: a quarter of it is a round number of seconds, minutes or hours."""
    likely = (_STEPS * step * unit for unit in (1.0, 60.0, 3_600.0) for step in (1, 2, 5, 10, 15, 30))
    return next((top for top in likely if top >= value), value)


@dataclass(frozen=True, slots=True)
class Plot:
    """What a picture shows: `bars` stacked on one another, `lines` over them, the same places along the bottom.

    `names` says each place in words, `ticks` are (place, word) along the bottom. `top` is the highest value where it
    is known, such as 1 for shares; `say` puts a value in words.
    """

    title: str
    names: Sequence[str]
    ticks: Sequence[tuple[int, str]]
    bars: Sequence[Series] = ()
    lines: Sequence[Series] = ()
    top: float | None = None
    nice: Callable[[float], float] = nice
    say: Callable[[float], str] = formats.number


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def picture(plot: Plot) -> str:
    """The SVG of a plot. Each bar and each point has its words as a tooltip, and for readers who do not see it."""
    count = max(len(plot.names), 1)
    step = (WIDTH - LEFT - RIGHT) / count
    inside = HEIGHT - TOP - BOTTOM
    top = plot.top or plot.nice(_highest(plot))

    def x(place: float) -> float:
        return LEFT + place * step

    def y(value: float) -> float:
        return TOP + inside * (1.0 - min(max(value / top, 0.0), 1.0))

    parts = [
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(plot.title)}"><g class="grid">',
        *(
            f'<line x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{_number(y(at))}" y2="{_number(y(at))}"/>'
            f'<text x="{LEFT - 8:g}" y="{_number(y(at) + 4)}" class="end">{escape(plot.say(at))}</text>'
            for at in (top * part / _STEPS for part in range(_STEPS + 1))
        ),
        *(
            f'<text x="{_number(x(place + 0.5))}" y="{HEIGHT - 9:g}" class="middle">{escape(word)}</text>'
            for place, word in plot.ticks
        ),
        "</g>",
    ]
    gap = min(step * 0.18, 3.0)
    parts += [_column(plot, place, x(place) + gap / 2, max(step - gap, 0.4), y) for place in range(len(plot.names))]
    for line in plot.lines:
        parts += _line(plot, line, lambda place: x(place + 0.5), y, dots=step > 9)
    return "".join([*parts, "</svg>"])


def _highest(plot: Plot) -> float:
    stacks = [sum(one.values[place] or 0.0 for one in plot.bars) for place in range(len(plot.names))]
    return max([*stacks, *(value for one in plot.lines for value in one.values if value is not None)], default=0.0)


def _column(plot: Plot, place: int, left: float, width: float, y: Callable[[float], float]) -> str:
    under, rects = 0.0, []
    for one in plot.bars:
        value = one.values[place]
        if not value:
            continue
        high, low = y(under + value), y(under)
        rects.append(
            f'<rect class="{one.style}" x="{_number(left)}" y="{_number(high)}" width="{_number(width)}" '
            f'height="{_number(max(low - high, 0.4))}"/>'
        )
        under += value
    if not rects:
        return ""
    words = ", ".join(
        f"{one.label} {plot.say(value)}"
        for one in (*plot.bars, *plot.lines)
        for value in [one.values[place]]
        if value is not None
    )
    return f"<g><title>{escape(f'{plot.names[place]}: {words}')}</title>{''.join(rects)}</g>"


def _line(
    plot: Plot, line: Series, x: Callable[[float], float], y: Callable[[float], float], *, dots: bool
) -> list[str]:
    parts, points = [], list[str]()
    for place, value in enumerate([*line.values, None]):
        if value is not None:
            points.append(f"{_number(x(place))},{_number(y(value))}")
        elif points:
            parts.append(f'<polyline class="{line.style}" points="{" ".join(points)}"/>')
            points = []
    for place, value in enumerate(line.values):
        alone = value is not None and not any(line.values[at] is not None for at in _beside(place, len(line.values)))
        if value is not None and (dots or alone):
            words = escape(f"{plot.names[place]}: {line.label} {plot.say(value)}")
            at = f'cx="{_number(x(place))}" cy="{_number(y(value))}"'
            parts.append(f'<circle class="{line.style}" {at} r="2.6"><title>{words}</title></circle>')
    return parts


def _beside(place: int, count: int) -> list[int]:
    return [at for at in (place - 1, place + 1) if 0 <= at < count]


def heat_map(
    title: str,
    cells: Sequence[Sequence[float | None]],
    say: Callable[[float], str],
    *,
    style: str,
    low: float,
    high: float,
) -> str:
    """A week as seven rows of 48 half hours, Monday first, in nine shades from `low` to `high`."""
    used = [slot for row in cells for slot, value in enumerate(row) if value is not None]
    first, last = (min(used) // 2 * 2, min(ceil((max(used) + 1) / 2) * 2, 48)) if used else (0, 48)
    across, down, left, top = (WIDTH - 44.0 - RIGHT) / max(last - first, 1), 24.0, 44.0, 18.0
    parts = [
        f'<svg viewBox="0 0 {WIDTH:g} {top + 7 * down + 4:g}" role="img" aria-label="{escape(title)}"><g class="grid">'
    ]
    every = 2 if last - first <= 40 else 4
    weekdays = [escape(formats.short_weekday(day)) for day in range(7)]
    parts += [
        f'<text x="{_number(left + (slot - first) * across)}" y="11">{slot // 2:02}:00</text>'
        for slot in range(first, last, every)
    ]
    parts += [f'<text x="0" y="{top + day * down + 16:g}">{weekdays[day]}</text>' for day in range(7)]
    parts.append("</g>")
    for day, row in enumerate(cells):
        for slot in range(first, last):
            value = row[slot]
            shade = "none" if value is None else f"{style}{_shade(value, low, high)}"
            words = (
                f"{weekdays[day]} {slot // 2:02}:{slot % 2 * 30:02} {formats.UNKNOWN if value is None else say(value)}"
            )
            parts.append(
                f'<rect class="{shade}" x="{_number(left + (slot - first) * across + 0.75)}" '
                f'y="{top + day * down + 0.75:g}" width="{_number(across - 1.5)}" height="{down - 1.5:g}" rx="2">'
                f"<title>{escape(words)}</title></rect>"
            )
    return "".join([*parts, "</svg>"])


def _shade(value: float, low: float, high: float) -> int:
    if high <= low:
        return _SHADES - 1
    return min(int(max(value - low, 0.0) / (high - low) * _SHADES), _SHADES - 1)
