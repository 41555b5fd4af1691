"""Keeps the phone registered, and knows whether it is."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.backends.baresip.failures import as_ours
from desktop.domain.entities.phone import PhoneRegistration, Registration
from desktop.ports.errors import BackendError

if TYPE_CHECKING:
    from baresip import StackEvent, UserAgent

ANSWER_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Registering:
    """The stack renews a registration by itself; a lost one is asked for again here, soon and then more patiently."""

    def __init__(
        self,
        agent: "UserAgent",
        account: str,
        changed: Callable[[PhoneRegistration], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`account` is what people call it; `changed` hears of each new state."""
        self._agent = agent
        self._account = account
        self._changed = changed
        self._clock = clock
        self._again: asyncio.Task[None] | None = None
        self._nudged = asyncio.Event()
        self._over = False
        self._once = False  # it was registered before: whoever opened the phone does not ask any more
        self._backend_calls = asyncio.Lock()
        self.now_is = PhoneRegistration(Registration.REGISTERING, clock(), account)
        agent.on(self._hear)

    async def now(self) -> None:
        """Register, unless it is. Raises AuthFailed or Unavailable."""
        async with self._backend_calls:
            if self.now_is.state is Registration.REGISTERED:
                return
            await as_ours(self._agent.register(timeout=ANSWER_SECONDS))

    def nudge(self) -> None:
        """Try again now, if it is not registered."""
        self._nudged.set()

    async def goodbye(self) -> None:
        """Unregister."""
        if self.now_is.state is Registration.REGISTERED:
            await as_ours(self._agent.unregister(timeout=ANSWER_SECONDS))

    def stop(self, why: str = "") -> None:
        """Ask no more; `why` the phone cannot be reached from now on, where that is news."""
        self._over = True
        if self._again is not None:
            self._again.cancel()
        if why:
            self._become(Registration.UNREGISTERED, why)

    def _hear(self, event: "StackEvent") -> None:
        if self._over:
            return
        if event.event.name == "REGISTER_OK":
            self._once = True
            self._become(Registration.REGISTERED, "")
        elif event.event.name == "REGISTER_FAIL":
            self._become(Registration.UNREGISTERED, " ".join((event.text or "no answer").split())[:120])
            if self._once and (self._again is None or self._again.done()):
                self._again = asyncio.ensure_future(self._try_again())

    async def _try_again(self) -> None:
        pause = _FIRST_PAUSE
        while self.now_is.state is not Registration.REGISTERED:
            self._nudged.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._nudged.wait()
            pause = min(2 * pause, _LONGEST_PAUSE)
            with contextlib.suppress(BackendError):  # told by the event already
                await self.now()

    def _become(self, state: Registration, why: str) -> None:
        if (self.now_is.state, self.now_is.why) != (state, why):
            since = self.now_is.since if self.now_is.state is state else self._clock()
            self.now_is = PhoneRegistration(state, since, self._account, why)
            self._changed(self.now_is)
