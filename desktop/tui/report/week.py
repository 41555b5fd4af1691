"""The week as a map: seven rows of half hours, told by shade and number, never by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from desktop.app.history.week_map import SLOTS, WeekMap
from desktop.domain.entities.counts import Counts
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula
from desktop.tui.report.raster import CURSOR, Raster
from desktop.tui.widgets.safe_text import line
from desktop.tui.words import wording
from desktop.tui.words.figures import number, share, short_number
from desktop.words import formats
from desktop.words.catalogue import tr
from desktop.words.marks import mark

LABEL: Final = 5
SHADES: Final = "·░▒▓█"
NUMBERED: Final = 3
"""Cells of a half hour from which on its figure is written into it, on a ground instead of a shade."""
METRICS_OF_MAP: Final = (mark("offered"), mark("service level"), mark("abandoned"), mark("ASA"), mark("AHT"))
_ABANDONED = METRICS["abandon_rate_of_settled"].ratio
_ASA, _AHT = METRICS["asa"].ratio, METRICS["aht"].ratio


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map with what is shown of it, and the cursor: weekday and half hour."""

    week: WeekMap
    metric: str
    formula: Formula
    weekday: int = 0
    slot: int = 0

    @property
    def slots(self) -> range:
        """The half hours from the first to the last in which anything was counted on any day."""
        used = [slot for slot in range(SLOTS) if any(row[slot] is not None for row in self.week.cells)]
        return range(used[0], used[-1] + 1) if used else range(SLOTS)

    def value(self, weekday: int, slot: int) -> float | None:
        """The figure of a cell: contacts a day, or a share, or seconds."""
        counts = self.week.cells[weekday][slot]
        if counts is None:
            return None
        if self.metric == "offered":
            days = self.week.days[weekday]
            return counts.offered / days if days and counts.offered is not None else None
        return self._figure(counts)

    def _figure(self, counts: Counts) -> float | None:
        if self.metric == "service level":
            return self.formula.value(counts)
        ratio = {"abandoned": _ABANDONED, "ASA": _ASA, "AHT": _AHT}[self.metric]
        return ratio.value(counts) if ratio is not None else None

    def written(self, value: float | None) -> str:
        """A figure for people."""
        if value is None:
            return wording.UNKNOWN
        if self.metric == "offered":
            return number(value) if value >= 10 else formats.number(value, ".1f")
        return wording.duration(value) if self.metric in ("ASA", "AHT") else share(value)


def week_lines(shown: MapOf, width: int, height: int) -> list[Content]:
    """The map, as large as there is room for, with the meaning of its shades below."""
    slots = shown.slots
    column = max(1, (width - LABEL) // len(slots))
    room = max(len(slots), width - LABEL)
    edges = [LABEL + room * place // len(slots) for place in range(len(slots) + 1)]  # some a cell wider: all is used
    tall = max(1, min(4, (height - 3) // 7))
    raster = Raster(width, 1 + 7 * tall)
    every = 2 if column >= 3 else 4 if column == 2 else 6
    for slot in slots:
        if slot % every == 0:
            raster.put(edges[slot - slots[0]], 0, f"{slot // 2:02}", "$muted")
    values = [[shown.value(day, slot) for slot in range(SLOTS)] for day in range(7)]
    known = [one for row in values for one in row if one is not None]
    bounds = _bounds(known, shown.metric)
    for day in range(7):
        y = 1 + day * tall
        raster.put(0, y, formats.short_weekday(day), "bold" if day == shown.weekday else "$muted")
        for slot in slots:
            value = values[day][slot]
            if value is None:
                continue
            level = sum(value >= bound for bound in bounds)
            x, end = edges[slot - slots[0] : slot - slots[0] + 2]
            sign, style = (SHADES[level], _STYLES[level]) if column < NUMBERED else (" ", _GROUNDS[level])
            for row in range(tall):
                raster.put(x, y + row, sign * (end - x), style)
            if column >= NUMBERED:
                text = _short(value, shown.metric, column).center(end - x)
                raster.put(x, y + (tall - 1) // 2, text[: end - x], style)
    here, end = edges[shown.slot - slots[0] : shown.slot - slots[0] + 2]
    ground = "bold reverse" if column >= NUMBERED else CURSOR
    raster.tint(here, end - here, 1 + shown.weekday * tall, shown.weekday * tall + tall, ground)
    raster.put(here, 0, "▾" * (end - here), "bold $accent")
    return [*raster.lines(), Content(""), _legend(shown, bounds, numbered=column >= NUMBERED)]


_STYLES = ("$muted", "$accent", "$accent", "$accent", "$accent")
_GROUNDS = ("$foreground", *(f"$foreground on $accent {part}%" for part in (12, 22, 34, 48)))


def _legend(shown: MapOf, bounds: Sequence[float], *, numbered: bool) -> Content:
    figure = tr("offered a day") if shown.metric == "offered" else tr(shown.metric)
    parts: list[tuple[str, str]] = [(f"{figure}  ", "bold")]
    edges = [None, *bounds]
    for level, edge in enumerate(edges):
        if edge is None and bounds:
            text = f" {tr('below {value}', value=shown.written(bounds[0]))}  "
        else:
            text = f" {tr('from {value}', value=shown.written(edge))}  "
        sign = ("  ", _GROUNDS[level] if level else "") if numbered else (SHADES[level] * 2, _STYLES[level])
        parts += [sign, (text, "$muted")]
    return line(*parts, (f"   {tr('blank: no contacts')}", "$muted"))


def _bounds(known: Sequence[float], metric: str) -> list[float]:
    """Where the next shade begins: fixed for service level, else quarters of the greatest figure."""
    if metric == "service level":
        return [0.5, 0.7, 0.8, 0.9]
    most = max(known, default=0.0) or 1.0
    return [most * part for part in (0.1, 0.3, 0.55, 0.8)]


def _short(value: float, metric: str, cells: int) -> str:
    """A figure in so many cells."""
    if metric in ("service level", "abandoned"):
        return f"{int(value * 100 + 1e-9)}"
    if metric in ("ASA", "AHT"):
        return f"{value:.0f}" if len(f"{value:.0f}") <= cells else f"{value / 60:.0f}m"
    return short_number(value, cells)
