"""Messages to and from customers outside an interaction: what became of one that was sent, and one that came."""

from dataclasses import dataclass, replace

from desktop.domain.entities.model import Address, Instant
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.text.sentence import NOTHING, Sentence

_OPT_OUT = frozenset({"stop", "stopall", "unsubscribe"})
"""What a customer writes who wants no more messages; the words that carriers agree on (CTIA Messaging Principles)."""

_RANK = {
    DeliveryState.UNKNOWN: 0,
    DeliveryState.QUEUED: 0,
    DeliveryState.SENT: 1,
    DeliveryState.FAILED: 2,
    DeliveryState.DELIVERED: 3,
}


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message to a customer and how far it has come. `to` and `text` are empty where the sender no longer knows.

    key: under which this desktop sent it, "" for a message that others sent. One that no sender has taken yet has it as
    its id, too.
    """

    id: str
    at: Instant
    state: DeliveryState
    channel: Channel
    to: str = ""
    text: str = ""
    detail: str = ""
    key: str = ""
    why: Sentence = NOTHING  # why it is in the outbox still

    @property
    def is_in_outbox(self) -> bool:
        """Whether no sender has taken it yet."""
        return bool(self.key) and self.id == self.key


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message that a customer sent us by themselves."""

    id: str
    at: Instant
    channel: Channel
    sender: Address
    text: str
    subject: str = ""

    @property
    def opts_out(self) -> bool:
        """Whether it says nothing but that no more messages are wanted."""
        return self.text.strip().strip(".!\"'").casefold() in _OPT_OUT


def further(known: SentMessage | None, news: SentMessage) -> SentMessage:
    """What is known after `news`. Reports come late and out of order: a message never goes back, and what a report
    does not say stays as it was."""
    if known is None or news.is_in_outbox:
        return news
    came_first = _RANK[news.state] < _RANK[known.state]
    newest = known if came_first else news
    return replace(newest, to=known.to or news.to, text=known.text or news.text, key=known.key or news.key)
