"""A SIP phone inside the desktop, by the baresip stack: it rings, answers, holds, sends tones, dials and transfers.

The stack runs on a thread of its own; what it tells comes to the loop as callbacks, and nothing here waits for it
without a deadline. It has one instance a process.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from desktop.backends.baresip import engine, options
from desktop.backends.baresip.address import uri_for
from desktop.backends.baresip.event_log import EventLog
from desktop.backends.baresip.failures import as_ours
from desktop.backends.baresip.idempotency import Once
from desktop.backends.baresip.line import EarlyTurns, Line
from desktop.backends.baresip.registering import Registering
from desktop.backends.baresip.sound import Sound, forget_unsaid
from desktop.backends.baresip.sound_card import SoundAlarm
from desktop.backends.baresip.transfers import hand_over
from desktop.domain.entities.phone import CallEnd, CallState, PhoneCall, PhoneRegistration
from desktop.domain.entities.words import Direction
from desktop.domain.state.events import Envelope, PhoneCallChanged, PhoneRegistrationChanged, PhoneSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import Conflict, NotFound, Rejected, Unavailable
from desktop.ports.voice import Voice

if TYPE_CHECKING:
    from baresip import Call, Runtime, StackEvent, UserAgent

log = logging.getLogger(__name__)

MOST_TONES = 16
GOODBYE_SECONDS = 0.2
_TONES = frozenset("0123456789ABCDabcd*#")
_ID_TRIES, _ID_PAUSE = 50, 0.01
_ALWAYS = frozenset({Capability.HOLD, Capability.DTMF, Capability.DIAL, Capability.TRANSFER})


class BaresipPhone(Voice):
    """One account on one phone, with up to four calls of which one talks."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.VOICE, "baresip", API, "SIP phone (baresip)", _ALWAYS | {Capability.MUTE}, options.OPTIONS
    )

    def __init__(self, given: options.PhoneOptions) -> None:
        self._given = given
        # Muting is ours only where the sound goes through our hands; the library has no such call for devices.
        self._mutes = given.sound == "programs" and bool(given.microphone)
        self._log = EventLog()
        self._opening = asyncio.Lock()
        self._runtime: Runtime | None = None
        self._agent: UserAgent | None = None
        self._registering: Registering | None = None
        self._lines: dict[str, Line] = {}
        self._early = EarlyTurns()
        self._sounds: dict[str, asyncio.Task[None]] = {}
        self._sound = Sound(given.microphone, given.speaker)
        self._alarm: SoundAlarm | None = None
        self._once = Once()

    @classmethod
    def create(cls, options_given: Mapping[str, str]) -> Self:
        """See `Backend.create`."""
        return cls(options.read(options_given))

    async def open(self) -> frozenset[Capability]:
        """Start the stack and register. Raises AuthFailed or Unavailable; asked again, it only registers."""
        async with self._opening:
            if self._agent is None:
                await self._start()
            if self._registering is not None:
                await self._registering.now()
        return _ALWAYS | {Capability.MUTE} if self._mutes else _ALWAYS

    async def close(self) -> None:
        """Hang up, unregister, and free the port."""
        runtime, self._runtime = self._runtime, None
        self._log.end("The phone was switched off.")
        if self._registering is not None:
            self._registering.stop()
        for task in self._sounds.values():
            task.cancel()
        if self._alarm is not None:
            self._alarm.close()
        if runtime is None:
            return
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                for line in tuple(self._lines.values()):
                    line.leaving = line.leaving or CallEnd.HUNG_UP
                    await line.call.hangup()
                if self._registering is not None:
                    await self._registering.goodbye()
        except Exception as error:  # a server that is away cannot be told goodbye; its own timer will
            log.info("the phone left without a goodbye: %s", type(error).__name__)
        finally:
            await asyncio.shield(as_ours(runtime.close()))

    async def snapshot(self) -> Envelope:
        """See `Voice.snapshot`."""
        return self._log.whole(PhoneSnapshot(self._registration(), tuple(line.record for line in self._lines.values())))

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """See `Voice.events`. Whoever comes to listen while the phone is not registered has that tried at once."""
        if self._registering is not None:
            self._registering.nudge()
        return self._log.after(after)

    async def answer(self, call_id: str) -> None:
        """Pick up; whoever we talk to is put on hold."""
        line = self._line(call_id)
        if line.record.direction is not Direction.INBOUND:
            raise Conflict("The call is on its way out.")
        if line.record.state is CallState.RINGING:
            await self._hold_others(line)
            await as_ours(line.call.answer())

    async def reject(self, call_id: str) -> None:
        """Answer 486 Busy Here."""
        line = self._line(call_id)
        if line.record.state is not CallState.RINGING:
            raise Conflict("The call does not ring here any more.")
        line.leaving = CallEnd.REJECTED
        await as_ours(line.call.reject())

    async def hang_up(self, call_id: str) -> None:
        """BYE or CANCEL; a call that still rings here is rejected."""
        line = self._lines.get(call_id)
        if line is None:
            return
        line.leaving = CallEnd.REJECTED if line.record.state is CallState.RINGING else CallEnd.HUNG_UP
        try:
            await as_ours(line.call.hangup())
        except NotFound:
            return

    async def hold(self, call_id: str, *, on: bool) -> None:
        """Re-INVITE; to resume one call holds the others."""
        line = self._line(call_id)
        if line.record.state not in (CallState.ACTIVE, CallState.HELD):
            raise Conflict("Nobody has answered.")
        if not on:
            await self._hold_others(line)
        await line.hold(on)

    async def mute(self, call_id: str, *, on: bool) -> None:
        """Stop handing over what the microphone hears."""
        if not self._mutes:
            await super().mute(call_id, on=on)
        line = self._line(call_id)
        line.mute(on)
        if on:
            forget_unsaid(line.call)

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        """RTP telephone-events, one after another: about 0.2 s each."""
        if not digits or not set(digits) <= _TONES or len(digits) > MOST_TONES:
            raise Rejected(f"Tones are 1 to {MOST_TONES} of 0-9, *, # and A-D.")
        line = self._line(call_id)
        if not line.talking:
            raise Conflict("Nobody is listening.")

        async def send() -> str:
            await as_ours(line.call.send_dtmf(digits, interdigit_ms=80))
            return ""

        await self._once.do(key, send)

    async def dial(self, number: str, *, key: str) -> str:
        """INVITE; whoever we talk to is put on hold."""
        uri = uri_for(number, self._given.server, self._given.transport)
        return await self._once.do(key, lambda: self._dial(uri))

    async def _dial(self, uri: str) -> str:
        agent = self._up()
        await self._hold_others(None)
        with self._early.kept():
            line = self._line_for(await as_ours(agent.dial(uri)), Direction.OUTBOUND)
            self._early.tell(line)
        for _ in range(_ID_TRIES):
            if line.call.call_id:  # known with the first thing the stack tells of it
                line.call_it(line.call.call_id)
                break
            await asyncio.sleep(_ID_PAUSE)
        self._keep(line)
        return line.record.id

    async def transfer(self, call_id: str, target: str) -> None:
        """REFER, with Replaces where the target is another call of ours."""
        line = self._line(call_id)
        if line.record.state not in (CallState.ACTIVE, CallState.HELD):
            raise Conflict("Nobody has answered.")
        kind, _, other_id = target.partition(":")
        if kind != "call":
            uri = uri_for(target.removeprefix("tel:"), self._given.server, self._given.transport)
            await hand_over(line, uri)
            return
        other = self._line(other_id)
        if other is line or other.record.state not in (CallState.ACTIVE, CallState.HELD):
            raise Conflict("The other one has not answered.")
        await hand_over(line, other)

    # The stack

    async def _start(self) -> None:
        self._runtime, agent = await engine.start(self._given, self._died)
        if self._given.sound == "alsa":
            self._alarm = SoundAlarm(self._no_sound)
        agent.on_incoming(self._ring)
        self._runtime.subscribe(self._hear)
        self._agent = agent
        self._registering = Registering(agent, f"{self._given.user}@{self._given.server}", self._registered)

    def _up(self) -> "UserAgent":
        if self._runtime is None or self._agent is None:
            raise Unavailable("The phone is switched off.")
        return self._agent

    def _died(self) -> None:
        why = "The phone's engine stopped. Leave and start the desktop again."
        self._runtime = None
        if self._registering is not None:
            self._registering.stop(why)
        self._log.end(why)

    def _hear(self, event: "StackEvent") -> None:
        self._early.hear(event)
        if event.event.name == "AUDIO_ERROR":
            for line in tuple(self._lines.values()):
                if line.call.handle == event.call:
                    line.trouble(f"The sound failed: {' '.join((event.text or 'no reason given').split())[:120]}.")

    def _no_sound(self, why: str) -> None:
        for line in tuple(self._lines.values()):
            line.trouble(why)

    def _registered(self, registration: PhoneRegistration) -> None:
        self._log.put(PhoneRegistrationChanged(registration))

    def _registration(self) -> PhoneRegistration:
        if self._registering is None:
            raise Unavailable("The phone is switched off.")
        return self._registering.now_is

    # Its calls

    def _ring(self, call: "Call") -> None:
        self._keep(self._line_for(call, Direction.INBOUND))

    def _line_for(self, call: "Call", direction: Direction) -> Line:
        call_id = call.call_id or f"{self._log.epoch}-{call.handle}"
        return Line(call, call_id, direction=direction, mutes=self._mutes, changed=self._changed, clock=time.time)

    def _keep(self, line: Line) -> None:
        if line.record.id in self._lines:  # the same call reached us twice, by two ways
            line.call_it(f"{line.record.id}#{uuid.uuid4().hex[:8]}")
        self._lines[line.record.id] = line
        self._changed(line)

    def _changed(self, line: Line) -> None:
        record: PhoneCall = line.record
        if self._lines.get(record.id) is not line:
            return  # it has no id yet
        if record.state is CallState.ENDED:
            self._lines.pop(record.id, None)
        self._log.put(PhoneCallChanged(record))
        carrying = self._sounds.get(record.id)
        if self._given.sound == "programs" and line.talking and carrying is None:
            work = self._sound.carry(line.call, lambda: bool(line.record.muted), line.trouble)
            self._sounds[record.id] = asyncio.ensure_future(work)
        elif not line.talking and carrying is not None:
            self._sounds.pop(record.id).cancel()

    def _line(self, call_id: str) -> Line:
        self._up()
        line = self._lines.get(call_id)
        if line is None:
            raise NotFound("The call has ended.")
        return line

    async def _hold_others(self, line: Line | None) -> None:
        """A phone has one mouth: nobody must hear what is said to somebody else."""
        for other in tuple(self._lines.values()):
            if other is not line and other.talking:
                try:
                    await other.hold(on=True)
                except NotFound:
                    continue  # it has just ended
