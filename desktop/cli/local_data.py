"""What is kept on this machine for a profile, read without taking the profile from a running desktop."""

from typing import TYPE_CHECKING

from desktop.config import Profile

if TYPE_CHECKING:
    from desktop.app.storage.tables.drafts import Draft
    from desktop.app.storage.tables.outbox_rows import OutboxRow


async def kept_drafts(profile: Profile) -> "list[Draft]":
    """The notes in progress of a profile, the latest first; none when nothing was ever kept."""
    from desktop.app.storage.errors import StoreAbsent
    from desktop.app.storage.local_store import LocalStore
    from desktop.app.storage.tables.drafts import is_kept_words

    try:
        store = await LocalStore.open(profile.store_path, read_only=True)
    except StoreAbsent:
        return []
    try:
        return [draft for draft in await store.drafts() if not (is_kept_words(draft) or draft.is_empty)]
    finally:
        await store.close()


async def kept_outbox(profile: Profile, *, include_delivered: bool = False) -> "list[OutboxRow]":
    """The outbox of a profile, empty when nothing was ever kept."""
    from desktop.app.storage.errors import StoreAbsent
    from desktop.app.storage.local_store import LocalStore

    try:
        store = await LocalStore.open(profile.store_path, read_only=True)
    except StoreAbsent:
        return []
    try:
        return await store.outbox(include_delivered=include_delivered)
    finally:
        await store.close()
