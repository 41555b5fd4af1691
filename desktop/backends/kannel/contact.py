"""A contact by texts as the desktop shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.backends.kannel.settings import Settings
from desktop.backends.kannel.text_store import StoredContact, StoredText, WaitingText
from desktop.domain.entities.message import InboundMessage
from desktop.domain.entities.model import Address, Interaction, Message, Waiting
from desktop.domain.entities.words import Channel, DeliveryState, Direction, Phase

PERHAPS_SENT = (
    "It is not known whether this text went out: Kannel did not say that it took it. It is not sent again by itself;"
    " a delivery report may still tell. Ask the customer, or write anew."
)


@dataclass(slots=True)
class Contact:
    """One of the agent's contacts: what the file has of it, and what was last shown."""

    stored: StoredContact
    shown: Interaction

    @property
    def id(self) -> str:
        """As the desktop knows it."""
        return self.stored.id

    @property
    def opted_out(self) -> bool:
        """Whether the last that the customer wrote is that they want no more messages."""
        last = next((one for one in reversed(self.stored.texts) if not one.agent), None)
        if last is None:
            return False
        return InboundMessage(last.id, last.at, Channel.SMS, self.shown.customer, last.text).opts_out


def waiting(one: WaitingText) -> Waiting:
    """Somebody who waits."""
    return Waiting(one.id, _address(one.customer), one.began, Channel.SMS)


def shown(stored: StoredContact, known: Settings) -> Interaction:
    """A contact of the agent."""
    over = stored.phase in {Phase.WRAP_UP, Phase.CLOSED}
    return Interaction(
        id=stored.id,
        version=stored.version,
        channel=Channel.SMS,
        direction=Direction.INBOUND,
        phase=stored.phase,
        queue=known.queue(stored.number, stored.label) or next(iter(known.queues)),
        customer=_address(stored.customer),
        arrived_at=stored.began,
        phase_since=stored.since,
        agent_id=stored.agent,
        attributes={"number": stored.number} if stored.number else {},
        service_level_at=stored.began + known.desk.target if known.desk.target else None,
        offer_deadline=stored.deadline,
        answered_at=stored.accepted,
        ended_at=stored.ended,
        wrap_up_rule=known.desk.rule,
        customer_connected=not over,
        parked=stored.parked is not None,
        parked_since=stored.parked,
        unread=sum(not one.agent and not one.earlier and one.seq > stored.seen for one in stored.texts),
        messages=tuple(message for one in stored.texts for message in _messages(one)),
        earlier=stored.dropped,
    )


def _messages(text: StoredText) -> Iterator[Message]:
    """A text, and below it why nobody knows that it arrived."""
    if not text.agent:
        yield Message(text.id, text.at, "customer", text.text)
        return
    state = DeliveryState(text.state)
    yield Message(text.id, text.at, "agent", text.text, state, sender=text.agent)
    why = PERHAPS_SENT if state is DeliveryState.UNKNOWN else text.detail if state is DeliveryState.FAILED else ""
    if why:
        yield Message(f"{text.id}#why", text.at, "system", why, in_reply_to=text.id)


def _address(number: str) -> Address:
    return Address("phone", number, withheld=not number)
