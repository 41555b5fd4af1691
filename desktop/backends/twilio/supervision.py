"""The supervisor's side of the adapter.

TaskRouter knows no roles: whoever has an API key of the account may do all. Its own event log says which key did what;
of our reasons it keeps the one for a cancellation. It moves no task to another queue, and hands none over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop.backends.twilio.api.account import Desk, is_sid
from desktop.backends.twilio.api.attributes import channel_of, facts_of
from desktop.backends.twilio.api.records import Reservation, Task
from desktop.backends.twilio.api.task_router import TaskRouter
from desktop.backends.twilio.me import Me
from desktop.backends.twilio.team import Team
from desktop.domain.entities.model import Agent, Interaction, WrapUpRule
from desktop.domain.entities.words import Availability, Outcome, Phase, Role
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound, Rejected
from desktop.ports.supervision import Supervision, refuse

SUPERVISION = frozenset({Capability.SUPERVISE, Capability.PRIORITY, Capability.WITHDRAW})
LONGEST_WHY = 300
_PHASES = {
    "pending": Phase.QUEUED,
    "reserved": Phase.OFFERED,
    "assigned": Phase.ACTIVE,
    "wrapping": Phase.WRAP_UP,
}
_WAITING = ("pending", "reserved")


class TwilioSupervision(Supervision):
    """What TaskRouter itself can do to others' work."""

    desk: Desk
    me: Me
    _router: TaskRouter
    _team: Team
    _queues: dict[str, str]

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        self._must_supervise(Capability.SUPERVISE)
        _reason(why)
        if not is_sid(agent_id, "WK"):
            raise NotFound("Twilio has no such worker.")
        activity = await self.me.activity_for(availability, reason)
        return self._team.take(await self._router.set_activity(activity, key=key, worker=agent_id))

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        self._must_supervise(Capability.SUPERVISE)
        if not self._queues:
            self._queues = await self._router.queues()
        sid = next((sid for sid, name in self._queues.items() if name == queue), "")
        if not sid:
            raise NotFound("Twilio has no such queue.")
        tasks = await self._router.tasks(_WAITING, queue=sid, most=min(max(limit, 1), 1000))
        return [self._shown(task, None) for task in tasks[: max(limit, 0)]]

    async def interaction(self, interaction_id: str) -> Interaction:
        self._must_supervise(Capability.SUPERVISE)
        task = await self._task(interaction_id)
        return self._shown(task, await self._team.reservation(task))

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        self._must_supervise(Capability.PRIORITY)
        _reason(why)
        if not 0 <= priority <= 1000:
            raise Rejected("Twilio's priorities begin at 0; 1000 is the most here.")
        return await self._change(interaction_id, {"Priority": str(priority)}, key)

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        self._must_supervise(Capability.WITHDRAW)
        form = {"AssignmentStatus": "canceled", "Reason": _reason(why)}
        return replace(await self._change(interaction_id, form, key), outcome=Outcome.WITHDRAWN)

    def _must_supervise(self, capability: Capability) -> None:
        if self.desk.role is not Role.SUPERVISOR:
            raise refuse(capability)

    async def _task(self, interaction_id: str) -> Task:
        if not is_sid(interaction_id, "WT"):
            raise NotFound("Twilio has no such task.")
        return (await self._router.task(interaction_id))[0]

    async def _change(self, interaction_id: str, form: Mapping[str, str], key: str) -> Interaction:
        """Change a task that waits. Twilio keeps no keys: that it is so already is as good."""
        task = await self._task(interaction_id)
        wanted = form.get("AssignmentStatus", "")
        if task.status != wanted:
            if task.status not in _WAITING:
                raise Conflict(f"The task is {task.status} at Twilio.")
            if wanted or task.priority != int(form["Priority"]):
                task = await self._router.update_task(interaction_id, form, key=key)
        return self._shown(task, None)

    def _shown(self, task: Task, reservation: Reservation | None) -> Interaction:
        facts, phase = facts_of(task.attributes, channel_of(task.channel)), _PHASES.get(task.status, Phase.CLOSED)
        shown = Interaction(
            id=task.sid,
            version=task.version or 0,
            channel=facts.channel,
            direction=facts.direction,
            phase=phase,
            queue=task.queue,
            customer=facts.customer,
            arrived_at=task.created,
            phase_since=task.updated,
            agent_id=reservation.worker_sid if reservation is not None else None,
            customer_name=facts.name,
            subject=facts.subject,
            attributes=facts.shown,
            wrap_up_rule=WrapUpRule(codes=self.desk.rule, seconds=0.0, extend_seconds=0.0, extensions=0),
            priority=task.priority,
            raw_state=task.status,
        )
        if phase is not Phase.CLOSED:
            return shown
        outcome = Outcome.FAILED if task.status == "canceled" else Outcome.HANDLED
        return replace(shown, ended_at=task.updated, outcome=outcome, customer_connected=False)


def _reason(why: str) -> str:
    why = "".join(letter if letter.isprintable() else " " for letter in why).strip()
    if not 1 <= len(why) <= LONGEST_WHY:
        raise Rejected("Say why, in 1 to 300 characters.")
    return why
