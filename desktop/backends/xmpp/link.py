"""The connection to the server: made when it is needed, resumed when it was lost, and asked with words for errors."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from xml.etree.ElementTree import Element

from desktop.backends.wire.route import trusted
from desktop.backends.xmpp.account import Account
from desktop.backends.xmpp.xml import CLIENT, PING, STANZA_ERRORS, local_name, make, tag
from desktop.ports.errors import (
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)

if TYPE_CHECKING:
    import ssl

    from desktop.backends.xmpp.client import Client

T = TypeVar("T")
log = logging.getLogger(__name__)
ANSWER_SECONDS = 8.0
GOODBYE_SECONDS = 0.2

_CONDITIONS: dict[str, type[BackendError]] = {
    "item-not-found": NotFound,
    "recipient-unavailable": NotFound,
    "service-unavailable": NotFound,
    "gone": NotFound,
    "remote-server-not-found": NotFound,
    "remote-server-timeout": Unavailable,
    "internal-server-error": Unavailable,
    "conflict": Conflict,
    # An answer to a stanza comes on a stream that is signed in: none of these is about our own credentials.
    "forbidden": Forbidden,
    "not-authorized": Forbidden,
    "registration-required": Forbidden,
    "subscription-required": Forbidden,
    "feature-not-implemented": Unsupported,
}


def error_of(stanza: Element, what: str) -> BackendError:
    """The error for an answer of type `error`, from its condition (RFC 6120 section 8.3)."""
    reasons = (one for one in stanza.findall(f"{tag(CLIENT, 'error')}/*") if STANZA_ERRORS in str(one.tag))
    condition = next((local_name(one) for one in reasons), "undefined-condition")[:60]
    detail = f"{what}: {condition}"
    if condition in {"resource-constraint", "policy-violation"}:
        return RateLimited("The directory asks us to slow down.", 5.0, detail)
    kind = _CONDITIONS.get(condition, Rejected)
    return kind(f"The directory answered: {condition.replace('-', ' ')}.", detail)


class Link:
    """One connection, shared by everything that is asked. Nothing tries again by itself: each call may connect once."""

    def __init__(
        self,
        account: Account,
        *,
        presence: Callable[[Element], None],
        message: Callable[[Element], None],
        roster: Callable[[Element], None],
        begin: Callable[[], Awaitable[None]],
    ) -> None:
        """Nothing is opened yet.

        Args:
            presence, message, roster: hear each such stanza (a roster push as its `<iq/>`).
            begin: called once in each new session, before anybody may use it.
        """
        self._account = account
        self._hear = {"presence": presence, "message": message}
        self._roster = roster
        self._begin = begin
        self._client: Client | None = None
        self._tls: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()
        self._ready = False  # whether the client's session has begun

    @property
    def up(self) -> bool:
        """Whether there is a connection."""
        return self._client is not None and self._ready and not self._client.lost.is_set()

    @property
    def resumable(self) -> bool:
        """Whether the server keeps the session when the connection is lost (XEP-0198)."""
        return self._client is not None and self._client.resumable

    @property
    def resource(self) -> str:
        """The name of this program among those of our account."""
        return "" if self._client is None else str(self._client.boundjid.resource)

    async def ensure(self) -> None:
        """See that there is a connection, by making or resuming one.

        Raises:
            AuthFailed, Unavailable, ProtocolError: there is none.
        """
        if self.up:
            return
        async with self._lock:
            if self.up:
                return
            client = self._client
            if client is None or not (self._ready and client.resumable):
                self._discard()
                client = self._client = self._make()
            new = await client.attempt()
            if not new:
                log.info("the session was resumed")
                return
            self._ready = False
            try:
                await self._begin()
            except BaseException:
                self._discard()
                raise
            self._ready = True

    async def ask(self, kind: str, payload: Element, to: str = "") -> Element:
        """The answer to a request of kind `get` or `set`, as its `<iq/>`.

        Raises:
            Unavailable: the connection was lost, or nothing came within 8 s.
            BackendError: what the server answered.
        """
        from slixmpp.exceptions import IqError, IqTimeout

        client = self._connected()
        what = f"{kind} {payload.tag}"
        request = client.make_iq(itype=kind, ito=to or None)  # type: ignore[arg-type]
        request.append(payload)
        try:
            answer = await self.or_lost(request.send(timeout=ANSWER_SECONDS))  # type: ignore[no-untyped-call]
        except IqError as error:
            raise error_of(error.iq.xml, what) from None
        except IqTimeout as error:
            raise Unavailable("The directory did not answer.", what) from error
        found: Element = answer.xml
        return found

    async def ping(self) -> None:
        """See that the server is there. An error is a sign of life too.

        Raises:
            Unavailable: it is not, or the connection is gone.
        """
        try:
            await self.ask("get", make(PING, "ping"), self._account.domain)
        except Unavailable:
            raise
        except BackendError:
            return

    async def or_lost(self, answer: Awaitable[T]) -> T:
        """What `answer` gives, unless the connection is lost before."""
        client = self._connected()
        asked, lost = asyncio.ensure_future(answer), asyncio.ensure_future(client.lost.wait())
        try:
            await asyncio.wait({asked, lost}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise Unavailable("The connection to the directory was lost.")
        finally:
            asked.cancel()
            lost.cancel()

    def send(self, stanza: Element) -> None:
        """Send a presence or a message; gives it an id when it has none.

        Raises:
            Unavailable: there is no connection.
        """
        client = self._connected()
        kind = client.Message if local_name(stanza) == "message" else client.Presence
        stanza.set("id", stanza.get("id") or uuid.uuid4().hex)
        client.send(kind(xml=stanza))

    @property
    def lost(self) -> asyncio.Event:
        """Set while there is no connection.

        Raises:
            Unavailable: there never was one.
        """
        return self._connected().lost

    def drop(self) -> None:
        """Give a connection up that is of no use any more; the session may be resumed."""
        if self._client is not None:
            self._client.cut()

    async def close(self) -> None:
        """Say goodbye and let go. May be called twice; a later call would connect again."""
        client = self._client
        if client is not None and self.up:
            self.send(make(CLIENT, "presence", type="unavailable"))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS * 2):
                    await client.disconnect(wait=GOODBYE_SECONDS)
        self._discard()

    def _discard(self) -> None:
        client, self._client, self._ready = self._client, None, False
        if client is not None:
            client.let_go()

    def _connected(self) -> "Client":
        if self._client is None or self._client.lost.is_set():
            raise Unavailable("The directory is not connected.")
        return self._client

    def _make(self) -> "Client":

        try:
            from desktop.backends.xmpp.client import Client
        except ImportError:
            raise Unsupported("XMPP needs one more package: pip install 'agent-desktop[xmpp]'") from None

        if self._tls is None:
            self._tls = trusted(self._account.ca_file)
        client = Client(self._account, self._tls)
        for name, handler in self._hear.items():
            client.hear(name, handler)
        client.add_event_handler("roster_update", lambda iq: self._roster(iq.xml))
        return client
