"""The numbered stream we make of the server's events, which have no numbers.

The numbers hold for one connection: what happens without one is not recorded by anybody. So each connection is an
epoch, and whoever comes from another one is told of a gap.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from functools import partial
from itertools import takewhile

from desktop.domain.entities.model import Instant
from desktop.domain.state.events import Envelope, Event, Gap
from desktop.ports.errors import BackendError

_KEPT = 2048


class EventLog:
    """The newest events of one connection."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.epoch = secrets.token_hex(4)
        self.head = 0
        self._count = 0
        self._kept: deque[tuple[int, Envelope]] = deque(maxlen=_KEPT)
        self._ended: BackendError | None = None
        self._more = asyncio.Event()

    def envelope(self, event: Event, at: Instant) -> Envelope:
        """An event outside the numbers, e.g. a sign of life."""
        return Envelope(self._source, event, at, self.epoch)

    def numbered(self, event: Event, at: Instant) -> Envelope:
        """An event that includes all up to now, as a snapshot does."""
        return Envelope(self._source, event, at, self.epoch, self.head)

    def add(self, event: Event, at: Instant) -> None:
        """The next event."""
        self.head += 1
        self._put(Envelope(self._source, event, at, self.epoch, self.head))

    def sign(self, event: Event, at: Instant) -> None:
        """A sign of life, which takes no number."""
        self._put(self.envelope(event, at))

    def end(self, error: BackendError) -> None:
        """The connection is lost: whoever reads is told so after the last event."""
        self._ended = error
        self._more.set()

    async def follow(self, after: tuple[str, int] | None, at: Instant) -> AsyncGenerator[Envelope, None]:
        """What came after a position, and what comes; from now on without one.

        Raises:
            BackendError: the connection is lost.
        """
        last = self.head if after is None else after[1]
        first = next((one.seq for _, one in self._kept if one.seq is not None), self.head + 1)
        if after is not None and (after[0] != self.epoch or last > self.head):
            last = self.head
            yield self.envelope(Gap("The telephone system keeps no events while nobody listens."), at)
        elif last < first - 1:
            last = self.head
            yield self.envelope(Gap("More happened than is kept."), at)
        read = next((count - 1 for count, one in self._kept if one.seq is not None and one.seq > last), self._count)
        while True:
            self._more.clear()
            fresh = list(takewhile(partial(_after, read), reversed(self._kept)))
            for count, one in reversed(fresh):
                read = count
                yield one
            if self._ended is not None and read == self._count:
                raise self._ended
            if read == self._count:
                await self._more.wait()

    def _put(self, envelope: Envelope) -> None:
        self._count += 1
        self._kept.append((self._count, envelope))
        self._more.set()


def _after(read: int, kept: tuple[int, Envelope]) -> bool:
    return kept[0] > read
