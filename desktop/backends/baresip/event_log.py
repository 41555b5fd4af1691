"""The phone's events, numbered, kept for as long as a reader may come back for them."""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable

from desktop.domain.state.events import Envelope, Event, Gap, Heartbeat
from desktop.ports.errors import Unavailable

SOURCE = "voice"
HEARTBEAT_SECONDS = 5.0
KEPT = 1_000


class EventLog:
    """Numbers events and hands them to readers. Everything happens on the loop's thread."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since the Unix epoch."""
        self.epoch = uuid.uuid4().hex
        self.head = 0
        self._clock = clock
        self._kept: deque[Envelope] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._over = ""

    def put(self, event: Event) -> None:
        """Number the event and wake the readers."""
        self.head += 1
        self._kept.append(Envelope(SOURCE, event, self._clock(), self.epoch, self.head))
        self._wake()

    def end(self, why: str) -> None:
        """No more events come; readers are told why."""
        self._over = why
        self._wake()

    def whole(self, event: Event) -> Envelope:
        """A snapshot, numbered with the last event it includes."""
        return Envelope(SOURCE, event, self._clock(), self.epoch, self.head)

    async def after(self, position: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after (epoch, seq) or from now on, with a sign of life every 5 s. Raises Unavailable at the end."""
        at = self.head
        if position is not None:
            epoch, at = position
            if epoch != self.epoch or not self.head - len(self._kept) <= at <= self.head:
                yield Envelope(SOURCE, Gap("the phone was started anew"), self._clock())
                at = self.head
        while True:
            news = self._news
            for envelope in [one for one in self._kept if (one.seq or 0) > at]:
                at = envelope.seq or at
                yield envelope
            if at < self.head:
                continue  # more came while a reader was busy
            if self._over:
                raise Unavailable(self._over)
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await news.wait()
            except TimeoutError:
                now = self._clock()
                yield Envelope(SOURCE, Heartbeat(now, self.head), now, self.epoch)

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
