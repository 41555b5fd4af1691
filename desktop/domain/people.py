"""Applying what a directory tells: people, presence, chats."""

from desktop.domain.batch import Batch
from desktop.domain.events import PresenceSnapshot
from desktop.domain.person import ChatLine
from desktop.domain.streams import Fit
from desktop.domain.work import merged

CHAT_LINES = 200  # kept per person


def apply_snapshot(batch: Batch, source: str, event: PresenceSnapshot, fit: Fit) -> None:
    """Replace what this directory told before; other directories keep theirs, chats only grow."""
    theirs = {source, "", *(person.source for person in event.people), *(one.source for one in event.presence)}
    others = {key: person for key, person in batch.people.now.items() if person.source not in theirs}
    batch.people.swap(others | {person.id: person for person in event.people})
    kept = {key: one for key, one in batch.presence.now.items() if one.source not in theirs}
    fresh = [(one.person_id, one) for one in event.presence]
    batch.presence.swap(kept | merged(batch.presence.now, fresh, fit))
    for line in event.chats:
        apply_chat(batch, line)


def apply_chat(batch: Batch, line: ChatLine) -> None:
    """Put a line in its place; the same line again only tells how far it came."""
    lines = {known.id: known for known in batch.chats.now.get(line.person_id, ())}
    known = lines.get(line.id)
    if known is not None and known.delivered:
        return
    lines[line.id] = line
    ordered = sorted(lines.values(), key=lambda one: (one.at, one.id))[-CHAT_LINES:]
    batch.chats.put(line.person_id, tuple(ordered))
