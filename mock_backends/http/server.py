"""uvicorn, with deadlines: a request that does not arrive in time loses its connection."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import Callable, Generator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_backends.http.settings import Settings


class DeadlineProtocol(H11Protocol):
    """HTTP/1.1 that cuts off clients who dawdle.

    Head and body must be here `read_deadline` real seconds after the first byte, and a fresh connection must begin to
    speak within that time. uvicorn itself has no such limit.
    """

    read_deadline = 10.0
    _cutter: asyncio.TimerHandle | None = None
    _upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the request is complete, start it when another begins."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """A pipelined request may have begun already."""
        super().on_response_complete()
        if self.conn.trailing_data[0]:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """No clock without a connection."""
        self._disarm()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The request is here; what follows on this connection is another protocol's, and may take its time."""
        super().handle_websocket_upgrade(event)
        self._upgraded = True

    def _look(self) -> None:
        if not self._upgraded and self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._arm()
        else:
            self._disarm()

    def _arm(self) -> None:
        if self._cutter is None:
            self._cutter = self.loop.call_later(self.read_deadline, self._cut)

    def _disarm(self) -> None:
        if self._cutter is not None:
            self._cutter.cancel()
            self._cutter = None

    def _cut(self) -> None:
        self.transport.abort()


class _Quiet(uvicorn.Server):
    """A server that leaves signals to whoever runs several of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Serving:
    """One app on one loopback port."""

    def __init__(
        self, app: ASGIApp, settings: Settings, port: int = 0, *, before_stop: Callable[[], None], sockets: bool = False
    ) -> None:
        """`sockets`: whether the app has WebSockets; they need the package `websockets`."""
        self._before_stop = before_stop
        protocol: Any = type("Protocol", (DeadlineProtocol,), {"read_deadline": settings.read_deadline})
        # Named as TCP, else asyncio leaves Nagle's algorithm on, and answers in two pieces come 40 ms late.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = _Quiet(
            uvicorn.Config(
                app,
                http=protocol,
                ws="websockets-sansio" if sockets else "none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=2048,
                timeout_graceful_shutdown=1,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it listens."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """End streams and connections, and free the port."""
        self._before_stop()
        self._server.should_exit = True
        if self._task is not None:
            await self._task


def allow_many_files() -> None:
    """Let this process have as many sockets as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
