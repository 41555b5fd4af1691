"""The events of one server: a ring for each principal, numbered without gaps, and the streams that follow it."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from mock_backends.http.clock import Clock
from mock_backends.http.faults import Faults
from mock_backends.http.problem import Problem
from mock_backends.http.settings import Settings

HOLE = ("", b"")  # a number used up without an event: a loss that no resuming can heal


class Ring:
    """The last events of one principal, at most so many and so many bytes.

    `head` is the number of the newest one; the first event is number 1.
    """

    __slots__ = ("_bytes", "_most", "_most_bytes", "events", "head", "streams")

    def __init__(self, size: int, size_bytes: int) -> None:
        self.events: deque[tuple[str, bytes]] = deque()  # type, and the frame without its id
        self.head = 0
        self._most, self._most_bytes, self._bytes = size, size_bytes, 0
        self.streams: set[Follower] = set()

    def append(self, event: tuple[str, bytes]) -> None:
        """The next event; the oldest ones leave."""
        self.events.append(event)
        self.head += 1
        self._bytes += len(event[1])
        while len(self.events) > self._most or (self._bytes > self._most_bytes and len(self.events) > 1):
            self._bytes -= len(self.events.popleft()[1])

    def after(self, seq: int) -> list[tuple[int, str, bytes]] | None:
        """Events after number `seq`, or None where the ring does not reach back that far or has never been there."""
        first = self.head - len(self.events) + 1
        if seq > self.head or seq + 1 < first:
            return None
        newer = self.head - seq
        if newer == 1:
            return [(self.head, *self.events[-1])]
        start = len(self.events) - newer
        return [
            (seq + 1 + at, *event)
            for at, event in enumerate(self.events[index] for index in range(start, start + newer))
        ]


class Follower:
    """One open stream: where it has got to, and what wakes it."""

    __slots__ = ("beat", "closed", "cursor", "cut", "principal", "ring", "waiter")

    def __init__(self, principal: str, ring: Ring, cursor: int) -> None:
        self.principal = principal
        self.ring = ring
        self.cursor = cursor
        self.beat = False
        self.closed = False
        self.cut = False
        self.waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Have the stream look again."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def wait(self) -> None:
        """Until there is something to send, a heartbeat is due or the stream is to end."""
        if self.cursor == self.ring.head and not self.beat and not self.closed:
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
            self.waiter = None


class EventLog:
    """All rings of one server. A fresh start or a reset makes a new epoch."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._rings: dict[str, Ring] = {}
        self._open = 0
        self.epoch = secrets.token_hex(6)
        self.faults: Faults | None = None

    def ring(self, principal: str) -> Ring:
        """The ring of a principal."""
        if principal not in self._rings:
            self._rings[principal] = Ring(self._settings.ring, self._settings.ring_bytes)
        return self._rings[principal]

    def known(self, principal: str) -> bool:
        """Whether this principal has ever asked where their events stand, or for the events themselves."""
        return principal in self._rings

    @property
    def readers(self) -> AbstractSet[str]:
        """All who have."""
        return self._rings.keys()

    def as_of(self, principal: str) -> str:
        """The id of the newest event of a principal."""
        return f"{self.epoch}:{self.ring(principal).head}"

    def publish(self, kind: str, data: bytes, to: Iterable[str]) -> None:
        """Append one event, its JSON already made, for each of the principals.

        Who has never asked misses nothing: their events begin when they do.
        """
        event = (kind, b"event: %b\ndata: %b\n\n" % (kind.encode(), data))
        for principal in to:
            ring = self._rings.get(principal)
            if ring is None:
                continue
            skipped = self.faults is not None and self.faults.any and self.faults.skips(kind, principal)
            ring.append(HOLE if skipped else event)
            for follower in ring.streams:
                follower.wake()

    def follow(self, principal: str, last_event_id: str | None) -> tuple[Follower, bool]:
        """Open a stream. The flag says that it begins with a `reset`.

        :raises Problem: 429 when the principal or the server has too many streams.
        """
        ring = self.ring(principal)
        if len(ring.streams) >= self._settings.streams_each or self._open >= self._settings.streams_total:
            raise Problem(429, "rate_limited", "Too many event streams.", {"Retry-After": "5"})
        cursor, reset = ring.head, False
        if last_event_id:
            epoch, _, number = last_event_id.rpartition(":")
            known = epoch == self.epoch and number.isascii() and number.isdigit() and len(number) < 19
            reset = not known or ring.after(int(number)) is None
            cursor = ring.head if reset else int(number)
        follower = Follower(principal, ring, cursor)
        ring.streams.add(follower)
        self._open += 1
        return follower, reset

    def leave(self, follower: Follower) -> None:
        """The stream has ended."""
        if follower in follower.ring.streams:
            follower.ring.streams.discard(follower)
            self._open -= 1

    def note(self, follower: Follower, kind: str) -> bytes:
        """A frame without a number: `heartbeat` or `reset`.

        `head` is the newest number that this stream has come to: what still waits to be sent is no loss.
        """
        data = json.dumps({"server_time": self._clock.now(), "head": follower.cursor})
        return f"event: {kind}\ndata: {data}\n\n".encode()

    async def beat(self) -> None:
        """Send heartbeats to every stream until cancelled."""
        while True:
            await asyncio.sleep(self._settings.heartbeat)
            for follower in self._followers():
                follower.beat = True
                follower.wake()

    def cut(self, principal: str | None = None) -> None:
        """End the streams of one principal, or all, in the middle of a line."""
        for follower in self._followers():
            if principal in (None, follower.principal):
                follower.cut = follower.closed = True
                follower.wake()

    def close(self) -> None:
        """End all streams."""
        for follower in self._followers():
            follower.closed = True
            follower.wake()

    def restart(self) -> None:
        """Forget all events and begin a new epoch; open streams end."""
        self.close()
        self._rings.clear()
        self.epoch = secrets.token_hex(6)

    def _followers(self) -> list[Follower]:
        return [follower for ring in self._rings.values() for follower in ring.streams]
