"""Everybody of the workspace and what they have in hand, for a supervisor. Twilio pushes none of it: we look."""

import asyncio
from dataclasses import replace

from desktop.backends.twilio.api.attributes import channel_of, facts_of
from desktop.backends.twilio.api.records import Reservation, Task, Worker
from desktop.backends.twilio.api.task_router import LIVE, TaskRouter
from desktop.backends.twilio.me import Me
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Phase, Role
from desktop.ports.errors import BackendError, NotFound

MOST_TASKS = 50
"""Tasks in hand that are looked at in one turn: whose each is takes a question of its own when it has changed."""

_IN_HAND = ("reserved", "assigned", "wrapping")
_PHASES = {"pending": Phase.OFFERED, "accepted": Phase.ACTIVE, "wrapping": Phase.WRAP_UP}


class Team:
    """The other workers."""

    def __init__(self, me: Me, router: TaskRouter, worker: str) -> None:
        """`worker`: ourselves, who are not among the others."""
        self._me = me
        self._router = router
        self._worker = worker
        self._shown: dict[str, Agent] = {}
        self._whose: dict[str, tuple[float, str, list[Reservation]]] = {}  # task -> changed when, state, reservations

    async def look(self) -> tuple[list[Agent], list[Agent]]:
        """Everybody else, and those who changed since the last look."""
        workers, tasks = await asyncio.gather(self._router.workers(), self._router.tasks(_IN_HAND, most=MOST_TASKS))
        work = await self._work(tasks)
        changed = []
        for worker in workers:
            if worker.sid != self._worker:
                old = self._shown.get(worker.sid)
                new = self._agent(worker, work.get(worker.sid, ()), old)
                if new is not old:
                    changed.append(new)
        there = {worker.sid for worker in workers}
        self._shown = {sid: one for sid, one in self._shown.items() if sid in there}
        return list(self._shown.values()), changed

    def take(self, worker: Worker) -> Agent:
        """A worker as just told."""
        old = self._shown.get(worker.sid)
        return self._agent(worker, old.work if old is not None else (), old)

    async def reservation(self, task: Task) -> Reservation | None:
        """Who has a task, or is offered it; the newest counts."""
        known = self._whose.get(task.sid)
        if known is None or known[:2] != (task.updated, task.status):
            known = task.updated, task.status, await self._router.reservations_of(task.sid)
            self._whose[task.sid] = known
        return next((one for one in reversed(known[2]) if one.status in LIVE), None)

    async def _work(self, tasks: list[Task]) -> dict[str, tuple[AgentWork, ...]]:
        self._whose = {task.sid: self._whose[task.sid] for task in tasks if task.sid in self._whose}
        found: dict[str, tuple[AgentWork, ...]] = {}
        owners = await asyncio.gather(*(self._owner(task) for task in tasks))
        for task, one in zip(tasks, owners, strict=True):
            if one is not None:
                found[one.worker_sid] = (*found.get(one.worker_sid, ()), _work_of(task, one))
        return found

    async def _owner(self, task: Task) -> Reservation | None:
        try:
            return await self.reservation(task)
        except NotFound:
            return None  # completed and deleted meanwhile
        except BackendError:
            known = self._whose.get(task.sid)
            return known[2][-1] if known is not None and known[2] else None

    def _agent(self, worker: Worker, work: tuple[AgentWork, ...], old: Agent | None) -> Agent:
        observed, reason = self._me.observed(worker)
        new = Agent(
            id=worker.sid,
            version=old.version if old is not None else 0,
            name=worker.name,
            role=Role.AGENT,
            team="",
            observed=observed,
            since=worker.since,
            requested=observed,
            reason=reason,
            in_use={name: n for name in {one.channel.value for one in work} if (n := _in_use(work, name))},
            raw_state=worker.activity_name,
            work=work,
        )
        if old is not None and new == old:
            return old
        self._shown[worker.sid] = new = replace(new, version=new.version + 1)
        return new


def _in_use(work: tuple[AgentWork, ...], channel: str) -> int:
    return sum(one.channel.value == channel and one.phase is not Phase.WRAP_UP for one in work)


def _work_of(task: Task, reservation: Reservation) -> AgentWork:
    facts = facts_of(task.attributes, channel_of(task.channel))
    return AgentWork(
        interaction_id=task.sid,
        channel=facts.channel,
        phase=_PHASES.get(reservation.status, Phase.OFFERED),
        queue=task.queue,
        since=reservation.updated,
        customer_name=facts.name,
        customer=facts.customer,
    )
