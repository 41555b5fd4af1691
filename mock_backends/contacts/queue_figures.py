"""The live figures of each queue: agents are told at most once a second, supervisors with their floor."""

from collections.abc import Iterable

from mock_backends.acd.counters import Counts as Sums
from mock_backends.acd.router import Router
from mock_backends.channels import WRITTEN
from mock_backends.contacts.board import Board
from mock_backends.contacts.floor_feed import FloorFeed
from mock_backends.http.agenda import Agenda
from mock_backends.http.clock import Clock
from mock_backends.wire.contact_center import QueueStats, Waiting
from mock_backends.wire.figures import Counts, EstimateScore, StaffTime

FORMULA = "answered within threshold / (answered + abandoned)"
HEAD = 3  # how many at the head of a queue are named, so that a desktop can fetch their records before the offer
TO_PULL = 20  # how many who wait in writing are shown to those who may take them


class QueueFigures:
    """Keeps the board's queues current."""

    def __init__(self, router: Router, board: Board, feed: FloorFeed, clock: Clock, agenda: Agenda) -> None:
        self._router = router
        self._board = board
        self._feed = feed
        self._clock = clock
        self._agenda = agenda
        self._waiting_to_tell: set[str] = set()
        self._told: dict[str, float] = {}
        self._since = router.counting_since
        self.frozen = False
        self.pulled: frozenset[str] = frozenset()  # the queues whose agents may take what waits in writing
        feed.figures_of = self._unless_frozen
        agenda.at(router.next_boundary(clock.now()), self._next_five_minutes)

    def keep_fresh(self, quiet: float) -> None:
        """Tell supervisors of queues too where nothing has happened for `quiet` real seconds: time in hand goes on."""
        if self._feed.watched:
            now, speed = self._clock.now(), self._clock.speed
            for queue in self._board.queues.values():
                if now - queue.as_of >= quiet * speed:
                    self._feed.queue(queue.name)
        self._agenda.after(min(quiet, 1.0) * self._clock.speed, lambda: self.keep_fresh(quiet))

    def freeze(self, on: bool) -> None:
        """Let all figures stand still, or go on."""
        self.frozen = on
        if not on:
            self._all_dirty()

    def dirty(self, queue: str) -> None:
        """Something changed; tell it when a second has passed since the last time."""
        if queue not in self._board.queues:
            return
        self._feed.queue(queue)
        if queue in self._waiting_to_tell:
            return
        self._waiting_to_tell.add(queue)
        pause = self._clock.speed  # one real second, in server seconds
        self._agenda.at(self._told.get(queue, 0.0) + pause, lambda: self._tell(queue))

    def _tell(self, queue: str) -> None:
        self._waiting_to_tell.discard(queue)
        if self.frozen:
            return
        self._told[queue] = self._clock.now()
        if self._board.has_readers(queue):
            self._board.tell_queue(self.refresh(queue))

    def _unless_frozen(self, name: str) -> QueueStats | None:
        return None if self.frozen else self.refresh(name)

    def _all_dirty(self) -> None:
        for name in self._board.queues:
            self.dirty(name)

    def _next_five_minutes(self) -> None:
        """Trends go on, and at midnight everything begins again."""
        self._agenda.at(self._router.next_boundary(self._clock.now()), self._next_five_minutes)
        self._all_dirty()
        if self._router.counting_since != self._since:
            self._since = self._router.counting_since
            self._feed.everybody()

    def refresh(self, name: str) -> QueueStats:
        """The figures as they are now, on the board too."""
        queue = self._board.queues[name]
        if self.frozen:
            return queue
        now = self._clock.now()
        stats = self._router.queue_stats(name, now)
        counts = stats.counts
        finished = counts.answered + counts.abandoned
        estimate = stats.estimated_wait
        queue.as_of = now
        queue.waiting = stats.waiting
        queue.longest_since = stats.longest_since
        queue.estimated_wait = estimate.seconds if estimate else None
        queue.estimated_low = estimate.low if estimate else None
        queue.estimated_high = estimate.high if estimate else None
        queue.counts = counts_on_the_wire(counts)
        queue.trend = list(stats.trend)
        score = stats.estimates
        queue.estimates = EstimateScore.model_construct(**{name: getattr(score, name) for name in score.__slots__})
        queue.service_level = counts.answered_within / finished if finished else None
        queue.service_level_formula = FORMULA
        queue.service_level_seconds = counts.threshold
        queue.agents_available = stats.idle
        queue.agents_busy = stats.busy
        queue.agents_signed_in = stats.signed_in
        queue.head = self._waiting(self._router.head(name, HEAD))
        queue.to_pull = self._waiting(self._router.head(name, TO_PULL, WRITTEN)) if name in self.pulled else []
        return queue

    def _waiting(self, ids: Iterable[str]) -> list[Waiting]:
        return [
            Waiting(
                interaction_id=waiting.id,
                customer=waiting.customer,
                since=waiting.arrived_at,
                channel=waiting.channel,
                customer_name=waiting.customer_name,
                subject=waiting.subject,
            )
            for waiting in map(self._board.interactions.get, ids)
            if waiting is not None
        ]


def counts_on_the_wire(counts: Sums) -> Counts:
    """The router's sums as a wire model."""
    values = {name: getattr(counts, name) for name in counts.__slots__}
    staff = counts.staff
    if staff is not None:
        values["staff"] = StaffTime.model_construct(**{name: getattr(staff, name) for name in staff.__slots__})
    return Counts.model_construct(**values)
