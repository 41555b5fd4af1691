"""Counts of several queues or intervals together, and of the time between two moments."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from desktop.domain.entities.counts import Counts, StaffTime

_WITHIN = ("answered_within", "abandoned_within", "callbacks_within", "flow_outs_within")
_SHORT = ("short_abandons",)
_APART = {"since", "until", "threshold", "short_abandon_seconds", "longest_wait", "staff"}
_SUMS = tuple(one.name for one in fields(Counts) if one.name not in _APART)
_STAFF = tuple(one.name for one in fields(StaffTime))


def total(several: Sequence[Counts], *, by_own_threshold: bool = False) -> Counts | None:
    """Everything added up; None when there is nothing to add.

    What one of them does not know is unknown of all. Customers who left "in time" by different thresholds (or by
    unknown ones) have no sum; nor have short abandons by different limits. The period is the one all of them lie in.
    Staff time is summed as it stands: over several queues, an agent counts in each of theirs.

    Args:
        by_own_threshold: add up those in time by different thresholds all the same, each by the one of their queue;
            the sum then has no threshold. So are reports of several queues made.
    """
    if not several:
        return None
    first = several[0]
    if len(several) == 1:
        return first
    # A sum a count, not a record a queue: a floor of hundreds is added up several times a second.
    known: dict[str, Any] = {name: _sum([getattr(one, name) for one in several]) for name in _SUMS}
    for limit, names in (("threshold", _WITHIN), ("short_abandon_seconds", _SHORT)):
        least = getattr(first, limit)
        if least is None or any(getattr(one, limit) != least for one in several):
            known |= dict.fromkeys((limit,) if by_own_threshold else (limit, *names))
    staffs = [one.staff for one in several if one.staff is not None]
    times = [sum(getattr(staff, name) for staff in staffs) for name in _STAFF]
    longest = [one.longest_wait for one in several if one.longest_wait is not None]
    return replace(
        first,
        since=min(one.since for one in several),
        until=max(one.until for one in several),
        longest_wait=max(longest) if len(longest) == len(several) else None,
        staff=StaffTime(*times) if len(staffs) == len(several) else None,
        **known,
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def between(earlier: Counts, later: Counts) -> Counts | None:
    """What happened from `earlier.until` to `later.until`, from two looks at the same running counts.

    Where the counts began anew in between (midnight), it is what happened since they did, as `since` says. None when
    that cannot be told. What shrank (the centre corrected or lost it) is unknown, and so are those in
    time when the threshold was changed; so is the longest wait, unless the longest of all was in this time.
    """
    if later.since != earlier.since:
        return later if later.since >= earlier.until else None
    if later.until < earlier.until:
        return None
    known: dict[str, Any] = {name: _less(getattr(later, name), getattr(earlier, name)) for name in _SUMS}
    if later.threshold != earlier.threshold:
        known |= dict.fromkeys(_WITHIN)
    if later.short_abandon_seconds != earlier.short_abandon_seconds:
        known |= dict.fromkeys(_SHORT)
    staff: StaffTime | None = None
    if later.staff is not None and earlier.staff is not None:
        parts = [_less(getattr(later.staff, name), getattr(earlier.staff, name)) for name in _STAFF]
        times = [part for part in parts if part is not None]
        staff = StaffTime(*times) if len(times) == len(_STAFF) else None
    longest = later.longest_wait
    newest = longest is not None and earlier.longest_wait is not None and longest > earlier.longest_wait
    return replace(later, since=earlier.until, longest_wait=longest if newest else None, staff=staff, **known)


def _less(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None or later < earlier else later - earlier
