"""The small HTTP server for systems that push: bounded in everything, and deaf to whoever does not know a secret.

Several backends may listen at one place: they share the port and are told apart by their secrets.
"""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

from desktop.ports.errors import Rejected, Unavailable

log = logging.getLogger(__name__)

LARGEST_HEAD = 16 * 1024  # a long SMS, escaped, is some 5 KB
LARGEST_BODY = 1024 * 1024
READ_SECONDS = 5.0
CONNECTIONS = 64
_FIELDS = 100
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Push:
    """One call as it came.

    Args:
        what: the path after the secret.
        fields: of the query, and of the body where that is a form; each byte is one character, for the charset of a
            text may be told in another field.
        body: of a POST; b"" otherwise.
        headers: by names in lower case.
    """

    what: str
    fields: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]


Take = Callable[[Push], Awaitable[HTTPStatus]]


def place_of(text: str) -> tuple[str, int] | None:
    """The address and port of an option `listen`; None where it is empty.

    Raises:
        Rejected: it is no address with a port.
    """
    host, _, port = text.strip().rpartition(":")
    if not text.strip():
        return None
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise Rejected("listen must be an address and a port, like 127.0.0.1:13120.")
    return host.strip("[]"), int(port)


class Listener:
    """Hears `GET` and `POST /SECRET/WHAT` for one backend, and answers with a status and nothing else."""

    def __init__(self, host: str, port: int, secret: str, take: Take) -> None:
        """Nothing is opened yet. `take` answers when the event is in safe hands."""
        self._place = (host, port)
        self._secret = secret.encode()
        self._take = take
        self._started = False

    async def start(self) -> None:
        """Listen; does nothing when it does so already.

        Raises:
            Unavailable: another program has the port, or the address is not this machine's.
            Rejected: another backend listens there under the same secret.
        """
        if self._started:
            return
        ports = _ports()
        port = ports.setdefault(self._place, _Port(*self._place))
        if self._secret in port.takers:
            raise Rejected("Another system of this profile listens there under the same secret.")
        port.takers[self._secret] = self._take
        try:
            await port.open()
        except OSError as error:
            del port.takers[self._secret]
            host, number = self._place
            raise Unavailable(
                f"Nothing can be received: port {number} of {host} cannot be had.", type(error).__name__
            ) from error
        self._started = True

    async def stop(self) -> None:
        """Hang up, unless others listen there. May be called twice."""
        if not self._started:
            return
        self._started = False
        ports = _ports()
        port = ports[self._place]
        del port.takers[self._secret]
        if not port.takers:
            del ports[self._place]
            await port.close()


class _Port:
    """One listening socket, and who hears what comes in there."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self.takers: dict[bytes, Take] = {}
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._open: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        async with self._opening:
            if self._server is None:
                self._server = await asyncio.start_server(self._serve, self._host, self._port, limit=LARGEST_HEAD)

    async def close(self) -> None:
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
            log.info("a call from outside was not heard: %s", type(error).__name__)
        except asyncio.CancelledError:
            pass  # by `close`; the task ends here, and asyncio would report it as a failure
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> HTTPStatus:
        async with asyncio.timeout(READ_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].split(b"\r\n")
        method, _, rest = first.partition(b" ")
        target, _, version = rest.rpartition(b" ")
        if not version.startswith(b"HTTP/1."):
            return HTTPStatus.BAD_REQUEST
        try:
            parts = urlsplit(target.decode("ascii"))
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        empty, _, path = parts.path.partition("/")
        secret, _, what = path.partition("/")
        take = None if empty else self._taker(secret.encode())
        if take is None:
            return HTTPStatus.NOT_FOUND
        if method not in {b"GET", b"POST"}:
            return HTTPStatus.METHOD_NOT_ALLOWED
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (one.decode("latin-1").partition(":") for one in lines)
        }
        body = b""
        if method == b"POST":
            length = headers.get("content-length", "")
            if not (length.isascii() and length.isdigit() and len(length) < 10) or "transfer-encoding" in headers:
                return HTTPStatus.LENGTH_REQUIRED
            if int(length) > LARGEST_BODY:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            async with asyncio.timeout(READ_SECONDS):
                body = await reader.readexactly(int(length))
        form = headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
        query = f"{parts.query}&{body.decode('latin-1')}" if form else parts.query
        try:
            fields = dict(parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=_FIELDS))
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        return await take(Push(what, fields, body, headers))

    def _taker(self, secret: bytes) -> Take | None:
        """Whose secret it is; every one is compared, in a time that tells nothing of it."""
        found: Take | None = None
        for known, take in self.takers.items():
            if hmac.compare_digest(secret, known):
                found = take
        return found


_OPEN: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, int], _Port]] = WeakKeyDictionary()


def _ports() -> dict[tuple[str, int], _Port]:
    return _OPEN.setdefault(asyncio.get_running_loop(), {})
