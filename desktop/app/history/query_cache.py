"""Questions to a server that are asked once while several wait for the answer, and whose answers keep for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from desktop.app.connections.failures import error_class
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.errors import BackendError, RateLimited

T = TypeVar("T")
KEPT_RECORDS = 20_000
KEPT_ANSWERS = 32
SOONEST = 1.0  # second; a server that wants to be asked again at once is not


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of a question. After a failure `value` is what was known before, if anything, with its age.

    `at` is the server's time when the value was asked for; `problem` says what went wrong.
    """

    value: T | None = None
    at: Instant | None = None
    problem: Sentence = NOTHING
    error: str = ""  # the class of what went wrong
    later: float = 0.0  # seconds after which the server wants to be asked again; 0 when it did not say so


@dataclass(slots=True)
class _Flight:
    task: "asyncio.Task[Answer[Any]]"
    waiting: int = 0


class QueryCache:
    """The same question put twice is on its way once. Whoever gives up leaves the others their answer; when nobody
    waits any more the question is taken back. Answers of up to 20,000 records altogether are kept."""

    def __init__(self, now: Callable[[], Instant], words: Callable[[BackendError], Sentence]) -> None:
        """`now` is the server's time in seconds, `words` says an error to people."""
        self._now = now
        self._words = words
        self._flights: dict[Hashable, _Flight] = {}
        self._kept: OrderedDict[Hashable, tuple[Answer[Any], int]] = OrderedDict()

    def kept(self, question: Hashable) -> Answer[Any]:
        """The last good answer, or an empty one."""
        found = self._kept.get(question)
        return found[0] if found else Answer()

    def forget(self) -> None:
        """Drop every kept answer."""
        self._kept.clear()

    async def ask(
        self,
        question: Hashable,
        put: Callable[[], Awaitable[T]],
        *,
        fresh: float,
        size: Callable[[T], int],
        whole: Callable[[T], bool] = lambda _: True,
    ) -> Answer[T]:
        """The answer to a question.

        Args:
            put: asks the server; may raise BackendError.
            fresh: seconds for which a kept answer is good enough; 0 asks anew.
            size: how many records an answer holds.
            whole: whether an answer lacks nothing; one that does is not kept.
        """
        known = cast("Answer[T]", self.kept(question))
        if known.at is not None and self._now() - known.at < fresh:
            self._kept.move_to_end(question)
            return known
        flight = self._flights.get(question)
        if flight is None:
            flight = self._flights[question] = _Flight(asyncio.ensure_future(self._put(question, put, size, whole)))
            flight.task.add_done_callback(lambda _: self._landed(question, flight))
        flight.waiting += 1
        try:
            return cast("Answer[T]", await asyncio.shield(flight.task))
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._landed(question, flight)
                flight.task.cancel()

    def _landed(self, question: Hashable, flight: _Flight | None) -> None:
        if self._flights.get(question) is flight:
            del self._flights[question]

    async def _put(
        self,
        question: Hashable,
        put: Callable[[], Awaitable[T]],
        size: Callable[[T], int],
        whole: Callable[[T], bool],
    ) -> Answer[T]:
        asked = self._now()
        try:
            value = await put()
        except BackendError as error:
            known = cast("Answer[T]", self.kept(question))
            later = max(error.retry_after, SOONEST) if isinstance(error, RateLimited) else 0.0
            return replace(known, problem=self._words(error), error=error_class(error).__name__, later=later)
        answer = Answer(value, asked)
        if whole(value):
            self._keep(question, answer, size(value))
        return answer

    def _keep(self, question: Hashable, answer: Answer[Any], records: int) -> None:
        self._kept.pop(question, None)
        if records > KEPT_RECORDS:
            return
        self._kept[question] = answer, records
        while len(self._kept) > KEPT_ANSWERS or sum(size for _, size in self._kept.values()) > KEPT_RECORDS:
            self._kept.popitem(last=False)
