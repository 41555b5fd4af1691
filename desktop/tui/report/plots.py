"""The intervals of a period as charts below each other over one axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula
from desktop.tui.report.axis import Axis
from desktop.tui.report.raster import Raster
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, number, share
from desktop.words.catalogue import ptr, tr

TARGET: Final = 0.8
_LEAST = {"offered": 3, "abandoned": 2, "SL": 3, "AHT": 2}
_SHARES = {"offered": 0.4, "abandoned": 0.12, "SL": 0.28, "AHT": 0.2}
AHT = METRICS["aht"].ratio
ASA = METRICS["asa"].ratio
OCCUPANCY = METRICS["occupancy"].ratio


@dataclass(frozen=True, slots=True)
class Charted:
    """What is drawn: counts by interval (None where nothing was counted) along an axis, with a cursor."""

    counts: Sequence[Counts | None]
    axis: Axis
    cursor: int
    formula: Formula


def plot_lines(charted: Charted, width: int, height: int) -> list[Content]:
    """Offered with answered in it, abandoned, service level and handling time, and their times below.

    Args:
        width, height: cells there are; below 11 lines the charts of least weight are left out.
    """
    raster = Raster(width, height)
    heights = _heights(height - 1)
    top = 0
    for chart, rows in heights.items():
        _CHARTS[chart](raster, charted, top, rows)
        top += rows
    axis = charted.axis
    axis.write(raster, height - 1)
    if charted.cursor in axis.shown:
        raster.tint(axis.x(charted.cursor), axis.bar(charted.cursor), 0, height - 1)
    return raster.lines()


def readout(counts: Counts | None, formula: Formula) -> list[tuple[str, str]]:
    """Every figure of an interval as label and value."""
    if counts is None:
        return [("", tr("no data"))]
    handle, wait, busy = (ratio.value(counts) if ratio else None for ratio in (AHT, ASA, OCCUPANCY))
    return [
        (tr("offered"), number(counts.offered)),
        (tr("answered"), number(counts.answered)),
        (tr("abandoned"), number(counts.abandoned)),
        (tr("SL"), exact_share(formula.value(counts))),
        (tr("ASA"), wording.duration(wait)),
        (tr("AHT"), wording.duration(handle)),
        (tr("occupancy"), share(busy)),
    ]


def legend() -> tuple[tuple[str, str], ...]:
    """What the signs of the charts mean."""
    return (
        ("█", "$accent"),
        (f" {tr('answered')}  ", "$muted"),
        ("░", "$warning"),
        (f" {tr('not answered')}  ", "$muted"),
        ("▄", "$error"),
        (f" {tr('abandoned')}  ", "$muted"),
        ("┄", "$muted"),
        (f" {tr('target')}", "$muted"),
    )


def _heights(rows: int) -> dict[str, int]:
    """Lines of each chart; those of least weight go first where there are too few."""
    kept = list(_LEAST)
    while len(kept) > 1 and sum(_LEAST[one] for one in kept) > rows:
        kept.remove(min(kept, key=lambda one: _SHARES[one]))
    whole = sum(_SHARES[one] for one in kept)
    found = {one: max(_LEAST[one], int(rows * _SHARES[one] / whole)) for one in kept}
    found[kept[0]] = max(1, found[kept[0]] + rows - sum(found.values()))
    return found


def _top(values: Sequence[float | None], least: float) -> float:
    return max([least, *(one for one in values if one is not None)])


def _offered(raster: Raster, charted: Charted, top: int, rows: int) -> None:
    most = _top([one.offered if one else None for one in charted.counts], 4)
    charted.axis.frame(raster, top, rows, f"{most:.0f}", ptr("chart", "offered"))
    contact_bars(raster, charted.axis, charted.counts, top, rows, most)


def contact_bars(raster: Raster, axis: Axis, counts: Sequence[Counts | None], top: int, rows: int, most: float) -> None:
    """How many were offered, and how many of them answered; a bar of `most` fills the rows."""
    bottom, scale = top + rows - 1, (rows - 0.25) / most
    for index in axis.shown:
        one = counts[index]
        if one is None or not one.offered:
            continue
        answered = min(one.answered or 0, one.offered)
        x = axis.x(index)
        high, all_of_it = answered * scale, one.offered * scale
        if round(all_of_it) > round(high):
            high = round(high)  # the shade stands on whole cells
            raster.shade(x, axis.bar(index), bottom, high, all_of_it, "░", "$warning")
        raster.bar(x, axis.bar(index), bottom, high, "$accent")


def _abandoned(raster: Raster, charted: Charted, top: int, rows: int) -> None:
    values = [float(one.abandoned) if one and one.abandoned is not None else None for one in charted.counts]
    _bars(raster, charted, top, rows, values, ptr("chart", "abandoned"), _top(values, 4), "$error")


def _service_level(raster: Raster, charted: Charted, top: int, rows: int) -> None:
    values = [charted.formula.value(one) if one else None for one in charted.counts]
    charted.axis.frame(raster, top, rows, share(1.0), tr("SL"))
    level_bars(raster, charted.axis, values, top, rows, TARGET)


def level_bars(
    raster: Raster, axis: Axis, values: Sequence[float | None], top: int, rows: int, target: float | None
) -> None:
    """Service levels, 100 % of which fill the rows, over the line of their target."""
    bottom = top + rows - 1
    if target is not None:
        axis.target(raster, target_row(top, rows, target), share(target))
    for index in axis.shown:
        value = values[index]
        if value is not None:
            met = target is None or value >= target
            raster.bar(axis.x(index), axis.bar(index), bottom, value * rows, "$success" if met else "$warning")
            if value == 0:
                raster.put(axis.x(index), bottom, "▁" * axis.bar(index), "$error")


def target_row(top: int, rows: int, target: float) -> int:
    """The row of a chart of service levels in which its target lies."""
    return top + rows - 1 - int(target * rows - 1e-9)


def _handling(raster: Raster, charted: Charted, top: int, rows: int) -> None:
    values = [AHT.value(one) if one and AHT else None for one in charted.counts]
    most = _top(values, 60)
    _bars(raster, charted, top, rows, values, tr("AHT"), most, "$secondary", wording.duration(most))


def _bars(
    raster: Raster,
    charted: Charted,
    top: int,
    rows: int,
    values: Sequence[float | None],
    name: str,
    most: float,
    style: str,
    written: str = "",
) -> None:
    axis = charted.axis
    axis.frame(raster, top, rows, written or f"{most:.0f}", name)
    for index in axis.shown:
        value = values[index]
        if value:
            raster.bar(axis.x(index), axis.bar(index), top + rows - 1, value * (rows - 0.25) / most, style)


_CHARTS = {"offered": _offered, "abandoned": _abandoned, "SL": _service_level, "AHT": _handling}
