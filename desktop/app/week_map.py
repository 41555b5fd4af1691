"""A week as a map: what was counted at each half hour of each weekday, over as many weeks as were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.app.centre_days import CentreDays
from desktop.domain.count_sums import total
from desktop.domain.counts import Counts
from desktop.domain.history import DAY, Interval

SLOTS = 48
SLOT_SECONDS = 1_800.0


@dataclass(frozen=True, slots=True)
class WeekMap:
    """`cells[weekday][half hour]`, Monday first, by the centre's clock; None where nothing was counted.

    The counts of a cell are added up over the days of that weekday; `days[weekday]` is how many the period has.
    """

    cells: tuple[tuple[Counts | None, ...], ...]
    days: tuple[int, ...]


def week_map(intervals: Sequence[Interval], days: CentreDays, since: float, until: float) -> WeekMap:
    """The map of half hours (or shorter intervals) that begin in [since, until).

    The hour that a clock change repeats is added to its cell; the one that it skips adds nothing.
    """
    parts: list[list[list[Counts]]] = [[[] for _ in range(SLOTS)] for _ in range(7)]
    for one in intervals:
        local = days.local(one.counts.since)
        slot = int((local.hour * 3600 + local.minute * 60 + local.second) // SLOT_SECONDS)
        parts[local.weekday()][slot].append(one.counts)
    found = [0] * 7
    for edge in days.edges(since, until, DAY):
        found[days.day(edge).weekday()] += 1
    cells = tuple(tuple(total(cell, by_own_threshold=True) for cell in row) for row in parts)
    return WeekMap(cells, tuple(found))
