"""The past as tables: the same columns whether they become CSV, JSON or Parquet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.history import Interval, PastInteraction
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula

Value = str | int | float | None


class Kind(StrEnum):
    """What a column holds; None may stand in each."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, and rows in their order."""

    columns: Mapping[str, Kind]
    rows: Sequence[tuple[Value, ...]]


_TIMES = ("since", "until")
_LIMITS = ("threshold", "short_abandon_seconds")
_SECONDS = frozenset(one.name for one in fields(Counts) if one.name.endswith("_seconds")) | {"longest_wait"}
_COUNTS = tuple(one.name for one in fields(Counts) if one.name not in (*_TIMES, *_LIMITS, "staff"))
_STAFF = tuple(one.name for one in fields(StaffTime))
FIGURES = ("answer_rate", "abandon_rate", "asa", "aht", "occupancy")


def local_time(at: Instant, days: CentreDays) -> str:
    """An instant by the centre's clock, with its distance from UTC."""
    return days.local(at).isoformat(timespec="seconds")


def figures(counts: Counts, formula: Formula) -> dict[str, float | None]:
    """Service level by the formula, and every figure of `FIGURES`; None where it is unknown."""
    found: dict[str, float | None] = {"service_level": formula.value(counts)}
    for name in FIGURES:
        ratio = METRICS[name].ratio
        found[name] = None if ratio is None else ratio.value(counts)
    return found


def interval_table(intervals: Iterable[Interval], days: CentreDays, formula: Formula) -> Table:
    """One row an interval. `*_local` are the centre's clock; figures are shares of 1 and seconds."""
    columns = {"since": Kind.REAL, "since_local": Kind.TEXT, "until": Kind.REAL, "until_local": Kind.TEXT}
    columns |= {"queue": Kind.TEXT} | dict.fromkeys(_LIMITS, Kind.REAL)
    columns |= {name: Kind.REAL if name in _SECONDS else Kind.INTEGER for name in _COUNTS}
    columns |= {f"staff_{name}": Kind.REAL for name in _STAFF}
    columns |= {"service_level": Kind.REAL, "formula": Kind.TEXT} | dict.fromkeys(FIGURES, Kind.REAL)
    rows = [_interval_row(one, days, formula) for one in intervals]
    return Table(columns, [tuple(row[name] for name in columns) for row in rows])


def _interval_row(interval: Interval, days: CentreDays, formula: Formula) -> dict[str, Value]:
    counts = interval.counts
    row: dict[str, Value] = {name: getattr(counts, name) for name in (*_TIMES, *_LIMITS, *_COUNTS)}
    row |= {f"{name}_local": local_time(getattr(counts, name), days) for name in _TIMES}
    row |= {f"staff_{name}": getattr(counts.staff, name) if counts.staff else None for name in _STAFF}
    return row | {"queue": interval.queue, "formula": formula.id} | figures(counts, formula)


_INTEGERS = frozenset({"offers", "transfers"})
_REALS = frozenset(one.name for one in fields(PastInteraction) if one.name.endswith(("_at", "_seconds")))


def interaction_table(interactions: Iterable[PastInteraction], days: CentreDays) -> Table:
    """One row an interaction; `codes` are separated by `;`."""
    columns: dict[str, Kind] = {}
    for one in fields(PastInteraction):
        columns[one.name] = Kind.INTEGER if one.name in _INTEGERS else Kind.REAL if one.name in _REALS else Kind.TEXT
        if one.name == "arrived_at":
            columns["arrived_local"] = Kind.TEXT
    rows = []
    for found in interactions:
        row: dict[str, Value] = {one.name: getattr(found, one.name) for one in fields(PastInteraction)}
        row |= {"codes": ";".join(found.codes), "arrived_local": local_time(found.arrived_at, days)}
        rows.append(tuple(row[name] for name in columns))
    return Table(columns, rows)
