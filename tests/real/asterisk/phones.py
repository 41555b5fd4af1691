"""Telephones for the tests: real SIP user agents in this process, which ring, answer and talk."""

import asyncio
import contextlib
import math
import struct
from collections.abc import Callable
from typing import Self

from baresip import Account, AudioRestarted, BaresipError, Call, Config, Event, Runtime, StackEvent, UserAgent

from tests.real.servers.asterisk import PASSWORD, Asterisk

SECONDS = 10.0
_RATE, _TONE_HZ, _FRAMES = 8_000, 440, 60
_WRITTEN_AT_ONCE = 32_768  # bytes that the server gathers before it writes them to a recording
_LOUD = 1_000  # of 32,768; the tone is 8,000


class Heard:
    """What the telephones' engine said of its calls.

    A call that is dialled hears of itself only from the moment that `dial` returns; a server on the same machine may
    have answered by then, and the call would be taken for one that never began.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._newest: dict[int, Event] = {}  # by the call's handle
        runtime.subscribe(self._hear)

    def state(self, call: Call) -> str:
        """`incoming`, `outgoing`, `established` or `closed`."""
        newest = self._newest.get(call.handle)
        if newest is Event.CALL_CLOSED or call.state.name == "CLOSED":
            return "closed"
        return "established" if newest is Event.CALL_ESTABLISHED else str(call.state.value)

    def _hear(self, event: StackEvent) -> None:
        if event.event in {Event.CALL_INCOMING, Event.CALL_OUTGOING, Event.CALL_ESTABLISHED, Event.CALL_CLOSED}:
            self._newest[event.call] = event.event


class Phone:
    """One telephone. `rings` holds the calls that came in and were neither answered nor rejected."""

    def __init__(self, agent: UserAgent, server: Asterisk, name: str, heard: Heard) -> None:
        self.name = name
        self.agent = agent
        self.calls: list[Call] = []
        self.digits = ""
        self._server = server
        self._heard = heard
        agent.on_incoming(self._keep)

    @property
    def rings(self) -> list[Call]:
        return [call for call in self.calls if self._heard.state(call) == "incoming"]

    @property
    def talks(self) -> list[Call]:
        return [call for call in self.calls if self._heard.state(call) == "established"]

    async def ringing(self) -> Call:
        """The call that rings now, once it does."""
        await until(lambda: bool(self.rings), f"{self.name} rings")
        return self.rings[-1]

    async def answer(self) -> Call:
        """Wait until it rings, and pick up."""
        call = await self.ringing()
        await call.answer()
        return call

    async def dial(self, extension: str) -> Call:
        """Call an extension; the answer is not waited for."""
        call = await self.agent.dial(f"sip:{extension}@127.0.0.1:{self._server.sip}")
        self._keep(call)
        return call

    async def hold(self, *, on: bool) -> None:
        """Hold the newest call or resume it, as soon as nothing else of it is being negotiated.

        The server has negotiations of its own: who calls, and where the sound goes. They may come at any moment.
        """
        call, end = self.talks[-1], asyncio.get_running_loop().time() + SECONDS
        while True:
            try:
                await (call.hold() if on else call.resume())
            except BaresipError as error:
                if "in flight" not in str(error) or asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(0.02)
            else:
                return

    async def hang_up(self) -> None:
        """End whatever is on the phone."""
        for call in list(self.calls):
            if self._heard.state(call) != "closed":
                with contextlib.suppress(Exception):
                    await (call.reject() if call in self.rings else call.hangup())

    async def is_heard_by(self, *others: "Phone") -> tuple[bool, ...]:
        """Say a tone for a while; which of the others, who say nothing, hear it."""
        said, loudest = 0, [0] * len(others)
        for frame in range(_FRAMES):
            wave = (math.sin(2 * math.pi * _TONE_HZ * (said + n) / _RATE) for n in range(_RATE // 50))
            with contextlib.suppress(AudioRestarted):
                said += (
                    self.talks[-1].audio.write(struct.pack(f"<{_RATE // 50}h", *(int(8_000 * one) for one in wave)))
                    // 2
                )
            for number, other in enumerate(others):
                with contextlib.suppress(AudioRestarted):
                    heard = other.talks[-1].audio.read(16_000)
                    samples = struct.unpack(f"<{len(heard) // 2}h", heard)
                    if frame > _FRAMES // 4:  # what was on the way before does not count
                        loudest[number] = max([loudest[number], *map(abs, samples)])
            await asyncio.sleep(0.02)
        return tuple(one > _LOUD for one in loudest)

    async def is_recorded(self, server: Asterisk, channel: str, listener: "Phone") -> bool:
        """Say a tone to another phone; whether the recording of a channel has it."""
        before = len(server.recorded(channel))
        while len(server.recorded(channel)) < before + 3 * _WRITTEN_AT_ONCE:
            await self.is_heard_by(listener)
        newest = server.recorded(channel)[-_WRITTEN_AT_ONCE:]
        return max(map(abs, struct.unpack(f"<{len(newest) // 2}h", newest))) > _LOUD

    def _keep(self, call: Call) -> None:
        self.calls.append(call)
        call.on_dtmf(self._digit)

    def _digit(self, *heard: object) -> None:
        self.digits += str(getattr(heard[0], "digit", heard[0]))


class Phones:
    """The telephones of a test, by name; each registers when it is first asked for."""

    def __init__(self, server: Asterisk) -> None:
        self._server = server
        self._runtime = Runtime()
        self._phones: dict[str, Phone] = {}
        self._heard = Heard(self._runtime)

    async def __aenter__(self) -> Self:
        await self._runtime.start(Config(net_interface="127.0.0.1", max_concurrent_calls=None))
        return self

    async def __aexit__(self, *_: object) -> None:
        for phone in self._phones.values():
            await phone.hang_up()
            await until(lambda phone=phone: not phone.talks and not phone.rings, f"{phone.name} is free")
        await self._runtime.close()

    async def get(self, name: str) -> Phone:
        """The phone, registered at the server."""
        if name not in self._phones:
            account = Account(name, f"127.0.0.1:{self._server.sip}", PASSWORD)
            phone = Phone(await UserAgent.create(self._runtime, account), self._server, name, self._heard)
            await phone.agent.register()
            self._phones[name] = phone
        return self._phones[name]


async def until(true: Callable[[], object], what: str, *, seconds: float = SECONDS) -> None:
    """Wait until something is so."""
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end, f"it never came about: {what}"
        await asyncio.sleep(0.01)
