"""A stream of events while a test reads it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from desktop.domain.state.events import Envelope, Event

Position = tuple[str, int]

GRACE = 3.0
"""Longest that leaving a stream may take, in seconds."""


class Watch:
    """A stream that is being read: everything it brought, and how it ended."""

    def __init__(self, backend: Any, after: Position | None) -> None:
        self.heard: list[Envelope] = []
        self.error: BaseException | None = None
        self._stream: AsyncIterator[Envelope] | None = None
        self._task = asyncio.ensure_future(self._read(backend, after))

    async def _read(self, backend: Any, after: Position | None) -> None:
        try:
            stream = self._stream = backend.events(after)
            async for envelope in stream:
                assert isinstance(envelope, Envelope), f"the stream brought {envelope!r}"
                self.heard.append(envelope)
        except Exception as error:
            self.error = error

    @property
    def ended(self) -> bool:
        """Whether the stream is over, with or without an error."""
        return self._task.done()

    def find(self, wanted: Callable[[Event], bool], since: int = 0) -> Envelope | None:
        """The first event that is wanted, of those after the first `since`."""
        return next((one for one in self.heard[since:] if wanted(one.event)), None)

    async def begun(self, seconds: float) -> None:
        """Wait until it is connected, which its first word shows; one that says nothing is taken as connected."""
        end = asyncio.get_running_loop().time() + seconds
        while not self.heard and not self.ended and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - polled, to know no plug-in's insides
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Leave the stream, as the host does: cancel the reading and close the iterator."""
        self._task.cancel()
        done, _ = await asyncio.wait({self._task}, timeout=GRACE)
        assert done, "the stream cannot be left: cancelling the reader is ignored"
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            async with asyncio.timeout(GRACE):
                await close()
