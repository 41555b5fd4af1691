"""What is kept on this machine for a profile, read without taking the profile from a running desktop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from desktop.cli.exits import CommandError, Exit
from desktop.config import Profile

if TYPE_CHECKING:
    from desktop.app.local_store import LocalStore, OutboxRow


async def kept_outbox(profile: Profile, *, include_delivered: bool = False) -> "list[OutboxRow]":
    """The outbox of a profile, empty when nothing was ever kept."""
    path = profile.store_path
    if not path.exists():
        return []
    from desktop.app.local_store import LocalStore

    store = await LocalStore.open(path, read_only=True)
    try:
        return await store.outbox(include_delivered=include_delivered)
    finally:
        await store.close()


@asynccontextmanager
async def writable(profile: Profile) -> "AsyncIterator[LocalStore]":
    """The store of a profile, to write to, for as long as the block lasts.

    Raises:
        CommandError: a running desktop holds the profile.
    """
    from desktop.app.local_store import LocalStore
    from desktop.wiring import InstanceHeld, alone

    try:
        with alone(profile.lock_path):
            store = await LocalStore.open(profile.store_path)
            try:
                yield store
            finally:
                await store.close()
    except InstanceHeld as held:
        raise CommandError(f"{held}. Do it there, or close it first.", Exit.REFUSED) from held
