"""What a supervisor orders, against the order of the lines: whom to offer to, what to let go first, what to drop."""

from __future__ import annotations

from mock_backends.acd.agent_choice import Agent, Phase
from mock_backends.acd.effects import Effect, Reprioritised, Withdrawn
from mock_backends.acd.endings import RoutingEndings
from mock_backends.acd.errors import WrongPhase

MOST_PRIORITY = 1000.0


class RoutingOrders(RoutingEndings):
    """Commands that overrule lines and skills, but never an agent's availability, capacity or conversation."""

    def has_room(self, agent_id: str, channel: str) -> bool:
        """Whether an agent wants work and could take one more interaction on `channel` now."""
        agent = self._agent(agent_id)
        return agent.offerable() and agent.room(channel)

    def assign(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """Offer it to this agent now, out of turn and whatever their skills, from a line or from another's offer.

        Raises NoRoom, WrongPhase when that agent is not available or has the offer already.
        """
        work = self._work(interaction_id, Phase.QUEUED, Phase.OFFERED)
        agent, floor = self._agent(agent_id), self._floor
        if work.agent is agent:
            raise WrongPhase(f"interaction {interaction_id} is offered to {agent_id} already")
        if not agent.offerable():
            raise WrongPhase(f"agent {agent_id} is not available")
        self._need_room(agent, work.channel)
        effects: list[Effect] = []
        former: Agent | None = None
        if work.phase is Phase.OFFERED:
            former = floor.end_offer(work, "rescinded", now, effects)
            work.excluded = work.excluded or {}
            work.excluded[former.profile.id] = now + work.queue.policy.decline_pause
        else:
            floor.leave_line(work, now)
        floor.offer(work, agent, now, effects)
        floor.rest(agent)
        if former is not None:
            floor.freed(former, now, effects)
        return effects

    def set_priority(self, interaction_id: str, priority: float, now: float) -> list[Effect]:
        """Give somebody who waits `priority` points (-1000 to 1000, more is sooner) instead of those they have."""
        work = self._work(interaction_id, Phase.QUEUED)
        if not -MOST_PRIORITY <= priority <= MOST_PRIORITY:
            raise WrongPhase(f"a priority must lie between {-MOST_PRIORITY:g} and {MOST_PRIORITY:g}")
        work.priority = priority
        if priority < 0:
            work.queue.plain = False
        effects: list[Effect] = [Reprioritised(work.id, work.queue.policy.name, priority)]
        self._floor.requeue(work, now, effects)
        return effects

    def withdraw(self, interaction_id: str, now: float) -> list[Effect]:
        """Take it out of the line, or from whoever it is offered to, for good. It counts as gone elsewhere."""
        work = self._work(interaction_id, Phase.SCHEDULED, Phase.QUEUED, Phase.OFFERED)
        effects: list[Effect] = []
        agent: Agent | None = None
        if work.phase is Phase.OFFERED:
            agent = self._floor.end_offer(work, "rescinded", now, effects)
        elif work.phase is Phase.QUEUED:
            self._leave(work, now)
        waited = 0.0
        if work.phase is not Phase.SCHEDULED:
            waited = now - work.queued_at
            work.queue.book.left("flow_outs", work.channel, waited, now)
        self._close(work)
        effects.append(Withdrawn(work.id, work.queue.policy.name, waited))
        if agent is not None:
            self._floor.freed(agent, now, effects)
        return effects

    def close_wrap_up(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """End a wrap-up that its agent does not end; its capacity is free."""
        effects: list[Effect] = []
        self._floor.end_wrap_up(self._wrap_up_of(interaction_id, agent_id), "withdrawn", now, effects)
        return effects
