"""Every phone of a mobile network, in the lines that Kannel's fake SMSC speaks, for many texts at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote_to_bytes

from tests.real.servers.kannel import Kannel
from tests.real.sms.rig import a_text

_LINE = 1 << 16


class Phones:
    """What they got, and what they send."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        """The number and the text of each SMS that came out of Kannel."""
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, sender: str, text: str) -> None:
        """A customer sends a text."""
        assert self._writer is not None
        self._writer.write(f"{a_text(sender, text)}\n".encode())
        await self._writer.drain()

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Take in what comes out of Kannel."""
        while line := await reader.readline():
            _, to, kind, words = [*line.decode("utf-8", "replace").rstrip("\n").split(" ", 3), "", "", ""][:4]
            if kind == "ucs-2":
                words = unquote_to_bytes(words.replace("+", " ")).decode("utf-16-be")
            self.got.append((f"+{to.lstrip('+')}", words))

    @asynccontextmanager
    async def connected(self, kannel: Kannel) -> AsyncIterator["Phones"]:
        """Take the place of the network that is there, for a while."""
        await asyncio.to_thread(kannel.end, kannel.phones)
        reader, self._writer = await asyncio.open_connection("127.0.0.1", kannel.network_port, limit=_LINE)
        reading = asyncio.ensure_future(self.read(reader))
        try:
            yield self
        finally:
            reading.cancel()
            self._writer.close()
            kannel.phones = await asyncio.to_thread(kannel.connect_phones)
