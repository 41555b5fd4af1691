"""Twilio's records, in both its ways of writing: the REST APIs', and the worker channel's with times as numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop.backends.twilio.api.account import is_sid
from desktop.ports.errors import ProtocolError

LONGEST_NAME = 200
_EARLIEST, _LATEST = 0.0, 1e11

RANKS: Mapping[str, int] = {
    "pending": 0,
    "accepted": 1,
    "wrapping": 2,
    "completed": 3,
    "rejected": 3,
    "timeout": 3,
    "canceled": 3,
    "rescinded": 3,
}
"""How far a reservation has come. It never goes back, so an older report is known by its rank, whatever its date."""

ENDS: Mapping[str, str] = {
    "rejected": "declined",
    "timeout": "missed",
    "rescinded": "rescinded",
    "canceled": "abandoned",
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of the workspace."""

    sid: str
    name: str
    available: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker."""

    sid: str
    name: str
    activity_sid: str
    activity_name: str
    available: bool
    since: float
    attributes: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `version` is Twilio's, None where the API does not show it."""

    sid: str
    status: str
    attributes: str
    channel: str
    queue: str
    workflow: str
    created: float
    updated: float
    version: int | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """One offer of a task to a worker. `timeout` in seconds, None where the API does not show it."""

    sid: str
    task_sid: str
    worker_sid: str
    status: str
    created: float
    updated: float
    timeout: float | None = None
    reason_code: int | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One party of a conference."""

    call_sid: str
    label: str
    status: str
    hold: bool
    muted: bool


def instant(value: object) -> float | None:
    """Seconds since the epoch of a time as Twilio writes it: a number, ISO 8601, or as in mail headers."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, (int, float)):
            found = float(value)
        elif isinstance(value, str) and value[:1].isdigit():
            moment = datetime.fromisoformat(value[:40])
            found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        elif isinstance(value, str):
            from email.utils import parsedate_to_datetime  # tens of modules, for an API that few answers come from

            moment = parsedate_to_datetime(value[:40])
            found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()  # -0000 names no zone
        else:
            return None
    except (ValueError, TypeError, OverflowError):
        return None
    return found if math.isfinite(found) and _EARLIEST <= found <= _LATEST else None


def _text(raw: Mapping[str, object], *names: str, longest: int = LONGEST_NAME) -> str:
    for name in names:
        value = raw.get(name)
        if isinstance(value, str):
            return value[:longest]
    return ""


def _sid(raw: Mapping[str, object], name: str, prefix: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not is_sid(value, prefix):
        raise ProtocolError("Twilio's answer cannot be read.", f"{name} is no {prefix} SID")
    return value


def _time(raw: Mapping[str, object], name: str, otherwise: float) -> float:
    found = instant(raw.get(name))
    return otherwise if found is None else found


def _object(raw: object, what: str) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise ProtocolError("Twilio's answer cannot be read.", f"{what} is no object")
    return raw


def activity_of(raw: object) -> Activity:
    """An activity. Raises ProtocolError, as all of these do."""
    found = _object(raw, "activity")
    return Activity(_sid(found, "sid", "WA"), _text(found, "friendly_name"), found.get("available") is True)


def _version(raw: Mapping[str, object], etag: str) -> int | None:
    """The version that Twilio counts: in the record, or else in the `ETag` it came with."""
    text = str(raw.get("version", etag.strip('"')))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def worker_of(raw: object, now: float, etag: str = "") -> Worker:
    """A worker; `now` stands for a date that cannot be read."""
    found = _object(raw, "worker")
    return Worker(
        sid=_sid(found, "sid", "WK"),
        name=_text(found, "friendly_name"),
        activity_sid=_sid(found, "activity_sid", "WA"),
        activity_name=_text(found, "activity_name"),
        available=found.get("available") is True,
        since=_time(found, "date_status_changed", now),
        attributes=_text(found, "attributes", longest=64 * 1024),
        version=_version(found, etag),
    )


def task_of(raw: object, now: float, etag: str = "") -> Task:
    """A task; `etag` is the version where it is not in the record."""
    found = _object(raw, "task")
    return Task(
        sid=_sid(found, "sid", "WT"),
        status=_text(found, "assignment_status"),
        attributes=_text(found, "attributes", longest=64 * 1024),
        channel=_text(found, "task_channel_unique_name"),
        queue=_text(found, "task_queue_friendly_name", "queue_name"),
        workflow=_text(found, "workflow_sid"),
        created=_time(found, "date_created", now),
        updated=_time(found, "date_updated", now),
        version=_version(found, etag),
        priority=priority if isinstance(priority := found.get("priority"), int) and abs(priority) < 2**31 else 0,
    )


def reservation_of(raw: object, now: float) -> Reservation:
    """A reservation; in the worker channel its task is inside it."""
    found = _object(raw, "reservation")
    status = found.get("reservation_status")
    if status not in RANKS:
        raise ProtocolError("Twilio's answer cannot be read.", "a reservation status that is not known")
    task = found.get("task")
    inside = _sid(task, "sid", "WT") if isinstance(task, dict) else ""
    timeout, code = found.get("reservation_timeout"), found.get("canceled_reason_code")
    return Reservation(
        sid=_sid(found, "sid", "WR"),
        task_sid=inside or _sid(found, "task_sid", "WT"),
        worker_sid=_sid(found, "worker_sid", "WK"),
        status=str(status),
        created=_time(found, "date_created", now),
        updated=_time(found, "date_updated", now),
        timeout=float(timeout) if isinstance(timeout, (int, float)) and 0 < timeout < 1e7 else None,
        reason_code=code if isinstance(code, int) else None,
    )


def participant_of(raw: object) -> Participant:
    """A party of a conference."""
    found = _object(raw, "participant")
    return Participant(
        call_sid=_sid(found, "call_sid", "CA"),
        label=_text(found, "label"),
        status=_text(found, "status"),
        hold=found.get("hold") is True,
        muted=found.get("muted") is True,
    )
