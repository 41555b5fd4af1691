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
    from desktop.app.storage.tables.review_drafts import PARKED_REVIEW

    try:
        store = await LocalStore.open(profile.store_path, read_only=True)
    except StoreAbsent:
        return []
    try:
        kept = await store.drafts()
        # A review that lies among them still: the file is an older version's, or it is damaged.
        return [one for one in kept if not (one.is_empty or one.interaction_id.startswith(PARKED_REVIEW))]
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
