"""The day of a queue by half hours: its service level against the target, the contacts below, and what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from textual.content import Content

from desktop.app.history.centre_days import CentreDays
from desktop.app.staffing.demand_forecast import DemandForecast
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.service_level import Formula
from desktop.domain.staffing.forecast import Expected
from desktop.tui.report.axis import Axis, axis
from desktop.tui.report.forecast_chart import expected_bar
from desktop.tui.report.plots import contact_bars, level_bars
from desktop.tui.report.raster import Raster
from desktop.tui.supervisor.floor_view import HALF_HOUR
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words.figures import number, share
from desktop.words.catalogue import ptr, tr

LEFT: Final = 9
"""Cells for figures and names beside the charts."""
LEAST_ROWS: Final = 6
"""With fewer rows there is room for the service level only."""


@dataclass(frozen=True, slots=True)
class QueueDay:
    """What a plot is drawn of.

    Attributes:
        counted: by the beginning of the half hour, None where nothing was counted; at least one.
        forecast: of the contacts of the day, where there is one.
        target: the service level that is wanted, where that is known.
    """

    counted: dict[Instant, Counts | None]
    forecast: DemandForecast | None
    formula: Formula
    target: float | None
    days: CentreDays


def plot_lines(day: QueueDay, width: int, rows: int) -> list[Content]:
    """The charts over one axis of time in so many rows; a line below says what the bars of the lower one are."""
    to_come = _to_come(day)
    starts = [*day.counted, *to_come]
    cursor = max(0, len(day.counted) - 1)
    at = replace(axis(starts, HALF_HOUR, day.days, width, cursor, LEFT), dated=False)
    raster = Raster(width, rows)
    contacts = (rows - 1) * 2 // 5 if rows >= LEAST_ROWS else 0
    levels = rows - 1 - contacts
    counts: list[Counts | None] = [*day.counted.values(), *(None for _ in to_come)]
    _levels(raster, at, day, counts, levels)
    if contacts:
        _contacts(raster, at, counts, to_come, levels, contacts)
    at.write(raster, rows - 1)
    return [*raster.lines(), *([_legend(foreseen=bool(to_come))] if contacts else [])]


def _to_come(day: QueueDay) -> dict[Instant, Expected]:
    """What is expected of each half hour after those that are counted, as far as anything is."""
    if day.forecast is None:
        return {}
    last = max(day.counted)
    coming = {one.slot.start: one for one in day.forecast.expected if one.slot.start > last}
    end = max((start for start, one in coming.items() if one.high > 0), default=0.0)
    return {start: one for start, one in coming.items() if start <= end}


def _levels(raster: Raster, at: Axis, day: QueueDay, counts: Sequence[Counts | None], rows: int) -> None:
    values = [None if one is None else day.formula.value(one) for one in counts]
    at.frame(raster, 0, rows, share(1.0), ptr("column", "SL"))
    level_bars(raster, at, values, 0, rows, day.target)


def _contacts(
    raster: Raster, at: Axis, counts: Sequence[Counts | None], to_come: dict[Instant, Expected], top: int, rows: int
) -> None:
    known = [float(one.offered) for one in counts if one is not None and one.offered is not None]
    most = max([4.0, *known, *(one.high for one in to_come.values())])
    at.frame(raster, top, rows, number(round(most)), ptr("chart", "offered"))
    contact_bars(raster, at, counts, top, rows, most)
    scale, bottom = (rows - 0.25) / most, top + rows - 1
    for index in at.shown:
        expected = to_come.get(at.starts[index])
        if expected is not None:
            expected_bar(raster, at.x(index), at.bar(index), bottom, scale, expected, "$muted")


def _legend(*, foreseen: bool) -> Content:
    """What the bars of the contacts are."""
    parts: list[Part] = [
        ("█", "$accent"),
        (f" {tr('answered')}  ", "$muted"),
        ("░", "$warning"),
        (f" {tr('not answered')}", "$muted"),
    ]
    return line(*parts, *([("  ▒", "$muted"), (f" {tr('expected')}", "$muted")] if foreseen else []))
