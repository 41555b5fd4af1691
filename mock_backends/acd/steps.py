"""The steps that the distributor's commands are made of."""

from __future__ import annotations

from mock_backends.acd import matching as timers
from mock_backends.acd.agent_choice import Agent, Phase, Queue, Work, WrapUp
from mock_backends.acd.effects import CallbackScheduled, Effect, OfferEnd, Told, WrapUpStarted
from mock_backends.acd.errors import NoRoom, NotTheirs
from mock_backends.acd.views import RouterViews


class RoutingSteps(RouterViews):
    """Small changes shared by several commands; none of them is complete by itself."""

    def _schedule(self, work: Work, at: float, effects: list[Effect]) -> None:
        work.phase = Phase.SCHEDULED
        work.callback = work.returned = True
        work.stamp += 1
        self._floor.timer(at, timers.CALLBACK, work, work.stamp)
        effects.append(CallbackScheduled(work.id, work.queue.policy.name, at))

    def _enter(self, work: Work, now: float, effects: list[Effect]) -> None:
        """`work` comes into its queue, from outside or from another; whoever has to wait is told how long."""
        queue = work.queue
        queue.book.tally(work.channel, now).offered += 1
        self._floor.seat(work, now, effects)
        work.told = None
        if work.priority < 0:
            queue.plain = False
        if work.phase is Phase.QUEUED:
            last = queue.plain and work.arrived == now and not work.priority and not work.returned
            told = work.told = self._estimate(queue, len(queue.members) - 1 if last else self._ahead(work))
            if told is not None:
                effects.append(Told(work.id, queue.policy.name, told.seconds, told.low, told.high))

    def _leave(self, work: Work, now: float) -> None:
        """Out of the line without an agent."""
        self._floor.leave_line(work, now)
        work.queue.turns.left(now, len(work.queue.members))

    def _return(self, work: Work, reason: OfferEnd, now: float) -> list[Effect]:
        effects: list[Effect] = []
        agent = self._floor.give_back(work, reason, now, effects)
        self._floor.freed(agent, now, effects)
        return effects

    def _give(self, work: Work, agent: Agent, now: float) -> None:
        work.agent = agent
        agent.take(work.channel, now)
        agent.engage(work.channel, now)
        self._floor.rest(agent)

    def _wrap_up(self, work: Work, agent: Agent, now: float, effects: list[Effect]) -> None:
        """`agent` is done with the customer of `work`."""
        floor = self._floor
        policy = work.queue.policy
        busy = now - work.answered_at
        if policy.wrap_up_seconds == 0:
            work.queue.learn_handle(busy)
            agent.release(work.channel, now, engaged=True)
            agent.idle_since = now
            floor.freed(agent, now, effects)
            return
        key = (work.id, agent.profile.id)
        if key in floor.wrap_ups:  # the same interaction came back to them meanwhile
            floor.end_wrap_up(floor.wrap_ups[key], "superseded", now, effects)
        wrap_up = floor.wrap_ups[key] = WrapUp(work, agent, now, busy)
        if policy.wrap_up_seconds is not None:
            wrap_up.deadline = now + policy.wrap_up_seconds
            floor.timer(wrap_up.deadline, timers.WRAP_UP, wrap_up, 0)
        effects.append(WrapUpStarted(work.id, agent.profile.id, wrap_up.deadline))

    @staticmethod
    def _need_room(agent: Agent, channel: str) -> None:
        if not agent.room(channel):
            raise NoRoom(f"agent {agent.profile.id} has no room on {channel}")

    def _close(self, work: Work) -> None:
        work.phase = Phase.CLOSED
        work.stamp += 1
        work.agent = None
        del self._floor.works[work.id]

    @staticmethod
    def _count_handled(work: Work, agent: Agent, now: float) -> None:
        tally = work.queue.book.tally(work.channel, now)
        agent.book.at(now).handled += 1
        if work.held_since is not None:
            work.held_total += now - work.held_since
            work.held_since = None
        tally.handled += 1
        tally.hold_seconds += work.held_total
        tally.talk_seconds += now - work.answered_at - work.held_total

    def _queue(self, name: str) -> Queue:
        return self._found(self._floor.queues.get(name), "queue", name)

    def _offered_to(self, interaction_id: str, agent_id: str) -> Work:
        work = self._work(interaction_id, Phase.OFFERED)
        if self._holder(work) is not self._agent(agent_id):
            raise NotTheirs(f"interaction {interaction_id} is not offered to {agent_id}")
        return work

    def _wrap_up_of(self, interaction_id: str, agent_id: str) -> WrapUp:
        return self._found(self._floor.wrap_ups.get((interaction_id, agent_id)), "wrap-up", interaction_id)
