"""The live figures of each queue, published at most once a second."""

from mock_backends.agenda import Agenda
from mock_backends.board import Board
from mock_backends.clock import Clock
from mock_backends.models_contact_center import QueueStats, Waiting
from mock_backends.routing import Router

FORMULA = "answered within threshold / (answered + abandoned)"
HEAD = 3  # how many at the head of a queue are named, so that a desktop can fetch their records before the offer


class QueueFigures:
    """Keeps the board's queues current."""

    def __init__(self, router: Router, board: Board, clock: Clock, agenda: Agenda) -> None:
        self._router = router
        self._board = board
        self._clock = clock
        self._agenda = agenda
        self._waiting_to_tell: set[str] = set()
        self._told: dict[str, float] = {}
        self.frozen = False

    def dirty(self, queue: str) -> None:
        """Something changed; tell it when a second has passed since the last time."""
        if queue in self._waiting_to_tell or queue not in self._board.queues:
            return
        self._waiting_to_tell.add(queue)
        pause = self._clock.speed  # one real second, in server seconds
        self._agenda.at(self._told.get(queue, 0.0) + pause, lambda: self._tell(queue))

    def _tell(self, queue: str) -> None:
        self._waiting_to_tell.discard(queue)
        if self.frozen:
            return
        self._told[queue] = self._clock.now()
        self.refresh(queue)
        self._board.tell_queue(self._board.queues[queue])

    def refresh(self, name: str) -> QueueStats:
        """The figures as they are now, on the board too."""
        queue = self._board.queues[name]
        if self.frozen:
            return queue
        now = self._clock.now()
        stats = self._router.queue_stats(name, now)
        agents = [agent for agent in self._board.agents.values() if name in agent.queues]
        ready = [agent for agent in agents if agent.observed == "available"]
        busy = [agent for agent in agents if agent.in_use and agent.observed != "offline"]
        finished = stats.answered + stats.abandoned
        estimate = stats.estimated_wait
        queue.as_of = now
        queue.waiting = stats.waiting
        queue.longest_since = now - stats.longest_wait if stats.waiting else None
        queue.estimated_wait = estimate.seconds if estimate else None
        queue.estimated_low = estimate.low if estimate else None
        queue.estimated_high = estimate.high if estimate else None
        queue.offered = stats.offered
        queue.answered = stats.answered
        queue.abandoned = stats.abandoned
        queue.service_level = stats.answered_within / finished if finished else None
        queue.service_level_formula = FORMULA
        queue.service_level_seconds = stats.threshold
        queue.agents_available = sum(1 for agent in ready if not agent.in_use)
        queue.agents_busy = len(busy)
        queue.agents_signed_in = sum(1 for agent in agents if agent.observed != "offline")
        queue.head = [
            Waiting(interaction_id=waiting.id, customer=waiting.customer, since=waiting.arrived_at)
            for waiting in map(self._board.interactions.get, self._router.head(name, HEAD))
            if waiting is not None
        ]
        return queue
