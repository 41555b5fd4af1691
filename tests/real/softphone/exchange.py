"""A real Asterisk that outsiders may call phones through, and the telephone of somebody far away."""

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from desktop.backends.baresip.phone import BaresipPhone
from desktop.domain.entities.phone import CallState, PhoneCall
from desktop.domain.state.events import Envelope, PhoneSnapshot
from tests.real.servers.asterisk import AMI_SECRET, AMI_USER, PASSWORD, Asterisk
from tests.real.servers.server import free_port, program

ROOT = Path(__file__).parents[3]
SECONDS = 15.0
_HUM = """
import struct, sys, time
while True:
    sys.stdout.buffer.write(struct.pack("<160h", *([9000, -9000] * 80)))
    sys.stdout.flush()
    time.sleep(0.019)
"""
HUM = shlex.join([sys.executable, "-c", _HUM])
"""The command of a microphone into which somebody hums without end."""
AGENT = "1001"  # rings agent1's phone
EXPERT = "1050"


class Exchange(Asterisk):
    """The same server; whoever calls from outside may dial every extension, and shows the number they say is theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.tls = free_port()
        self.certificate, self.key = self.folder / "certificate.pem", self.folder / "key.pem"

    @property
    def address(self) -> str:
        """Where phones find it."""
        return f"127.0.0.1:{self.sip}"

    def options(self, user: str = "agent1", **changes: str) -> dict[str, str]:
        """The options of a phone here."""
        made = {"user": user, "server": self.address, "password": PASSWORD, "interface": "127.0.0.1", "sound": "none"}
        return {**made, **changes}

    def sip_call_id(self, channel: str) -> str:
        """The Call-ID that the server has for a channel."""
        ask = (
            f"Action: Login\r\nUsername: {AMI_USER}\r\nSecret: {AMI_SECRET}\r\nEvents: off\r\n\r\n"
            f"Action: Getvar\r\nChannel: {channel}\r\nVariable: CHANNEL(pjsip,call-id)\r\n\r\n"
            "Action: Logoff\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.ami), SECONDS) as manager, manager.makefile() as answers:
            manager.sendall(ask.encode())
            found = [line.partition(": ")[2].strip() for line in answers if line.startswith("Value: ")]
        return found[0] if found else ""

    def _pjsip(self) -> str:
        text = super()._pjsip().replace("context=inbound\n", "context=phones\n")
        words = (
            f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=exchange -keyout {self.key} -out {self.certificate}"
        )
        openssl = program("openssl", "openssl")
        subprocess.run(
            [openssl, *words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True
        )
        self.key.chmod(0o644)  # the server gives up its rights and must still read it
        return (
            f"{text}[tcp]\ntype=transport\nprotocol=tcp\nbind=127.0.0.1:{self.sip}\n"
            f"[tls]\ntype=transport\nprotocol=tls\nbind=127.0.0.1:{self.tls}\nmethod=tlsv1_2\n"
            f"cert_file={self.certificate}\npriv_key_file={self.key}\n"
        )


class Somebody:
    """The telephone of somebody else, in a process of its own."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.real.softphone.far_phone", self._exchange.address),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            # What the stack lays there stays behind when it is killed; this folder goes with the server.
            env={**os.environ, "TMPDIR": str(self._exchange.folder)},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                async with asyncio.timeout(3.0):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    def vanish(self) -> None:
        """Be gone without a word, like a phone whose battery is empty."""
        if self._process is not None:
            self._process.kill()

    async def order(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have something done; answers what the phone is like after it."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        async with asyncio.timeout(SECONDS):
            answer: dict[str, Any] = json.loads(await process.stdout.readline())
        return answer

    async def dial(self, number: str = "+442079460958", to: str = AGENT) -> None:
        """Call somebody from a number."""
        await self.order("dial", user=number, to=to)

    async def hang_up(self) -> None:
        """Go."""
        await self.order("hang_up")

    async def picks_up(self, name: str = "expert") -> None:
        """From now on answer what rings at a phone of the exchange."""
        await self.order("register", user=name, password=PASSWORD, answers=True)

    async def until(self, true: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Wait until the phone is so."""
        end = time.monotonic() + SECONDS
        while not true(now := await self.order("look")):
            assert time.monotonic() < end, f"it never came about: {what}; {now}"
            await asyncio.sleep(0.02)
        return now


class Desk:
    """The phone under test with all that it told, each call's states in order."""

    def __init__(self, phone: BaresipPhone) -> None:
        self.phone = phone
        self.told: list[Envelope] = []

    @property
    def calls(self) -> dict[str, PhoneCall]:
        """Every call as it is now, those that ended too."""
        calls = [call for one in self.told if (call := getattr(one.event, "call", None)) is not None]
        return {call.id: call for call in calls}

    def shows(self, call_id: str, state: CallState) -> bool:
        """Whether a call is in a state now."""
        call = self.calls.get(call_id)
        return call is not None and call.state is state

    def states(self, call_id: str) -> list[CallState]:
        """The states a call went through."""
        calls = [call for one in self.told if (call := getattr(one.event, "call", None)) is not None]
        return [call.state for call in calls if call.id == call_id]

    async def call(self, state: CallState, *known: str) -> PhoneCall:
        """A call in a state, once there is one that is not known."""
        return await self.until(
            lambda: next((c for c in self.calls.values() if c.state is state and c.id not in known), None),
            f"a call that is {state}",
        )

    async def until(self, found: Callable[[], Any], what: str, *, seconds: float = SECONDS) -> Any:
        """What is found, once something is."""
        end = time.monotonic() + seconds
        while not (it := found()):
            assert time.monotonic() < end, f"it never came about: {what}; {list(self.calls.values())}"
            await asyncio.sleep(0.01)
        return it


@asynccontextmanager
async def at_desk(options: dict[str, str]) -> AsyncIterator[Desk]:
    """A phone that is open for the block, and read all the time."""
    phone = BaresipPhone.create(options)
    try:
        await phone.open()
        snapshot = await phone.snapshot()
        assert isinstance(snapshot.event, PhoneSnapshot)
        desk = Desk(phone)
        desk.told.append(snapshot)

        async def read() -> None:
            async for envelope in phone.events((snapshot.epoch, snapshot.seq or 0)):
                desk.told.append(envelope)

        reading = asyncio.ensure_future(read())
        try:
            yield desk
        finally:
            reading.cancel()
    finally:
        await phone.close()
