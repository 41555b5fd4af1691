"""The channels of the pretend company and how they differ; the one table of these servers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ChannelWord = Literal["voice", "chat", "email", "sms"]
MessageWord = Literal["sms", "email"]
"""Channels of messages outside of any contact."""


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """What is so of one channel."""

    address: str  # what customers are reached by: phone | email | handle
    capacity: int  # how many an agent has at a time, where nothing else is said of them
    said: str  # a contact of the past in a customer's timeline, about {}
    often: int  # how many of seven past contacts
    talk: float = 1.0  # talk times, as a multiple of those by voice
    patience: float = 1.0  # the same for how long customers wait
    call: bool = False  # rings, can be held, consulted on, recorded and listened to


CHANNELS: Final[Mapping[str, ChannelTraits]] = {
    "voice": ChannelTraits("phone", 1, "Called about {}.", 2, call=True),
    "chat": ChannelTraits("handle", 3, "Chat: {}.", 1, talk=1.35, patience=2.5),
    "email": ChannelTraits("email", 5, "Wrote about {}.", 2, talk=0.9, patience=30.0),
    "sms": ChannelTraits("phone", 3, "Text message: {}.", 1, talk=0.6, patience=8.0),
}
CALLS: Final[frozenset[str]] = frozenset(word for word, traits in CHANNELS.items() if traits.call)
WRITTEN: Final[frozenset[str]] = frozenset(CHANNELS) - CALLS
CAPACITY: Final[Mapping[str, int]] = {word: traits.capacity for word, traits in CHANNELS.items()}
