"""A TCP proxy that spoils what passes through it, so that any adapter can be tried against a real server's bad days.

Bytes pass untouched until a mode is set. It knows just enough HTTP to count requests and to answer one in the server's
place. Standard library only.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

PIECE = 64 * 1024
NONSENSE = b"\x00\xff\xfe<<<garbage>>>\r\n\r\n{]\r\n" * 3
_REQUEST = re.compile(rb"([A-Z]{3,10} \S{1,4000}) HTTP/1\.[01]\r\n")
_SPEAKS_FIRST = 0.2  # seconds a client may stay silent before a spoilt connection is spoilt without its word


class Mode(StrEnum):
    """What the proxy does with connections."""

    PASS = "pass"  # noqa: S105 - a word, no password
    REFUSE = "refuse"  # nobody listens; open connections end
    HANG = "hang"  # bytes of either side are taken and go nowhere
    CUT = "cut"  # open connections end; new ones are reset once the client has spoken
    GARBAGE = "garbage"  # unreadable bytes in the place of an answer; open connections get them at once and end
    ANSWER = "answer"  # an HTTP answer in the server's place
    LOSE_ANSWER = "lose_answer"  # the server is asked; when it answers, the connection ends instead
    REPLACE_ANSWER = "replace_answer"  # the server is asked; when it answers, an HTTP answer comes instead


_PASSING = frozenset({Mode.PASS, Mode.LOSE_ANSWER, Mode.REPLACE_ANSWER})
"""In these the server is asked."""
_KEEPING = frozenset({Mode.HANG, Mode.LOSE_ANSWER, Mode.REPLACE_ANSWER})
"""In these open connections stay open, and are spoilt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP answer of `Mode.ANSWER` and `Mode.REPLACE_ANSWER`. `status` 200-599; the length is added."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def wire(self) -> bytes:
        """The whole answer as it goes over the wire; the connection ends after it."""
        head = {"Content-Type": "application/json", "Connection": "close"} | dict(self.headers)
        lines = [f"HTTP/1.1 {self.status} By-Proxy", *(f"{name}: {value}" for name, value in head.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}"]).encode() + b"\r\n\r\n" + self.body


class FaultProxy:
    """Stands on a free loopback port in front of a server. Use as an async context manager, or `start` and `stop`."""

    def __init__(self, host: str, port: int) -> None:
        """Nothing is opened yet. `host` and `port` are the real server's."""
        self._upstream = (host, port)
        self._mode = Mode.PASS
        self._answer = Answer(500)
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._asked: set[asyncio.StreamWriter] = set()  # who has said something since the mode was set
        self._spare = 0  # HTTP requests that LOSE_ANSWER and REPLACE_ANSWER still let be answered
        self._times = 0  # HTTP requests that ANSWER still spoils; with 0 all
        self._spared: set[asyncio.StreamWriter] = set()  # whose last request is one of them
        self.port = 0
        self.connections = 0
        self.requests: list[str] = []
        """Method and target of every HTTP request that came in, in whatever mode, e.g. `GET /v1/health`."""

    @property
    def url(self) -> str:
        """Where an HTTP client finds the proxy."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen, on the same port if it was started before."""
        self._socket = self._bound()
        self.port = self._socket.getsockname()[1]
        await self._listen()

    async def stop(self) -> None:
        """End every connection and listen no more. May be called twice."""
        self._close_server()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        await self.drop()

    async def set(self, mode: Mode, answer: Answer | None = None, *, spare: int = 0, times: int = 0) -> None:
        """Change what happens to connections. Open ones end, but for those modes that spoil them.

        Args:
            answer: what `Mode.ANSWER` and `Mode.REPLACE_ANSWER` answer.
            spare: how many HTTP requests `Mode.LOSE_ANSWER` and `Mode.REPLACE_ANSWER` let be answered first.
            times: how many HTTP requests `Mode.ANSWER` answers before all pass again; 0 is all.
        """
        was, self._mode = self._mode, mode
        self._answer = answer or self._answer
        self._asked.clear()
        self._spared.clear()
        self._spare = spare
        self._times = times
        if mode is Mode.REFUSE and was is not Mode.REFUSE:
            self._close_server()
            self._socket = self._bound()  # bound and not listening: the port stays ours, and connecting is refused
        elif was is Mode.REFUSE and mode is not Mode.REFUSE:
            await self._listen()
        if mode is Mode.GARBAGE:
            for writer in self._open.values():
                writer.write(NONSENSE)
        if mode not in _KEEPING and mode is not was:
            await self.drop()

    async def drop(self) -> None:
        """End every open connection once; new ones are treated as before."""
        tasks = [task for task in self._open if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _bound(self) -> socket.socket:
        # Named as TCP, else asyncio leaves Nagle's algorithm on, and answers in two pieces come 40 ms late.
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", self.port))
        made.setblocking(False)
        return made

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._socket)

    def _close_server(self) -> None:
        if self._server is not None:
            self._server.close()  # closes the listening socket too, and leaves the connections to `drop`
            self._server = self._socket = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # start_server runs its callback in one
        self._open[task] = writer
        self.connections += 1
        try:
            await self._treat(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # `drop` ends connections by cancelling; nobody else waits for this task
        finally:
            del self._open[task]
            self._asked.discard(writer)
            self._spared.discard(writer)
            if self._mode in {Mode.CUT, Mode.REFUSE, Mode.LOSE_ANSWER}:
                writer.transport.abort()
            else:
                writer.close()

    async def _treat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode in _PASSING:
            await self._pass(reader, writer)
        elif self._mode is Mode.HANG:
            while piece := await reader.read(PIECE):
                self._count(piece)
        else:
            await self._spoil(reader, writer)

    async def _spoil(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await self._heard(reader)
        if self._mode is Mode.CUT:
            return
        if self._mode is Mode.GARBAGE:
            writer.write(NONSENSE)
        elif heard:
            writer.write(self._answer.wire())
            self._times -= 1
            if self._times == 0:
                self._mode = Mode.PASS
        await writer.drain()
        writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):  # until the client has read it: closing with bytes unread resets it away
                while await reader.read(PIECE):
                    pass

    async def _heard(self, reader: asyncio.StreamReader) -> bytes:
        """What the client says first, a whole HTTP request where it is one; empty when it waits for the server."""
        heard = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SPEAKS_FIRST):
                while not (heard and _is_whole(heard)) and (piece := await reader.read(PIECE)):
                    heard += piece
        self._count(heard)
        return heard

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._upstream)
        ways = [
            asyncio.ensure_future(self._carry_questions(reader, writer, far_writer)),
            asyncio.ensure_future(self._carry_answers(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if not ways[1].done():
                far_writer.write_eof()  # the client has said all it wanted, and may still be answered
                await ways[1]
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()

    async def _carry_questions(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, far_writer: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(PIECE):
            self._count(piece)
            self._note_question(writer, piece)
            if self._mode is not Mode.HANG:
                far_writer.write(piece)
                await far_writer.drain()

    async def _carry_answers(self, far_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await far_reader.read(PIECE):
            if self._mode is Mode.LOSE_ANSWER and writer in self._asked:
                return
            if self._mode is Mode.REPLACE_ANSWER and writer in self._asked:
                writer.write(self._answer.wire())
                return await writer.drain()
            if self._mode is not Mode.HANG:
                writer.write(piece)
                await writer.drain()

    def _note_question(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if _REQUEST.match(piece):
            self._spared.discard(writer)
            if self._spare:
                self._spare -= 1
                self._spared.add(writer)
                self._asked.discard(writer)
        if writer not in self._spared:
            self._asked.add(writer)

    def _count(self, piece: bytes) -> None:
        if found := _REQUEST.match(piece):
            self.requests.append(found[1].decode("latin-1"))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _is_whole(heard: bytes) -> bool:
    """Whether an HTTP request has arrived with all of its body; True for what is no HTTP."""
    if not re.match(rb"[A-Z]{3,10} \S", heard):
        return True
    head, end, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
    if length is not None:
        return bool(end) and len(body) >= int(length[1])
    return bool(end) and (b"chunked" not in head.lower() or body.endswith(b"0\r\n\r\n"))
