"""A TCP proxy that ends a connection at a chosen place in what is said: before a line arrives, or before its answer.

Both IMAP and SMTP are spoken in turn, so that what a client says in one piece is one line, or one whole mail.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Cut:
    """Where it ends: at the `number`-th piece of the clients' from now on, all connections counted together.

    answer: that piece arrives at the server, and what the server says to it gets lost.
    size: it ends only when so many bytes of answers came through since.
    """

    number: int
    answer: bool = False
    size: int = 0


class CuttingProxy:
    """Stands on a free loopback port in front of a server. Use as an async context manager."""

    def __init__(self, host: str, port: int, again: Callable[[], Cut | None] = lambda: None) -> None:
        """`again` says where it ends next, after each cut."""
        self._upstream = (host, port)
        self._again = again
        self._next: Cut | None = None
        self._left = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cuts = 0
        self.connections = 0
        self.heard: list[bytes] = []
        """Every piece of the clients', cut to its first 200 bytes."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.cut(self._again())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.drop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self, where: Cut | None) -> None:
        """Where it ends next; None: nowhere."""
        self._next, self._left = where, where.number if where is not None else 0

    def drop(self) -> None:
        """End every connection."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        far: asyncio.StreamWriter | None = None
        ways: list[asyncio.Task[None]] = []
        doomed = asyncio.Event()
        try:
            far_reader, far = await asyncio.open_connection(*self._upstream)
            ways = [
                asyncio.ensure_future(self._carry_questions(reader, far, doomed)),
                asyncio.ensure_future(self._carry_answers(far_reader, writer, doomed)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass  # `drop` ends connections by cancelling; nobody else waits for this task
        finally:
            self._tasks.discard(task)
            if doomed.is_set():  # it ended by itself before the answer came
                self.cut(self._again())
            for way in ways:
                way.cancel()
            for one in (writer, far):
                if one is not None:
                    one.transport.abort()

    async def _carry_questions(
        self, reader: asyncio.StreamReader, far: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                self.heard.append(piece[:200])
                self._left -= 1
                if self._next is not None and self._left == 0:
                    if not self._next.answer:
                        self._fire()
                        return
                    doomed.set()
                far.write(piece)
                await far.drain()

    async def _carry_answers(
        self, far_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        through = 0
        with contextlib.suppress(OSError):
            while piece := await far_reader.read(PIECE):
                if doomed.is_set() and self._next is not None:
                    if through + len(piece) > self._next.size:
                        writer.write(piece[: self._next.size - through])
                        with contextlib.suppress(OSError):
                            await writer.drain()
                        doomed.clear()
                        self._fire()
                        return
                    through += len(piece)
                writer.write(piece)
                await writer.drain()

    def _fire(self) -> None:
        self.cuts += 1
        self.cut(self._again())
