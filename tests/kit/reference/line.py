"""The line between a reference backend and its far side, which are in one process and still can be parted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from desktop.domain.state.events import Envelope, Event, Gap, Heartbeat
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Unavailable,
)
from desktop.ports.options import Option
from desktop.testing.rig import RETRY_AFTER, B, Fault, Rig

T = TypeVar("T")
TOKEN = "a-token-nobody-may-see"
BEAT = 0.05


class Trouble(Exception):
    """What the line does to a request, before anybody has found words for it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the line: {fault.value}")
        self.fault = fault


class Line:
    """Requests go over it one by one; events come back on streams; a fault spoils both."""

    every: ClassVar[dict[str, "Line"]] = {}

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.spare = 0  # requests that are still answered before answers get lost
        self.times = 0  # requests that the fault still spoils; with 0 all
        self.events: list[Event] = []
        self.answers: dict[str, Any] = {}
        self.now = 1_000.0
        self._streams: set[asyncio.Queue[Event | None]] = set()
        self._count = 0
        self.name = f"line-{len(self.every)}"
        self.every[self.name] = self

    async def ask(self, do: Callable[[], T]) -> T:
        """Have the far side do something."""
        await asyncio.sleep(0)
        if self.spare > 0:
            self.spare -= 1
            return do()
        if self.fault is Fault.HANG:
            await asyncio.Event().wait()
        if self.fault in {Fault.ANSWER_LOST, Fault.GATEWAY_TIMEOUT}:
            do()
        if (fault := self.fault) is not None:
            self.times -= 1
            if self.times == 0:
                self.fault = None
            raise Trouble(fault)
        return do()

    def once(self, key: str, do: Callable[[], T]) -> T:
        """What the far side answers under a key, which it does once."""
        if key not in self.answers:
            self.answers[key] = do()
        answer: T = self.answers[key]
        return answer

    def new_id(self) -> str:
        """An id that was never used."""
        self._count += 1
        return f"id-{self._count}"

    def later(self) -> float:
        """A moment after all others."""
        self.now += 1.0
        return self.now

    def tell(self, event: Event) -> None:
        """Something happened."""
        self.events.append(event)
        for one in self._streams:
            one.put_nowait(event)

    def drop(self) -> None:
        """End every stream."""
        for one in self._streams:
            one.put_nowait(None)

    def subscribe(self) -> asyncio.Queue[Event | None]:
        """A stream of what happens from now on; None is its end."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._streams.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Event | None]) -> None:
        """Stop listening."""
        self._streams.discard(queue)


class Reference(Backend):
    """What the reference backends share. `title` and the like stand in each one's manifest."""

    OPTIONS = (Option("line", "Which line.", default=""), Option("token", "Who we are.", "secret"))

    def __init__(self, line: Line, token: str) -> None:
        self.line = line
        self.token = token
        self.closed = False

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(Line.every[options["line"]], options["token"])

    async def open(self) -> frozenset[Capability]:
        await self.ask(lambda: None)
        return self.manifest.capabilities

    async def close(self) -> None:
        self.closed = True
        self.line.drop()

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        """Have the far side do something, and find the words when it does not."""
        try:
            return await self.line.ask(do)
        except Trouble as trouble:
            raise self.error(trouble.fault, changing) from None

    def error(self, fault: Fault, changing: bool) -> BackendError:
        """The error that tells the host its next step."""
        if changing and fault in {Fault.DROPPED, Fault.ANSWER_LOST, Fault.GATEWAY_TIMEOUT}:
            return OutcomeUnknown("Nobody knows whether that was done.")
        if fault is Fault.RATE_LIMITED:
            return RateLimited("Not so fast.", RETRY_AFTER)
        kinds = {Fault.UNAUTHORIZED: AuthFailed, Fault.FORBIDDEN: Forbidden, Fault.GARBAGE: ProtocolError}
        return kinds.get(fault, Unavailable)("The far side is not well.", fault.value)

    def envelope(self, event: Event) -> Envelope:
        """A snapshot with its place in the stream."""
        return Envelope(self.manifest.kind.value, event, self.line.now, "life-1", len(self.line.events))

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        source = self.manifest.kind.value
        queue = self.line.subscribe()
        try:
            await self.ask(lambda: None)
            seq = len(self.line.events) if after is None else after[1]
            if after is not None and after[0] != "life-1":
                yield Envelope(source, Gap("another life"), self.line.now)
                seq = len(self.line.events)
            yield Envelope(source, Heartbeat(self.line.now, len(self.line.events)), self.line.now)
            while not self.closed:
                while seq < len(self.line.events):
                    seq += 1
                    yield Envelope(source, self.line.events[seq - 1], self.line.now, "life-1", seq)
                try:
                    async with asyncio.timeout(BEAT):
                        if await queue.get() is None:
                            break
                except TimeoutError:
                    yield Envelope(source, Heartbeat(self.line.now, len(self.line.events)), self.line.now)
        finally:
            self.line.leave(queue)
        if not self.closed:
            raise Unavailable("The stream was lost.")


class LineRig(Rig[B]):
    """What the rigs of the reference backends share. `backend` is the class to make."""

    patience = 1.0
    secrets = (TOKEN,)
    gateway = True

    def __init__(self, backend: type[Any], line: Line) -> None:
        self.line = line
        self.backend = backend

    def make(self) -> Any:
        return self.backend.create({"line": self.line.name, "token": TOKEN})

    async def stop(self) -> None:
        del Line.every[self.line.name]

    async def fault(self, fault: Fault) -> None:
        self.line.fault, self.line.spare, self.line.times = fault, 0, 0
        if fault in {Fault.DROPPED, Fault.REFUSED}:
            self.line.drop()

    async def lose_answer(self, number: int) -> None:
        self.line.fault, self.line.spare = Fault.ANSWER_LOST, number - 1

    async def time_out(self, number: int) -> None:
        self.line.fault, self.line.spare = Fault.GATEWAY_TIMEOUT, number - 1

    async def heal(self) -> None:
        self.line.fault, self.line.spare, self.line.times = None, 0, 0

    async def drop_streams(self) -> None:
        self.line.drop()
