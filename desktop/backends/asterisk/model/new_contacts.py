"""Contacts as they begin: offered by a queue, or fetched by somebody."""

from dataclasses import replace

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.callers import InQueue
from desktop.backends.asterisk.model.contact import Contact, Line, attributes, fetched_caller, known_name, phone_number
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.entities.words import Channel, Direction, Phase


def contact_id(caller_uid: str, agent_uid: str) -> str:
    """The id of one handling of a call: a caller who comes back to the same agent is another one."""
    return f"{caller_uid}-{agent_uid.rpartition('.')[2]}"


def offered_contact(settings: Settings, message: Message, arrived: Instant, at: Instant) -> Contact:
    """What `AgentCalled` tells of: a caller rings at an agent's phone."""
    caller, agent, queue = message["Uniqueid"], message["DestUniqueid"], message["Queue"]
    interaction = Interaction(
        id=contact_id(caller, agent),
        version=0,
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        phase=Phase.OFFERED,
        queue=queue,
        customer=phone_number(message["CallerIDNum"]),
        customer_name=known_name(message["CallerIDName"]),
        arrived_at=arrived,
        phase_since=at,
        agent_id=message["Interface"],
        offer_deadline=at + settings.rings_for(queue),
        wrap_up_rule=settings.rule,
        attributes=attributes(message),
        raw_state="AgentCalled",
    )
    lines = Line(agent, message["DestChannel"]), Line(caller, message["Channel"])
    return Contact(interaction, message["Linkedid"], *lines)


def fetching_contact(
    settings: Settings, uid: str, interface: str, waits: InQueue | None, before: Contact | None, at: Instant
) -> Contact:
    """A caller who is fetched to an agent's phone.

    Args:
        uid: the channel that fetches them.
        waits: where they wait, if they do. before: the contact they are fetched from, if there is one.
    """
    caller = fetched_caller(uid)
    interaction = Interaction(
        id=uid,
        version=0,
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        phase=Phase.CONNECTING,
        queue=waits.queue if waits is not None else "",
        customer=waits.waiting.customer if waits is not None else phone_number(""),
        arrived_at=waits.waiting.since if waits is not None else at,
        phase_since=at,
        agent_id=interface,
        wrap_up_rule=settings.rule,
        raw_state="Bridge",
    )
    name = ""
    if before is not None:
        known = before.interaction
        name = before.caller.name if before.caller is not None else ""
        interaction = replace(
            interaction,
            queue=known.queue,
            customer=known.customer,
            customer_name=known.customer_name,
            arrived_at=known.arrived_at,
            attributes=known.attributes,
        )
    return Contact(interaction, before.linked if before is not None else caller, Line(uid, uid), Line(caller, name))
