"""A session without a screen, for the commands that write what is kept on this machine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from desktop.app.session import Session
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.cli.exits import CommandError, Exit
from desktop.config import Profile
from desktop.ports.base import Kind
from desktop.wiring import InstanceHeld, alone, build
from desktop.words.catalogue import in_words, tr


@asynccontextmanager
async def session_alone(profile: Profile) -> AsyncIterator[Session]:
    """A started session that has the profile to itself for as long as the block lasts.

    Without the directory and the phone: the agent's own presence is not a command's business, and a phone that is
    registered for a moment would take the calls away from wherever they ring now, and drop them when it leaves.

    Raises:
        CommandError: a running desktop has the profile.
        StoreError: nothing can be kept on this machine.
    """
    try:
        with alone(profile.lock_path) as lock:
            session = await build(profile, lock, without=frozenset({Kind.PRESENCE, Kind.VOICE}))
            try:
                await session.start()
                yield session
            finally:
                await session.close()
    except InstanceHeld as held:
        raise CommandError(
            tr("{held} Do it there, or close it first.", held=in_words(held.sentence)), Exit.REFUSED
        ) from held


def changes(session: Session) -> asyncio.Event:
    """An event that is set whenever the state changes."""
    changed = asyncio.Event()
    session.store.listeners.append(lambda _old, _new: changed.set())
    return changed


async def sent(session: Session, wanted: Callable[[OutboxRow], bool], seconds: float) -> list[OutboxRow]:
    """The wanted rows, once none of them waits any more or `seconds` are over.

    Delivery may take as long as the far side is away; what could not go out in time waits for the next start.
    """
    changed = changes(session)

    async def rows() -> list[OutboxRow]:
        return [row for row in await session.local.outbox(include_delivered=True) if wanted(row)]

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while any(row.state == "waiting" for row in await rows()):
                await changed.wait()
                changed.clear()
    return await rows()
