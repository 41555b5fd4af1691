"""A week as a map: what was counted at each half hour of each weekday, over as many weeks as were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from desktop.app.centre_days import CentreDays
from desktop.domain.counts import Counts, StaffTime
from desktop.domain.history import Interval

SLOTS = 48
SLOT_SECONDS = 1_800.0
_KEPT = frozenset({"since", "until", "threshold", "short_abandon_seconds", "staff", "longest_wait"})
_SUMS = tuple(one.name for one in fields(Counts) if one.name not in _KEPT)


@dataclass(frozen=True, slots=True)
class WeekMap:
    """`cells[weekday][half hour]`, Monday first, by the centre's clock; None where nothing was counted.

    The counts of a cell are added up over `weeks[weekday]`, how many days of that weekday the period has.
    """

    cells: tuple[tuple[Counts | None, ...], ...]
    days: tuple[int, ...]


def added(first: Counts, second: Counts) -> Counts:
    """Two periods or queues together; what one of them does not count is not known of both.

    A threshold that differs is no threshold: `answered_within` is then by each queue's own.
    """
    sums: dict[str, Any] = {name: _sum(getattr(first, name), getattr(second, name)) for name in _SUMS}
    waits = [one for one in (first.longest_wait, second.longest_wait) if one is not None]
    return replace(
        first,
        since=min(first.since, second.since),
        until=max(first.until, second.until),
        threshold=_same(first.threshold, second.threshold),
        short_abandon_seconds=_same(first.short_abandon_seconds, second.short_abandon_seconds),
        longest_wait=max(waits, default=None),
        staff=_staff(first.staff, second.staff),
        **sums,
    )


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _same(first: float | None, second: float | None) -> float | None:
    return first if first == second else None


def _staff(first: StaffTime | None, second: StaffTime | None) -> StaffTime | None:
    if first is None or second is None:
        return None
    return StaffTime(
        first.signed_in + second.signed_in,
        first.idle + second.idle,
        first.engaged + second.engaged,
        first.load + second.load,
    )


def week_map(intervals: Sequence[Interval], days: CentreDays, since: float, until: float) -> WeekMap:
    """The map of half hours (or shorter intervals) that begin in [since, until).

    The hour that a clock change repeats is added to its cell; the one that it skips adds nothing.
    """
    cells: list[list[Counts | None]] = [[None] * SLOTS for _ in range(7)]
    for one in intervals:
        local = days.local(one.counts.since)
        slot = int((local.hour * 3600 + local.minute * 60 + local.second) // SLOT_SECONDS)
        before = cells[local.weekday()][slot]
        cells[local.weekday()][slot] = one.counts if before is None else added(before, one.counts)
    found = [0] * 7
    for edge in days.edges(since, until, 86_400.0):
        found[days.day(edge).weekday()] += 1
    return WeekMap(tuple(tuple(row) for row in cells), tuple(found))
