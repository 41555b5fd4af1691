"""The moving parts of the distributor: work, agents, and the lines where they meet.

A line is the place of all work of one queue that asks for the same channel and skills. It holds two heaps: the work
that waits, in order, and the agents who could take it at once, best first. Both forget lazily: an entry whose
stamp is no longer current is dropped when it comes to the top, so an event never searches.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from heapq import heapify, heappop, heappush

from mock_backends.acd.books import AgentBook, QueueBook
from mock_backends.acd.counters import FULL
from mock_backends.acd.effects import Availability
from mock_backends.acd.estimated_wait import EstimatedWait, TurnRate
from mock_backends.acd.policy import AgentProfile, QueuePolicy

_SLACK = 64  # stale heap entries tolerated beyond the live ones before a sweep


class Phase(Enum):
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    CLOSED = "closed"


class Work:
    """One interaction while the distributor has it. `stamp` changes with every move, so old timers miss."""

    __slots__ = (
        "agent", "answered_at", "arrived", "callback", "channel", "deadline", "excluded", "extra", "held_since",
        "held_total", "id", "level", "line", "parked_since", "phase", "priority", "queue", "queued_at", "returned",
        "seq", "stamp", "told",
    )  # fmt: skip

    def __init__(
        self, work_id: str, queue: Queue, channel: str, priority: float, now: float, seq: int, extra: Mapping[str, int]
    ) -> None:
        self.id = work_id
        self.queue = queue
        self.channel = channel
        self.priority = priority
        self.arrived = self.queued_at = now
        self.seq = seq
        self.extra = extra
        self.phase = Phase.QUEUED
        self.stamp = 0
        self.level = 0
        self.returned = False
        self.callback = False
        self.line: Line | None = None
        self.agent: Agent | None = None
        self.excluded: dict[str, float] | None = None  # agent -> not before
        self.deadline = 0.0
        self.answered_at = 0.0
        self.held_since: float | None = None
        self.held_total = 0.0
        self.parked_since: float | None = None
        self.told: EstimatedWait | None = None  # how long it would wait, when it came


class WrapUp:
    """An agent's work after the customer left."""

    __slots__ = ("agent", "channel", "deadline", "extensions", "queue", "started", "talk", "work_id")

    def __init__(self, work: Work, agent: Agent, now: float, talk: float) -> None:
        self.work_id = work.id
        self.agent = agent
        self.queue = work.queue
        self.channel = work.channel
        self.started = now
        self.talk = talk
        self.deadline: float | None = None
        self.extensions = 0


class Agent:
    """One agent: what they chose, what they have in hand, and the lines they can serve."""

    __slots__ = (
        "_parts_of", "availability", "book", "by_channel", "by_queue", "idle_since", "load", "next",
        "order", "parts", "profile", "reason", "rested", "stamp", "used",
    )  # fmt: skip

    def __init__(self, profile: AgentProfile, order: int, book: AgentBook) -> None:
        self.profile = profile
        self.order = order
        self.book = book
        self.parts = 0  # of `FULL` that conversations and wrap-ups take up; offers take up nothing
        self._parts_of = {channel: round(FULL / most) for channel, most in profile.capacity.items() if most}
        self.availability: Availability = "offline"
        self.reason = ""
        self.next: tuple[Availability, str] | None = None
        self.idle_since = 0.0
        self.load = 0
        self.used: dict[str, int] = {}
        self.stamp = 0
        self.rested = -1  # the stamp with which they were last entered as free
        self.by_channel: dict[str, list[tuple[Line, float]]] = {}
        self.by_queue: dict[Queue, list[Line]] = {}

    def room(self, channel: str) -> bool:
        """Could take one more interaction on `channel`."""
        beside = self.profile.rings_beside.get(channel, frozenset())
        if self.load and any(count and other not in beside for other, count in self.used.items()):
            return False
        return self.profile.capacity.get(channel, 0) > self.used.get(channel, 0)

    def offerable(self) -> bool:
        """Wants work, as far as availability goes."""
        return self.availability == "available" and self.next is None

    def take(self, channel: str, now: float) -> None:
        """Something rings."""
        self.load += 1
        self.used[channel] = self.used.get(channel, 0) + 1
        self.stamp += 1
        self.stand(now)

    def engage(self, channel: str, now: float) -> None:
        """What rang is a conversation."""
        self.parts += self._parts_of.get(channel, FULL)
        self.stand(now)

    def release(self, channel: str, now: float, *, engaged: bool) -> None:
        """It is over: an offer, or (`engaged`) a conversation or wrap-up."""
        self.load -= 1
        self.used[channel] -= 1
        if engaged:
            self.parts -= self._parts_of.get(channel, FULL)
        self.stamp += 1
        self.stand(now)

    def stand(self, now: float) -> None:
        """Let the books know how they stand."""
        available = self.availability == "available"
        signed_in = self.availability != "offline"
        parts = self.parts
        self.book.stand(
            now, (signed_in, available, available and not self.load, self.load > 0, parts > 0, min(parts, FULL))
        )


LineKey = tuple[str, int, tuple[tuple[str, int], ...]]
Place = tuple[int, float, float, int, int, Work]  # returned first, aged priority, arrival, number, stamp


def place_of(work: Work) -> Place:
    """Where `work` stands in its queue; smaller is sooner.

    Priority grows with the wait at one rate for the whole queue, so the order of two interactions never changes
    and (rate x arrival - priority) can be a heap key.
    """
    aged = work.queue.ageing * (work.arrived - work.queue.epoch) - work.priority
    return (0 if work.returned else 1, aged, work.arrived, work.seq, work.stamp, work)


class Line:
    """Work of one queue, channel and requirement, and the agents who may take it."""

    __slots__ = ("channel", "idle", "live", "members", "needed", "queue", "waiting")

    def __init__(self, queue: Queue, channel: str, needed: Mapping[str, int]) -> None:
        self.queue = queue
        self.channel = channel
        self.needed = needed
        self.live = 0
        self.members: list[Agent] = []
        self.waiting: list[Place] = []
        self.idle: list[tuple[int, float, int, int, Agent]] = []

    def join(self, agent: Agent) -> None:
        """Let `agent` serve this line if their skills and channels allow it."""
        surplus = agent.profile.surplus(self.needed)
        profile = agent.profile
        if surplus is None or not profile.takes_offers or not profile.capacity.get(self.channel, 0):
            return
        self.members.append(agent)
        worth = surplus * self.queue.policy.proficiency_worth
        agent.by_channel.setdefault(self.channel, []).append((self, worth))
        agent.by_queue.setdefault(self.queue, []).append(self)
        if agent.rested == agent.stamp and agent.room(self.channel):
            self.rest(agent, worth)

    def rest(self, agent: Agent, worth: float) -> None:
        """`agent` is free for this line: least loaded first, then longest idle with skill counted in."""
        heappush(self.idle, (agent.load, agent.idle_since - worth, agent.order, agent.stamp, agent))
        if len(self.idle) > 2 * len(self.members) + _SLACK:
            self.idle = [entry for entry in self.idle if entry[4].stamp == entry[3]]
            heapify(self.idle)

    def put(self, work: Work) -> None:
        """`work` waits here."""
        heappush(self.waiting, place_of(work))
        self.live += 1
        if len(self.waiting) > 2 * self.live + _SLACK:
            self.waiting = [entry for entry in self.waiting if entry[5].stamp == entry[4]]
            heapify(self.waiting)

    def first_for(self, agent_id: str) -> Place | None:
        """The place of the next work that `agent_id` may be offered."""
        waiting = self.waiting
        aside: list[Place] = []
        found = None
        while waiting:
            place = waiting[0]
            work = place[5]
            if work.stamp != place[4]:
                heappop(waiting)
            elif work.excluded and agent_id in work.excluded:
                aside.append(heappop(waiting))
            else:
                found = place
                break
        for place in aside:
            heappush(waiting, place)
        return found

    def free_agent(self, excluded: Mapping[str, float] | None = None) -> Agent | None:
        """The agent to offer to, without those in `excluded`."""
        idle = self.idle
        aside = []
        found = None
        while idle:
            entry = idle[0]
            agent = entry[4]
            if agent.stamp != entry[3]:
                heappop(idle)
            elif excluded and agent.profile.id in excluded:
                aside.append(heappop(idle))
            else:
                found = agent
                break
        for entry in aside:
            heappush(idle, entry)
        return found

    def first(self, n: int) -> list[Place]:
        """The first `n` live places from the head on."""
        taken: list[Place] = []
        while self.waiting and len(taken) < n:
            place = heappop(self.waiting)
            if place[5].stamp == place[4]:
                taken.append(place)
        for place in taken:
            heappush(self.waiting, place)
        return taken


class Queue:
    """One queue: its policy, its lines, who waits, what was counted."""

    __slots__ = ("ageing", "book", "epoch", "handle_seconds", "handles", "lines", "members", "plain", "policy", "turns")

    def __init__(self, policy: QueuePolicy, now: float, book: QueueBook) -> None:
        self.policy = policy
        self.book = book
        self.ageing = policy.ageing_per_minute / 60.0
        self.epoch = now
        self.lines: dict[LineKey, Line] = {}
        self.members: dict[str, Work] = {}  # the waiting
        self.plain = True  # nobody came whom later ones overtake without a priority of their own
        self.turns = TurnRate()
        self.handle_seconds = policy.expected_handle_seconds
        self.handles = 0

    def learn_handle(self, seconds: float) -> None:
        """A running mean that forgets after about fifty."""
        self.handles = min(self.handles + 1, 50)
        self.handle_seconds += (seconds - self.handle_seconds) / (self.handles + 1)
