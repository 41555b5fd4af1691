"""Applying what a directory tells: people, presence, chats."""

from collections.abc import Sequence

from desktop.domain.entities.person import ChatLine
from desktop.domain.entities.source import Source
from desktop.domain.reduce.contacts import merged
from desktop.domain.reduce.streams import Fit
from desktop.domain.select.colleagues import same_people
from desktop.domain.state.batch import Batch
from desktop.domain.state.events import PresenceSnapshot

CHAT_LINES = 200  # kept per person


def apply_snapshot(batch: Batch, source: str, event: PresenceSnapshot, fit: Fit) -> None:
    """Replace what this directory told before; other directories keep theirs, chats only grow."""
    theirs = {source, "", *(person.source for person in event.people), *(one.source for one in event.presence)}
    others = {key: person for key, person in batch.people.now.items() if person.source not in theirs}
    batch.people.swap(others | {person.id: person for person in event.people})
    kept = {key: one for key, one in batch.presence.now.items() if one.source not in theirs}
    fresh = [(one.person_id, one) for one in event.presence]
    batch.presence.swap(kept | merged(batch.presence.now, fresh, fit))
    apply_chats(batch, event.chats)


def join(batch: Batch) -> None:
    """Find out anew who is the same person in several directories, if anything changed that it depends on."""
    if not (batch.people.changed or batch.links.changed or batch.sources_changed):
        return
    if sum(Source.of(source).kind == "presence" for source in batch.sources) > 1:
        batch.same_people.swap(same_people(batch.people.now.values(), batch.links.now.values(), batch.sources))
    elif batch.same_people.now:
        batch.same_people.swap({})


def apply_chats(batch: Batch, told: Sequence[ChatLine]) -> None:
    """Put lines in their places; the same line again only tells how far it came."""
    chats: dict[str, dict[str, ChatLine]] = {}
    for line in told:
        lines = chats.setdefault(line.person_id, {known.id: known for known in batch.chats.now.get(line.person_id, ())})
        known = lines.get(line.id)
        if known is None or not known.delivered:
            lines[line.id] = line
    for person_id, lines in chats.items():  # put once each, so that what comes out the same stays the same mapping
        ordered = sorted(lines.values(), key=lambda one: (one.at, one.id))[-CHAT_LINES:]
        batch.chats.put(person_id, tuple(ordered))
