"""An automatic call distributor: pure, without I/O, with the clock brought along.

Every command takes `now` (seconds since the epoch, never decreasing) and returns what came of it as a list of
effects, in order. `next_deadline()` says until when nothing will happen by itself; call `tick(now)` then. The same
engine so serves a live server and a simulation in virtual time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mock_backends.acd.agent_choice import Agent, Phase, Work
from mock_backends.acd.effects import (
    Abandoned,
    Availability,
    CallbackScheduled,
    Connected,
    Effect,
    Ended,
    HandedOver,
    Held,
    Resumed,
)
from mock_backends.acd.errors import WrongPhase
from mock_backends.acd.matching import Floor
from mock_backends.acd.orders import RoutingOrders
from mock_backends.acd.policy import AgentProfile, QueuePolicy


class Router(RoutingOrders):
    """Routes interactions to agents.

    Arguments: queue policies, agent profiles (all start offline), the present (epoch seconds), and the IANA time zone
    whose midnight begins a day of counting.
    Every command may raise `Unknown`, and `WrongPhase` where the interaction is not where the command needs it.
    """

    def __init__(
        self, queues: Iterable[QueuePolicy], agents: Iterable[AgentProfile], now: float, zone: str = "UTC"
    ) -> None:
        super().__init__(Floor(queues, now, zone))
        for profile in agents:
            self.add_agent(profile)

    def add_agent(self, profile: AgentProfile) -> None:
        """Make an agent known, offline. Raises WrongPhase if the id is taken."""
        if profile.id in self._floor.agents:
            raise WrongPhase(f"agent {profile.id} is known already")
        self._floor.add_agent(profile)

    # -- the customer's side

    def enqueue(
        self,
        interaction_id: str,
        queue: str,
        channel: str,
        now: float,
        *,
        priority: float = 0.0,
        skills: Mapping[str, int] | None = None,
        callback_at: float | None = None,
    ) -> list[Effect]:
        """A new interaction arrives in `queue`.

        `priority` is in points (more is sooner), `skills` are wanted beside those of the queue;
        with `callback_at` (epoch seconds) it joins the line only then, at the front.
        """
        floor = self._floor
        if interaction_id in floor.works:
            raise WrongPhase(f"interaction {interaction_id} is here already")
        target = self._queue(queue)
        work = Work(interaction_id, target, channel, priority, now, next(floor.numbers), dict(skills or {}))
        floor.works[interaction_id] = work
        effects: list[Effect] = []
        if callback_at is not None:
            self._schedule(work, callback_at, effects)
        else:
            self._enter(work, now, effects)
        return effects

    def request_callback(self, interaction_id: str, now: float, at: float | None = None) -> list[Effect]:
        """A waiting customer hangs up and wants to be called back.

        Without `at` the interaction keeps its place in line; with it (epoch seconds) it leaves the line and
        rejoins it at the front at that time.
        """
        work = self._work(interaction_id, Phase.QUEUED)
        if work.callback:
            raise WrongPhase(f"interaction {interaction_id} is a callback already")
        book = work.queue.book
        book.left("callbacks", work.channel, now - work.queued_at, now)
        if at is None:
            work.callback = True
            book.tally(work.channel, now).offered += 1
            return [CallbackScheduled(work.id, work.queue.policy.name, None)]
        effects: list[Effect] = []
        self._leave(work, now)
        self._schedule(work, at, effects)
        return effects

    def abandon(self, interaction_id: str, now: float) -> list[Effect]:
        """The customer leaves while waiting or being offered."""
        work = self._work(interaction_id, Phase.SCHEDULED, Phase.QUEUED, Phase.OFFERED)
        effects: list[Effect] = []
        agent = None
        waited = 0.0
        if work.phase is Phase.OFFERED:
            agent = self._floor.end_offer(work, "abandoned", now, effects)
        elif work.phase is Phase.QUEUED:
            self._leave(work, now)
        if work.phase is not Phase.SCHEDULED:
            waited = now - work.queued_at
            tally = work.queue.book.left("abandoned", work.channel, waited, now)
            tally.abandon_seconds += waited
            tally.short_abandons += waited <= work.queue.policy.short_abandon_seconds
        self._close(work)
        effects.append(Abandoned(work.id, work.queue.policy.name, waited))
        if agent is not None:
            self._floor.freed(agent, now, effects)
        return effects

    def end(self, interaction_id: str, now: float) -> list[Effect]:
        """The conversation ends, from either side; wrap-up begins where the queue has one."""
        work = self._work(interaction_id, Phase.ACTIVE)
        agent = self._holder(work)
        effects: list[Effect] = [Ended(work.id, work.queue.policy.name, agent.profile.id)]
        self._count_handled(work, agent, now)
        self._close(work)
        self._wrap_up(work, agent, now, effects)
        return effects

    def transfer_to_queue(
        self, interaction_id: str, queue: str, now: float, *, priority: float | None = None
    ) -> list[Effect]:
        """Move the interaction to `queue`, from a line, an offer or a conversation.

        Its wait there counts from now, its place from its first arrival: nobody goes to the end of the line twice.
        The agent who had the conversation wraps up their part.
        """
        target = self._queue(queue)
        work = self._work(interaction_id, Phase.QUEUED, Phase.OFFERED, Phase.ACTIVE)
        floor = self._floor
        effects: list[Effect] = []
        agent: Agent | None = None
        if work.phase is Phase.ACTIVE:
            agent = self._holder(work)
            self._count_handled(work, agent, now)
            self._wrap_up(work, agent, now, effects)
        else:
            if work.phase is Phase.OFFERED:
                agent = floor.end_offer(work, "rescinded", now, effects)
            else:
                self._leave(work, now)
            work.queue.book.left("flow_outs", work.channel, now - work.queued_at, now)
        work.queue = target
        work.queued_at = now
        work.level = 0
        work.returned = False
        work.excluded = None
        work.held_total = 0.0
        if priority is not None:
            work.priority = priority
        self._enter(work, now, effects)
        if agent is not None:
            floor.freed(agent, now, effects)
        return effects

    # -- the agent's side

    def set_availability(self, agent_id: str, availability: Availability, now: float, reason: str = "") -> list[Effect]:
        """The agent (or a supervisor) chooses a state.

        Available counts at once. Not ready and offline wait as `next` while there is work in hand, with no new
        offers meanwhile; asking for available again cancels them.
        """
        agent = self._agent(agent_id)
        if (availability, reason) == (agent.availability, agent.reason) and agent.next is None:
            return []
        effects: list[Effect] = []
        floor = self._floor
        waits = availability == "offline" or (availability == "not_ready" and agent.availability == "available")
        if agent.load and waits:
            agent.next = (availability, reason)
            agent.stamp += 1
            effects.append(floor.agent_fact(agent))
        else:
            agent.next = None
            floor.set_state(agent, availability, reason, now, effects)
            floor.freed(agent, now, effects)
        return effects

    def sign_in(self, agent_id: str, now: float, reason: str = "signed in") -> list[Effect]:
        """The agent comes to work, not ready yet. Raises WrongPhase if signed in already."""
        if self._agent(agent_id).availability != "offline":
            raise WrongPhase(f"agent {agent_id} is signed in already")
        return self.set_availability(agent_id, "not_ready", now, reason)

    def sign_out(self, agent_id: str, now: float, *, force: bool = False) -> list[Effect]:
        """The agent leaves, at once or when the work in hand is done.

        With `force` their offers go back to the queue and their wrap-ups end; a conversation is never cut.
        """
        agent = self._agent(agent_id)
        effects = self.set_availability(agent_id, "offline", now)
        if force and agent.load:
            floor = self._floor
            for work in [each for each in floor.works.values() if each.agent is agent]:
                if work.phase is Phase.OFFERED:
                    floor.give_back(work, "failed", now, effects)
            for wrap_up in [each for each in floor.wrap_ups.values() if each.agent is agent]:
                floor.end_wrap_up(wrap_up, "signed_out", now, effects)
            floor.freed(agent, now, effects)
        return effects

    def accept(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent takes the offer. Raises NotTheirs; WrongPhase once the deadline has passed."""
        work = self._offered_to(interaction_id, agent_id)
        if now >= work.deadline:
            raise WrongPhase(f"the offer of {interaction_id} has run out")
        work.phase = Phase.ACTIVE
        work.stamp += 1
        work.answered_at = now
        self._holder(work).engage(work.channel, now)
        book = work.queue.book
        waited = now - work.queued_at
        book.left("answered", work.channel, waited, now).wait_seconds += waited
        if work.told is not None:
            book.score(work.told, waited, now)
        return [Connected(work.id, book.policy.name, agent_id, waited)]

    def decline(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent refuses the offer; they stay available for other work. Raises NotTheirs."""
        work = self._offered_to(interaction_id, agent_id)
        work.queue.book.tally(work.channel, now).declined += 1
        self._holder(work).book.at(now).declined += 1
        return self._return(work, "declined", now)

    def fail_offer(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent could not be reached (their phone, their program). Raises NotTheirs."""
        return self._return(self._offered_to(interaction_id, agent_id), "failed", now)

    def rescind(self, interaction_id: str, now: float) -> list[Effect]:
        """Withdraw the offer and give the interaction to another."""
        return self._return(self._work(interaction_id, Phase.OFFERED), "rescinded", now)

    def hold(self, interaction_id: str, now: float) -> list[Effect]:
        """The customer is on hold from now on (for the sums of talk and hold); twice does no harm."""
        work = self._work(interaction_id, Phase.ACTIVE)
        if work.held_since is not None:
            return []
        work.held_since = now
        return [Held(work.id, self._holder(work).profile.id)]

    def resume(self, interaction_id: str, now: float) -> list[Effect]:
        """The customer is no longer on hold; twice does no harm."""
        work = self._work(interaction_id, Phase.ACTIVE)
        if work.held_since is None:
            return []
        work.held_total += now - work.held_since
        work.held_since = None
        return [Resumed(work.id, self._holder(work).profile.id)]

    def dial(self, interaction_id: str, queue: str, channel: str, agent_id: str, now: float) -> list[Effect]:
        """The agent starts an interaction of their own, ready or not. Raises NoRoom, WrongPhase when offline."""
        floor = self._floor
        agent = self._agent(agent_id)
        target = self._queue(queue)
        if interaction_id in floor.works or agent.availability == "offline":
            raise WrongPhase(f"agent {agent_id} cannot start {interaction_id}")
        self._need_room(agent, channel)
        work = Work(interaction_id, target, channel, 0.0, now, next(floor.numbers), {})
        floor.works[interaction_id] = work
        self._give(work, agent, now)
        work.phase = Phase.ACTIVE
        work.answered_at = now
        return [Connected(work.id, queue, agent_id, 0.0)]

    def hand_over(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The conversation goes on with another agent (warm transfer, take-over); the first one wraps up.

        Raises NoRoom, WrongPhase when that agent is offline or has it already.
        """
        work = self._work(interaction_id, Phase.ACTIVE)
        old, new = self._holder(work), self._agent(agent_id)
        if new is old or new.availability == "offline":
            raise WrongPhase(f"agent {agent_id} cannot take over {interaction_id}")
        self._need_room(new, work.channel)
        self._give(work, new, now)
        effects: list[Effect] = [HandedOver(work.id, old.profile.id, agent_id)]
        self._wrap_up(work, old, now, effects)
        return effects
