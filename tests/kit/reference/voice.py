"""A phone in memory."""

from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.phone import CallEnd, CallState, PhoneCall, PhoneRegistration, Registration
from desktop.domain.entities.words import Direction
from desktop.domain.state.events import Envelope, PhoneCallChanged, PhoneSnapshot
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.errors import NotFound, Rejected
from desktop.ports.voice import Voice
from desktop.testing.rigs import CALLER, VoiceRig

from .line import Line, LineRig, Reference


class VoiceLine(Line):
    """The far side: calls, and what was heard on them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, PhoneCall] = {}
        self.heard = ""

    def become(self, call_id: str, state: CallState, **more: Any) -> None:
        """A call is in another state."""
        call = replace(self.calls[call_id], state=state, since=self.later(), **more)
        if state is CallState.ENDED:
            del self.calls[call_id]
        else:
            self.calls[call_id] = call
        self.tell(PhoneCallChanged(call))

    def add(self, number: str, state: CallState, direction: Direction) -> str:
        """A new call."""
        call = PhoneCall(self.new_id(), number, state, self.later(), direction)
        self.calls[call.id] = call
        self.tell(PhoneCallChanged(call))
        return call.id


class ReferenceVoice(Reference, Voice):
    """Keeps the contract of a phone."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.VOICE,
        "reference",
        2,
        "A phone in memory",
        frozenset({Capability.HOLD, Capability.MUTE, Capability.DTMF, Capability.DIAL, Capability.EVENT_REPLAY}),
        Reference.OPTIONS,
    )
    line: VoiceLine

    async def snapshot(self) -> Envelope:
        registration = PhoneRegistration(Registration.REGISTERED, 1.0, "me@here")
        return self.envelope(PhoneSnapshot(registration, tuple(self.line.calls.values())))

    def known(self, call_id: str) -> PhoneCall:
        """A call that is on the phone."""
        if call_id not in self.line.calls:
            raise NotFound("There is no such call.")
        return self.line.calls[call_id]

    async def answer(self, call_id: str) -> None:
        self.line.become(self.known(call_id).id, CallState.ACTIVE)

    async def reject(self, call_id: str) -> None:
        self.line.become(self.known(call_id).id, CallState.ENDED, ended=CallEnd.REJECTED)

    async def hang_up(self, call_id: str) -> None:
        if call_id in self.line.calls:
            self.line.become(call_id, CallState.ENDED, ended=CallEnd.HUNG_UP)

    async def hold(self, call_id: str, *, on: bool) -> None:
        self.line.become(self.known(call_id).id, CallState.HELD if on else CallState.ACTIVE)

    async def mute(self, call_id: str, *, on: bool) -> None:
        self.line.become(call_id, self.known(call_id).state, muted=on)

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        if not digits or set(digits) - set("0123456789*#ABCD"):
            raise Rejected("Those are no tones.")
        self.known(call_id)
        self.line.once(key, lambda: self.sound(digits))

    def sound(self, digits: str) -> None:
        """Let the far side hear tones."""
        self.line.heard += digits

    async def dial(self, number: str, *, key: str) -> str:
        if not number:
            raise Rejected("That cannot be dialled.")
        return self.line.once(key, lambda: self.line.add(number, CallState.DIALING, Direction.OUTBOUND))


class ReferenceVoiceRig(LineRig[Voice], VoiceRig):
    """The far side of a phone in memory."""

    line: VoiceLine

    def __init__(self, backend: type[Any] = ReferenceVoice) -> None:
        super().__init__(backend, VoiceLine())

    async def ring(self, number: str = CALLER) -> None:
        self.line.add(number, CallState.RINGING, Direction.INBOUND)

    def reachable(self) -> str:
        return CALLER

    async def far_hangs_up(self) -> None:
        for call_id in tuple(self.line.calls):
            self.line.become(call_id, CallState.ENDED, ended=CallEnd.LEFT)

    async def far_talks(self) -> bool:
        return any(one.state is CallState.ACTIVE for one in self.line.calls.values())

    async def tones(self) -> str:
        return self.line.heard
