"""The small HTTP server that Kannel calls: bounded in everything, and deaf to whoever does not know the secret."""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from desktop.ports.errors import Unavailable

log = logging.getLogger(__name__)

LARGEST_HEAD = 16 * 1024  # a long SMS, escaped, is some 5 KB
READ_SECONDS = 5.0
CONNECTIONS = 64
_FIELDS = 30

Take = Callable[[str, Mapping[str, str]], Awaitable[HTTPStatus]]


class CallbackServer:
    """Hears `GET /SECRET/WHAT?name=value…` and answers with a status and nothing else."""

    def __init__(self, host: str, port: int, secret: str, take: Take) -> None:
        """Nothing is opened yet. `take` gets WHAT and the values, and answers when the event is in safe hands."""
        self._host = host
        self._port = port
        self._secret = secret.encode()
        self._take = take
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; does nothing when it does so already.

        Raises:
            Unavailable: somebody else has the port, or the address is not this machine's.
        """
        if self._server is not None:
            return
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port, limit=LARGEST_HEAD)
        except OSError as error:
            raise Unavailable(
                f"Delivery reports cannot be received: port {self._port} of {self._host} cannot be had.",
                type(error).__name__,
            ) from error

    async def stop(self) -> None:
        """Hang up. May be called twice."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for task in tuple(self._open):
                task.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        try:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            if len(self._open) <= CONNECTIONS:
                status = await self._answer(reader)
            writer.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n".encode("ascii")
            )
            async with asyncio.timeout(READ_SECONDS):
                await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            log.info("a callback was not heard: %s", type(error).__name__)
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> HTTPStatus:
        async with asyncio.timeout(READ_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
        target, _, version = rest.rpartition(b" ")
        if not version.startswith(b"HTTP/1."):
            return HTTPStatus.BAD_REQUEST
        try:
            parts = urlsplit(target.decode("ascii"))
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        empty, _, path = parts.path.partition("/")
        secret, _, what = path.partition("/")
        if empty or not hmac.compare_digest(secret.encode(), self._secret):
            return HTTPStatus.NOT_FOUND
        if method != b"GET":
            return HTTPStatus.METHOD_NOT_ALLOWED
        try:
            # Bytes as they are: the charset of a text is told in another field.
            fields = dict(parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1", max_num_fields=_FIELDS))
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        return await self._take(what, fields)
