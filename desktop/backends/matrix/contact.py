"""A contact of a room as the desktop shows it."""

from dataclasses import dataclass

from desktop.backends.matrix.room import Room, RoomContact
from desktop.backends.wire.agent_desk import DeskSettings
from desktop.domain.entities.model import Address, Instant, Interaction, Waiting
from desktop.domain.entities.words import Channel, Direction, Phase


@dataclass(slots=True)
class Contact:
    """One of the agent's contacts: where it is, and what was last shown of it."""

    room: Room
    known: RoomContact
    shown: Interaction

    @property
    def id(self) -> str:
        """As the desktop knows it."""
        return self.known.id


def waiting(room: Room, contact: RoomContact) -> Waiting:
    """Somebody who waits."""
    name = room.name_of(contact.customer)
    return Waiting(contact.id, _address(contact), contact.began, Channel.CHAT, name, room.name)


def shown(
    room: Room, contact: RoomContact, phase: Phase, since: Instant, queue: str, rules: DeskSettings
) -> Interaction:
    """A contact in a phase that it has had `since`; its version is still to be set."""
    attributes = {"room": room.id}
    if room.encrypted:
        attributes["encryption"] = "the room is encrypted: nothing in it can be read or answered here"
    return Interaction(
        id=contact.id,
        version=0,
        channel=Channel.CHAT,
        direction=Direction.INBOUND,
        phase=phase,
        queue=queue,
        customer=_address(contact),
        arrived_at=contact.began,
        phase_since=since,
        agent_id=rules.agent,
        customer_name=room.name_of(contact.customer),
        subject=room.name,
        attributes=attributes,
        service_level_at=contact.began + rules.target if rules.target else None,
        answered_at=contact.accepted_at,
        ended_at=contact.ended_at,
        wrap_up_rule=rules.rule,
        customer_connected=contact.ended_at is None,
        parked=contact.parked_since is not None,
        parked_since=contact.parked_since,
        unread=room.unread(contact),
        typing_until=room.typing_until if contact.ended_at is None else None,
        messages=room.messages(contact),
        earlier=room.dropped,
    )


def _address(contact: RoomContact) -> Address:
    return Address("handle", contact.customer, withheld=not contact.customer)
