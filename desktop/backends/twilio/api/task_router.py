"""TaskRouter's REST API, as far as one worker needs it: each method is one request, or one for each of several."""

import asyncio
import json
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from desktop.backends.twilio.api.account import Desk
from desktop.backends.twilio.api.attributes import WRAP_UP, parsed
from desktop.backends.twilio.api.records import (
    Activity,
    Reservation,
    Task,
    Worker,
    activity_of,
    reservation_of,
    task_of,
    worker_of,
)
from desktop.backends.twilio.api.rest import Rest
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.api.statistics import counts_of, midnight_before, stats_of
from desktop.backends.wire.http import segment
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.model import QueueStats
from desktop.domain.entities.words import Role
from desktop.ports.errors import BackendError, NotFound

log = logging.getLogger(__name__)

LIVE = ("pending", "accepted", "wrapping")
MOST_QUEUES = 30
COUNTS_EVERY = 3  # looks at a queue as it stands, for one at its sums
_PAGE, _LARGE_PAGE = "100", "1000"


class TaskRouter:
    """The workspace of one worker."""

    def __init__(self, desk: Desk, clock: ServerClock) -> None:
        """Nothing is opened yet."""
        self._clock = clock
        self._desk = desk
        self._rest = Rest(desk.taskrouter_url, desk.account, clock)
        self._base = f"/v1/Workspaces/{segment(desk.workspace)}"
        self._me = f"{self._base}/Workers/{segment(desk.worker)}"
        self._timeouts: dict[str, float | None] = {}  # workflow -> seconds an offer rings
        self._stats_version = 0
        self._supervises = desk.role is Role.SUPERVISOR
        self._counted: dict[str, tuple[float, Counts | None]] = {}  # queue -> when asked, what was answered

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    # -- reading

    async def worker(self, sid: str = "") -> Worker:
        """One worker; ourselves by default."""
        path = f"{self._base}/Workers/{segment(sid)}" if sid else self._me
        answer = await self._rest.read(path)
        return worker_of(answer.body, self._clock.now(), answer.etag)

    async def activities(self) -> tuple[Activity, ...]:
        """All activities of the workspace."""
        found = await self._rest.listed(f"{self._base}/Activities", "activities", {"PageSize": _PAGE})
        return tuple(activity_of(one) for one in found)

    async def channels(self) -> dict[str, tuple[int, int]]:
        """How much we may carry on each channel, and how much we do."""
        found = await self._rest.listed(f"{self._me}/Channels", "channels")
        rooms: dict[str, tuple[int, int]] = {}
        for one in found:
            name, most, used = (
                one.get("task_channel_unique_name"),
                one.get("configured_capacity"),
                one.get("assigned_tasks"),
            )
            if isinstance(name, str) and isinstance(most, int) and isinstance(used, int) and 0 < most < 1_000:
                rooms[name] = most, min(max(used, 0), 1_000)
        return rooms

    async def reservations(self) -> list[Reservation]:
        """Ours that have not ended."""
        now = self._clock.now()
        answers = await asyncio.gather(
            *(
                self._rest.listed(f"{self._me}/Reservations", "reservations", {"ReservationStatus": status})
                for status in LIVE
            )
        )
        return [reservation_of(one, now) for found in answers for one in found]

    async def reservation(self, sid: str) -> Reservation:
        """One of ours. Raises NotFound."""
        answer = await self._rest.read(f"{self._me}/Reservations/{segment(sid)}")
        return reservation_of(answer.body, self._clock.now())

    async def reservations_of(self, task_sid: str) -> list[Reservation]:
        """All of one task, anybody's, the oldest first. Raises NotFound."""
        path = f"{self._base}/Tasks/{segment(task_sid)}/Reservations"
        now = self._clock.now()
        found = [reservation_of(one, now) for one in await self._rest.listed(path, "reservations")]
        return sorted(found, key=lambda one: one.created)

    async def task(self, sid: str) -> tuple[Task, str]:
        """One task and its version. Raises NotFound."""
        answer = await self._rest.read(f"{self._base}/Tasks/{segment(sid)}")
        return task_of(answer.body, self._clock.now(), answer.etag), answer.etag

    async def offer_seconds(self, workflow: str) -> float | None:
        """How long an offer rings in a workflow; None where that cannot be read."""
        if workflow and workflow not in self._timeouts:
            try:
                body = (await self._rest.read(f"{self._base}/Workflows/{segment(workflow)}")).body
            except NotFound:
                body = None
            seconds = body.get("task_reservation_timeout") if isinstance(body, dict) else None
            self._timeouts[workflow] = float(seconds) if isinstance(seconds, int) and 0 < seconds < 1e7 else None
        return self._timeouts.get(workflow)

    async def queues(self) -> dict[str, str]:
        """SID to name of the queues whose work may come to us; to a supervisor, all of the workspace."""
        ours = {} if self._supervises else {"WorkerSid": self._desk.worker}
        found = await self._rest.listed(f"{self._base}/TaskQueues", "task_queues", {"PageSize": _PAGE, **ours})
        named = {one.get("sid"): one.get("friendly_name") for one in found}
        return {sid: name[:200] for sid, name in named.items() if isinstance(sid, str) and isinstance(name, str)}

    async def figures(self, queues: Mapping[str, str]) -> list[QueueStats]:
        """How these queues stand now. One that cannot be asked is left out."""
        asked = list(queues.items())[:MOST_QUEUES]
        answers = await asyncio.gather(*(self._figures(sid, name) for sid, name in asked), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, BackendError):
                raise answer
        return [answer for answer in answers if isinstance(answer, QueueStats)]

    async def _figures(self, sid: str, name: str) -> QueueStats:
        body = (await self._rest.read(f"{self._base}/TaskQueues/{segment(sid)}/RealTimeStatistics")).body
        self._stats_version += 1
        stats = stats_of(body, name, self._clock.now(), self._stats_version, self._desk.offline)
        return replace(stats, counts=await self._counts(sid)) if self._supervises else stats

    async def _counts(self, sid: str) -> Counts | None:
        """What Twilio counted in a queue since midnight; it is asked for less often than what is there now."""
        now = self._clock.now()
        asked, counts = self._counted.get(sid, (-math.inf, None))
        if now - asked >= COUNTS_EVERY * self._desk.queue_seconds:
            desk = self._desk
            midnight = datetime.fromtimestamp(midnight_before(now, desk.zone), UTC)
            split = sorted({desk.short_abandon, desk.service_level})
            params = {
                "StartDate": midnight.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "SplitByWaitTime": ",".join(map(str, split)),
            }
            path = f"{self._base}/TaskQueues/{segment(sid)}/CumulativeStatistics"
            try:
                counts = counts_of((await self._rest.read(path, params)).body, desk.service_level, desk.short_abandon)
            except BackendError as error:  # the older sums say themselves until when they are
                log.info("a queue's sums could not be asked for: %s", error.detail or error.message)
            self._counted[sid] = now, counts
        return counts

    async def workers(self) -> list[Worker]:
        """Everybody of the workspace."""
        now = self._clock.now()
        found = await self._rest.listed(f"{self._base}/Workers", "workers", {"PageSize": _LARGE_PAGE})
        return [worker_of(one, now) for one in found]

    async def tasks(self, statuses: Iterable[str], *, queue: str = "", most: int = 50) -> list[Task]:
        """Tasks in one of these states, of one queue or of all, the most urgent first."""
        asked = {"Ordering": "Priority:desc,DateCreated:asc", "PageSize": str(most)}
        if queue:
            asked["TaskQueueSid"] = queue
        path, now = f"{self._base}/Tasks", self._clock.now()
        answers = await asyncio.gather(
            *(self._rest.listed(path, "tasks", asked | {"AssignmentStatus": status}) for status in statuses)
        )
        found = [task_of(one, now) for answer in answers for one in answer]
        return sorted(found, key=lambda one: (-one.priority, one.created))[:most]

    # -- changing

    async def set_activity(self, activity_sid: str, *, key: str, worker: str = "") -> Worker:
        """Be in another activity; ourselves by default."""
        path = f"{self._base}/Workers/{segment(worker)}" if worker else self._me
        answer = await self._rest.post(path, {"ActivitySid": activity_sid}, key=key)
        return worker_of(answer.body, self._clock.now(), answer.etag)

    async def update_reservation(self, sid: str, form: Mapping[str, str], *, key: str) -> Reservation:
        """Move one of ours on."""
        answer = await self._rest.post(f"{self._me}/Reservations/{segment(sid)}", form, key=key)
        return reservation_of(answer.body, self._clock.now())

    async def update_task(self, sid: str, form: Mapping[str, str], *, key: str) -> Task:
        """Change a task."""
        answer = await self._rest.post(f"{self._base}/Tasks/{segment(sid)}", form, key=key)
        return task_of(answer.body, self._clock.now(), answer.etag)

    async def write_wrap_up(self, task_sid: str, codes: Sequence[str], *, note_given: bool, key: str) -> Task:
        """Put codes into the task's attributes, if they are not there under this key.

        Raises:
            Conflict: somebody else changed the task between our reading and our writing.
        """
        task, etag = await self.task(task_sid)
        attributes = parsed(task.attributes)
        done = attributes.get(WRAP_UP)
        if isinstance(done, dict) and done.get("key") == key:
            return task
        attributes[WRAP_UP] = {"codes": list(codes), "note_given": note_given, "key": key}
        form = {"Attributes": json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))}
        answer = await self._rest.post(f"{self._base}/Tasks/{segment(task_sid)}", form, key=key, if_match=etag)
        return task_of(answer.body, self._clock.now(), answer.etag)
