"""Questions of the report screen: one of a name is on its way at most, and each can be given up.

Where the server wants to be asked again later, that happens by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from desktop.app.history.query_cache import Answer
from desktop.domain.text.sentence import Sentence

Question = Callable[[], Coroutine[Any, Any, Answer[Any]]]
GIVEN_UP = Sentence("report.given_up")


class ReportRequests:
    """Keeps the last answer of each name, and since when one is waited for."""

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        clock: Callable[[], float],
        changed: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`changed` gets the name of a question that has its answer; `clock` is the local one, in seconds."""
        self._spawn = spawn
        self._clock = clock
        self._changed = changed
        self._sleep = sleep
        self._answers: dict[str, Answer[Any]] = {}
        self._on_way: dict[str, tuple[float, asyncio.Task[Answer[Any]]]] = {}

    def ask(self, name: str, question: Question) -> None:
        """Ask. An earlier question of this name is given up; its answer stays until this one has come."""
        self._drop(name)
        task = asyncio.ensure_future(question())
        self._on_way[name] = (self._clock(), task)
        self._spawn(self._wait(name, task, question))

    def answer(self, name: str) -> Answer[Any]:
        """The last answer, or an empty one."""
        return self._answers.get(name, _NONE)

    def forget(self, *names: str) -> None:
        """These answers are about something else by now."""
        for name in names:
            self._drop(name)
            self._answers.pop(name, None)

    def waited(self, name: str) -> float | None:
        """Seconds for which an answer has been waited for; None when none is."""
        found = self._on_way.get(name)
        return None if found is None else max(0.0, self._clock() - found[0])

    def give_up(self) -> bool:
        """Wait for nothing any more; says whether anything was waited for."""
        later = [name for name, known in self._answers.items() if known.later and name not in self._on_way]
        names = [*self._on_way, *later]
        for name in names:
            self._drop(name)
            known = self._answers.get(name, _NONE)
            self._answers[name] = Answer(known.value, known.at, GIVEN_UP, "Cancelled")
        return bool(names)

    def _drop(self, name: str) -> None:
        found = self._on_way.pop(name, None)
        if found is not None:
            found[1].cancel()

    async def _wait(self, name: str, task: "asyncio.Task[Answer[Any]]", question: Question) -> None:
        await asyncio.wait({task})
        if self._on_way.get(name, (0.0, None))[1] is not task:
            return
        del self._on_way[name]
        answer = self._answers[name] = task.result()
        self._changed(name)
        if answer.later:
            await self._sleep(answer.later)
            if self._answers.get(name) is answer and name not in self._on_way:
                self.ask(name, question)


_NONE: Answer[Any] = Answer()
