"""Figures of task queues, from TaskRouter's statistics. What is missing or nonsense is unknown."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from desktop.backends.twilio.api.records import instant
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.model import QueueStats


def midnight_before(now: float, zone: str) -> float:
    """The last midnight of a zone (UTC where it is empty), seconds since the epoch."""
    place = ZoneInfo(zone) if zone else UTC
    day = datetime.fromtimestamp(now, place).date()
    return datetime(day.year, day.month, day.day, tzinfo=place).timestamp()


def counts_of(body: object, threshold: int, short: int) -> Counts | None:
    """A queue's cumulative statistics as sums; None where they do not say what time they are of.

    A reservation that was accepted is an answer, a task that was cancelled before is an abandonment: TaskRouter cannot
    tell a customer who hung up from a task that was withdrawn. Conversations it does not count; a task is completed
    when its wrap-up is. Waits are whole seconds since the task was made.
    """
    found = body if isinstance(body, dict) else {}
    since, until = instant(found.get("start_time")), instant(found.get("end_time"))
    if since is None or until is None:
        return None
    in_time, soon = _below(found, threshold), _below(found, short)
    accepted, canceled = found.get("wait_duration_until_accepted"), found.get("wait_duration_until_canceled")
    longest = [one for one in (_seconds(accepted, "max"), _seconds(canceled, "max")) if one is not None]
    return Counts(
        since=since,
        until=until,
        threshold=float(threshold),
        short_abandon_seconds=float(short),
        offered=_count(found.get("tasks_entered")),
        answered=_count(found.get("reservations_accepted")),
        answered_within=_count(in_time.get("reservations_accepted")),
        abandoned=_count(found.get("tasks_canceled")),
        abandoned_within=_count(in_time.get("tasks_canceled")),
        short_abandons=_count(soon.get("tasks_canceled")),
        flow_outs=_count(found.get("tasks_moved")),
        missed=_count(found.get("reservations_timed_out")),
        declined=_count(found.get("reservations_rejected")),
        wrapped_up=_count(found.get("tasks_completed")),
        wait_seconds=_seconds(accepted, "total"),
        abandon_seconds=_seconds(canceled, "total"),
        longest_wait=max(longest) if longest else None,
    )


def _below(found: Mapping[str, object], seconds: int) -> Mapping[str, object]:
    split = found.get("split_by_wait_time")
    at = split.get(str(seconds)) if isinstance(split, dict) else None
    below = at.get("below") if isinstance(at, dict) else None
    return below if isinstance(below, dict) else {}


def _seconds(raw: object, name: str) -> float | None:
    value = raw.get(name) if isinstance(raw, dict) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and 0 <= value < 1e12 else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def stats_of(body: object, name: str, now: float, version: int, offline: str) -> QueueStats:
    """A queue's real-time statistics."""
    found = body if isinstance(body, dict) else {}
    by_status = found.get("tasks_by_status")
    states = by_status if isinstance(by_status, dict) else {}
    pending, reserved = _count(states.get("pending")), _count(states.get("reserved"))
    waiting = pending + reserved if pending is not None and reserved is not None else None
    age = _count(found.get("longest_task_waiting_age"))
    rows = found.get("activity_statistics")
    workers = [
        _count(one.get("workers"))
        for one in (rows if isinstance(rows, list) else [])
        if isinstance(one, dict) and one.get("friendly_name") != offline
    ]
    known = [one for one in workers if one is not None]
    return QueueStats(
        name=name,
        version=version,
        as_of=now,
        waiting=waiting,
        longest_since=now - age if waiting and age is not None else None,
        agents_available=_count(found.get("total_available_workers")),
        agents_signed_in=sum(known) if isinstance(rows, list) and len(known) == len(workers) else None,
    )
