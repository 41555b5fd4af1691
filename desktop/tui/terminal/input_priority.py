"""Keys come before news: while one is under way, nothing that could wait is begun.

A key takes some forty turns of the event loop, from the terminal through every widget that may want it to the paint.
On a busy floor each turn could bring a frame, a piece of the stream or a look for alerts, a few milliseconds each, and
the key stood behind all of them. Now they wait for the key, which takes a few milliseconds when it is alone.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST_SECONDS: Final = 0.1
"""How long news wait at most, whatever is typed: a widget that hangs or a key held down must not stop them."""

LOOK_SECONDS: Final = 0.002
"""How often what waits by itself, such as a frame, looks whether it may begin."""

_TURNS: Final = 4
"""After so many turns of the loop widgets have told their screen what a key changed, and it was painted."""


class InputPriority:
    """Knows which keys are under way. `heard` may be called from any thread, all else from the event loop's."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """No key is under way; `clock` counts seconds and never goes back."""
        self._clock = clock
        self._coming = 0
        self._applied = 0
        self._since = float("-inf")
        self._heard_at = float("-inf")
        self._came_at = float("-inf")
        self._done = asyncio.Event()

    def heard(self) -> None:
        """The terminal sent a key, which is on its way into the event loop."""
        self._heard_at = self._clock()

    def came(self) -> None:
        """A key has come into the event loop."""
        self._came_at = self._clock()
        if not self._coming and not self._applied:
            self._since = self._came_at
        self._coming += 1

    def applied(self) -> None:
        """The oldest key has reached whoever wanted it; what it changed is painted in the next turns of the loop."""
        if self._coming:
            self._coming -= 1
            self._applied += 1
            asyncio.get_running_loop().call_soon(self._end, _TURNS)

    @property
    def under_way(self) -> bool:
        """Whether news must wait."""
        return self._left > 0

    @property
    def just_applied(self) -> bool:
        """Whether what is to be painted now is what a key changed: it waits for no clock."""
        return bool(self._applied)

    async def give_way(self) -> None:
        """Let everything else in the loop have a turn; while a key is under way, until it is done."""
        await asyncio.sleep(0)
        while (left := self._left) > 0:
            self._done.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._done.wait()

    @property
    def _left(self) -> float:
        """Seconds for which news must wait, unless the keys are done before; 0 and less when none is under way."""
        if self._coming or self._applied:
            return self._since + MOST_SECONDS - self._clock()
        heard_at = self._heard_at
        return heard_at + MOST_SECONDS - self._clock() if heard_at > self._came_at else 0.0

    def _end(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._end, turns - 1)
            return
        self._applied -= 1
        if not self._coming and not self._applied:
            self._done.set()
