"""When intervals of counting end, and that all books close them together.

Whoever counts or reads says what time it is, and the ledger first closes every interval that has ended by then: at
a boundary itself the new interval has begun. Days begin at midnight of the centre's zone, intervals every 900 seconds
since the epoch, so that each midnight of today's zones is the beginning of one.
"""

from __future__ import annotations

from collections.abc import Callable

from mock_backends.acd.books import AgentBook, QueueBook
from mock_backends.acd.counters import ClosedInterval
from mock_backends.acd.midnights import Midnights
from mock_backends.acd.policy import QueuePolicy

INTERVAL = 900.0
SLOT = 300.0  # of the trend


class Ledger:
    """All books, and when their intervals end. `since` is the last midnight, or when counting began after it."""

    def __init__(self, now: float, zone: str) -> None:
        self._midnights = Midnights(zone)
        self.at = self.since = now
        self.queues: list[QueueBook] = []
        self.agents: list[AgentBook] = []
        self.listeners: list[Callable[[ClosedInterval], None]] = []
        self._plan(now)

    def _plan(self, now: float) -> None:
        self.next_boundary = (now // SLOT + 1) * SLOT
        self._interval_since = now // INTERVAL * INTERVAL
        self.midnight = self._midnights.after(now)

    def add_queue(self, policy: QueuePolicy) -> QueueBook:
        """A book for a queue."""
        self.queues.append(QueueBook(policy, self))
        return self.queues[-1]

    def add_agent(self, queues: list[tuple[QueueBook, float]]) -> AgentBook:
        """A book for an agent of these queues, with how many contacts of each they can have at once."""
        self.agents.append(AgentBook(self, queues))
        return self.agents[-1]

    def advance(self, now: float) -> None:
        """Close every interval that has ended by `now`. A clock that was set back goes on from where it stands."""
        if now < self.at:
            self._set_back(now)
        self.at = now
        while now >= self.next_boundary:
            self._end_slot(self.next_boundary)

    def running(self, now: float) -> list[ClosedInterval]:
        """The present interval of each queue, as far as it has gone."""
        self.advance(now)
        found = (queue.interval(self._interval_since, now) for queue in self.queues)
        return [interval for interval in found if interval is not None]

    def _end_slot(self, at: float) -> None:
        self.next_boundary = at + SLOT
        for queue in self.queues:
            queue.end_slot(at)
        if at % INTERVAL == 0:
            self._end_interval(at)

    def _end_interval(self, at: float) -> None:
        closed = [queue.interval(self._interval_since, at) for queue in self.queues]
        self._interval_since = at
        for queue in self.queues:
            queue.end_interval(at)
        if at >= self.midnight:
            self.since, self.midnight = at, self._midnights.after(at)
            for queue in self.queues:
                queue.end_day()
            for agent in self.agents:
                agent.end_day(at)
        for interval in closed:
            if interval is not None:
                for listener in self.listeners:
                    listener(interval)

    def _set_back(self, now: float) -> None:
        self.since = min(self.since, now)
        self._plan(now)
        for queue in self.queues:
            queue.set_back(self.at, now)
        for agent in self.agents:
            agent.set_back(self.at, now)
