"""A phone in memory, rung by the test."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Self

from desktop.app.timing import Timing
from desktop.domain.entities.phone import CallEnd, CallState, PhoneCall, PhoneRegistration, Registration
from desktop.domain.state.events import Envelope, Heartbeat, PhoneCallChanged, PhoneRegistrationChanged, PhoneSnapshot
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.errors import NotFound
from desktop.ports.voice import Voice
from tests.app.app_fakes import NUMBER, START, Script

CAN = frozenset({Capability.HOLD, Capability.MUTE, Capability.DTMF})


class FakePhone(Voice):
    """Does at once what it is asked, and tells it as events."""

    manifest = Manifest(Kind.VOICE, "fake", 1, "Fake", frozenset(Capability))

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.script = Script()
        self.capabilities = CAN
        self.registration = PhoneRegistration(Registration.REGISTERED, START, "me@here")
        self.calls: dict[str, PhoneCall] = {}
        self.log: list[Envelope] = []
        self._news = asyncio.Event()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError

    async def open(self) -> frozenset[Capability]:
        await self.script.play("open")
        return self.capabilities

    async def close(self) -> None:
        await self.script.play("close")

    def ring(self, call_id: str = "sip-1", number: str = NUMBER, **changes: Any) -> PhoneCall:
        call = PhoneCall(call_id, number, CallState.RINGING, self.timing.clock(), muted=False)
        return self.become(replace(call, **changes))

    def become(self, call: PhoneCall) -> PhoneCall:
        self.calls[call.id] = call
        if call.state is CallState.ENDED:
            del self.calls[call.id]
        self._tell(PhoneCallChanged(call))
        return call

    def end(self, call_id: str = "sip-1", why: CallEnd = CallEnd.LEFT) -> None:
        """The call ends by the far side's doing."""
        self.become(replace(self.calls[call_id], state=CallState.ENDED, ended=why))

    def register(self, state: Registration, why: str = "") -> None:
        self.registration = replace(self.registration, state=state, why=why)
        self._tell(PhoneRegistrationChanged(self.registration))

    def _tell(self, event: Any) -> None:
        self.log.append(Envelope("voice", event, self.timing.clock(), "p1", len(self.log) + 1))
        self._news.set()
        self._news = asyncio.Event()

    async def snapshot(self) -> Envelope:
        await self.script.play("snapshot")
        event = PhoneSnapshot(self.registration, tuple(self.calls.values()))
        return Envelope("voice", event, self.timing.clock(), "p1", len(self.log))

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        at = after[1] if after is not None else len(self.log)
        ticking = asyncio.ensure_future(self.timing.sleep(5.0))
        try:
            while True:
                for envelope in self.log[at:]:
                    at += 1
                    yield envelope
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait({news, ticking}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                if ticking.done():
                    ticking = asyncio.ensure_future(self.timing.sleep(5.0))
                    now = self.timing.clock()
                    yield Envelope("voice", Heartbeat(now, len(self.log)), now, "p1")
        finally:
            ticking.cancel()

    async def _change(self, name: str, call_id: str, *arguments: Any, **changes: Any) -> None:
        await self.script.play(name, call_id, *arguments)
        if call_id not in self.calls:
            raise NotFound("The call has ended.")
        if changes:
            self.become(replace(self.calls[call_id], **changes))

    async def answer(self, call_id: str) -> None:
        await self._change("answer", call_id, state=CallState.ACTIVE)

    async def reject(self, call_id: str) -> None:
        await self._change("reject", call_id, state=CallState.ENDED, ended=CallEnd.REJECTED)

    async def hang_up(self, call_id: str) -> None:
        await self._change("hang_up", call_id, state=CallState.ENDED, ended=CallEnd.HUNG_UP)

    async def hold(self, call_id: str, *, on: bool) -> None:
        await self._change("hold", call_id, on, state=CallState.HELD if on else CallState.ACTIVE)

    async def mute(self, call_id: str, *, on: bool) -> None:
        await self._change("mute", call_id, on, muted=on)

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        await self._change("dtmf", call_id, digits)
