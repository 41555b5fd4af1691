"""slixmpp, held short: one connection attempt at a time, never without TLS, and nothing done of its own accord.

Importing this module imports slixmpp, which costs about a tenth of a second; only `Link` does, when it connects.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from slixmpp import ClientXMPP
from slixmpp.plugins.xep_0198.stanza import Enable
from slixmpp.stanza import StreamFeatures
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from desktop.backends.xmpp.account import Account
from desktop.backends.xmpp.xml import ACTIVITY, CLIENT, RECEIPTS, VCARD4_NODE, line, tag
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, Unavailable

LARGEST_STANZA = 2 * 1024 * 1024
KEPT_SECONDS = 60
"""How long the server is asked to keep a session whose connection was lost: longer, and colleagues see a desktop that
crashed as available for minutes."""
_WRONG = frozenset({"not-authorized", "account-disabled", "credentials-expired", "encryption-required"})
_SCRAM = {f"SCRAM-SHA-{size}{plus}" for size in ("1", "256", "384", "512") for plus in ("", "-PLUS")}
_SIGN_IN = {"use_mechs": {*_SCRAM, "PLAIN"}}  # PLAIN goes over TLS only; nobody wants to be signed in as nobody
# Its debug lines hold whole stanzas, with the password and what people write to each other.
logging.getLogger("slixmpp").setLevel(logging.WARNING)


class Client(ClientXMPP):
    """One account's connection. `attempt` connects or resumes; nothing reconnects by itself."""

    def __init__(self, account: Account, tls: ssl.SSLContext) -> None:
        jid = f"{account.jid}/{account.resource}" if account.resource else account.jid
        super().__init__(jid, account.password, ssl_context=tls, plugin_config={"feature_mechanisms": _SIGN_IN})
        self._account = account
        self._outcome: asyncio.Future[bool] | None = None
        self._trouble: BackendError | None = None
        self._unfinished = 0  # bytes since the last whole stanza
        self._upgrading = False
        self.lost = asyncio.Event()
        self.lost.set()
        self.resumable = False
        self.enable_direct_tls, self.enable_starttls = account.direct_tls, not account.direct_tls
        self.enable_plaintext = False
        self.max_redirects = -1  # no other host than the configured one
        self.whitespace_keepalive = False  # the pings of the stream are the sign of life
        for plugin in ("xep_0030", "xep_0115", "xep_0198", "xep_0199"):
            self.register_plugin(plugin)
        self.add_filter("out_sync", _kept_shortly)  # slixmpp asks for no time, and the server's own is minutes
        self.remove_handler("Entity Capabilities")  # nobody's programs are asked what they can do
        # slixmpp would let in whoever asks, and ask them back.
        self.roster.auto_authorize = None  # type: ignore[assignment]  # its third value: leave it to the server
        self.roster.auto_subscribe = False
        for name, handler in (
            ("stream_negotiated", self._negotiated),
            ("session_resumed", self._resumed),
            ("sm_enabled", self._managed),
            ("failed_auth", self._refused),
            ("failed_all_auth", self._refused_all),
            ("connection_failed", self._not_reached),
            ("ssl_invalid_chain", self._untrusted),
            ("stream_error", self._stream_error),
            ("disconnected", self._ended),
        ):
            self.add_event_handler(name, handler)

    def hear(self, name: str, handler: Callable[[Element], None]) -> None:
        """Give every stanza of that name (`presence`, `message`) to `handler`, in the order in which they come."""
        self.register_handler(
            Callback(f"desktop {name}", MatchXPath(tag(CLIENT, name)), lambda stanza: handler(stanza.xml))
        )

    async def attempt(self) -> bool:
        """Connect and sign in once; answers whether the session is a new one (and not the last one resumed).

        Raises:
            AuthFailed: the server does not take our credentials.
            Unavailable: it cannot be reached, is not trusted, or has no TLS.
        """
        self._outcome = asyncio.get_running_loop().create_future()
        self._trouble = None
        self._unfinished = 0
        try:
            if self._account.host:
                self.connect(self._account.host, self._asked_port)
            else:
                self.connect()
            new = await self._outcome
            if new:
                await self._say_what_we_hear()
            return new
        except BaseException:
            self.cut()
            raise
        finally:
            self._outcome = None

    def cut(self) -> None:
        """End the connection without goodbye, so that the session can be resumed."""
        self.cancel_connection_attempt()
        self.abort()
        self.lost.set()
        self._fail(self._trouble or Unavailable("The connection to the directory was given up."))

    def let_go(self) -> None:
        """Give back what slixmpp keeps running; the client is of no use any more."""
        self.cut()
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()

    async def _say_what_we_hear(self) -> None:
        disco, caps = self.plugin["xep_0030"], self.plugin["xep_0115"]
        disco.add_identity(category="client", itype="console", name="agent-desktop")
        for feature in (f"{ACTIVITY}+notify", f"{VCARD4_NODE}+notify", RECEIPTS):
            disco.add_feature(feature)
        await caps.update_caps(broadcast=False)

    def reschedule_connection_attempt(self) -> None:
        """Every address failed. slixmpp would try again for ever; when to try again is the host's business."""
        self._current_connection_attempt = None
        self._fail(self._trouble or Unavailable(self._nobody_there))

    def data_received(self, data: bytes | str) -> None:
        """Bytes came in. A stanza that never ends, or a document type, ends the connection."""
        self._unfinished += len(data)
        doctype = b"<!DOCTYPE" in data if isinstance(data, bytes) else "<!DOCTYPE" in data
        if doctype or self._unfinished > LARGEST_STANZA:
            self._fail(ProtocolError("The directory sent what no server sends.", "too large a stanza or a DTD"))
            self.cut()
            return
        super().data_received(data)

    def _spawn_event(self, xml: Element) -> None:
        self._unfinished = 0
        try:
            super()._spawn_event(xml)
        except Exception as error:  # one stanza that cannot be read must not end the connection
            logging.getLogger(__name__).warning("a stanza was left out: %s", type(error).__name__)

    async def _handle_stream_features(self, features: StreamFeatures) -> bool | None:
        offers_tls = "starttls" in features["features"]
        if not isinstance(self.socket, (ssl.SSLObject, ssl.SSLSocket)) and not offers_tls:
            self._fail(Unavailable("The directory offers no encrypted connection; nothing was sent.", "no STARTTLS"))
            self.cut()
            return None
        return await super()._handle_stream_features(features)

    async def start_tls(self) -> bool:
        """Go on encrypted. Why that failed comes after the end of the connection, so its end waits for it."""
        self._upgrading = True
        try:
            done = await super().start_tls()
        finally:
            self._upgrading = False
        if not done:
            self._fail(self._trouble or Unavailable("No encrypted connection to the directory could be made."))
            self.cut()
        return done

    def _negotiated(self, _: object) -> None:
        if self.sessionstarted:
            self._up(new=True)

    def _managed(self, enabled: Any) -> None:
        self.resumable = enabled.xml.get("resume") in {"true", "1"}

    def _resumed(self, _: object) -> None:
        self._up(new=False)

    def _up(self, *, new: bool) -> None:
        self.lost.clear()
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(new)

    def _refused(self, failure: Any) -> None:
        condition = line(str(failure["condition"]), 60)
        self._trouble = (
            Unavailable("The directory cannot check our sign-in now.", condition)
            if condition == "temporary-auth-failure"
            else AuthFailed("The directory does not accept the address or the password.", condition)
        )
        if condition in _WRONG:
            # slixmpp would go on with every other mechanism, and lock the account with them.
            self._fail(self._trouble)
            self.cut()

    def _refused_all(self, _: object) -> None:
        self._fail(self._trouble or AuthFailed("The directory offers no way of signing in that is safe."))

    @property
    def _nobody_there(self) -> str:
        account = self._account
        if not account.host:
            return f"The directory of {account.domain} cannot be reached where DNS says; name it with host and port."
        return f"The directory at {account.host}:{self._asked_port} cannot be reached; see host and port."

    @property
    def _asked_port(self) -> int:
        return self._account.port or (5223 if self._account.direct_tls else 5222)

    def _not_reached(self, error: object) -> None:
        if isinstance(error, ssl.SSLError):
            self._untrusted(error)
        else:
            self._trouble = Unavailable(self._nobody_there, type(error).__name__)

    def _untrusted(self, error: object) -> None:
        self._trouble = (
            Unavailable("The certificate of the directory is not trusted; see ca_file.", type(error).__name__)
            if isinstance(error, ssl.SSLCertVerificationError)
            else Unavailable("No encrypted connection to the directory could be made.", type(error).__name__)
        )

    def _stream_error(self, error: Any) -> None:
        self._trouble = Unavailable("The directory ended the connection.", line(str(error["condition"]), 60))

    def _ended(self, _: object) -> None:
        self.lost.set()
        if not self._upgrading:
            self._fail(self._trouble or Unavailable("The connection to the directory was lost."))

    def _fail(self, error: BackendError) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_exception(error)


def _kept_shortly(stanza: Any) -> Any:
    if isinstance(stanza, Enable):
        stanza["max"] = str(KEPT_SECONDS)
    return stanza
