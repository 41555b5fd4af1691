"""What the queues' running counts were a while ago, so that the last half hour can be told from the whole day."""

from collections import deque
from collections.abc import Mapping

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.count_sums import between
from desktop.domain.state.state import AppState

EVERY = 300.0
KEPT = 7  # the oldest is 30 to 35 minutes old


class RecentCounts:
    """Keeps a look at each queue every five minutes; the records are the state's own, so they cost next to nothing."""

    def __init__(self) -> None:
        self._looks: dict[str, deque[Counts]] = {}
        self._next: Instant = 0.0

    def note(self, old: AppState, new: AppState) -> None:
        """A listener of the store."""
        if new.queues is old.queues:
            return
        newest = max((queue.as_of for queue in new.queues.values()), default=0.0)
        if newest < self._next:
            return
        self._next = newest + EVERY / 5  # queues are told of at different times
        for name in self._looks.keys() - new.queues.keys():
            del self._looks[name]
        for name, queue in new.queues.items():
            counts = queue.counts
            if counts is None:
                continue
            looks = self._looks.setdefault(name, deque(maxlen=KEPT))
            if not looks or counts.until - looks[-1].until >= EVERY or counts.since != looks[-1].since:
                looks.append(counts)

    def since_then(self, state: AppState) -> Mapping[str, Counts]:
        """What was counted of each queue since the oldest look."""
        found = {}
        for name, looks in self._looks.items():
            queue = state.queues.get(name)
            counts = between(looks[0], queue.counts) if queue is not None and queue.counts is not None else None
            if counts is not None:
                found[name] = counts
        return found
