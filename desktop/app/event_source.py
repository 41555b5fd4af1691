"""What a feed follows: a backend with a snapshot and a stream, and what these may bring."""

from collections.abc import AsyncIterator
from typing import Protocol

from desktop.domain.events import (
    AgentChanged,
    ChatReceived,
    ContactCenterSnapshot,
    DeliveryChanged,
    Envelope,
    Gap,
    Heartbeat,
    InteractionChanged,
    MessageReceived,
    MessagingSnapshot,
    PersonChanged,
    PhoneCallChanged,
    PhoneRegistrationChanged,
    PhoneSnapshot,
    PresenceChanged,
    PresenceSnapshot,
    QueueChanged,
)
from desktop.domain.floor_events import (
    AgentMessaged,
    AlertAcknowledged,
    CoachingChanged,
    FloorChanged,
    HelpChanged,
    SupervisorActed,
)

SNAPSHOTS = (ContactCenterSnapshot, PhoneSnapshot, PresenceSnapshot, MessagingSnapshot)
STREAMED = (
    *SNAPSHOTS,
    InteractionChanged,
    AgentChanged,
    QueueChanged,
    FloorChanged,
    HelpChanged,
    AgentMessaged,
    AlertAcknowledged,
    SupervisorActed,
    CoachingChanged,
    PersonChanged,
    PresenceChanged,
    ChatReceived,
    DeliveryChanged,
    MessageReceived,
    PhoneCallChanged,
    PhoneRegistrationChanged,
    Heartbeat,
    Gap,
)
"""The events that come from outside; all others are the desktop's own, and nobody else may say them."""


class EventSource(Protocol):
    """A backend with a snapshot and a stream of events after it."""

    async def snapshot(self) -> Envelope:
        """Everything, numbered with the last event it includes."""

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after (epoch, seq), or from now on."""
