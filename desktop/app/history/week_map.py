"""A week as a map: what was counted at each half hour of each weekday, over as many weeks as were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import DAY, WeekCell

SLOTS = 48


@dataclass(frozen=True, slots=True)
class WeekMap:
    """`cells[weekday][half hour]`, Monday first, by the centre's clock; None where nothing was counted.

    The counts of a cell are added up over the days of that weekday; `days[weekday]` is how many the period has.
    """

    cells: tuple[tuple[Counts | None, ...], ...]
    days: tuple[int, ...]


def week_map(cells: Sequence[WeekCell], days: CentreDays, since: float, until: float) -> WeekMap:
    """The map of the cells of [since, until); one that is in no week is left out."""
    told = {(one.weekday, one.slot): one.counts for one in cells}
    found = [0] * 7
    for edge in days.edges(since, until, DAY):
        found[days.day(edge).weekday()] += 1
    return WeekMap(
        tuple(tuple(told.get((weekday, slot)) for slot in range(SLOTS)) for weekday in range(7)), tuple(found)
    )
