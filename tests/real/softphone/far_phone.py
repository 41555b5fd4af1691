"""Somebody else's telephone, as a program of its own: the stack has one instance a process, and the desktop's is ours.

Run as `python -m tests.real.softphone.far_phone SERVER`; it is told what to do by lines of JSON and answers each.
"""

import asyncio
import json
import math
import struct
import sys
from typing import Any

from baresip import Account, AudioNotActive, AudioRestarted, Call, Config, Runtime, UserAgent

RATE = 8_000
TONE_HZ = 440.0
QUIET_FRAMES = 15  # without any sound, 20 ms each, that are silence


class FarPhone:
    """Phones by name, and the calls on them, the newest last."""

    def __init__(self, runtime: Runtime, server: str) -> None:
        self._runtime = runtime
        self._server = server
        self._agents: dict[str, UserAgent] = {}
        self._calls: list[Call] = []
        self._answers: set[str] = set()
        self._tones = ""
        self._loudness = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def register(self, user: str, password: str, answers: bool) -> None:
        """A phone of the server's own, which picks up by itself if it `answers`."""
        agent = await UserAgent.create(self._runtime, Account(user, self._server, password))
        agent.on_incoming(lambda call: self._rings(call, answers))
        await agent.register()
        self._agents[user] = agent

    async def dial(self, user: str, to: str) -> None:
        """Call from a number; one that is not registered is somebody from outside."""
        if user not in self._agents:
            account = Account(user, self._server, "", reg_interval=0)
            self._agents[user] = await UserAgent.create(self._runtime, account)
        self._keep(await self._agents[user].dial(f"sip:{to}@{self._server}"))

    async def hang_up(self) -> None:
        for call in self._calls:
            if call.state.name != "CLOSED":
                await call.hangup()

    def state(self) -> dict[str, Any]:
        """What the newest call is like: its state, the tones heard on any, how loud it is (0 to 1)."""
        states = [call.state.name.lower() for call in self._calls]
        return {"states": states, "tones": self._tones, "loudness": self._loudness}

    def _rings(self, call: Call, answers: bool) -> None:
        self._keep(call)
        if answers:
            self._spawn(call.answer())

    def _keep(self, call: Call) -> None:
        self._calls.append(call)
        call.on_dtmf(self._heard_tone)
        self._spawn(self._talk(call))

    def _heard_tone(self, digit: Any) -> None:
        self._tones += digit.digit

    async def _talk(self, call: Call) -> None:
        """Say a tone all the time, and listen how loud the other side is."""
        said = quiet = 0
        while call.state.name != "CLOSED":
            try:
                wave = (math.sin(2 * math.pi * TONE_HZ * (said + n) / RATE) for n in range(160))
                written = call.audio.write(struct.pack("<160h", *(int(8_000 * one) for one in wave)))
                said += written // 2
                heard = call.audio.read(16_000)
                quiet = 0 if heard else quiet + 1
                if quiet > QUIET_FRAMES:
                    self._loudness = 0.0
                elif heard:
                    samples = struct.unpack(f"<{len(heard) // 2}h", heard)
                    self._loudness = max(map(abs, samples)) / 32_768
            except (AudioNotActive, AudioRestarted):
                pass
            await asyncio.sleep(0.02)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def main(server: str) -> None:
    """Do what the lines say until they end."""
    runtime = Runtime()
    await runtime.start(Config(net_interface="127.0.0.1", max_concurrent_calls=None))
    phone = FarPhone(runtime, server)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            match order.pop("do"):
                case "register":
                    await phone.register(**order)
                case "dial":
                    await phone.dial(**order)
                case "hang_up":
                    await phone.hang_up()
            sys.stdout.write(json.dumps(phone.state()) + "\n")
            sys.stdout.flush()
    finally:
        await runtime.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
