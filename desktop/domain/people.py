"""Applying what a directory tells: people, presence, chats."""

from desktop.domain.batch import Batch
from desktop.domain.colleagues import same_people
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


def join(batch: Batch) -> None:
    """Find out anew who is the same person in several directories, if anything changed that it depends on."""
    if not (batch.people.changed or batch.links.changed or batch.sources_changed):
        return
    if sum(source.partition(":")[0] == "presence" for source in batch.sources) > 1:
        batch.same_people.swap(same_people(batch.people.now.values(), batch.links.now.values(), batch.sources))
    elif batch.same_people.now:
        batch.same_people.swap({})


def apply_chat(batch: Batch, line: ChatLine) -> None:
    """Put a line in its place; the same line again only tells how far it came."""
    lines = {known.id: known for known in batch.chats.now.get(line.person_id, ())}
    known = lines.get(line.id)
    if known is not None and known.delivered:
        return
    lines[line.id] = line
    ordered = sorted(lines.values(), key=lambda one: (one.at, one.id))[-CHAT_LINES:]
    batch.chats.put(line.person_id, tuple(ordered))
