"""The worker who signs in: activities as availabilities and reasons, and the agent's own record."""

from collections.abc import Iterable
from dataclasses import replace

from desktop.backends.twilio.api.account import Desk
from desktop.backends.twilio.api.records import Activity, Worker
from desktop.backends.twilio.api.task_router import TaskRouter
from desktop.domain.entities.model import Agent, NotReadyReason
from desktop.domain.entities.words import Availability
from desktop.ports.errors import Rejected


class Me:
    """Our worker. A reason for not being ready has the name of its activity."""

    def __init__(self, desk: Desk, router: TaskRouter) -> None:
        """Nothing is asked yet."""
        self._desk = desk
        self._router = router
        self._activities: tuple[Activity, ...] = ()
        self._rooms: dict[str, tuple[int, int]] = {}
        self._shown: Agent | None = None
        self._newest: Worker | None = None
        self.name = ""

    async def learn(self) -> None:
        """Read the activities and channels, and see that the worker is there."""
        self.name = (await self._router.worker()).name
        self._activities = await self._router.activities()
        self._rooms = await self._router.channels()

    async def look(self) -> Worker:
        """The worker as it is now, and how much it may carry."""
        if not self._activities:
            self._activities = await self._router.activities()
        self._rooms = await self._router.channels()
        return await self._router.worker()

    def _is_offline(self, activity_name: str) -> bool:
        return activity_name.casefold() == self._desk.offline.casefold()

    @property
    def reasons(self) -> tuple[NotReadyReason, ...]:
        """The activities that mean not ready."""
        return tuple(
            NotReadyReason(one.name, one.name)
            for one in self._activities
            if not one.available and not self._is_offline(one.name)
        )

    def named(self, reason: str) -> str:
        """The SID of the activity that stands for a reason; empty when there is none."""
        wanted = reason.casefold()
        known = (one for one in self._activities if not one.available and not self._is_offline(one.name))
        return next((one.sid for one in known if wanted and one.name.casefold() == wanted), "")

    async def activity_for(self, availability: Availability, reason: str) -> str:
        """The activity that stands for an availability.

        Raises:
            Rejected: the workspace has none, or not for this reason.
        """
        if not self._activities:
            self._activities = await self._router.activities()
        match availability:
            case Availability.AVAILABLE:
                found = next((one.sid for one in self._activities if one.available), "")
            case Availability.OFFLINE:
                found = next((one.sid for one in self._activities if self._is_offline(one.name)), "")
            case _:
                first = next((one.name for one in self._activities if one.name in {r.id for r in self.reasons}), "")
                found = self.named(reason or first)
        if not found:
            raise Rejected(f"The workspace has no activity for {reason or availability.value.replace('_', ' ')}.")
        return found

    def _is_older(self, worker: Worker) -> bool:
        newest = self._newest
        if newest is None:
            return False
        if worker.version is not None and newest.version is not None:
            return worker.version < newest.version
        return worker.since < newest.since

    def observed(self, worker: Worker) -> tuple[Availability, str]:
        """What a worker's activity means, and the reason."""
        if worker.available:
            return Availability.AVAILABLE, ""
        if self._is_offline(worker.activity_name):
            return Availability.OFFLINE, ""
        return Availability.NOT_READY, worker.activity_name

    def agent(self, worker: Worker, queues: Iterable[str] = ()) -> Agent:
        """The worker as an agent. One that is older than what was shown changes nothing."""
        old = self._shown
        if old is not None and self._is_older(worker):
            return old
        self._newest = worker
        observed, reason = self.observed(worker)
        new = Agent(
            id=worker.sid,
            version=old.version if old is not None else 0,
            name=worker.name,
            role=self._desk.role,
            team="",
            observed=observed,
            since=worker.since,
            requested=observed,
            reason=reason,
            capacity={name: most for name, (most, _) in self._rooms.items()},
            in_use={name: used for name, (_, used) in self._rooms.items() if used},
            queues=tuple(queues) or (old.queues if old is not None else ()),
            raw_state=worker.activity_name,
        )
        if old is None or new != old:
            old = self._shown = replace(new, version=new.version + 1)
        return old
