"""Runs the calls of a synchronous client on threads, so that a plug-in made with one never blocks the screen.

```python
self._threads = Threads("phone book", most=1)
people = await self._threads.read(self._client.people, number)
await self._threads.change(self._client.write, record, seconds=self.deadlines.outbox)
```
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from desktop.domain.text.sentence import Sentence
from desktop.ports.deadlines import HOST
from desktop.ports.errors import OutcomeUnknown, Unavailable

T = TypeVar("T")


@dataclass(slots=True)
class _Ended(Generic[T]):
    """How a call ended: with an answer, or with what it raised."""

    answer: T | None = None
    error: BaseException | None = None


class Threads:
    """A few threads for one client. A call that never returns keeps its thread, and costs nobody else theirs.

    The threads are daemons: none of them can keep the program from ending. Nothing can stop a call that was begun:
    after its deadline, or when it is cancelled, only nobody waits for it any more.
    """

    def __init__(self, server: str, *, most: int = 4) -> None:
        """No thread is started yet.

        Args:
            server: what the client speaks to, for the words of errors: "phone book".
            most: how many calls run at the same time, 1 or more; 1 for a client that is not thread-safe.
        """
        self._server = server
        self._places = asyncio.Semaphore(most)
        self._closed = False

    async def read(self, call: Callable[..., T], *args: object, seconds: float = HOST.read) -> T:
        """The answer of a call that changes nothing.

        Args:
            seconds: how long to wait for it.

        Raises:
            Unavailable: there was no answer in time, or this is closed.
            Exception: whatever the call raised, for the plug-in to translate.
        """
        return await self._run(call, args, seconds, changing=False)

    async def change(self, call: Callable[..., T], *args: object, seconds: float = HOST.change) -> T:
        """The answer of a call that changes something; see `read`.

        Raises:
            OutcomeUnknown: it was begun, and there was no answer in time.
            Unavailable: it was never begun, because every thread is still busy, or this is closed.
            Exception: whatever the call raised.
        """
        return await self._run(call, args, seconds, changing=True)

    def close(self) -> None:
        """Begin no call any more. Those under way are left to themselves. May be called twice."""
        self._closed = True

    async def _run(self, call: Callable[..., T], args: tuple[object, ...], seconds: float, *, changing: bool) -> T:
        if self._closed:
            raise Unavailable(Sentence("port.client_closed", server=self._server))
        begun = False
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
                under_way = self._begin(call, args)
                begun = True
                ended = await under_way
        except TimeoutError:
            told = Sentence("port.client_silent", server=self._server)
            detail = f"no answer in {seconds:g} s" if begun else f"every thread was busy for {seconds:g} s"
            raise (OutcomeUnknown if changing and begun else Unavailable)(told, detail) from None
        if ended.error is not None:
            raise ended.error
        return cast(T, ended.answer)

    def _begin(self, call: Callable[..., T], args: tuple[object, ...]) -> "asyncio.Future[_Ended[T]]":
        loop = asyncio.get_running_loop()
        under_way: asyncio.Future[_Ended[T]] = loop.create_future()
        context = contextvars.copy_context()

        def settle(ended: _Ended[T]) -> None:
            self._places.release()
            if not under_way.done():
                under_way.set_result(ended)

        def work() -> None:
            try:
                ended = _Ended(context.run(call, *args))
            except BaseException as error:
                ended = _Ended(error=error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(settle, ended)

        threading.Thread(target=work, name=f"{self._server} client", daemon=True).start()
        return under_way
