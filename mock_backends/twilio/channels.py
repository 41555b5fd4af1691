"""The worker channel: one WebSocket a desktop, with events that are gone once they were sent."""

import asyncio
import contextlib
import json
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

QUIET = 10.0  # seconds between the empty messages that show that the line lives
TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001


class Channels:
    """The open sockets of every worker."""

    def __init__(self) -> None:
        self._open: dict[WebSocket, tuple[str, asyncio.Queue[str | None]]] = {}

    def tell(self, agent_id: str, event: str, payload: dict[str, Any]) -> None:
        """Send one event to all sockets of a worker; who is not connected never hears of it."""
        text = json.dumps({"event_type": event, "payload": payload})
        for owner, waiting in self._open.values():
            if owner == agent_id:
                waiting.put_nowait(text)

    def cut(self, agent_id: str | None = None) -> None:
        """End the sockets of a worker, or all."""
        for owner, waiting in list(self._open.values()):
            if agent_id in (None, owner):
                waiting.put_nowait(None)

    async def serve(self, socket: WebSocket, agent_id: str, init: dict[str, Any], lives: float) -> None:
        """Greet, and send what happens until either side ends it or `lives` seconds are over."""
        await socket.accept()
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        waiting.put_nowait(json.dumps({"event_type": "init", "payload": init}))
        self._open[socket] = (agent_id, waiting)
        sending = asyncio.ensure_future(self._send(socket, waiting, asyncio.get_running_loop().time() + lives))
        hearing = asyncio.ensure_future(self._hear(socket))
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._open[socket]
            for task in (sending, hearing):
                task.cancel()
            await asyncio.gather(sending, hearing, return_exceptions=True)
            if socket.application_state is WebSocketState.CONNECTED:
                with contextlib.suppress(WebSocketDisconnect):  # it may have gone without a word
                    await socket.close(GOING_AWAY)

    async def _send(self, socket: WebSocket, waiting: asyncio.Queue[str | None], until: float) -> None:
        loop = asyncio.get_running_loop()
        while (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(QUIET, left)):
                    text = await waiting.get()
            except TimeoutError:
                text = ""
            if text is None:
                return
            await socket.send_text(text)

    async def _hear(self, socket: WebSocket) -> None:
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            return
