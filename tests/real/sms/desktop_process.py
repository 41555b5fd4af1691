"""An agent's desktop as a process that is killed and started again; see `agent.py` for what it does."""

import asyncio
import sys
from contextlib import suppress

SPEED = 10.0
"""How much faster than ours the desktops' time goes."""


class DesktopProcess:
    """An agent's process, and what it said in all its lives."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self.said: list[str] = []
        self.kills = 0
        self._born = 0
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin a life."""
        program = [sys.executable, "-m", "tests.real.sms.agent", *self._words]
        self._born = len(self.said)
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
        self._reading = asyncio.ensure_future(self._read(self._process))

    async def kill(self) -> None:
        """End it by SIGKILL, at whatever it is doing."""
        if self._process is None or self._reading is None:
            return
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._reading
        self.kills += 1

    @property
    def at_work(self) -> bool:
        """Whether it has taken a text, or finished one, in this life."""
        return any(one.startswith(("took", "done")) for one in self.said[self._born :])

    async def let_send(self) -> None:
        """Let one that asks send what it is about to."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            self.said.append(line.decode().rstrip())

    def count(self, what: str) -> int:
        """How often it said so."""
        return sum(one.startswith(what) for one in self.said)
