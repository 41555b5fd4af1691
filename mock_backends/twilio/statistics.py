"""Figures of task queues as TaskRouter counts them: as they stand now, and summed over a time that was asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from mock_backends.acd.effects import (
    Abandoned,
    Connected,
    Effect,
    Offered,
    OfferEnded,
    Queued,
    Withdrawn,
    WrapUpEnded,
)
from mock_backends.http.site import Site
from mock_backends.twilio.refusal import wrong
from mock_backends.twilio.workspace import TASK_STATES, Fields, Workspace
from mock_backends.wire.contact_center import Interaction

_ENDS = {"missed": "timed_out", "declined": "rejected", "rescinded": "rescinded"}
LONGEST = 30 * 86_400.0
MOST_SPLITS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened in a queue; `wait` in seconds, where it ended one."""

    at: float
    queue: str
    what: str
    wait: float = 0.0


class Statistics:
    """Listens to the distributor from its start, and counts when it is asked."""

    def __init__(self, site: Site, workspace: Workspace) -> None:
        self._clock = site.clock
        self._workspace = workspace
        self._entries: list[Entry] = []
        self._queues: dict[str, str] = {}  # interaction -> the queue it was last in
        workspace.centre.distribution.listeners.append(self._heard)

    def now(self, name: str) -> Fields:
        """One task queue as it stands now."""
        work = self._workspace
        board = work.centre.board
        figures = work.centre.figures.refresh(name)
        tasks = [one for one in board.interactions.values() if one.queue == name and one.phase != "closed"]
        by_status = {"pending": 0, "reserved": 0, "assigned": 0, "wrapping": 0}
        for one in tasks:
            by_status[TASK_STATES[one.phase]] += 1
        waiting = [one for one in tasks if one.phase in ("queued", "offered")]
        oldest = min(waiting, key=lambda one: one.arrived_at, default=None)
        age = int(self._clock.now() - oldest.arrived_at) if oldest else 0
        workers = [agent for agent in board.agents.values() if name in agent.queues]
        ins = [work.activity_of(agent) for agent in workers]
        return self._owned(name, "RealTimeStatistics") | {
            "longest_task_waiting_age": age,
            "longest_task_waiting_sid": work.task_sid(oldest) if oldest else None,
            "longest_relative_task_age_in_queue": age,
            "longest_relative_task_sid_in_queue": work.task_sid(oldest) if oldest else None,
            "tasks_by_priority": {"0": len(tasks)},
            "tasks_by_status": by_status,
            "total_tasks": len(tasks),
            "total_eligible_workers": len(workers),
            "total_available_workers": figures.agents_available or 0,
            "activity_statistics": [
                {"sid": one, "friendly_name": work.activities[one][0], "workers": ins.count(one)}
                for one in work.activities
            ],
        }

    def summed(self, name: str, start: str, minutes: str, split: str) -> Fields:
        """One task queue over a time: from `start` (ISO 8601), or so many `minutes` back, until now.

        :raises Refusal: 400 for what makes no sense.
        """
        now = self._clock.now()
        since = _instant(start) if start else now - 60.0 * _whole(minutes or "15", "Minutes")
        if not now - LONGEST <= since <= now:
            raise wrong("StartDate must lie in the last 30 days")
        found = [one for one in self._entries if one.queue == name and one.at >= since]
        accepted, canceled = _waits(found, "accepted"), _waits(found, "canceled")
        kinds = ("created", "accepted", "rejected", "timed_out", "rescinded")
        return self._owned(name, "CumulativeStatistics") | {
            "avg_task_acceptance_time": round(sum(accepted) / len(accepted)) if accepted else 0,
            "start_time": _written(since),
            "end_time": _written(now),
            **{f"reservations_{kind}": _number(found, kind) for kind in kinds},
            "reservations_canceled": _number(found, "offer_canceled"),
            "split_by_wait_time": {
                text: _split(accepted, canceled, float(seconds)) for text, seconds in _thresholds(split)
            },
            "wait_duration_until_accepted": _durations(accepted),
            "wait_duration_until_canceled": _durations(canceled),
            "wait_duration_in_queue_until_accepted": _durations(accepted),
            "tasks_canceled": len(canceled),
            "tasks_completed": _number(found, "completed"),
            "tasks_deleted": 0,
            "tasks_entered": _number(found, "entered"),
            "tasks_moved": _number(found, "moved"),
        }

    def _owned(self, name: str, path: str) -> Fields:
        work, sid = self._workspace, self._workspace.sids.of("WQ", name)
        url = f"https://taskrouter.twilio.com/v1/Workspaces/{work.sid}/TaskQueues/{sid}/{path}"
        return {"account_sid": work.account, "workspace_sid": work.sid, "task_queue_sid": sid, "url": url}

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        at = self._clock.now()
        match effect:
            case Queued(interaction_id=one, queue=queue, returned=False):
                before = self._queues.get(one)
                if before is not None and before != queue:
                    self._entries.append(Entry(at, before, "moved"))
                self._queues[one] = queue
                self._entries.append(Entry(at, queue, "entered"))
            case Offered(queue=queue):
                self._entries.append(Entry(at, queue, "created"))
            case OfferEnded(interaction_id=one, reason=reason):
                self._entries.append(Entry(at, self._queues.get(one, ""), _ENDS.get(reason, "offer_canceled")))
            case Connected(queue=queue, waited=waited):
                self._entries.append(Entry(at, queue, "accepted", waited))
            case Abandoned(queue=queue, waited=waited) | Withdrawn(queue=queue, waited=waited):
                self._entries.append(Entry(at, queue, "canceled", waited))
            case WrapUpEnded() if interaction is not None:
                self._entries.append(Entry(at, interaction.queue, "completed"))
            case _:
                pass


def _number(found: Iterable[Entry], what: str) -> int:
    return sum(one.what == what for one in found)


def _waits(found: Iterable[Entry], what: str) -> list[float]:
    return [one.wait for one in found if one.what == what]


def _durations(waits: list[float]) -> Fields:
    total = round(sum(waits))
    return {
        "avg": round(total / len(waits)) if waits else 0,
        "min": round(min(waits, default=0.0)),
        "max": round(max(waits, default=0.0)),
        "total": total,
    }


def _split(accepted: list[float], canceled: list[float], seconds: float) -> Fields:
    below = sum(one <= seconds for one in accepted), sum(one <= seconds for one in canceled)
    return {
        "above": {"reservations_accepted": len(accepted) - below[0], "tasks_canceled": len(canceled) - below[1]},
        "below": {"reservations_accepted": below[0], "tasks_canceled": below[1]},
    }


def _thresholds(text: str) -> Iterator[tuple[str, int]]:
    parts = [one.strip() for one in text.split(",") if one.strip()]
    if len(parts) > MOST_SPLITS:
        raise wrong("SplitByWaitTime has too many values")
    return ((one, _whole(one, "SplitByWaitTime")) for one in parts)


def _whole(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise wrong(f"{name} is invalid")
    return int(text)


def _instant(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong("StartDate is invalid") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
