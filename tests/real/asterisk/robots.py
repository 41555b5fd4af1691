"""Telephones by the dozen: SIPp plays agents who answer at once, and callers who talk for a while and hang up."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.real.servers.asterisk import Asterisk
from tests.real.servers.server import program


@asynccontextmanager
async def answering(server: Asterisk) -> AsyncIterator[None]:
    """The phones of the agents spare1, spare2, … answer, for the block."""
    words = [program("sipp", "sip-tester"), "-sn", "uas", "-i", "127.0.0.1", "-p", str(server.robots), "-bg"]
    process = server.spawn([one for one in words if one != "-bg"] + ["-nostdin"], log="robots-agents.log")
    try:
        yield
    finally:
        server.end(process)


async def callers(server: Asterisk, queue: str, *, calls: int, at_once: int, talk_ms: int) -> int:
    """So many calls to a queue, so many at once; answers how many failed."""
    words = [program("sipp", "sip-tester"), "-sn", "uac", "-i", "127.0.0.1", "-nostdin", "-s", queue]
    words += ["-m", str(calls), "-l", str(at_once), "-r", "40", "-d", str(talk_ms), f"127.0.0.1:{server.sip}"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=server.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
