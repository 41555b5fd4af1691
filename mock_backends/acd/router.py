"""The commands of the automatic call distributor; who gets which contact is decided in `matching.py`.

Pure, without I/O, with the clock brought along. Every command takes `now` (seconds since the epoch, never decreasing)
and returns what came of it as a list of effects, in order. `next_deadline()` says until when nothing will happen by
itself; call `tick(now)` then. The same engine so serves a live server and a simulation in virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, merge
from math import inf
from typing import TypeVar

from mock_backends.acd import matching as timers
from mock_backends.acd.counters import AgentDay, ClosedInterval, QueueStats
from mock_backends.acd.effects import (
    Abandoned,
    Availability,
    CallbackScheduled,
    Connected,
    Effect,
    Ended,
    HandedOver,
    Held,
    OfferEnd,
    Parked,
    Reprioritised,
    Resumed,
    TakenUp,
    Told,
    Withdrawn,
    WrapUpStarted,
)
from mock_backends.acd.errors import NoRoom, NotTheirs, Unknown, WrongPhase
from mock_backends.acd.estimated_wait import EstimatedWait
from mock_backends.acd.lines import Agent, Phase, Queue, Work, WrapUp, place_of
from mock_backends.acd.matching import Floor
from mock_backends.acd.policy import AgentProfile, QueuePolicy

MOST_PRIORITY = 1000.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InteractionView:
    """Where an interaction is. `phase` is scheduled, queued, offered or active; times are epoch seconds."""

    id: str
    phase: str
    queue: str
    channel: str
    agent_id: str | None
    priority: float
    arrived: float
    queued_at: float
    offer_deadline: float | None
    relaxation_level: int
    callback: bool
    held: bool


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent's chosen state and what they have in hand; `used` maps a channel to interactions."""

    id: str
    availability: Availability
    reason: str
    next_availability: Availability | None
    next_reason: str
    used: Mapping[str, int]
    queues: tuple[str, ...]


class Router:
    """Routes interactions to agents.

    Arguments: queue policies, agent profiles (all start offline), the present (epoch seconds), and the IANA time zone
    whose midnight begins a day of counting.
    Every command may raise `Unknown`, and `WrongPhase` where the interaction is not where the command needs it.
    """

    def __init__(
        self, queues: Iterable[QueuePolicy], agents: Iterable[AgentProfile], now: float, zone: str = "UTC"
    ) -> None:
        self._floor = Floor(queues, now, zone)
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
        """The conversation ends, from either side; wrap-up begins where the queue has one.

        Of what was parked too, unless its agent has signed out meanwhile.
        """
        work = self._work(interaction_id, Phase.ACTIVE)
        agent = self._holder(work)
        self._take_up(work, now)
        effects: list[Effect] = [Ended(work.id, work.queue.policy.name, agent.profile.id)]
        self._count_handled(work, agent, now)
        self._close(work)
        if agent.availability != "offline":  # else it was parked when they left
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
            self._take_up(work, now)
            self._count_handled(work, agent, now)
            if agent.availability != "offline":
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
        work.stamp += 1
        self._holder(work).engage(work.channel, now)
        return self._answered(work, agent_id, now)

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

    def park(self, interaction_id: str, now: float) -> list[Effect]:
        """Put a contact aside: it takes none of its agent's capacity, and its time is nobody's; twice does no harm."""
        work = self._work(interaction_id, Phase.ACTIVE)
        if work.parked_since is not None:
            return []
        agent = self._holder(work)
        work.parked_since = now
        agent.release(work.channel, now, engaged=True)
        if not agent.load:
            agent.idle_since = now
        effects: list[Effect] = [Parked(work.id, agent.profile.id)]
        self._floor.freed(agent, now, effects)
        return effects

    def take_up(self, interaction_id: str, now: float, *, force: bool = False) -> list[Effect]:
        """Work on a parked contact again; twice does no harm. Raises NoRoom, WrongPhase when its agent is offline.

        With `force` (the customer has written) there is always room; without its agent it goes back to the front of its
        queue.
        """
        work = self._work(interaction_id, Phase.ACTIVE)
        if work.parked_since is None:
            return []
        agent = self._holder(work)
        if agent.availability == "offline":
            if not force:
                raise WrongPhase(f"agent {agent.profile.id} is offline")
            effects: list[Effect] = []
            self._take_up(work, now)
            self._count_handled(work, agent, now)
            work.queued_at = now
            work.level = 0
            work.excluded = None
            work.held_total = 0.0
            work.returned = True
            self._enter(work, now, effects)
            return effects
        if not force:
            self._need_room(agent, work.channel)
        self._take_up(work, now)
        return [TakenUp(work.id, agent.profile.id)]

    def pull(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent takes what waits, without being offered it. Raises NoRoom, NotTheirs; WrongPhase when offline.

        Who is not ready may too: it is their choice.
        """
        work, agent = self._work(interaction_id, Phase.QUEUED), self._agent(agent_id)
        if agent.availability == "offline":
            raise WrongPhase(f"agent {agent_id} is offline")
        if work.queue not in agent.by_queue:
            raise NotTheirs(f"agent {agent_id} does not serve {work.queue.policy.name}")
        self._need_room(agent, work.channel)
        queue = work.queue
        self._floor.leave_line(work, now)
        queue.turns.turn(now, len(queue.members), queue.book.weight)
        self._give(work, agent, now)
        return self._answered(work, agent_id, now)

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
        self._take_up(work, now)
        self._give(work, new, now)
        effects: list[Effect] = [HandedOver(work.id, old.profile.id, agent_id)]
        if old.availability != "offline":
            self._wrap_up(work, old, now, effects)
        return effects

    def finish_wrap_up(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent is done with the wrap-up; its capacity is free."""
        effects: list[Effect] = []
        self._floor.end_wrap_up(self._wrap_up_of(interaction_id, agent_id), "finished", now, effects)
        return effects

    def extend_wrap_up(self, interaction_id: str, agent_id: str, seconds: float, now: float) -> list[Effect]:
        """Give `seconds` more. Raises WrongPhase without a limit or when it was extended often enough."""
        wrap_up = self._wrap_up_of(interaction_id, agent_id)
        if not 0 < seconds < inf:
            raise WrongPhase("an extension must be a number of seconds above 0")
        if wrap_up.deadline is None or wrap_up.extensions >= wrap_up.queue.policy.max_wrap_up_extensions:
            raise WrongPhase(f"the wrap-up of {interaction_id} cannot be extended")
        wrap_up.extensions += 1
        wrap_up.deadline += seconds
        self._floor.timer(wrap_up.deadline, timers.WRAP_UP, wrap_up, 0)
        return [WrapUpStarted(interaction_id, agent_id, wrap_up.deadline, wrap_up.extensions)]

    # -- the supervisor's side: overrules lines and skills, but never an agent's availability, capacity or conversation

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

    # -- time

    def next_deadline(self) -> float | None:
        """When `tick` has something to do next (epoch seconds), None = never."""
        timer = self._floor.next_timer()
        return None if timer is None else timer[0]

    def tick(self, now: float) -> list[Effect]:
        """Do everything that is due by `now`: missed offers, wrap-up time-outs, relaxation, retries, callbacks."""
        floor = self._floor
        effects: list[Effect] = []
        while (timer := floor.next_timer()) is not None and timer[0] <= now:
            heappop(floor.timers)
            self._due(timer[2], timer[3], now, effects)
        return effects

    # -- questions, which change nothing

    def interaction(self, interaction_id: str) -> InteractionView:
        """Raises Unknown when it is not here (any more)."""
        work = self._work(interaction_id)
        return InteractionView(
            id=work.id,
            phase=work.phase.value,
            queue=work.queue.policy.name,
            channel=work.channel,
            agent_id=work.agent.profile.id if work.agent else None,
            priority=work.priority,
            arrived=work.arrived,
            queued_at=work.queued_at,
            offer_deadline=work.deadline if work.phase is Phase.OFFERED else None,
            relaxation_level=work.level,
            callback=work.callback,
            held=work.held_since is not None,
        )

    def agent(self, agent_id: str) -> AgentView:
        """Raises Unknown."""
        agent = self._agent(agent_id)
        following, why = agent.next or (None, "")
        used = {channel: n for channel, n in agent.used.items() if n}
        queues = tuple(queue.policy.name for queue in agent.by_queue)
        return AgentView(agent_id, agent.availability, agent.reason, following, why, used, queues)

    def head(self, queue: str, n: int, channels: Container[str] | None = None) -> list[str]:
        """The next `n` waiting interactions of the queue (on these channels), in the order of their offers."""
        lines = self._found(self._floor.queues.get(queue), "queue", queue).lines.values()
        places = merge(*(line.first(n) for line in lines if line.live and (not channels or line.channel in channels)))
        return [place[5].id for place, _ in zip(places, range(n), strict=False)]

    def position(self, interaction_id: str) -> int:
        """How many are before it in its queue. Raises WrongPhase when it does not wait."""
        return self._ahead(self._work(interaction_id, Phase.QUEUED))

    @staticmethod
    def _ahead(work: Work) -> int:
        mine = place_of(work)[:4]
        return sum(place_of(other)[:4] < mine for other in work.queue.members.values())

    def estimated_wait(self, interaction_id: str) -> EstimatedWait | None:
        """Of a waiting interaction, from now on; None = unknown because nobody works for the queue."""
        ahead = self.position(interaction_id)
        return self._estimate(self._work(interaction_id).queue, ahead)

    def queue_stats(self, queue: str, now: float) -> QueueStats:
        """Everything counted for the queue, and how it stands at `now`. Raises Unknown."""
        target = self._found(self._floor.queues.get(queue), "queue", queue)
        book = target.book
        waiting = target.members.values()
        counts = book.today(now)
        longest_since = min((work.queued_at for work in waiting), default=None)
        return QueueStats(
            queue=queue,
            waiting=len(waiting),
            longest_since=longest_since,
            longest_wait=0.0 if longest_since is None else max(0.0, now - longest_since),
            estimated_wait=self._estimate(target, len(waiting)),
            staffed=book.available,
            signed_in=book.staff.signed_in,
            idle=book.staff.idle,
            busy=book.staff.busy,
            counts=counts,
            trend=book.trend(now),
            estimates=book.estimates,
        )

    def agent_day(self, agent_id: str, now: float) -> AgentDay:
        """What the agent did since midnight of the centre's zone. Raises Unknown."""
        return self._agent(agent_id).book.today(now)

    def running_intervals(self, now: float) -> list[ClosedInterval]:
        """The quarter of an hour that runs, of each queue with staff or work in it, up to `now`."""
        return self._floor.ledger.running(now)

    def next_boundary(self, now: float) -> float:
        """When the next five minutes of counting begin, after `now` (epoch seconds)."""
        self._floor.ledger.advance(now)
        return self._floor.ledger.next_boundary

    @property
    def counting_since(self) -> float:
        """The midnight, or later beginning, since which today's counts run."""
        return self._floor.ledger.since

    def on_interval(self, listener: Callable[[ClosedInterval], None]) -> None:
        """Call `listener` with each interval of each queue that ends, before anything of the next is counted."""
        self._floor.ledger.listeners.append(listener)

    # -- steps that several commands share; none of them is complete by itself

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

    def _take_up(self, work: Work, now: float) -> None:
        """What was parked takes its agent's capacity again, whether there is room or not; of one who is there."""
        if work.parked_since is None:
            return
        work.answered_at += now - work.parked_since
        work.parked_since = None
        agent = self._holder(work)
        if agent.availability != "offline":
            self._give(work, agent, now)

    def _answered(self, work: Work, agent_id: str, now: float) -> list[Effect]:
        """Customer and agent are joined."""
        work.phase = Phase.ACTIVE
        work.answered_at = now
        book = work.queue.book
        waited = now - work.queued_at
        book.left("answered", work.channel, waited, now).wait_seconds += waited
        if work.told is not None:
            book.score(work.told, waited, now)
        return [Connected(work.id, book.policy.name, agent_id, waited)]

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
            raise NoRoom(f"{agent.profile.id} has no room on {channel}")

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

    def _due(self, kind: int, what: Work | WrapUp, now: float, effects: list[Effect]) -> None:
        floor = self._floor
        if isinstance(what, WrapUp):
            floor.end_wrap_up(what, "timed_out", now, effects)
        elif kind == timers.OFFER:
            what.queue.book.tally(what.channel, now).missed += 1
            self._holder(what).book.at(now).missed += 1
            floor.give_back(what, "missed", now, effects)
        elif kind == timers.RELAX:
            floor.relax(what, now, effects)
        elif kind == timers.RETRY:
            floor.retry(what, now, effects)
        else:
            what.queued_at = now
            self._enter(what, now, effects)

    def _estimate(self, queue: Queue, ahead: int) -> EstimatedWait | None:
        if not queue.book.available:
            return None
        if not ahead and not queue.members and any(line.free_agent() for line in queue.lines.values()):
            return EstimatedWait(0.0, 0.0, 0.0)
        return queue.turns.estimate(ahead, queue.handle_seconds, queue.book.weight)

    def _work(self, interaction_id: str, *phases: Phase) -> Work:
        work = self._found(self._floor.works.get(interaction_id), "interaction", interaction_id)
        if phases and work.phase not in phases:
            raise WrongPhase(f"interaction {interaction_id} is {work.phase.value}")
        return work

    def _agent(self, agent_id: str) -> Agent:
        return self._found(self._floor.agents.get(agent_id), "agent", agent_id)

    @staticmethod
    def _holder(work: Work) -> Agent:
        return Router._found(work.agent, "agent of", work.id)

    @staticmethod
    def _found(thing: T | None, kind: str, name: str) -> T:
        if thing is None:
            raise Unknown(f"no {kind} {name}")
        return thing

    def _queue(self, name: str) -> Queue:
        return self._found(self._floor.queues.get(name), "queue", name)

    def _offered_to(self, interaction_id: str, agent_id: str) -> Work:
        work = self._work(interaction_id, Phase.OFFERED)
        if self._holder(work) is not self._agent(agent_id):
            raise NotTheirs(f"interaction {interaction_id} is not offered to {agent_id}")
        return work

    def _wrap_up_of(self, interaction_id: str, agent_id: str) -> WrapUp:
        return self._found(self._floor.wrap_ups.get((interaction_id, agent_id)), "wrap-up", interaction_id)
