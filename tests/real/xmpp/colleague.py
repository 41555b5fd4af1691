"""A colleague at a client of their own: bare slixmpp with its own plug-ins, which share no code with the adapter."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from slixmpp import ClientXMPP

PLUGINS = (
    "xep_0030",
    "xep_0054",
    "xep_0060",
    "xep_0108",
    "xep_0115",
    "xep_0163",
    "xep_0184",
    "xep_0199",
    "xep_0280",
    "xep_0292",
    "xep_0319",
)


class Colleague(ClientXMPP):
    """Signs in, shows themselves, writes, and keeps what was heard."""

    def __init__(self, jid: str, password: str, port: int, ca_file: str, *, host: str = "127.0.0.1") -> None:
        super().__init__(jid, password, ssl_context=ssl.create_default_context(cafile=ca_file))
        self.enable_direct_tls = False
        for plugin in PLUGINS:
            self.register_plugin(plugin)
        self.plugin["xep_0163"].add_interest("http://jabber.org/protocol/activity")
        self._address = (host, port)
        self.started = asyncio.Event()
        self.presences: list[Any] = []
        self.messages: list[Any] = []
        self.activities: list[tuple[str, Any]] = []
        self.asked: list[str] = []
        self.roster.auto_authorize = None  # type: ignore[assignment]
        self.roster.auto_subscribe = False
        self.add_event_handler("session_start", lambda _: self.started.set())
        self.add_event_handler("presence", self.presences.append)
        self.add_event_handler("message", self.messages.append)
        self.add_event_handler("presence_subscribe", lambda stanza: self.asked.append(stanza["from"].bare))
        self.add_event_handler(
            "user_activity_publish",
            lambda stanza: self.activities.append(
                (stanza["from"].bare, stanza["pubsub_event"]["items"]["item"]["activity"]["value"])
            ),
        )

    async def sign_in(self) -> None:
        """Connect, read the roster, and be available."""
        self.connect(*self._address)
        await asyncio.wait_for(self.started.wait(), 10)
        await self.get_roster()
        await self.plugin["xep_0115"].update_caps(broadcast=False)
        self.send_presence()
        await self.settle()

    async def settle(self) -> None:
        """Wait until the server has taken everything that was sent."""
        await self.plugin["xep_0199"].ping(self.boundjid.host, timeout=10)

    async def show(self, show: str = "", status: str = "", priority: int = 0, *, idle: bool = False) -> None:
        """Be seen as this."""
        stanza = self.make_presence(pshow=show or None, pstatus=status or None, ppriority=priority)
        if idle:
            stanza["idle"]["since"] = datetime.now(UTC)
        stanza.send()
        await self.settle()

    async def does(self, general: str | None, specific: str | None = None, text: str | None = None) -> None:
        """Publish an activity (XEP-0108), or none."""
        if general is None:
            await self.plugin["xep_0108"].stop()
        else:
            await self.plugin["xep_0108"].publish_activity(general, specific, text)

    async def says(self, to: str, text: str) -> None:
        """Write to somebody."""
        self.send_message(to, text, mtype="chat")
        await self.settle()

    def sees(self, who: str) -> str:
        """The last word of somebody's presence: their show, `available` or `unavailable`."""
        theirs = [one for one in self.presences if one["from"].bare == who]
        return str(theirs[-1]["type"]) if theirs else ""

    def heard(self, text: str) -> int:
        """How many messages with this text came."""
        return sum(one["body"] == text for one in self.messages)

    def cut(self) -> None:
        """Vanish without goodbye."""
        self.cancel_connection_attempt()
        self.abort()

    async def leave(self) -> None:
        """Sign out."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.disconnect(wait=0.5), 2)
        self.cut()
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()


@contextlib.asynccontextmanager
async def colleague(server: Any, user: str, *, resource: str = "") -> AsyncIterator[Colleague]:
    """A colleague of that name, signed in for the block."""
    jid = f"{user}@{server.domain}" + (f"/{resource}" if resource else "")
    one = Colleague(jid, f"pw-{user}", server.port, str(server.ca_file))
    try:
        await one.sign_in()
        yield one
    finally:
        await one.leave()
