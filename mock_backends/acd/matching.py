"""The floor: brings waiting work and free agents together. The commands are in `router.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from itertools import count

from mock_backends.acd.books import QueueBook
from mock_backends.acd.effects import (
    AgentChanged,
    Availability,
    Effect,
    Offered,
    OfferEnd,
    OfferEnded,
    Queued,
    Relaxed,
    WrapUpEnd,
    WrapUpEnded,
)
from mock_backends.acd.ledger import Ledger
from mock_backends.acd.lines import Agent, Line, Phase, Place, Queue, Work, WrapUp
from mock_backends.acd.policy import AgentProfile, QueuePolicy

OFFER, RELAX, RETRY, CALLBACK, WRAP_UP = range(5)
Timer = tuple[float, int, int, Work | WrapUp, int]


class Floor:
    """Everything that waits and everyone who works.

    Between two commands no agent is free for work that waits and may be offered to them. So new work only asks for
    a free agent, and a freed agent only asks for waiting work: an event costs the logarithm of a line's length
    and at most the number of queues of one agent.
    """

    def __init__(self, policies: Iterable[QueuePolicy], now: float, zone: str) -> None:
        self.ledger = Ledger(now, zone)
        self.queues = {policy.name: Queue(policy, now, self.ledger.add_queue(policy)) for policy in policies}
        self.agents: dict[str, Agent] = {}
        self.works: dict[str, Work] = {}
        self.wrap_ups: dict[tuple[str, str], WrapUp] = {}
        self.timers: list[Timer] = []
        self.numbers = count()
        for queue in self.queues.values():
            for channel in queue.policy.channels:
                self._line(queue, channel, 0, {})

    def add_agent(self, profile: AgentProfile) -> Agent:
        agent = Agent(profile, len(self.agents), self.ledger.add_agent(self._home(profile)))
        self.agents[profile.id] = agent
        for queue in self.queues.values():
            for line in queue.lines.values():
                line.join(agent)
        return agent

    def _home(self, profile: AgentProfile) -> list[tuple[QueueBook, float]]:
        """The queues an agent is staff of, those they serve without relaxation, and how much they can have of each."""
        if not profile.takes_offers:
            return []
        found = []
        for queue in self.queues.values():
            most = max((profile.capacity.get(channel, 0) for channel in queue.policy.channels), default=0)
            if most and profile.surplus(queue.policy.required) is not None:
                found.append((queue.book, float(most)))
        return found

    def _line(self, queue: Queue, channel: str, level: int, extra: Mapping[str, int]) -> Line:
        key = (channel, level, tuple(sorted(extra.items())) if extra else ())
        line = queue.lines.get(key)
        if line is None:
            line = queue.lines[key] = Line(queue, channel, queue.policy.requirement(level, extra))
            for agent in self.agents.values():
                line.join(agent)
        return line

    def timer(self, at: float, kind: int, what: Work | WrapUp, stamp: int) -> None:
        heappush(self.timers, (at, next(self.numbers), kind, what, stamp))

    def next_timer(self) -> Timer | None:
        """The next timer that still means something."""
        timers = self.timers
        while timers:
            timer = timers[0]
            what = timer[3]
            if isinstance(what, Work):
                if what.stamp == timer[4]:
                    return timer
            elif self.wrap_ups.get((what.work_id, what.agent.profile.id)) is what and what.deadline == timer[0]:
                return timer
            heappop(timers)
        return None

    def seat(self, work: Work, now: float, effects: list[Effect]) -> None:
        """`work` needs an agent: offer it to a free one or let it wait."""
        queue = work.queue
        work.phase = Phase.QUEUED
        work.agent = None
        work.stamp += 1
        if work.excluded:
            work.excluded = {agent: until for agent, until in work.excluded.items() if until > now}
        steps = queue.policy.relaxation
        while work.level < len(steps) and now - work.queued_at >= steps[work.level].after:
            work.level += 1
        effects.append(Queued(work.id, queue.policy.name, work.returned))
        self._match_or_wait(work, now, effects)

    def _match_or_wait(self, work: Work, now: float, effects: list[Effect]) -> None:
        queue = work.queue
        line = work.line = self._line(queue, work.channel, work.level, work.extra)
        agent = line.free_agent(work.excluded)
        if agent is not None:
            self.offer(work, agent, now, effects)
            self.rest(agent)
            return
        line.put(work)
        queue.members[work.id] = work
        queue.book.line(1, now)
        queue.turns.joined(now, len(queue.members))
        steps = queue.policy.relaxation
        if work.level < len(steps):
            self.timer(work.queued_at + steps[work.level].after, RELAX, work, work.stamp)
        if work.excluded:
            retry = min(now + queue.policy.only_agent_pause, *work.excluded.values())
            self.timer(retry, RETRY, work, work.stamp)

    def leave_line(self, work: Work, now: float) -> None:
        """`work` waits no more."""
        work.queue.book.line(-1, now)
        if work.line is not None:
            work.line.live -= 1
        work.stamp += 1
        del work.queue.members[work.id]

    def relax(self, work: Work, now: float, effects: list[Effect]) -> None:
        """`work` has waited for its next relaxation step."""
        self.leave_line(work, now)
        work.level += 1
        effects.append(Relaxed(work.id, work.queue.policy.name, work.level))
        self._match_or_wait(work, now, effects)

    def requeue(self, work: Work, now: float, effects: list[Effect]) -> None:
        """The place of `work` in its line is another now."""
        if work.priority < 0:
            work.queue.plain = False
        self.leave_line(work, now)
        self._match_or_wait(work, now, effects)

    def retry(self, work: Work, now: float, effects: list[Effect]) -> None:
        """See whether an agent who declined `work` may have it again: their pause is over, or there is no other."""
        excluded = work.excluded or {}
        line = work.line
        others = line is not None and any(
            agent.availability == "available" and agent.profile.id not in excluded for agent in line.members
        )
        self.leave_line(work, now)
        work.excluded = {agent: until for agent, until in excluded.items() if others and until > now}
        self._match_or_wait(work, now, effects)

    def offer(self, work: Work, agent: Agent, now: float, effects: list[Effect]) -> None:
        queue = work.queue
        work.phase = Phase.OFFERED
        work.stamp += 1
        work.agent = agent
        agent.take(work.channel, now)
        work.deadline = now + queue.policy.offer_timeout
        heappush(self.timers, (work.deadline, next(self.numbers), OFFER, work, work.stamp))
        queue.turns.turn(now, len(queue.members), queue.book.weight)
        effects.append(Offered(work.id, queue.policy.name, agent.profile.id, work.deadline))

    def end_offer(self, work: Work, reason: OfferEnd, now: float, effects: list[Effect]) -> Agent:
        """The agent no longer holds `work`; the caller decides what comes of both."""
        agent = work.agent
        if agent is None:
            raise AssertionError("an offer without an agent")
        work.stamp += 1
        work.agent = None
        agent.release(work.channel, now, engaged=False)
        effects.append(OfferEnded(work.id, agent.profile.id, reason))
        return agent

    def give_back(self, work: Work, reason: OfferEnd, now: float, effects: list[Effect]) -> Agent:
        """End the offer, keep `work` from that agent for a while, and put it at the front of its queue."""
        agent = self.end_offer(work, reason, now, effects)
        work.returned = True
        if reason != "missed":  # who missed it is not ready and needs no pause
            work.excluded = work.excluded or {}
            work.excluded[agent.profile.id] = now + work.queue.policy.decline_pause
        else:
            self.set_state(agent, *self._after_missing(agent), now, effects)
        self.seat(work, now, effects)
        return agent

    @staticmethod
    def _after_missing(agent: Agent) -> tuple[Availability, str]:
        return agent.next if agent.next is not None and not agent.load else ("not_ready", "missed")

    def set_state(
        self, agent: Agent, availability: Availability, reason: str, now: float, effects: list[Effect]
    ) -> None:
        if availability == "available" and agent.availability != "available":
            agent.idle_since = now
        if agent.next == (availability, reason) or not agent.load or availability == "available":
            agent.next = None
        agent.availability, agent.reason = availability, reason
        agent.stamp += 1
        agent.stand(now)
        effects.append(self.agent_fact(agent))

    @staticmethod
    def agent_fact(agent: Agent) -> AgentChanged:
        following, why = agent.next or (None, "")
        return AgentChanged(agent.profile.id, agent.availability, agent.reason, following, why)

    def freed(self, agent: Agent, now: float, effects: list[Effect]) -> None:
        """`agent` may have room: settle what they asked for, then give them work or let them rest."""
        if agent.next is not None and not agent.load:
            self.set_state(agent, *agent.next, now, effects)
        if not agent.offerable():
            return
        while (work := self._best_work(agent, now)) is not None:
            self.leave_line(work, now)
            self.offer(work, agent, now, effects)
        self.rest(agent)

    def rest(self, agent: Agent) -> None:
        """`agent` is free for whatever they still have room for."""
        if agent.offerable():
            agent.rested = agent.stamp
            for channel, lines in agent.by_channel.items():
                if agent.room(channel):
                    for line, worth in lines:
                        line.rest(agent, worth)

    def _best_work(self, agent: Agent, now: float) -> Work | None:
        """Across the agent's queues the head with the highest aged priority, then the longest there."""
        best: Work | None = None
        best_rank = (0.0, 0.0)
        agent_id = agent.profile.id
        for queue, lines in agent.by_queue.items():
            if not queue.members:
                continue
            head: Place | None = None
            for line in lines:
                if line.live and agent.room(line.channel):
                    place = line.first_for(agent_id)
                    if place is not None and (head is None or place < head):
                        head = place
            if head is not None:
                work = head[5]
                rank = (-work.priority - queue.ageing * (now - work.arrived), work.arrived)
                if best is None or rank < best_rank:
                    best, best_rank = work, rank
        return best

    def end_wrap_up(self, wrap_up: WrapUp, why: WrapUpEnd, now: float, effects: list[Effect]) -> None:
        agent = wrap_up.agent
        tally = wrap_up.queue.book.tally(wrap_up.channel, now)
        del self.wrap_ups[wrap_up.work_id, agent.profile.id]
        tally.wrapped_up += 1
        tally.wrap_up_seconds += now - wrap_up.started
        wrap_up.queue.learn_handle(wrap_up.talk + now - wrap_up.started)
        agent.release(wrap_up.channel, now, engaged=True)
        agent.idle_since = now
        effects.append(WrapUpEnded(wrap_up.work_id, agent.profile.id, why))
        self.freed(agent, now, effects)
