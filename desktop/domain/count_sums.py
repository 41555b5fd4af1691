"""Counts of several queues or intervals together, and of the time between two moments."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from desktop.domain.counts import Counts, StaffTime

_WITHIN = ("answered_within", "abandoned_within", "callbacks_within", "flow_outs_within")
_SHORT = ("short_abandons",)
_APART = {"since", "until", "threshold", "short_abandon_seconds", "longest_wait", "staff"}
_SUMS = tuple(one.name for one in fields(Counts) if one.name not in _APART)
_STAFF = tuple(one.name for one in fields(StaffTime))


def total(several: Sequence[Counts]) -> Counts | None:
    """Everything added up; None when there is nothing to add.

    What one of them does not know is unknown of all. Customers who left "in time" by different thresholds (or by
    unknown ones) have no sum; nor have short abandons by different limits. The period is the one all of them lie in.
    Staff time is summed as it stands: over several queues, an agent counts in each of theirs.
    """
    if not several:
        return None
    first, *rest = several
    for one in rest:
        first = _added(first, one)
    return first


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


def _plus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _added(one: Counts, other: Counts) -> Counts:
    known: dict[str, Any] = {name: _plus(getattr(one, name), getattr(other, name)) for name in _SUMS}
    if one.threshold is None or one.threshold != other.threshold:
        known |= dict.fromkeys(("threshold", *_WITHIN))
    if one.short_abandon_seconds is None or one.short_abandon_seconds != other.short_abandon_seconds:
        known |= dict.fromkeys(("short_abandon_seconds", *_SHORT))
    staff = None
    if one.staff is not None and other.staff is not None:
        staff = StaffTime(*(getattr(one.staff, name) + getattr(other.staff, name) for name in _STAFF))
    longest = None
    if one.longest_wait is not None and other.longest_wait is not None:
        longest = max(one.longest_wait, other.longest_wait)
    since, until = min(one.since, other.since), max(one.until, other.until)
    return replace(one, since=since, until=until, longest_wait=longest, staff=staff, **known)
