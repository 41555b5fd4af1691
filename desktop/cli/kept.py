"""What is kept on this machine for a profile, read without taking the profile from a running desktop."""

from typing import TYPE_CHECKING

from desktop.config import Profile

if TYPE_CHECKING:
    from desktop.app.outbox_rows import OutboxRow


async def kept_outbox(profile: Profile, *, include_delivered: bool = False) -> "list[OutboxRow]":
    """The outbox of a profile, empty when nothing was ever kept."""
    from desktop.app.local_store import LocalStore
    from desktop.app.store_errors import StoreAbsent

    try:
        store = await LocalStore.open(profile.store_path, read_only=True)
    except StoreAbsent:
        return []
    try:
        return await store.outbox(include_delivered=include_delivered)
    finally:
        await store.close()
