"""The events of one XMPP session, numbered, so that a reader who comes back goes on where it was."""

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import Callable, Iterable

from desktop.domain.state.events import Envelope, Event

KEPT = 5000


class EventLog:
    """A session that is resumed (XEP-0198) keeps its numbers; a new one is a new epoch, and readers must begin anew."""

    def __init__(self, source: str, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._entries: deque[Envelope] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self.epoch = ""
        self.head = 0
        self.begin()

    def begin(self) -> None:
        """A new session: nobody can go on from an old number."""
        self.epoch = secrets.token_hex(8)
        self.head = 0
        self._entries.clear()
        self.wake()

    def put(self, events: Iterable[Event]) -> None:
        """Number the events and wake who waits for them."""
        for event in events:
            self.head += 1
            self._entries.append(Envelope(self._source, event, self._clock(), self.epoch, self.head))
        self.wake()

    def envelope(self, event: Event, *, numbered: bool = True) -> Envelope:
        """An envelope that stands at the head: a snapshot (numbered) or a sign of life (not)."""
        return Envelope(self._source, event, self._clock(), self.epoch, self.head if numbered else None)

    def reaches(self, epoch: str, seq: int) -> bool:
        """Whether everything after that number is still here."""
        oldest = self._entries[0].seq if self._entries else self.head + 1
        return epoch == self.epoch and oldest is not None and oldest - 1 <= seq <= self.head

    def after(self, seq: int) -> tuple[Envelope, ...]:
        """Every event after that number of the present epoch."""
        skipped = max(0, len(self._entries) - (self.head - seq))
        return tuple(itertools.islice(self._entries, skipped, None))

    def wake(self) -> None:
        """Wake everybody who waits for news."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    @property
    def news(self) -> asyncio.Event:
        """Set by the next event; ask for it anew after each."""
        return self._news
