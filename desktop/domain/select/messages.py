"""Questions about a message to a customer outside of a contact: where it may go, and whether they allow it."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.domain.conversations.message_drafts import MessageTo, message_to
from desktop.domain.entities.channels import MESSAGE_KINDS, TRAITS
from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.select.customer import consent_to, may_contact
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address on a customer's card, and the channel by which a message gets there."""

    channel: Channel
    to: str


def recipients(customer: Customer) -> tuple[Recipient, ...]:
    """Where messages to a customer may go: texts first, then in the card's order."""
    return tuple(
        Recipient(channel, one.value)
        for channel, traits in sorted(TRAITS.items(), key=lambda one: one[1].address != "phone")
        if traits.message
        for one in customer.addresses
        if one.kind == traits.address and one.value and not one.withheld
    )


def message_refusal(state: AppState, customer: Customer, channel: Channel, to: str) -> Sentence:
    """Why a message may not go to a customer; nothing when it may. The one rule for all that is sent to them."""
    if not may_contact(customer, channel.value):
        return Sentence(f"message.not_agreed_{channel.value}", customer=customer.name)
    if not to:
        return Sentence(f"message.no_address_{channel.value}", customer=customer.name)
    if consent_to(state, customer, channel, to) is None:
        return Sentence(f"message.stopped_{channel.value}", customer=customer.name)
    return NOTHING


def message_draft(state: AppState, match: Match, channel: Channel) -> str:
    """The id of my draft to a customer: the one that was begun under any of their records, else the first one's."""
    ids = tuple(dict.fromkeys((match.customer.id, *match.ids)))
    drafts = [MessageTo(state.me, channel, one).id for one in ids]
    return next((one for one in drafts if one in state.drafts), drafts[0])


def unfinished_messages(state: AppState, match: Match) -> tuple[Channel, ...]:
    """The channels on which I have begun to write to a customer."""
    return tuple(channel for channel, draft in _drafts(state, match) if draft.reply.strip() or draft.head.subject)


def held_messages(state: AppState, match: Match) -> tuple[Channel, ...]:
    """The channels on which a message of mine to a customer waits a moment before it goes."""
    return tuple(channel for channel, draft in _drafts(state, match) if any(one.due for one in draft.outgoing))


def _drafts(state: AppState, match: Match) -> Iterator[tuple[Channel, DraftView]]:
    for channel in MESSAGE_KINDS.values():
        if (draft := state.drafts.get(message_draft(state, match, channel))) is not None:
            yield channel, draft


def held_message(state: AppState) -> str:
    """The draft of my message that waits a moment before it goes and can be taken back, the last one; "" for none."""
    waiting = [
        (one.due, draft_id)
        for draft_id, draft in state.drafts.items()
        if (to := message_to(draft_id)) is not None and to.agent_id == state.me
        for one in draft.outgoing
        if one.due is not None
    ]
    return max(waiting)[1] if waiting else ""
