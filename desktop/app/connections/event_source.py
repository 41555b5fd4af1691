"""What an event feed follows: a backend with a snapshot and a stream. Silence and gaps are `event_feed.py`'s."""

from collections.abc import AsyncIterator
from typing import Protocol, get_args

from desktop.domain.state.events import (
    ContactCenterSnapshot,
    Envelope,
    MessagingSnapshot,
    OutsideEvent,
    PhoneSnapshot,
    PresenceSnapshot,
)

SNAPSHOTS = (ContactCenterSnapshot, PhoneSnapshot, PresenceSnapshot, MessagingSnapshot)
STREAMED: tuple[type, ...] = get_args(OutsideEvent)
"""The events that come from outside; all others are the desktop's own, and nobody else may say them."""


class EventSource(Protocol):
    """A backend with a snapshot and a stream of events after it."""

    async def snapshot(self) -> Envelope:
        """Everything, numbered with the last event it includes."""

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after (epoch, seq), or from now on."""
