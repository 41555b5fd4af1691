"""The channels and how they differ: the one table that screens, rules and adapters take it from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desktop.domain.entities.words import Channel


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """What is so of one channel."""

    sign: str  # one cell wide
    address: str  # what customers are reached by: a kind of Address, phone | email | handle
    call: bool = False  # is talked on: rings, can be held, consulted on, recorded and listened to; else it is written
    message: bool = False  # a message sender may carry single messages on it, outside of any contact
    held: float = 0.0  # seconds for which a reply that was sent waits here, so that it can be taken back


TRAITS: Final[Mapping[Channel, ChannelTraits]] = MappingProxyType(
    {
        Channel.VOICE: ChannelTraits("☎", "phone", call=True),
        Channel.CHAT: ChannelTraits("❝", "handle"),
        Channel.EMAIL: ChannelTraits("✉", "email", message=True, held=5.0),
        Channel.SMS: ChannelTraits("✆", "phone", message=True),
    }
)
CALLS: Final = frozenset(channel for channel, traits in TRAITS.items() if traits.call)
WRITTEN: Final = frozenset(TRAITS) - CALLS
MESSAGE_KINDS: Final[Mapping[str, Channel]] = MappingProxyType(
    {channel.value: channel for channel, traits in TRAITS.items() if traits.message}
)
"""Channels of messages to a customer, by the kind of follow-up that sends one."""
