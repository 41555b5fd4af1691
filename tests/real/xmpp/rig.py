"""The kit's rig for XMPP: a real server behind the fault proxy, and a colleague who signs in past it."""

import asyncio
from contextlib import AsyncExitStack

from desktop.backends.xmpp.presence import XmppPresence
from desktop.domain.entities.words import PresenceState
from desktop.testing.fault_proxy import FaultProxy, Mode
from desktop.testing.rig import Fault
from desktop.testing.rigs import PresenceRig
from tests.real.servers.prosody import DOMAIN

from .colleague import Colleague, colleague
from .conftest import XmppServer
from .following import adapter

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"
_MODES = {
    Fault.HANG: Mode.HANG,
    Fault.DROPPED: Mode.CUT,
    Fault.REFUSED: Mode.REFUSE,
    Fault.GARBAGE: Mode.GARBAGE,
    Fault.ANSWER_LOST: Mode.LOSE_ANSWER,
}
_SHOWS = {
    PresenceState.AVAILABLE: "",
    PresenceState.BUSY: "dnd",
    PresenceState.DO_NOT_DISTURB: "dnd",
    PresenceState.AWAY: "away",
}


class XmppRig(PresenceRig):
    """The agent's server, and an expert at slixmpp."""

    secrets = ("pw-agent1",)
    label = "real"
    connected = True
    expert = EXPERT

    def __init__(self, server: XmppServer) -> None:
        self._server = server
        self._proxy = FaultProxy("127.0.0.1", server.port)
        self._there = AsyncExitStack()
        self._locked_out = False
        self._colleague: Colleague

    async def start(self) -> None:
        await self._proxy.start()
        self._colleague = await self._there.enter_async_context(colleague(self._server, "expert1"))

    async def stop(self) -> None:
        await self.heal()
        await self._there.aclose()
        await self._proxy.stop()

    def make(self) -> XmppPresence:
        return adapter(self._server, port=str(self._proxy.port))

    async def fault(self, fault: Fault) -> None:
        if fault is Fault.UNAUTHORIZED:
            await self._change_password("changed-behind-our-back")
            self._locked_out = True
            await self._proxy.drop()
        elif fault in _MODES:
            await self._proxy.set(_MODES[fault])
        else:
            await super().fault(fault)

    async def heal(self) -> None:
        if self._locked_out:
            await self._change_password("pw-agent1")
            self._locked_out = False
        await self._proxy.set(Mode.PASS)

    async def drop_streams(self) -> None:
        await self._proxy.drop()

    async def move(self, state: PresenceState, *, in_call: bool | None = None) -> None:
        if in_call:
            await self._colleague.does("talking", "on_the_phone")
        elif state is PresenceState.BUSY:
            await self._colleague.does("working", "in_a_meeting")
        else:
            await self._colleague.does(None)
        await self._colleague.show(_SHOWS[state])

    async def expert_writes(self, text: str) -> None:
        await self._colleague.says(AGENT, text)

    async def received(self, text: str) -> int:
        await self._colleague.settle()
        return self._colleague.heard(text)

    async def own_state(self) -> PresenceState:
        """From the show and the published activity, as any other client reads them."""
        await self._colleague.settle()
        show = self._colleague.sees(AGENT)
        doing = [activity for who, activity in self._colleague.activities if who == AGENT]
        if show == "dnd":
            return PresenceState.BUSY if doing and doing[-1][0] else PresenceState.DO_NOT_DISTURB
        return {"available": PresenceState.AVAILABLE, "away": PresenceState.AWAY}.get(show, PresenceState.UNKNOWN)

    async def _change_password(self, password: str) -> None:
        await asyncio.to_thread(self._server.change_password, "agent1", password)
