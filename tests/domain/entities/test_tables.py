"""The tables of channels and of the texts on a card say something of each, and in each program the same words."""

from dataclasses import fields
from typing import get_args

from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.customer import Customer
from desktop.domain.entities.words import Channel
from mock_backends.channels import CHANNELS, ChannelWord, MessageWord

SYSTEM = frozenset({"id", "source"})
"""Texts of the record that no card compares or merges: whose they are."""


def test_every_channel_has_its_row() -> None:
    assert TRAITS.keys() == set(Channel)


def test_the_servers_have_the_same_channels() -> None:
    words = {channel.value: traits for channel, traits in TRAITS.items()}
    assert set(get_args(ChannelWord)) == CHANNELS.keys() == words.keys()
    assert set(get_args(MessageWord)) == {word for word, traits in words.items() if traits.message}
    for word, traits in CHANNELS.items():
        assert (traits.call, traits.address) == (words[word].call, words[word].address)


def test_every_text_of_a_customer_has_its_row() -> None:
    texts = {field.name for field in fields(Customer) if field.type in (str, "str")}
    assert {field.name for field in CARD_FIELDS} == texts - SYSTEM
