"""Asking a backend: always with a deadline, settled once, and never with a surprise."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from desktop.app.connections.backoff import Breaker, full_jitter
from desktop.app.connections.failures import own_words
from desktop.app.timing import Timing
from desktop.domain.entities.words import Health
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.deadlines import HOST
from desktop.ports.errors import BackendBug, BackendError, OutcomeUnknown, ProtocolError, Unavailable

T = TypeVar("T")
log = logging.getLogger(__name__)

CHANGE_SECONDS = HOST.change
READ_SECONDS = HOST.read
READ_ATTEMPTS = 3


class BackendCalls:
    """Calls a backend so that whatever it does, the caller gets an answer or a `BackendError` in time."""

    def __init__(self, timing: Timing, tell: Callable[[Sentence], None]) -> None:
        """`tell` gets what to say to the agent when a plug-in has a bug."""
        self.timing = timing
        self.closed: dict[str, Sentence] = {}  # sources that are not connected, and why
        self._tell = tell

    def begin(self, call: Callable[[], Awaitable[T]], source: str) -> asyncio.Task[T]:
        """Start the call now; the result is for `settle`."""
        return asyncio.ensure_future(self._guarded(call, source))

    async def settle(self, task: asyncio.Task[T], source: str, seconds: float, *, changing: bool) -> T:
        """The answer of a call that was begun; one that comes after the deadline is ignored.

        Args:
            seconds: the deadline, counted from now.
            changing: whether the call changes something, so that silence does not mean "not done".

        Raises:
            OutcomeUnknown: no answer in time to a changing call.
            Unavailable: no answer in time to a reading one.
            BackendError: whatever the backend raised.
        """
        timer = asyncio.ensure_future(self.timing.sleep(seconds))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            if not task.done():
                task.cancel()
                task.add_done_callback(_let_go)
        if task.done():
            if task.cancelled():
                raise self.bug(source, asyncio.CancelledError.__name__)
            return task.result()
        silent = Sentence("connection.no_answer", source=source)
        error = (OutcomeUnknown if changing else Unavailable)(silent, f"{seconds:g} s")
        error.source = source
        raise error

    async def ask(
        self, call: Callable[[], Awaitable[T]], source: str, *, seconds: float = CHANGE_SECONDS, changing: bool = True
    ) -> T:
        """Call and wait for the answer; see `settle`."""
        return await self.settle(self.begin(call, source), source, seconds, changing=changing)

    def bug(self, source: str, what: str, error: BaseException | None = None) -> BackendBug:
        """Log and tell that a plug-in misbehaved; answers the error to raise."""
        log.error("bug in the %s plug-in: %s", source, what, exc_info=error)
        failed = Sentence("connection.plugin_failed", source=source, what=what)
        self._tell(failed + Sentence("connection.was_logged"))
        return BackendBug(failed, what)

    async def _guarded(self, call: Callable[[], Awaitable[T]], source: str) -> T:
        try:
            if source in self.closed:
                raise Unavailable(self.closed[source])
            return await call()
        except BackendError as error:
            error.source = error.source or source  # of several contact centres, the one that was asked
            raise
        except (Exception, SystemExit) as error:
            raise self.bug(source, type(error).__name__, error) from error


class Reading:
    """Short reads of one backend: a few tries with jitter, and a breaker that stops asking a dead one."""

    def __init__(
        self,
        backend_calls: BackendCalls,
        source: str,
        health: Callable[[Health, Sentence], None] = lambda health, why: None,
    ) -> None:
        """`health` hears what each answer, or the lack of one, says of the connection."""
        self.source = source
        self._backend_calls = backend_calls
        self._health = health
        self._breaker = Breaker(backend_calls.timing.monotonic)

    @property
    def backend_calls(self) -> BackendCalls:
        """What the reads go through, for the calls that change something."""
        return self._backend_calls

    def start(self, call: Callable[[], Awaitable[T]]) -> Coroutine[Any, Any, T]:
        """Send the first try now, without waiting for a turn of the loop; await the result for the answer."""
        first = None if self._breaker.wait() else self._backend_calls.begin(call, self.source)
        return self._answer(call, first)

    def trust(self) -> None:
        """The backend was connected anew: what failed before says nothing any more."""
        self._breaker.succeeded()

    async def read(self, call: Callable[[], Awaitable[T]]) -> T:
        """The answer, within READ_ATTEMPTS tries and READ_SECONDS.

        Raises:
            BackendError: the last try's. Unavailable at once while the breaker is open.
        """
        return await self.start(call)

    async def _answer(self, call: Callable[[], Awaitable[T]], first: asyncio.Task[T] | None) -> T:
        timing = self._backend_calls.timing
        if first is None:
            raise Unavailable(Sentence("connection.not_responding", source=self.source))
        until = timing.monotonic() + READ_SECONDS
        task = first
        for attempt in range(READ_ATTEMPTS):
            try:
                left = max(until - timing.monotonic(), 0.05)
                answer = await self._backend_calls.settle(task, self.source, left, changing=False)
            except (Unavailable, ProtocolError, OutcomeUnknown) as error:
                self._breaker.failed()
                self._health(Health.STALE if attempt + 1 < READ_ATTEMPTS else Health.DOWN, own_words(error))
                pause = full_jitter(attempt, timing.random, base=0.2, cap=1.0)
                if attempt + 1 == READ_ATTEMPTS or timing.monotonic() + pause >= until or self._breaker.wait():
                    raise
                await timing.sleep(pause)
                task = self._backend_calls.begin(call, self.source)
            except BackendError:
                self._breaker.succeeded()  # a refusal is an answer too
                raise
            except asyncio.CancelledError:
                self._breaker.abandoned()
                raise
            else:
                self._breaker.succeeded()
                self._health(Health.LIVE, NOTHING)
                return answer
        raise AssertionError("the last try returns or raises")


def _let_go(task: asyncio.Task[Any]) -> None:
    """Look at the end of a task nobody waits for, so that the loop does not complain of it."""
    if not task.cancelled():
        task.exception()
