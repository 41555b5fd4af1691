"""The worker channel: one WebSocket on which Twilio says what happens. What happens while it is down is never said."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from desktop.backends.wire.problem import retry_after
from desktop.backends.wire.reading import parse
from desktop.backends.wire.route import through, trusted
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Unavailable, Unsupported

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed

OPENING = 10.0
LARGEST = 256 * 1024
PING_EVERY = 4.0
PONG_WITHIN = 8.0
RENEW_AT = 0.9  # of a token's life
SHORTEST_LIFE, LONGEST_LIFE = 30.0, 86_400.0  # a shorter one would open channels without a pause

_QUIET = logging.Logger("worker channel", logging.CRITICAL + 1)
Message = tuple[str, object]


class Link:
    """One open channel."""

    def __init__(self, socket: "ClientConnection", lives: float) -> None:
        """`lives`: seconds until the token on it is over."""
        self._socket = socket
        self.lives = lives

    @classmethod
    async def open(cls, url: str, token: str, ca_file: str = "", proxy: str = "") -> "Link":
        """A channel that has greeted us.

        Args:
            url: `http://` or `https://` address of the channel; the socket's scheme follows from it.

        Raises:
            AuthFailed: the token is not accepted.
            Unavailable: it cannot be reached, or does not greet within 10 s.
            Unsupported: the package `websockets` is not installed.
        """
        try:
            from websockets.asyncio.client import connect
            from websockets.exceptions import InvalidStatus, WebSocketException
        except ImportError:
            raise Unsupported("Twilio needs one more package: pip install 'agent-desktop[twilio]'") from None
        address = f"ws{url.removeprefix('http')}?token={quote(token, safe='')}&closeExistingSessions=false"
        opened: ClientConnection | None = None
        failed: BackendError
        try:
            async with asyncio.timeout(OPENING):
                opened = await connect(
                    address,
                    ssl=trusted(ca_file) if url.startswith("https://") else None,
                    open_timeout=None,
                    ping_interval=None,
                    close_timeout=1.0,
                    max_size=LARGEST,
                    compression=None,
                    proxy=through(proxy, url),
                    logger=_QUIET,
                )
                kind, payload = await _message(opened)
                if kind != "init":
                    raise ProtocolError("Twilio's channel did not greet us.", "no init")
                lifetime = payload.get("token_lifetime") if isinstance(payload, dict) else None
                known = isinstance(lifetime, (int, float)) and 0 < lifetime < LONGEST_LIFE * 1000
                lives = float(lifetime) / 1000.0 if known and lifetime else LONGEST_LIFE
                return cls(opened, max(lives, SHORTEST_LIFE))
        except InvalidStatus as error:
            failed = _refused(error.response.status_code, error.response.headers.get("retry-after"))
        except BackendError as error:
            failed = error
        except (WebSocketException, OSError, EOFError, TimeoutError) as error:
            failed = Unavailable("Twilio's channel cannot be reached.", type(error).__name__)
        except asyncio.CancelledError:
            if opened is not None:
                opened.transport.abort()
            raise
        if opened is not None:
            opened.transport.abort()
        raise failed from None  # what it came from may hold the address with the token

    async def messages(self) -> AsyncGenerator[Message, None]:
        """Event names and payloads, until the channel is lost.

        Raises:
            Unavailable: it was closed or cut.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                try:
                    yield await _message(self._socket)
                except ProtocolError as error:
                    yield "", error  # one that cannot be read must not end the channel
        except ConnectionClosed as error:
            raise _lost(error) from None

    async def beat(self, alive: Callable[[], None]) -> None:
        """Ask for a sign of life every 4 s, until cancelled. `alive` is called for each.

        Raises:
            Unavailable: none came within 8 s.
        """
        from websockets.exceptions import ConnectionClosed

        while True:
            try:
                async with asyncio.timeout(PONG_WITHIN):
                    await (await self._socket.ping())
            except ConnectionClosed as error:
                raise _lost(error) from None
            except TimeoutError:
                raise Unavailable("The connection to Twilio was lost.", "no sign of life") from None
            alive()
            await asyncio.sleep(PING_EVERY)

    def close(self) -> None:
        """Be gone at once; a goodbye would have to be waited for."""
        self._socket.transport.abort()


async def _message(socket: "ClientConnection") -> Message:
    while True:
        text = await socket.recv()
        if not text.strip():
            continue  # the server's own sign of life
        body = parse(text)
        kind = body.get("event_type") if isinstance(body, dict) else None
        if not isinstance(kind, str) or not isinstance(body, dict):
            raise ProtocolError("An event of Twilio's cannot be read.", "no event_type")
        return kind, body.get("payload")


def _lost(error: "ConnectionClosed") -> Unavailable:
    how = f"closed with {error.rcvd.code}" if error.rcvd else "cut"
    return Unavailable("The connection to Twilio was lost.", how)


def _refused(status: int, wait: str | None) -> BackendError:
    if status in (401, 403):  # of a channel both are about its token
        return AuthFailed("Twilio does not accept our sign-in.", f"channel: {status}")
    if status == 429:
        return RateLimited("Twilio asks us to slow down.", retry_after(wait), f"channel: {status}")
    return Unavailable("Twilio's channel has a problem.", f"channel: {status}")
