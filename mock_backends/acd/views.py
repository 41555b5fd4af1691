"""Questions about the distributor that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import TypeVar

from mock_backends.acd.agent_choice import Agent, Phase, Queue, Work, place_of
from mock_backends.acd.counters import AgentDay, ClosedInterval, QueueStats
from mock_backends.acd.effects import Availability
from mock_backends.acd.errors import Unknown, WrongPhase
from mock_backends.acd.estimated_wait import EstimatedWait
from mock_backends.acd.matching import Floor

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


class RouterViews:
    """The reading half of the distributor."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

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

    def head(self, queue: str, n: int) -> list[str]:
        """The next `n` waiting interactions of the queue, in the order in which they will be offered."""
        lines = self._found(self._floor.queues.get(queue), "queue", queue).lines.values()
        places = merge(*(line.first(n) for line in lines if line.live))
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
        return RouterViews._found(work.agent, "agent of", work.id)

    @staticmethod
    def _found(thing: T | None, kind: str, name: str) -> T:
        if thing is None:
            raise Unknown(f"no {kind} {name}")
        return thing
