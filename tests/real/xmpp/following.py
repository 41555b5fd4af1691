"""The adapter while its events are read, as the host does, and asking again until something is so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from desktop.backends.xmpp.account import account_of
from desktop.backends.xmpp.presence import XmppPresence
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.state.events import ChatReceived, Envelope, PersonChanged, PresenceChanged, PresenceSnapshot

T = TypeVar("T")


async def until(what: Callable[[], T], seconds: float = 8.0) -> T:
    """Ask again until the answer is not empty; then that answer."""
    end = asyncio.get_running_loop().time() + seconds
    while not (answer := what()):
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s"
        await asyncio.sleep(0.01)
    return answer


def adapter(server: Any, user: str = "agent1", *, ping_every: float = 2.0, **options: str) -> XmppPresence:
    """An adapter for an account of the server, not opened."""
    usual = {
        "jid": f"{user}@{server.domain}",
        "password": f"pw-{user}",
        "host": "127.0.0.1",
        "port": str(server.port),
        "ca_file": str(server.ca_file),
    }
    return XmppPresence(account_of(usual | options), ping_every=ping_every)


class Following:
    """What an adapter told: its first snapshot, and everything after it."""

    def __init__(self, backend: XmppPresence) -> None:
        self.backend = backend
        self.envelopes: list[Envelope] = []
        self.error: BaseException | None = None
        self._snapshot: PresenceSnapshot | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take a snapshot and read on from there."""
        snapshot = await self.backend.snapshot()
        assert isinstance(snapshot.event, PresenceSnapshot)
        self._snapshot = snapshot.event
        assert snapshot.seq is not None
        self.go_on((snapshot.epoch, snapshot.seq))

    def go_on(self, after: tuple[str, int]) -> None:
        """Read the events after that number, as the host does after a loss."""
        self.error = None
        self._task = asyncio.ensure_future(self._read(after))

    @property
    def position(self) -> tuple[str, int]:
        """The last number that was seen."""
        return max((one.epoch, one.seq) for one in self.envelopes if one.seq is not None)

    async def _read(self, after: tuple[str, int]) -> None:
        try:
            async for envelope in self.backend.events(after):
                self.envelopes.append(envelope)
        except Exception as error:
            self.error = error

    async def lost(self) -> BaseException:
        """Wait until the stream ends, and answer how."""
        return await until(lambda: self.error)

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def presence(self, jid: str) -> Presence | None:
        """The newest presence that was told of somebody."""
        first = self._snapshot.presence if self._snapshot is not None else ()
        told = [one.event.presence for one in self.envelopes if isinstance(one.event, PresenceChanged)]
        return next((one for one in reversed([*first, *told]) if one.person_id == jid), None)

    def person(self, jid: str) -> Person | None:
        """The newest that was told of somebody."""
        first = self._snapshot.people if self._snapshot is not None else ()
        told = [one.event.person for one in self.envelopes if isinstance(one.event, PersonChanged)]
        return next((one for one in reversed([*first, *told]) if one.id == jid), None)

    def lines(self) -> list[ChatLine]:
        """Every line of chat that was told, as often as it was."""
        first = self._snapshot.chats if self._snapshot is not None else ()
        return [*first, *(one.event.line for one in self.envelopes if isinstance(one.event, ChatReceived))]

    async def shows(self, jid: str, what: Callable[[Presence], bool]) -> Presence:
        """Wait until somebody's newest presence is so."""

        def so() -> Presence | None:
            now = self.presence(jid)
            return now if now is not None and what(now) else None

        try:
            found = await until(so)
        except AssertionError as error:
            raise AssertionError(f"{error}; the last was {self.presence(jid)}") from None
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def following(backend: XmppPresence) -> AsyncIterator[Following]:
    """The adapter, open and read for the block."""
    one = Following(backend)
    try:
        await backend.open()
        await one.start()
        yield one
    finally:
        await one.stop()
        await backend.close()
